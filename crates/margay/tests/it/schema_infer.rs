//! `margay schema infer`: samples in, a schema out that `schema check` and `schema parse` take.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Said, World};

/// Two samples, the second one of which has another shape.
const SAMPLES: &str = r#"{"created_at":"2026-03-01T08:15:30Z","actor":{"email":"mona@example.com"},"zip":"01234"}
{"created_at":"2026-03-01T08:15:31Z","actor":{"email":"jon@example.com"},"size":12,"user agent":"x"}
"#;

fn file(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.data_dir().with_file_name(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn infer(world: &World, arguments: &[&str]) -> Said {
    world.margay(&[&["schema", "infer"], arguments].concat())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_schema_passes_the_check_and_reads_its_samples() {
    let world = World::of(0);
    let samples = file(&world, "samples.ndjson", SAMPLES);
    let schema = world.data_dir().with_file_name("inferred.yml");
    let said = infer(
        &world,
        &["--name", "Custom.Login", "--output", text(&schema), text(&samples)],
    );
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("2 samples, 2 events, 0 rejected"),
        "{}",
        said.stderr
    );
    assert!(said.stdout.is_empty());

    let said = world.margay(&["schema", "check", text(&schema)]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let said = world.margay(&["schema", "parse", "--schema", text(&schema), text(&samples)]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let events: Vec<Value> = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["p_any_emails"], serde_json::json!(["mona@example.com"]));
    assert_eq!(events[0]["p_event_time"], "2026-03-01 08:15:30.000");
    assert_eq!(events[0]["zip"], "01234");
    assert_eq!(events[1]["user_agent"], "x");
}

#[test]
fn json_holds_the_schema_the_counts_and_the_notes() {
    let world = World::of(0);
    let samples = file(&world, "samples.ndjson", SAMPLES);
    let said = infer(&world, &["--format", "json", text(&samples)]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    assert!(answer["schema"].as_str().unwrap().contains("schema: Custom.Inferred"));
    assert_eq!(
        (&answer["samples"], &answer["events"], &answer["rejected"]),
        (&2.into(), &2.into(), &0.into())
    );
    let notes = answer["notes"].as_array().unwrap();
    let is_event_time =
        |note: &&Value| note["path"] == "created_at" && note["text"].as_str().unwrap().contains("time of the event");
    assert!(notes.iter().any(|note| is_event_time(&note)), "{notes:?}");
}

#[test]
fn folders_and_standard_input_hold_samples_too() {
    let world = World::of(0);
    let folder = world.data_dir().with_file_name("samples");
    file(&world, "samples/b/second.log", SAMPLES);
    file(
        &world,
        "samples/a.json",
        "{\n  \"pretty\": true,\n  \"created_at\": \"2026-03-01T08:15:29Z\"\n}\n",
    );
    file(&world, "samples/README.md", "not a sample");
    let said = infer(&world, &[text(&folder)]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("3 samples, 3 events, 0 rejected"),
        "{}",
        said.stderr
    );
    assert!(
        said.stdout.contains("- name: pretty\n    type: boolean\n"),
        "{}",
        said.stdout
    );

    let mut child = world
        .command(&["schema", "infer", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(SAMPLES.as_bytes()).unwrap();
    let said = Said::of(&child.wait_with_output().unwrap());
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("2 samples, 2 events, 0 rejected"),
        "{}",
        said.stderr
    );
}

#[test]
fn what_is_no_record_is_named_and_the_rest_is_used() {
    let world = World::of(0);
    let samples = file(&world, "samples.ndjson", &format!("{SAMPLES}{{\"cut\":\n[1]\n"));
    let said = infer(&world, &[text(&samples)]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    for line in [
        ":3: not used: not JSON",
        ":4: not used: a record is a JSON object",
        "2 samples, 2 events, 0 rejected",
    ] {
        assert!(said.stderr.contains(line), "{line}: {}", said.stderr);
    }
    assert!(said.stdout.starts_with("# Inferred from 2 samples"), "{}", said.stdout);
}

#[test]
fn wrong_usage_says_what_to_do() {
    let world = World::of(0);
    let empty = file(&world, "empty.ndjson", "\n");
    let said = infer(&world, &[text(&empty)]);
    assert_eq!(
        (said.exit, said.stderr.contains("there are no samples")),
        (2, true),
        "{}",
        said.stderr
    );
    let said = infer(&world, &["--name", "my_log", text(&empty)]);
    assert_eq!(
        (said.exit, said.stderr.contains("capital letter")),
        (2, true),
        "{}",
        said.stderr
    );
    let said = infer(&world, &["no/such/file"]);
    assert_eq!(
        (said.exit, said.stderr.contains("could not read no/such/file")),
        (2, true),
        "{}",
        said.stderr
    );
}
