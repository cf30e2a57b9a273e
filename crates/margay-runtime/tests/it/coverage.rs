//! Holes that cannot be asked for yet hold nothing up.

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_runtime::backfill::in_days;
use margay_runtime::step::CrashPlan;
use margay_store::{BACKFILLS_OPEN_MAX, BackfillReason};
use tempfile::TempDir;

use crate::world::{Vendor, live, open, pull_all};

#[test]
fn a_hole_for_which_there_is_no_room_waits_and_the_open_windows_are_read() {
    let vendor = Vendor::young(120, SignedDuration::from_hours(72));
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        pull_all(&line).await;
        let id = line.store.sources().await.unwrap().remove(0).id;
        let now = line.clock.now();
        // Whole milliseconds, as the vendor takes them.
        let whole = Timestamp::from_millisecond(now.as_millisecond()).unwrap();
        let ago = |hours| whole - SignedDuration::from_hours(hours);
        for _ in 0..BACKFILLS_OPEN_MAX {
            let window = Window::new(ago(20), ago(19)).unwrap();
            let asked = in_days(window, BackfillReason::Asked, now);
            line.store.ask_backfill(id, asked).await.unwrap();
        }
        line.store.disclaim(id, ago(50), ago(49)).await.unwrap();
        pull_all(&line).await;
        assert!(line.store.waiting_windows(id, 1).await.unwrap().is_empty());
        pull_all(&line).await;
        let ledger = line.store.ledger(id).await.unwrap();
        assert_eq!(ledger.holes(ledger.proven_through().unwrap()), []);
    });
}
