//! Whether the copy is complete, as a person asks it.

use std::process::{Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use margay_sim::TokenKind;
use serde_json::{Value, json};

use crate::serve::wait_until_listening;
use crate::world::{Said, World};

const NAME: &str = "My Asana logs";

/// An organization whose events of the last three days are pulled.
fn pulled() -> World {
    let world = World::of(3_000);
    let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--start-at", "3d"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    world.pull();
    world
}

fn audit(world: &World, more: &[&str]) -> Said {
    world.margay(&[&["source", "audit", NAME, "--quiet", "--sample", "100%"], more].concat())
}

fn one(said: &Said) -> Value {
    serde_json::from_str::<Value>(&said.stdout).unwrap()[0].clone()
}

/// A moment that long before the vendor's present.
fn ago(world: &World, hours: i64) -> Timestamp {
    world.simulation.vendor_now() - SignedDuration::from_hours(hours)
}

#[test]
fn a_complete_copy_exits_with_0_and_the_results_are_kept_and_shown() {
    let world = pulled();
    let said = audit(&world, &[]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("none is missing"), "{}", said.stdout);
    let last: Value = serde_json::from_str(&audit_last(&world)).unwrap();
    assert_eq!(last[0]["missing"], json!(0));
    assert_eq!(last[0]["details"]["end"], json!("done"));
    let coverage = world.margay(&["source", "coverage", NAME]);
    assert!(coverage.stdout.contains("last audit, "), "{}", coverage.stdout);
}

fn audit_last(world: &World) -> String {
    world
        .margay(&["source", "audit", NAME, "--last", "--format", "json"])
        .stdout
}

#[test]
fn what_is_missing_is_repaired_and_a_second_audit_finds_nothing() {
    let world = pulled();
    world.simulation.add_event_at(ago(&world, 30));
    let found = one(&audit(&world, &["--format", "json"]));
    assert_eq!(
        (&found["missing"], &found["repaired"]),
        (&json!(1), &json!(1)),
        "{found}"
    );
    assert_eq!(found["findings"][0]["kind"], json!("missing"));
    let again = one(&audit(&world, &["--format", "json"]));
    assert_eq!(again["missing"], json!(0));
}

#[test]
fn beside_a_server_it_compares_and_the_server_repairs() {
    let world = pulled();
    let mut child = world
        .command(&["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until_listening(&mut child);
    let missing = world.simulation.add_event_at(ago(&world, 30));
    let said = audit(&world, &[]);
    assert_eq!(said.exit, 8, "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("will be read again"), "{}", said.stderr);
    let landed = format!("select count(*) from asana_audit where gid = '{missing}'");
    while world.value(&landed) == json!(0) {
        std::thread::yield_now();
    }
    let again = audit(&world, &[]);
    assert_eq!(again.exit, 0, "{}{}", again.stdout, again.stderr);
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_be_asked_for_is_refused_with_a_hint() {
    let world = pulled();
    for (arguments, exit) in [
        (["--sample", "0%"], 2),
        (["--requests", "0"], 2),
        (["--to", "2020-01-01"], 2),
    ] {
        let said = world.margay(&[&["source", "audit", NAME, "--quiet"], &arguments[..]].concat());
        assert_eq!(said.exit, exit, "{arguments:?} {}", said.stderr);
    }
}
