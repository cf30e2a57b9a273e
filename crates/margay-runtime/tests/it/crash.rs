//! The line is stopped at every place between poll and land, and each event is found exactly once.

use jiff::SignedDuration;
use margay_runtime::step::CrashPlan;
use tempfile::TempDir;

use crate::world::{Vendor, live, open, pull_all, texts};

/// Three pages and more, and empty ones: every kind of step occurs, in the live tail and in windows.
const EVENTS: u64 = 150;
/// How old the organization is: one window, or two if midnight lies in it.
const AGE: SignedDuration = SignedDuration::from_hours(6);
/// Three places for each page and four for each landing: fewer would mean that the plan does not bite.
const PLACES_MIN: u64 = 15;

#[test]
fn stopped_anywhere_and_started_again_each_event_is_there_exactly_once() {
    let vendor = Vendor::young(EVENTS, AGE);
    vendor
        .simulation
        .add_raw_event(r#"{"gid":"9000000000000001","event_type":"without a time or an actor"}"#)
        .unwrap();
    let mut served = vendor.ids();
    served.retain(|id| id != "9000000000000001");

    let mut place = 0;
    loop {
        let folder = TempDir::new().unwrap();
        let was_stopped = live(async || {
            let plan = CrashPlan::at(place);
            let line = open(folder.path(), &vendor, plan.clone()).await;
            tokio::select! {
                () = pull_all(&line) => false,
                () = plan.reached() => true,
            }
        });
        let (landed, rejected) = live(async || {
            let line = open(folder.path(), &vendor, CrashPlan::default()).await;
            pull_all(&line).await;
            let landed = texts(&line, "select gid from asana_audit order by gid").await;
            (
                landed,
                texts(&line, "select record_id from margay_monitor.classification_failures").await,
            )
        });
        assert_eq!(landed, served, "stopped at place {place}");
        assert_eq!(rejected, ["9000000000000001"], "stopped at place {place}");
        if !was_stopped {
            break;
        }
        place += 1;
    }
    assert!(place >= PLACES_MIN, "the line was stopped at {place} places only");
}
