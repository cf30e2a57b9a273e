//! Custom schemas from the command line: added, changed, used by a source, archived.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use expect_test::expect;
use margay_sim::TokenKind;
use serde_json::{Value, json};

use crate::world::{Said, World};

const FIRST: &str = "\
schema: Custom.Asana.Log
description: What we look at
fields:
  - name: gid
    type: string
    required: true
  - name: created_at
    type: timestamp
    timeFormats: [rfc3339]
    isEventTime: true
";

/// One field more.
fn second() -> String {
    format!("{FIRST}  - name: event_type\n    type: string\n")
}

/// A file beside the data directory.
fn file(world: &World, name: &str, text: &str) -> PathBuf {
    let folder = world.data_dir().with_extension("schemas");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn add(world: &World, text: &str, more: &[&str]) -> Said {
    let path = file(world, "log.yml", text);
    let mut arguments = vec!["schema", "add", path.to_str().unwrap()];
    arguments.extend(more);
    world.margay(&arguments)
}

fn listed(world: &World, more: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["schema", "list", "--format", "json"];
    arguments.extend(more);
    let said = world.margay(&arguments);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// Every data file of a table.
fn data_files(world: &World, table: &str) -> BTreeSet<PathBuf> {
    fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("_delta_log") {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "parquet") {
                files.insert(path);
            }
        }
    }
    let mut files = BTreeSet::new();
    walk(&world.data_dir().join("lake/margay_logs").join(table), &mut files);
    files
}

#[test]
fn a_new_version_adds_its_column_without_rewriting_and_rows_carry_their_version() {
    let world = World::of(400);
    let said = add(&world, FIRST, &[]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert_eq!(said.stdout, "Custom.Asana.Log: added, version 1 (revision 1)\n");
    let added = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--log-type", "custom.asana.log"]);
    assert_eq!(added.exit, 0, "{}", added.stderr);
    world.pull();
    let before = data_files(&world, "custom_asana_log");
    assert!(!before.is_empty());

    let said = add(&world, &second(), &[]);
    assert_eq!(
        said.stdout, "Custom.Asana.Log: version 2 replaces version 1 (revision 2)\n",
        "{}",
        said.stderr
    );
    assert_eq!(
        data_files(&world, "custom_asana_log"),
        before,
        "no data file was written"
    );
    let columns = "select count(*), count(event_type) from custom_asana_log";
    assert_eq!(
        world.query(columns),
        [json!({"count(*)": 400, "count(custom_asana_log.event_type)": 0})]
    );

    world.simulation.add_events(25);
    world.pull();
    let after = data_files(&world, "custom_asana_log");
    let merged = before.difference(&after).count();
    assert_eq!(merged, 0, "what was there is there still");
    let versions = "select p_schema_version as version, count(*) as rows, count(event_type) as typed, \
                    count(p_unmapped) as unmapped, min(p_log_type) as log_type \
                    from panther_logs.public.custom_asana_log group by 1 order by 1";
    assert_eq!(
        world.query(versions),
        [
            json!({"version": 1, "rows": 400, "typed": 0, "unmapped": 400, "log_type": "Custom.Asana.Log"}),
            json!({"version": 2, "rows": 25, "typed": 25, "unmapped": 25, "log_type": "Custom.Asana.Log"}),
        ]
    );
    assert_eq!(
        world.value("select count(distinct gid) from custom_asana_log"),
        json!(425),
        "each event once"
    );
    assert_eq!(world.value("select count(*) from asana_audit"), json!(0));
    let all = "select count(*) from margay_views.all_logs where p_log_type <> 'Margay.Audit'";
    assert_eq!(world.value(all), json!(425));
}

#[test]
fn a_server_lands_by_a_custom_schema_and_everything_that_looks_works_beside_it() {
    let world = World::of(60);
    assert_eq!(add(&world, FIRST, &[]).exit, 0);
    let source = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--log-type", "Custom.Asana.Log"]);
    assert_eq!(source.exit, 0, "{}", source.stderr);
    let mut server = world
        .command(&["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while world.value("select count(*) from custom_asana_log") != json!(60) {
        assert!(server.try_wait().unwrap().is_none(), "the server ended by itself");
    }

    let refused = add(&world, &second(), &[]);
    assert_eq!(refused.exit, 5, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("is in use by `margay serve`"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("`margay schema add --dry-run` work beside it"),
        "{}",
        refused.stderr
    );
    let planned = add(&world, &second(), &["--dry-run"]);
    assert_eq!(
        planned.stdout, "Custom.Asana.Log: version 2 would replace version 1\n",
        "{}",
        planned.stderr
    );
    assert_eq!(listed(&world, &[])[2]["version"], json!(1));

    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &server.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.wait().unwrap().code(), Some(0));
    assert_eq!(add(&world, &second(), &[]).exit, 0);
}

#[test]
fn the_text_comes_back_byte_for_byte_and_the_list_says_what_there_is() {
    let world = World::of(0);
    // Without a data directory there are the built-in schemas.
    assert_eq!(listed(&world, &[]).len(), 2);
    let built_in = world.margay(&["schema", "show", "asana.audit"]);
    assert!(
        built_in.stdout.contains("\nschema: Asana.Audit\n") || built_in.stdout.starts_with("schema: Asana.Audit\n")
    );

    assert_eq!(add(&world, FIRST, &[]).exit, 0);
    assert_eq!(add(&world, &second(), &[]).exit, 0);
    let show = |more: &[&str]| {
        let mut arguments = vec!["schema", "show", "Custom.Asana.Log"];
        arguments.extend(more);
        world.margay(&arguments)
    };
    assert_eq!(show(&[]).stdout, second());
    assert_eq!(show(&["--version", "1"]).stdout, FIRST);
    let missing = show(&["--version", "3"]);
    assert_eq!(missing.exit, 2);
    assert!(
        missing.stderr.contains("there are the versions 1 to 2"),
        "{}",
        missing.stderr
    );

    let mut shown: Value = serde_json::from_str(&show(&["--format", "json"]).stdout).unwrap();
    let times = ["created_at", "updated_at"].map(|name| shown.as_object_mut().unwrap().remove(name).unwrap());
    assert!(times.iter().all(Value::is_string), "{times:?}");
    for version in shown["versions"].as_array_mut().unwrap() {
        assert!(version.as_object_mut().unwrap().remove("saved_at").unwrap().is_string());
    }
    assert_eq!(
        shown,
        json!({
            "name": "Custom.Asana.Log", "table": "custom_asana_log", "version": 2, "kind": "custom", "state": "active",
            "revision": 2, "description": "What we look at", "reference_url": null, "problem": null, "yaml": second(),
            "versions": [
                {"version": 2, "bytes": second().len()},
                {"version": 1, "bytes": FIRST.len()},
            ],
        })
    );

    let mut rows = listed(&world, &[]);
    rows[2].as_object_mut().unwrap().remove("updated_at").unwrap();
    expect![[r#"
        [{"name":"Asana.Audit","kind":"built-in","version":1,"revision":null,"state":"active","fields":8,"updated_at":null,"problem":null},{"name":"Margay.Audit","kind":"built-in","version":1,"revision":null,"state":"active","fields":12,"updated_at":null,"problem":null},{"name":"Custom.Asana.Log","kind":"custom","version":2,"revision":2,"state":"active","fields":3,"problem":null}]"#]]
    .assert_eq(&canonical(&rows));
    let table = world.margay(&["schema", "list"]).stdout;
    assert!(
        table.contains("Custom.Asana.Log") && !table.contains("problem"),
        "{table}"
    );
}

/// The objects' keys in the order in which people read them.
fn canonical(rows: &[Value]) -> String {
    const ORDER: [&str; 8] = [
        "name",
        "kind",
        "version",
        "revision",
        "state",
        "fields",
        "updated_at",
        "problem",
    ];
    let objects: Vec<String> = rows
        .iter()
        .map(|row| {
            let fields = ORDER
                .iter()
                .filter_map(|&name| row.get(name).map(|value| format!("\"{name}\":{value}")));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        })
        .collect();
    format!("[{}]", objects.join(","))
}

#[test]
fn a_change_that_the_table_cannot_follow_is_refused_with_all_its_reasons() {
    let world = World::of(0);
    assert_eq!(add(&world, &second(), &[]).exit, 0);
    let said = add(
        &world,
        &FIRST.replace("gid\n    type: string", "gid\n    type: int"),
        &[],
    );
    assert_eq!(said.exit, 8, "{}", said.stderr);
    for part in [
        "cannot replace its version 1",
        "gid: ",
        "event_type: ",
        "nothing was added: 1 of 1",
    ] {
        assert!(said.stderr.contains(part), "{part}\n{}", said.stderr);
    }
    assert_eq!(listed(&world, &[])[2]["version"], json!(1));
}

#[test]
fn the_same_text_changes_nothing_and_a_stale_revision_is_refused() {
    let world = World::of(0);
    assert_eq!(add(&world, FIRST, &["--revision", "0"]).exit, 0);
    let again = add(&world, FIRST, &[]);
    assert_eq!(
        again.stdout, "Custom.Asana.Log: unchanged, this is version 1 (revision 1)\n",
        "{}",
        again.stderr
    );
    assert_eq!(add(&world, &second(), &["--revision", "1"]).exit, 0);
    let stale = add(&world, &format!("{}# later\n", second()), &["--revision", "1"]);
    assert_eq!(stale.exit, 2, "{}", stale.stderr);
    assert!(
        stale.stderr.contains("the revision you named is 1, and it is at 2"),
        "{}",
        stale.stderr
    );
    assert_eq!(listed(&world, &[])[2]["revision"], json!(2));
}

#[test]
fn a_folder_is_added_whole_or_not_at_all() {
    let world = World::of(0);
    let folder = file(&world, "log.yml", FIRST).parent().unwrap().to_owned();
    std::fs::create_dir(folder.join("more")).unwrap();
    let other = FIRST.replace("Custom.Asana.Log", "Custom.Other");
    file(&world, "more/other.yaml", &other);
    file(&world, "log_tests.yml", "name: this is no schema");
    file(&world, "notes.txt", "nor is this");
    let add = |more: &[&str]| {
        let mut arguments = vec!["schema", "add", folder.to_str().unwrap()];
        arguments.extend(more);
        world.margay(&arguments)
    };

    file(&world, "more/wrong.yml", &FIRST.replace("type: string", "type: sting"));
    let refused = add(&[]);
    assert_eq!(refused.exit, 8);
    assert!(refused.stderr.contains("wrong.yml:5:11: "), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("nothing was added: 1 of 3"),
        "{}",
        refused.stderr
    );
    assert_eq!(listed(&world, &[]).len(), 2);

    file(
        &world,
        "more/wrong.yml",
        &format!("{other}# a second file of the same name\n"),
    );
    let refused = add(&[]);
    assert_eq!(refused.exit, 8);
    assert!(
        refused.stderr.contains("other.yaml is a file of `Custom.Other` too"),
        "{}",
        refused.stderr
    );

    let third = format!("fromTheFuture: 1\n{}", FIRST.replace("Asana.Log", "Third"));
    file(&world, "more/wrong.yml", &third);
    assert_eq!(add(&[]).exit, 8);
    assert_eq!(add(&["--revision", "1"]).exit, 2);
    let added = add(&["--lenient"]);
    assert_eq!(added.exit, 0, "{}", added.stderr);
    assert!(
        added.stderr.contains("warning: ") && added.stderr.contains("wrong.yml:1:1: "),
        "{}",
        added.stderr
    );
    assert_eq!(listed(&world, &[]).len(), 5);
}

#[test]
fn only_an_unused_schema_is_archived_and_no_new_source_uses_it() {
    let world = World::of(3);
    assert_eq!(add(&world, FIRST, &[]).exit, 0);
    let source = |log_type: &str| world.add_source(TokenKind::ServiceAccountAuditOnly, &["--log-type", log_type]);
    let unknown = source("Custom.Asana.Lag");
    assert_eq!(unknown.exit, 2);
    assert!(
        unknown.stderr.contains("did you mean `Custom.Asana.Log`?"),
        "{}",
        unknown.stderr
    );
    assert_eq!(source("Custom.Asana.Log").exit, 0);
    world.pull();
    let file = world.data_dir().with_file_name("records.ndjson");
    std::fs::write(&file, "{}\n").unwrap();
    let file = file.to_str().unwrap();
    let import = || world.margay(&["import", "--quiet", "--log-type", "Custom.Asana.Log", file]);
    assert_eq!(import().exit, 8, "the record does not fit");

    let archive = || world.margay(&["schema", "archive", "Custom.Asana.Log"]);
    let used = archive();
    assert_eq!(used.exit, 2);
    assert!(
        used.stderr.contains("is used by the log source `My Asana logs`"),
        "{}",
        used.stderr
    );
    assert_eq!(world.margay(&["source", "delete", "My Asana logs", "--yes"]).exit, 0);
    let archived = archive();
    assert_eq!(archived.exit, 0, "{}", archived.stderr);

    assert_eq!(listed(&world, &[]).len(), 2);
    assert_eq!(listed(&world, &["--all"])[2]["state"], json!("archived"));
    assert_eq!(
        world.value("select count(*) from custom_asana_log"),
        json!(3),
        "its events stay"
    );
    let refused = source("Custom.Asana.Log");
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("is archived"), "{}", refused.stderr);
    let refused = import();
    assert_eq!(refused.exit, 2);
    assert!(
        refused.stderr.contains("nothing is imported into it"),
        "{}",
        refused.stderr
    );
    let refused = add(&world, &second(), &[]);
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("restore it first"), "{}", refused.stderr);

    let stale = world.margay(&["schema", "restore", "Custom.Asana.Log", "--revision", "1"]);
    assert_eq!(stale.exit, 2, "{}", stale.stderr);
    assert_eq!(world.margay(&["schema", "restore", "Custom.Asana.Log"]).exit, 0);
    assert_eq!(add(&world, &second(), &[]).exit, 0);
    assert_eq!(source("Custom.Asana.Log").exit, 0);

    let built_in = world.margay(&["schema", "archive", "Asana.Audit"]);
    assert_eq!(built_in.exit, 2, "{}", built_in.stderr);
}

/// Edits the stored text behind Margay's back.
fn break_schema(world: &World, revision: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let data_dir = margay_runtime::DataDir::new(world.data_dir());
        let key = margay_store::MasterKey::load(&data_dir.master_key(), None).unwrap();
        let store = margay_store::Store::open(&data_dir.database(), key).await.unwrap();
        let name = "Custom.Asana.Log".parse().unwrap();
        let revision = margay_store::Revision::new(revision);
        let now = margay_runtime::Clock::system().now();
        store.replace_schema(&name, revision, "schema: [", now).await.unwrap();
        store.close().await;
    });
}

#[test]
fn the_records_of_a_broken_schema_wait_until_it_is_mended() {
    let world = World::of(40);
    assert_eq!(add(&world, FIRST, &[]).exit, 0);
    let source = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--log-type", "Custom.Asana.Log"]);
    assert_eq!(source.exit, 0, "{}", source.stderr);
    world.pull();
    break_schema(&world, 1);
    world.simulation.add_events(10);

    let pulled = world.margay(&["pull", "--until-drained", "--quiet"]);
    assert_eq!(pulled.exit, 8, "{}", pulled.stderr);
    assert!(pulled.stdout.contains("10 new records"), "{}", pulled.stdout);
    for part in ["ERROR", "wait in the journal", "version 2", "this is not YAML"] {
        assert!(pulled.stderr.contains(part), "{part}\n{}", pulled.stderr);
    }
    let row = &listed(&world, &[])[2];
    assert_eq!((&row["state"], &row["fields"]), (&json!("broken"), &Value::Null));
    assert!(row["problem"].as_str().unwrap().contains("this is not YAML"), "{row}");
    let listed = world.margay(&["schema", "list"]);
    assert!(
        listed.stderr.contains("Custom.Asana.Log is broken: "),
        "{}",
        listed.stderr
    );
    assert_eq!(
        world.margay(&["schema", "show", "Custom.Asana.Log"]).stdout,
        "schema: ["
    );
    let deleted = world.margay(&["source", "delete", "My Asana logs", "--yes"]);
    assert_eq!(deleted.exit, 8, "{}", deleted.stderr);

    let mended = add(&world, &second(), &[]);
    assert_eq!(mended.exit, 0, "{}", mended.stderr);
    world.pull();
    assert_eq!(
        world.query("select p_schema_version as version, count(distinct gid) as rows from custom_asana_log group by 1 order by 1"),
        [json!({"version": 1, "rows": 40}), json!({"version": 3, "rows": 10})]
    );
    assert_eq!(world.value("select count(*) from custom_asana_log"), json!(50));
}

#[test]
fn a_table_that_cannot_be_read_stops_nothing_else() {
    let world = World::of(40);
    assert_eq!(add(&world, FIRST, &[]).exit, 0);
    assert_eq!(world.add_source(TokenKind::ServiceAccountAuditOnly, &[]).exit, 0);
    let log = world.data_dir().join("lake/margay_logs/custom_asana_log/_delta_log");
    for entry in std::fs::read_dir(&log).unwrap() {
        std::fs::write(entry.unwrap().path(), "no log of Delta's").unwrap();
    }

    let said = world.pull();
    assert_eq!(said.exit, 0, "{}", said.stderr);
    world.assert_complete();
    assert!(said.stderr.contains("custom_asana_log"), "{}", said.stderr);
    let schema = &listed(&world, &[])[2];
    assert_eq!(
        (&schema["name"], &schema["state"]),
        (&json!("Custom.Asana.Log"), &json!("broken"))
    );
}
