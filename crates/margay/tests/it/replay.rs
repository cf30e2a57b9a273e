//! Replaying what was pulled, as a person does it.

use expect_test::expect;
use serde_json::{Value, json};

use crate::world::{Said, World};

const FAILURES: &str = "margay_monitor.classification_failures";

fn summary(said: &Said) -> Value {
    let rows: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.stdout));
    rows[0].clone()
}

fn replay(world: &World, more: &[&str]) -> Said {
    let mut arguments = vec!["replay", "--source", "My Asana logs", "--format", "json", "--quiet"];
    arguments.extend(more);
    world.margay(&arguments)
}

#[test]
fn with_the_same_schema_nothing_changes() {
    let world = World::connected(300);
    world.pull();
    let before = world.query("select * from asana_audit order by gid");
    for more in [&["--dry-run"][..], &[], &["--since", "1h"], &["--since", "2020-01-01"]] {
        let said = replay(&world, more);
        assert_eq!(said.exit, 0, "{}", said.stderr);
        let summary = summary(&said);
        assert_eq!(
            (&summary["read"], &summary["unchanged"]),
            (&json!(300), &json!(300)),
            "{summary}"
        );
        assert_eq!(summary["dry_run"], json!(more == ["--dry-run"]));
        assert!(said.stderr.contains("the journal reaches back to 2"), "{}", said.stderr);
    }
    assert_eq!(world.query("select * from asana_audit order by gid"), before);
    world.simulation.add_events(5);
    world.pull();
    world.assert_complete();
}

#[test]
fn what_still_fails_is_counted_and_told_by_the_exit_code() {
    let world = World::connected(50);
    world
        .simulation
        .add_raw_event(r#"{"gid":"9000000000000001","event_type":"without a time or an actor"}"#)
        .unwrap();
    world.pull();
    for more in [&["--failures-only"][..], &["--failures-only", "--dry-run"], &[]] {
        let said = replay(&world, more);
        assert_eq!(said.exit, 8, "{}", said.stderr);
        let summary = summary(&said);
        assert_eq!(
            (&summary["failing"], &summary["kept"]),
            (&json!(1), &json!(0)),
            "{summary}"
        );
        assert!(
            said.stderr
                .contains("error: 1 records do not fit `Asana.Audit`: 1 have no row, 0 keep the row that they have"),
            "{}",
            said.stderr
        );
    }
    assert_eq!(world.value(&format!("select count(*) from {FAILURES}")), json!(1));
}

#[test]
fn the_summary_is_made_for_people_unless_a_machine_asks() {
    let world = World::connected(20);
    world.pull();
    let said = world.margay(&["replay", "--source", "my asana LOGS", "--failures-only", "--dry-run"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let journal_since = said
        .stdout
        .lines()
        .find(|line| line.starts_with("journal_since"))
        .unwrap();
    expect![[r"
        a dry run: nothing has been changed
        source         My Asana logs
        log_type       Asana.Audit
        dry_run        true
        failures_only  true
        since          –
        journal_since  TIME
        read           0
        landed         0
        replaced       0
        unchanged      0
        failing        0
        kept           0
        stopped        false
    "]]
    .assert_eq(&said.stdout.replace(journal_since, "journal_since  TIME"));
}

#[test]
fn mistakes_are_named() {
    let world = World::connected(1);
    let told = |arguments: &[&str]| {
        let said = world.margay(arguments);
        assert_eq!(said.exit, 2, "{}", said.stderr);
        said.stderr
    };
    expect![[r"
        error: there is no log source `nobody`
        hint: there are `My Asana logs`
    "]]
    .assert_eq(&told(&["replay", "--source", "nobody"]));
    expect![[r"
        error: `soon` is not a time for --since
        hint: write it like 2026-09-01T00:00:00Z, 2026-09-01 or 30d
    "]]
    .assert_eq(&told(&["replay", "--source", "My Asana logs", "--since", "soon"]));
    expect![[r"
        error: --since is in the future: there is nothing to replay
        hint: leave it out for all that is kept
    "]]
    .assert_eq(&told(&["replay", "--source", "My Asana logs", "--since", "9000-01-01"]));
}
