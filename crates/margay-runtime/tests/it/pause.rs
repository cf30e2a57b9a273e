//! A vendor that wants a pause gets it from every reading of the source.

use margay_runtime::step::CrashPlan;
use margay_sim::{Fault, FaultKind, PlannedFault, Scenario};
use tempfile::TempDir;

use crate::world::{Vendor, live, open, pull_all, texts};

/// How often the vendor wants a pause, of a second each time.
const PAUSES: u64 = 3;

#[test]
fn a_pause_that_one_reading_is_told_holds_the_others_too() {
    let limited = PlannedFault::from(Fault::RateLimit { retry_after_s: 1 });
    let faults = (0..PAUSES)
        .map(|nth| limited.clone().at(40 + 40 * nth..=40 + 40 * nth))
        .collect();
    let vendor = Vendor::ill(
        4_000,
        Scenario {
            faults,
            ..Scenario::default()
        },
    );
    let folder = TempDir::new().unwrap();
    let landed = live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        texts(&line, "select gid from asana_audit order by gid").await
    });
    assert_eq!(landed, vendor.ids());
    let served = vendor.simulation.served();
    assert_eq!(served.faults.get(&FaultKind::RateLimit), Some(&PAUSES));
    // Three windows are read at once. While one is being told, each of the others may have sent the request that it is at; whoever
    // did not wait would send hundreds in a second.
    let early = served.calls_while_told_to_wait;
    assert!(
        early <= 2 * PAUSES,
        "{early} requests came while the vendor wanted a pause"
    );
}
