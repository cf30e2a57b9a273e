//! Replaying what was pulled, as a person does it.

use expect_test::expect;
use margay_sim::TokenKind;
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
                .contains("error: 1 record does not fit `Asana.Audit`: 1 has no row, 0 keep the row that they have"),
            "{}",
            said.stderr
        );
        let hint = said
            .stderr
            .lines()
            .find_map(|line| line.strip_prefix("hint: "))
            .unwrap();
        let sql = hint
            .strip_prefix("`margay query \"")
            .and_then(|rest| rest.strip_suffix("\"` tells why"))
            .unwrap();
        assert_eq!(world.query(sql).len(), 1, "{sql}");
        assert!(!said.stderr.contains(" kept"), "{}", said.stderr);
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

/// Reads times as no record of the vendor's writes them.
const BEFORE: &str = "\
schema: Custom.Asana.Log
fields:
  - {name: gid, type: string}
  - {name: created_at, type: timestamp, timeFormats: [unix], isEventTime: true}
";

/// Reads them as they are, and one field more.
const AFTER: &str = "\
schema: Custom.Asana.Log
fields:
  - {name: gid, type: string}
  - {name: created_at, type: timestamp, timeFormats: [rfc3339, unix], isEventTime: true}
  - {name: event_type, type: string}
";

/// Lands by both.
const EARLY: &str = r#"{"gid": "early", "created_at": 1767323045, "event_type": "one"}"#;
/// Fails by both.
const NEVER: &str = r#"{"gid": "never", "created_at": "soon"}"#;

fn add_schema(world: &World, text: &str) {
    let path = world.data_dir().with_extension("yml");
    std::fs::write(&path, text).unwrap();
    let said = world.margay(&["schema", "add", path.to_str().unwrap()]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
}

/// A source of a custom schema by which `events` of the vendor's records have been read, and some more that are special.
fn custom(events: u64, schema: &str, special: &[&str]) -> World {
    let world = World::of(events);
    add_schema(&world, schema);
    for record in special {
        world.simulation.add_raw_event(record).unwrap();
    }
    let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--log-type", "Custom.Asana.Log"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    world.pull();
    world
}

#[test]
fn a_mended_schema_brings_in_what_failed_and_replaces_what_landed() {
    let world = custom(40, BEFORE, &[EARLY, NEVER]);
    assert_eq!(world.value("select count(*) from custom_asana_log"), json!(1));
    assert_eq!(world.value(&format!("select count(*) from {FAILURES}")), json!(41));

    add_schema(&world, AFTER);
    let dry = summary(&replay(&world, &["--dry-run"]));
    assert_eq!(world.value("select count(*) from custom_asana_log"), json!(1));
    let said = replay(&world, &[]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    let done = summary(&said);
    let counts = ["read", "landed", "replaced", "unchanged", "failing", "kept"];
    assert_eq!(
        counts.map(|count| &done[count]),
        [42, 40, 1, 0, 1, 0].map(|count| json!(count)).each_ref()
    );
    assert_eq!(counts.map(|count| &dry[count]), counts.map(|count| &done[count]));

    let ids = world.query("select gid from custom_asana_log where gid <> 'early' order by gid");
    let ids: Vec<_> = ids.iter().map(|row| row["gid"].as_str().unwrap().to_owned()).collect();
    let served: Vec<_> = world
        .served_ids()
        .into_iter()
        .filter(|id| id.parse::<u64>().is_ok())
        .collect();
    assert_eq!(ids, served);
    let early = world.query("select event_type, p_schema_version from custom_asana_log where gid = 'early'");
    assert_eq!(early, [json!({"event_type": "one", "p_schema_version": 2})]);
    assert_eq!(
        world.value("select count(distinct p_schema_version) from custom_asana_log"),
        json!(1)
    );
    let never = world.query(&format!("select payload, p_schema_version from {FAILURES}"));
    assert_eq!(never, [json!({"payload": NEVER, "p_schema_version": 2})]);

    // Twice is harmless, and pulling goes on.
    let again = summary(&replay(&world, &[]));
    assert_eq!((&again["unchanged"], &again["failing"]), (&json!(41), &json!(1)));
    world.simulation.add_events(3);
    world.pull();
    assert_eq!(world.value("select count(*) from custom_asana_log"), json!(44));
}

#[test]
fn failures_alone_become_events_and_what_no_longer_fits_keeps_its_row() {
    let world = custom(30, BEFORE, &[EARLY]);
    add_schema(&world, &AFTER.replace("[rfc3339, unix]", "[rfc3339]"));
    let said = replay(&world, &["--failures-only"]);
    assert_eq!(
        (said.exit, &summary(&said)["landed"]),
        (0, &json!(30)),
        "{}",
        said.stderr
    );
    assert_eq!(world.value(&format!("select count(*) from {FAILURES}")), json!(0));
    let said = replay(&world, &[]);
    let done = summary(&said);
    assert_eq!(
        (said.exit, &done["unchanged"], &done["kept"]),
        (8, &json!(30), &json!(1)),
        "{}",
        said.stderr
    );
    let row_id = world.value("select p_row_id from custom_asana_log where p_schema_version = 1");
    let told = format!(
        "1 kept, such as row {}: `created_at`: expected ",
        row_id.as_str().unwrap()
    );
    assert!(said.stderr.contains(&told), "{told}: {}", said.stderr);
    assert!(!said.stderr.contains("classification_failures"), "{}", said.stderr);
    let versions = "select p_schema_version as version, count(*) as rows from custom_asana_log group by 1 order by 1";
    let expected = [json!({"version": 1, "rows": 1}), json!({"version": 2, "rows": 30})];
    assert_eq!(world.query(versions), expected);
    assert_eq!(world.value(&format!("select count(*) from {FAILURES}")), json!(0));
}
