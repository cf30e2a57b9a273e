//! `margay schema check|test|parse|export|diff` on files: folders, names, streams, compressed files, and forms for machines.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::expect;
use serde_json::Value;

use crate::world::{Said, World};

pub(crate) const LOGIN: &str = "\
schema: Custom.Login
fields:
  - {name: at, type: timestamp, isEventTime: true}
  - {name: user, type: string, required: true, indicators: [username]}
";

/// A folder beside the data directory.
pub(crate) fn folder(world: &World, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = world.data_dir().with_extension("files");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../margay-schema/fixtures")
        .join(name)
}

/// What was said, with the folder's path left out.
pub(crate) fn without(said: &str, folder: &Path) -> String {
    said.replace(text(folder), "FOLDER")
}

#[test]
fn the_schemas_that_come_with_margay_pass_their_tests() {
    let world = World::of(0);
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let said = world.margay(&["schema", "test", text(&content)]);
    assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.ends_with(" passed, 0 failed\n"), "{}", said.stdout);
    let said = world.margay(&["schema", "test", text(&fixtures("parsers"))]);
    assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
}

#[test]
fn a_test_that_fails_shows_where_expected_and_found_part() {
    let world = World::of(0);
    let tests = "\
name: as it is
logType: Custom.Login
input: |
  {\"at\": \"2026-01-02T03:04:05Z\", \"user\": \"mara\"}
result: |
  {\"at\": \"2026-01-02 03:04:05\", \"user\": \"mara\"}
---
name: not as it is
logType: Custom.Login
input: |
  {\"at\": \"2026-01-02T03:04:05Z\", \"user\": \"mara\", \"more\": 1}
  {\"at\": \"2026-01-02T03:04:05Z\"}
results:
  - {user: noor, p_any_usernames: [noor]}
  - {user: mara}
---
name: of nobody
logType: Custom.Logn
input: '{}'
result: '{}'
";
    let folder = folder(
        &world,
        &[("login.yml", LOGIN.as_bytes()), ("login_tests.yml", tests.as_bytes())],
    );
    let said = world.margay(&["schema", "test", text(&folder)]);
    assert_eq!(said.exit, 8);
    expect![[r#"
        FOLDER/login_tests.yml
          ok      as it is (Custom.Login)
          FAILED  not as it is (Custom.Login)
            event 1, at
              expected  nothing
              found     "2026-01-02 03:04:05.000"
            event 1, user
              expected  "noor"
              found     "mara"
            event 1, p_any_usernames
              expected  ["noor"]
              found     ["mara"]
            event 2
              expected  {"user":"mara"}
              found     the record rejected: `user`: expected string (required), found nothing
          FAILED  of nobody (Custom.Logn)
            FOLDER/login_tests.yml:18: no schema in order is called `Custom.Logn`
            hint: did you mean `Custom.Login`?
        1 passed, 2 failed
    "#]]
    .assert_eq(&without(&said.stdout, &folder));

    let said = world.margay(&["schema", "test", text(&folder), "--format", "json"]);
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&answer["passed"], &answer["failed"]), (&1.into(), &2.into()));
    let tests = &answer["files"][0]["tests"];
    assert_eq!(tests[0]["status"], "passed");
    assert_eq!(tests[1]["differences"][1]["path"], "user");
    assert_eq!(tests[1]["differences"][1]["found"], "\"mara\"");
    assert_eq!(tests[2]["line"], 18);
}

#[test]
fn tests_that_are_not_there_or_not_in_order_do_not_pass() {
    let world = World::of(0);
    let folder = folder(
        &world,
        &[
            ("a/login.yml", LOGIN.as_bytes()),
            ("b/x_tests.yml", b"name: only a name\n"),
        ],
    );
    let said = world.margay(&["schema", "test", text(&folder.join("a"))]);
    assert_eq!(said.exit, 8);
    assert!(said.stderr.contains("there are no tests in"), "{}", said.stderr);
    let said = world.margay(&["schema", "test", text(&folder)]);
    assert_eq!(said.exit, 8);
    assert!(said.stdout.contains("x_tests.yml:1:1: "), "{}", said.stdout);
    assert!(said.stdout.ends_with("0 passed, 1 failed\n"), "{}", said.stdout);
    let said = world.margay(&["schema", "test", text(&folder.join("nowhere"))]);
    assert_eq!((said.exit, said.stdout.as_str()), (2, ""));
}

#[test]
fn a_folder_is_checked_as_a_whole() {
    let world = World::of(0);
    let bad = "schema: Custom.Bad\nfields:\n  - {name: a, type: strin}\n  - {name: b, type: string, colour: red}\n";
    let folder = folder(
        &world,
        &[
            ("login.yml", LOGIN.as_bytes()),
            ("deep/bad.yaml", bad.as_bytes()),
            ("rule.yml", b"AnalysisType: rule\nRuleID: x\n"),
            ("login_tests.yml", b"name: x\n"),
            ("notes.txt", b"schema: not YAML by its name\n"),
        ],
    );
    let said = world.margay(&["schema", "check", text(&folder)]);
    assert_eq!(said.exit, 8);
    expect![[r#"
        FOLDER/deep/bad.yaml:3:21: a: there is no type `strin`
          hint: did you mean `string`?
        FOLDER/deep/bad.yaml:4:29: b: a field has no key `colour`
        error: 1 of 2 schema files have problems
        hint: `--lenient` passes over keys that the language does not know
    "#]]
    .assert_eq(&without(&said.stderr, &folder));
    assert_eq!(
        without(&said.stdout, &folder),
        "FOLDER/login.yml: Custom.Login is in order, 2 fields\n"
    );

    let said = world.margay(&["schema", "check", text(&folder), "--lenient", "--format", "json"]);
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(answer[0]["status"], "refused");
    assert_eq!(answer[0]["problems"][0]["severity"], "error");
    assert_eq!(answer[0]["problems"][0]["column"], 21);
    assert_eq!(answer[0]["problems"][1]["severity"], "warning");
    assert_eq!(answer[1]["log_type"], "Custom.Login");

    let said = world.margay(&["schema", "check", text(&folder.join("login_tests.yml"))]);
    assert_eq!(said.exit, 2, "{}", said.stderr);
}

/// Runs `parse` on a file, or on standard input if `input` is bytes.
fn parse(world: &World, arguments: &[&str], input: Option<&[u8]>) -> Said {
    let mut command = world.command(&["schema", "parse"]);
    command.args(arguments);
    let Some(input) = input else {
        return Said::of(&command.output().unwrap());
    };
    let mut child = spawn(&mut command);
    child.stdin.take().unwrap().write_all(input).unwrap();
    Said::of(&child.wait_with_output().unwrap())
}

fn spawn(command: &mut Command) -> std::process::Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn files_are_read_however_they_are_packed() {
    let world = World::of(0);
    let record = |user: &str| format!("{{\"at\":\"2026-01-02T03:04:05Z\",\"user\":\"{user}\"}}");
    let lines = format!("{}\n{}\n", record("a"), record("b"));
    let array = format!("{{\"Records\": [{}, {}]}}", record("a"), record("b"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    let folder = folder(
        &world,
        &[
            ("login.yml", LOGIN.as_bytes()),
            ("lines.ndjson", lines.as_bytes()),
            ("array.json", array.as_bytes()),
            ("packed", &gzip),
            ("packed.zst", &zstd),
        ],
    );
    let schema = folder.join("login.yml");
    let expected = parse(
        &world,
        &["--schema", text(&schema), text(&folder.join("lines.ndjson"))],
        None,
    );
    assert_eq!(
        (expected.exit, expected.stdout.lines().count()),
        (0, 2),
        "{}",
        expected.stderr
    );
    // What a line number makes of `p_row_id` and the clock of `p_parse_time` aside.
    let users = |said: &Said| -> Vec<String> {
        let events = said
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.map(|event| event["user"].as_str().unwrap().to_owned()).collect()
    };
    for file in ["packed", "packed.zst"] {
        let said = parse(&world, &["--schema", text(&schema), text(&folder.join(file))], None);
        assert_eq!(users(&said), users(&expected), "{file}: {}", said.stderr);
    }
    let said = parse(&world, &["--schema", text(&schema), "-"], Some(&gzip));
    assert_eq!(users(&said), users(&expected), "{}", said.stderr);
    let array = folder.join("array.json");
    let arguments = [
        "--schema",
        text(&schema),
        "--stream-type",
        "JsonArray:Records",
        text(&array),
    ];
    let said = parse(&world, &arguments, None);
    assert_eq!(users(&said), users(&expected), "{}", said.stderr);

    let said = parse(&world, &["--schema", text(&schema), "-"], Some(&gzip[..gzip.len() / 2]));
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("cut off"), "{}", said.stderr);
}

#[test]
fn standard_input_is_read_as_it_comes() {
    let world = World::of(0);
    let folder = folder(&world, &[("login.yml", LOGIN.as_bytes())]);
    let mut child = spawn(
        world
            .command(&["schema", "parse"])
            .args(["--schema", text(&folder.join("login.yml")), "-"]),
    );
    let mut input = child.stdin.take().unwrap();
    let mut events = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    for user in ["mara", "noor"] {
        // The next record is not written before the event of this one is there. `Auto` looks at the line after the first value.
        writeln!(input, "{{\"user\":\"{user}\"}}").unwrap();
        assert!(events.next().unwrap().unwrap().contains(user));
    }
    drop(input);
    assert!(child.wait().unwrap().success());

    let twice = parse(&world, &["--schema", text(&folder.join("login.yml")), "-", "-"], None);
    assert_eq!(twice.exit, 2, "{}", twice.stderr);
}

#[test]
fn each_parser_kind_reads_its_file() {
    let world = World::of(0);
    for kind in ["csv", "fastmatch", "grok", "native", "regex", "script"] {
        let schema = fixtures(&format!("parsers/{kind}.yml"));
        let log = fixtures(&format!("parsers/{kind}.log"));
        let said = parse(&world, &["--schema", text(&schema), text(&log)], None);
        assert_eq!(
            (said.exit, said.stdout.lines().count()),
            (0, 50),
            "{kind}: {}",
            said.stderr
        );
    }
}

#[test]
fn the_first_schema_that_takes_a_record_has_it() {
    let world = World::of(0);
    let folder = folder(&world, &[("login.yml", LOGIN.as_bytes())]);
    let login = folder.join("login.yml");
    let records = b"{\"user\":\"mara\"}\n{\"nobody\":1}\n";
    let arguments = [
        "--schema",
        "Asana.Audit",
        "--schema",
        text(&login),
        "--format",
        "json",
        "-",
    ];
    let said = parse(&world, &arguments, Some(records));
    assert_eq!(said.exit, 8);
    let mut lines = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(lines.next().unwrap()["p_log_type"], "Custom.Login");
    let rejected = &lines.next().unwrap()["rejected"];
    assert_eq!(rejected["line"], 2);
    assert_eq!(rejected["schemas"][0]["log_type"], "Asana.Audit");
    assert_eq!(rejected["schemas"][1]["problems"][0]["path"], "user");
}

#[test]
fn every_schema_sees_the_header_and_records_of_one_line_are_told_apart() {
    let world = World::of(0);
    let any =
        "schema: Custom.Any\nparser: {regex: {match: ['^(?P<line>[a-z].*)$']}}\nfields: [{name: line, type: string}]\n";
    let csv = "schema: Custom.Rows\nparser: {csv: {hasHeader: true, columns: [a, b]}}\nfields: [{name: a, type: int}, {name: b, type: int}]\n";
    let json = "schema: Custom.Any.Json\nfields: [{name: n, type: int}]\n";
    let folder = folder(
        &world,
        &[
            ("any.yml", any.as_bytes()),
            ("rows.yml", csv.as_bytes()),
            ("json.yml", json.as_bytes()),
            ("rows.csv", b"a,b\n1,2\n3,4\n"),
            ("array.json", b"[{\"n\":1},{\"n\":2},{\"n\":\"x\"}]"),
        ],
    );
    let path = |name: &str| text(&folder.join(name)).to_owned();
    let arguments = [
        "--schema",
        &path("any.yml"),
        "--schema",
        &path("rows.yml"),
        &path("rows.csv"),
    ];
    let said = parse(&world, &arguments, None);
    assert_eq!(
        (said.exit, said.stdout.lines().count()),
        (0, 3),
        "{}{}",
        said.stdout,
        said.stderr
    );
    assert!(said.stdout.contains("{\"a\":1,\"b\":2,"), "{}", said.stdout);

    let said = parse(
        &world,
        &["--schema", &path("json.yml"), "--format", "json", &path("array.json")],
        None,
    );
    let lines: Vec<Value> = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_ne!(lines[0]["p_row_id"], lines[1]["p_row_id"]);
    assert_eq!(lines[2]["rejected"]["record"], 3);

    // A csv schema first does not cut a file of JSON for the others.
    let arguments = [
        "--schema",
        &path("rows.yml"),
        "--schema",
        &path("json.yml"),
        &path("array.json"),
    ];
    let said = parse(&world, &arguments, None);
    assert_eq!(said.stdout.lines().count(), 2, "{}", said.stderr);
}

#[test]
fn what_is_exported_is_the_text_and_passes_the_check() {
    let world = World::of(0);
    let folder = folder(&world, &[]);
    let to = folder.join("exported");
    let export = |more: &[&str]| {
        let mut arguments = vec!["schema", "export", "--output", text(&to)];
        arguments.extend(more);
        world.margay(&arguments)
    };
    assert_eq!(export(&[]).exit, 0);
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/asana/schema.yml");
    let file = to.join("asana_audit.yml");
    assert_eq!(std::fs::read(&file).unwrap(), std::fs::read(&built_in).unwrap());
    assert_eq!(world.margay(&["schema", "check", text(&to)]).exit, 0);
    assert_eq!(export(&[]).exit, 0, "the same text may be written again");

    std::fs::write(&file, "mine").unwrap();
    let said = export(&["asana.audit"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("--force"), "{}", said.stderr);
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    assert_eq!(export(&["--force"]).exit, 0);

    let said = world.margay(&["schema", "export", "Asana.Audit"]);
    assert_eq!(said.stdout.as_bytes(), std::fs::read(&built_in).unwrap());
}

#[test]
fn diff_says_whether_one_schema_may_replace_another() {
    let world = World::of(0);
    let more = format!("{LOGIN}  - {{name: address, type: string, required: true}}\n");
    let other = LOGIN
        .replace("type: string", "type: json")
        .replace(", indicators: [username]", "");
    let folder = folder(
        &world,
        &[
            ("login.yml", LOGIN.as_bytes()),
            ("more.yml", more.as_bytes()),
            ("other.yml", other.as_bytes()),
        ],
    );
    let diff = |old: &str, new: &str, more: &[&str]| {
        let (old, new) = (folder.join(old), folder.join(new));
        let mut arguments = vec!["schema", "diff", text(&old), text(&new)];
        arguments.extend(more);
        world.margay(&arguments)
    };
    let said = diff("login.yml", "login.yml", &[]);
    assert_eq!(said.exit, 0);
    assert!(said.stdout.contains("says the same as"), "{}", said.stdout);

    let said = diff("login.yml", "more.yml", &[]);
    assert_eq!(said.exit, 0);
    expect![[r#"
        warning  address: new field of type string, required
                   hint: records that fit before may lack it, and would be rejected
        FOLDER/more.yml may replace FOLDER/login.yml: 1 changes, 1 with a warning
    "#]]
    .assert_eq(&without(&said.stdout, &folder));

    let said = diff("more.yml", "other.yml", &["--format", "json"]);
    assert_eq!(said.exit, 8);
    let answer: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(answer["is_allowed"], false);
    let kinds: Vec<&str> = answer["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["verdict"] == "refused")
        .map(|change| change["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["type", "field_deleted"]);
}

#[test]
fn stored_schemas_are_named_with_their_versions() {
    let world = World::of(0);
    let more = format!("{LOGIN}  - {{name: address, type: string}}\n");
    let folder = folder(
        &world,
        &[("login.yml", LOGIN.as_bytes()), ("more.yml", more.as_bytes())],
    );
    for file in ["login.yml", "more.yml"] {
        let said = world.margay(&["schema", "add", text(&folder.join(file))]);
        assert_eq!(said.exit, 0, "{}", said.stderr);
    }
    let said = world.margay(&["schema", "diff", "custom.login@1", "Custom.Login"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("address: new field"), "{}", said.stdout);
    let said = world.margay(&["schema", "diff", "Custom.Login@3", "Custom.Login"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("versions 1 to 2"), "{}", said.stderr);
    assert_eq!(
        world.margay(&["schema", "diff", "Asana.Audit@1", "Asana.Audit"]).exit,
        0
    );
    let said = parse(
        &world,
        &["--schema", "Custom.Login", "-"],
        Some(b"{\"user\":\"mara\",\"address\":\"x\"}"),
    );
    assert!(
        said.stdout.contains("\"address\":\"x\""),
        "{}{}",
        said.stdout,
        said.stderr
    );
    let said = world.margay(&["schema", "export", "--all"]);
    assert!(said.stdout.ends_with(&format!("---\n{more}")), "{}", said.stdout);
}
