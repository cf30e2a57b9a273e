//! A log source that is deleted with its events: they are gone, nothing else is, and a crash in between is made good.

use jiff::Timestamp;
use margay_sim::TokenKind;
use margay_store::{MasterKey, Store};
use serde_json::json;

use crate::world::World;

fn count(world: &World) -> serde_json::Value {
    world.value("select count(*) as n from asana_audit")
}

#[test]
fn a_source_is_deleted_with_its_events_and_may_come_again() {
    let world = World::connected(300);
    world
        .simulation
        .add_raw_event("{\"gid\": \"odd\", \"created_at\": 7}")
        .unwrap();
    world.pull();
    assert_eq!(count(&world), json!(300));
    let unasked = world.margay(&["source", "delete", "My Asana logs", "--with-data"]);
    assert_eq!(unasked.exit, 2, "{}", unasked.stderr);
    let told = world.done(&["source", "delete", "My Asana logs", "--with-data", "--yes"]);
    assert!(told.contains("with its events"), "{told}");
    assert_eq!(count(&world), json!(0));
    assert_eq!(
        world.value("select count(*) as n from margay_monitor.classification_failures"),
        json!(0)
    );
    world.done(&["doctor"]);

    assert_eq!(world.add_source(TokenKind::ServiceAccountAuditOnly, &[]).exit, 0);
    world.pull();
    assert_eq!(count(&world), json!(300));
    world.done(&["source", "delete", "My Asana logs", "--yes"]);
    assert_eq!(count(&world), json!(300));
}

#[test]
fn what_a_crash_left_of_a_deleted_source_goes_with_the_next_pull() {
    let world = World::connected(50);
    world.pull();
    // The process dies after the source is gone, before any event is.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = world.data_dir();
        let key = MasterKey::load(&folder.join("master.key"), None).unwrap();
        let store = Store::open_beside(&folder.join("margay.db"), key).await.unwrap();
        let id = store.sources().await.unwrap()[0].id;
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        store.delete_source_and_events(id, now).await.unwrap();
        store.close().await;
    });
    assert_eq!(count(&world), json!(50));
    let told = world.done(&["doctor"]);
    assert!(
        told.contains("notice: table `asana_audit`, erasure_pending"),
        "the promise is not kept yet: {told}"
    );
    assert_eq!(world.add_source(TokenKind::ServiceAccountAuditOnly, &[]).exit, 0);
    world.pull();
    world.assert_complete();
    assert_eq!(world.done(&["doctor"]).trim(), "all is well");
}
