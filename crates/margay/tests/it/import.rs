//! Importing files, as a person does it.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::world::{Said, World};

/// Exports of before: `count` events with ids counted from 1, of which those that are multiples of 10 do not fit.
fn export(count: u32) -> String {
    let line = |gid: u32| {
        let event_type = if gid.is_multiple_of(10) {
            "null"
        } else {
            "\"user_logged_out\""
        };
        format!(
            r#"{{"gid":"{gid}","created_at":"2026-03-01T10:{:02}:{:02}.000Z","event_type":{event_type},"event_category":"logins","actor":{{"actor_type":"user","gid":"9","name":"Ada","email":"ada@example.com"}},"resource":{{"resource_type":"user","gid":"9"}},"context":{{"context_type":"web","client_ip_address":"192.0.2.{}"}}}}"#,
            gid / 60,
            gid % 60,
            gid % 250
        ) + "\n"
    };
    (1..=count).map(line).collect()
}

fn file(world: &World, name: &str, text: &str) -> String {
    let path = world.data_dir().with_file_name(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn import(world: &World, arguments: &[&str]) -> Said {
    world.margay(&[&["import", "--quiet", "--log-type", "Asana.Audit"], arguments].concat())
}

#[test]
fn an_export_comes_in_once_and_the_audit_log_knows_who_did_it() {
    let world = World::of(0);
    let path = file(&world, "export.ndjson", &export(9));
    let said = import(&world, &[&path]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines[0], "Import: 9 new records");
    assert!(
        lines[1].starts_with("landed 9 events and 0 classification failures, "),
        "{}",
        said.stdout
    );
    let again = import(&world, &["--no-journal", &path]);
    assert_eq!(
        again.stdout.lines().next(),
        Some("Import: 0 new records, 9 already known")
    );
    let found = world
        .query("select count(*) as n, min(p_source_label) as label, count(p_any_ip_addresses) as ips from asana_audit");
    assert_eq!(found, [json!({"n": 9, "label": "Import", "ips": 9})]);
    let audited =
        world.query("select action, actor.actor_type, object.name, after from margay_audit order by created_at");
    assert_eq!(audited.len(), 2);
    assert_eq!(audited[0]["action"], "import_records");
    assert!(audited[0].to_string().contains("export.ndjson"), "{}", audited[0]);
    world.done(&["doctor"]);
}

#[test]
fn standard_input_goes_into_a_log_source_that_knows_what_it_has() {
    let world = World::connected(20);
    world.pull();
    let known = world.landed_ids();
    let mut text = export(5);
    for gid in &known {
        text.push_str(&export(1).replace(r#""gid":"1""#, &format!(r#""gid":"{gid}""#)));
    }
    let mut child = world
        .command(&[
            "import",
            "--quiet",
            "--log-type",
            "Asana.Audit",
            "--into",
            "my asana LOGS",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = Said::of(&child.wait_with_output().unwrap());
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert_eq!(
        said.stdout.lines().next(),
        Some("My Asana logs: 5 new records, 20 already known")
    );
    assert_eq!(world.landed_ids().len(), 25);
}

#[test]
fn what_cannot_be_imported_is_told() {
    let world = World::of(0);
    let path = file(&world, "export.ndjson", &export(20));
    let folder = world.data_dir().with_file_name("folder");
    std::fs::create_dir(&folder).unwrap();
    let missing = world.data_dir().with_file_name("missing.ndjson");
    let cases: [(&[&str], i32, &str); 8] = [
        (
            &["--log-type", "Asana.Audt", &path],
            2,
            "there is no log type `Asana.Audt`\nhint: did you mean `Asana.Audit`?",
        ),
        (
            &["--log-type", "Asana.Audit", "--stream-type", "CSV", &path],
            8,
            "CSV lines need a schema with a `csv` parser",
        ),
        (&["--log-type", "Margay.Audit", &path], 2, "is this server's own log"),
        (
            &["--log-type", "Asana.Audit", missing.to_str().unwrap()],
            2,
            "missing.ndjson` cannot be read",
        ),
        (
            &["--log-type", "Asana.Audit", folder.to_str().unwrap()],
            2,
            "is a folder",
        ),
        (&["--log-type", "Asana.Audit", "--into", "nobody", &path], 2, "nobody"),
        (
            &["--log-type", "Asana.Audit", "--stream-type", "XML", &path],
            2,
            "there is no stream type `XML`",
        ),
        (
            &["--log-type", "Asana.Audit", "--id", "a..b", &path],
            2,
            "a key of the path is empty",
        ),
    ];
    for (arguments, exit, text) in cases {
        let said = world.margay(&[&["import", "--quiet"], arguments].concat());
        assert_eq!(said.exit, exit, "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.contains(text), "{arguments:?}: {}", said.stderr);
    }
    assert_eq!(world.value("select count(*) from asana_audit"), json!(0));

    let said = import(&world, &[&path]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    assert!(
        said.stderr.contains("2 records do not fit `Asana.Audit`"),
        "{}",
        said.stderr
    );
    assert_eq!(world.value("select count(*) from asana_audit"), json!(18));
    // The hint replays what failed; by the same schema it fails again.
    let replay = said
        .stderr
        .split('`')
        .find(|part| part.starts_with("margay replay "))
        .unwrap();
    let replay: Vec<&str> = replay.split(' ').skip(1).collect();
    let replayed = world.margay(&replay);
    assert_eq!(replayed.exit, 8, "{}", replayed.stderr);
    assert!(replayed.stderr.contains("2 records do not fit"), "{}", replayed.stderr);
}

#[test]
fn what_is_odd_about_files_is_told() {
    let world = World::of(0);
    let empty = file(&world, "empty.txt", "");
    let said = import(&world, &[&empty]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stderr.contains("empty.txt` has no records"), "{}", said.stderr);

    let path = file(&world, "export.ndjson", &export(9));
    let said = import(&world, &["--id", "event.id", &path]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr
            .contains("warning: 9 of 9 records have no `event.id`; their ids are made of their content"),
        "{}",
        said.stderr
    );

    let page = file(
        &world,
        "page.json",
        &format!("{{\"data\": [{}], \"next_page\": null}}", export(1)),
    );
    let said = import(&world, &[&page]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    assert!(said.stderr.contains("1 record does not fit"), "{}", said.stderr);
    assert!(said.stderr.contains("--stream-type JsonArray:data"), "{}", said.stderr);

    let broken = file(&world, "broken.json", "{\"gid\": ]}\n");
    let said = import(&world, &["--stream-type", "JSON", &broken]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    assert!(said.stderr.contains("`--stream-type NDJSON`"), "{}", said.stderr);
    let failed = world.query("select outcome, problem, after from margay_audit where outcome = 'failed'");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["problem"], "invalid_value");
    assert!(
        failed[0].to_string().contains("broken.json` cannot be read"),
        "{}",
        failed[0]
    );
}
