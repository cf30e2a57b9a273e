//! A machine whose clock is set back and forth between its lives.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_runtime::backfill::in_days;
use margay_runtime::serve::maintain;
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, Line};
use margay_schema::SourceId;
use margay_store::{BackfillReason, Ledger};
use tempfile::TempDir;

use crate::world::{Vendor, live, open_at, pull_all, texts};

const DAY: i64 = 24;
/// What each life's clock is off by, in hours: right, back, far ahead, right again.
const LIVES: [i64; 4] = [0, -6, 2 * DAY, 0];
/// Further ahead than the vendor keeps events and Margay remembers ids.
const MONTHS: i64 = 120 * DAY;
/// What happens at the vendor before each life.
const EVENTS_BETWEEN: usize = 7;

#[test]
fn a_clock_that_jumps_costs_no_event_and_proves_nothing_that_is_yet_to_come() {
    let vendor = Vendor::young(300, SignedDuration::from_hours(5));
    let folder = TempDir::new().unwrap();
    for hours in LIVES {
        vendor.simulation.add_events(EVENTS_BETWEEN);
        let truth = vendor.ids();
        let (landed, ledger) = live(async || {
            let line = awake(folder.path(), &vendor, hours).await;
            pull_all(&line).await;
            (landed(&line).await, ledger(&line).await)
        });
        assert_eq!(landed, truth, "{hours} hours off");
        let proven = ledger.proven_through().unwrap();
        assert_eq!(ledger.holes(proven), [], "{hours} hours off");
        assert!(proven <= now(), "{hours} hours off, proven through {proven}");
    }
}

#[test]
fn a_clock_that_is_months_ahead_writes_off_nothing_that_waits_to_be_read() {
    let vendor = Vendor::young(300, SignedDuration::from_hours(60 * DAY));
    let folder = TempDir::new().unwrap();
    // Its past is asked for, and not read yet.
    live(async || drop(awake(folder.path(), &vendor, 0).await));
    for hours in [MONTHS, 0] {
        let (landed, ledger) = live(async || {
            let line = awake(folder.path(), &vendor, hours).await;
            pull_all(&line).await;
            (landed(&line).await, ledger(&line).await)
        });
        assert_eq!(landed, vendor.ids(), "{hours} hours off");
        assert_eq!(ledger.lost(), [], "{hours} hours off");
        assert_eq!(ledger.holes(ledger.proven_through().unwrap()), [], "{hours} hours off");
    }
}

#[test]
fn a_clock_that_is_months_ahead_for_a_minute_makes_nothing_land_twice() {
    let vendor = Vendor::young(300, SignedDuration::from_hours(5));
    let folder = TempDir::new().unwrap();
    for hours in [0, MONTHS, 0] {
        let landed = live(async || {
            let line = awake(folder.path(), &vendor, hours).await;
            maintain(&line).await;
            if hours == 0 {
                let all = Window::new(now() - SignedDuration::from_hours(6), now()).unwrap();
                let again = in_days(all, BackfillReason::Asked, now());
                line.store.ask_backfill(source_id(&line).await, again).await.unwrap();
                pull_all(&line).await;
            }
            landed(&line).await
        });
        assert_eq!(landed, vendor.ids(), "{hours} hours off");
    }
}

/// Opens the line on a machine whose clock is off by so many hours.
async fn awake(folder: &Path, vendor: &Vendor, hours: i64) -> Line {
    let clock = Clock::starting_at(now() + SignedDuration::from_hours(hours));
    open_at(folder, vendor, CrashPlan::default(), clock).await
}

async fn source_id(line: &Line) -> SourceId {
    line.store.sources().await.unwrap().remove(0).id
}

async fn landed(line: &Line) -> Vec<String> {
    texts(line, "select gid from asana_audit order by gid").await
}

async fn ledger(line: &Line) -> Ledger {
    line.store.ledger(source_id(line).await).await.unwrap()
}

fn now() -> Timestamp {
    Clock::system().now()
}
