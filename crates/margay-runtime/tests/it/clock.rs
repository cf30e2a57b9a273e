//! A machine whose clock is set back and forth between its lives.

use jiff::{SignedDuration, Timestamp};
use margay_runtime::Clock;
use margay_runtime::step::CrashPlan;
use tempfile::TempDir;

use crate::world::{Vendor, live, open_at, pull_all, texts};

/// What each life's clock is off by, in hours: right, back, far ahead, right again.
const LIVES: [i64; 4] = [0, -6, 48, 0];
/// What happens at the vendor before each life.
const EVENTS_BETWEEN: usize = 7;

#[test]
fn a_clock_that_jumps_costs_no_event_and_proves_nothing_that_is_yet_to_come() {
    let vendor = Vendor::young(300, SignedDuration::from_hours(5));
    let folder = TempDir::new().unwrap();
    for hours in LIVES {
        vendor.simulation.add_events(EVENTS_BETWEEN);
        let truth = vendor.ids();
        let (landed, proven_through) = live(async || {
            let clock = Clock::starting_at(now() + SignedDuration::from_hours(hours));
            let line = open_at(folder.path(), &vendor, CrashPlan::default(), clock).await;
            pull_all(&line).await;
            let source = line.store.sources().await.unwrap().remove(0);
            let ledger = line.store.ledger(source.id).await.unwrap();
            let proven = ledger.proven_through().unwrap();
            assert_eq!(ledger.holes(proven), [], "{hours} hours off");
            (texts(&line, "select gid from asana_audit order by gid").await, proven)
        });
        assert_eq!(landed, truth, "{hours} hours off");
        assert!(
            proven_through <= now(),
            "{hours} hours off, proven through {proven_through}"
        );
    }
}

fn now() -> Timestamp {
    Clock::system().now()
}
