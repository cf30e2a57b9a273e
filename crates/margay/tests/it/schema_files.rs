//! `margay schema check|test` on whatever a path may lead to: named tests, links, pipes, schemas that are not in order.

use std::process::Command;

use expect_test::expect;
use serde_json::Value;

use crate::schema_tools::{LOGIN, folder, text, without};
use crate::world::World;

#[test]
fn a_report_for_machines_has_the_keys_that_are_promised() {
    let world = World::of(0);
    let bad = "schema: Custom.Bad\nfields: [{name: a, type: strin}]\n";
    let tests = "name: one\nlogType: Custom.Login\ninput: '{\"user\": \"mara\"}'\nresult: '{\"user\": \"noor\"}'\n";
    let folder = folder(
        &world,
        &[
            ("bad.yml", bad.as_bytes()),
            ("login.yml", LOGIN.as_bytes()),
            ("x_tests.yml", tests.as_bytes()),
        ],
    );
    let report = |command: &str| -> Value {
        let said = world.margay(&["schema", command, text(&folder), "--format", "json"]);
        assert_eq!(said.exit, 8, "{}", said.stderr);
        serde_json::from_str(&said.stdout).unwrap()
    };
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let checked = report("check");
    assert_eq!(keys(&checked[0]), ["file", "log_type", "problems", "status"]);
    assert_eq!(
        keys(&checked[0]["problems"][0]),
        ["column", "hint", "line", "message", "path", "severity"]
    );
    let tested = report("test");
    assert_eq!(keys(&tested), ["failed", "files", "passed"]);
    assert_eq!(tested["files"][0]["problems"][0]["line"], 2);
    let file = &tested["files"][1];
    assert_eq!(keys(file), ["file", "problems", "tests"]);
    assert_eq!(
        keys(&file["tests"][0]),
        [
            "differences",
            "differences_omitted",
            "events",
            "line",
            "log_type",
            "name",
            "problem",
            "rejects",
            "status"
        ]
    );
    assert_eq!(
        keys(&file["tests"][0]["differences"][0]),
        ["event", "expected", "found", "path"]
    );
}

fn test_named(name: &str, log_type: &str) -> String {
    format!("name: {name}\nlogType: {log_type}\ninput: '{{\"user\": \"mara\"}}'\nresult: '{{\"user\": \"mara\"}}'\n")
}

#[test]
fn tests_that_are_named_run_alone_and_no_file_counts_twice() {
    let world = World::of(0);
    let (one, two) = (test_named("one", "Custom.Login"), test_named("two", "Custom.Login"));
    let folder = folder(
        &world,
        &[
            ("login.yml", LOGIN.as_bytes()),
            ("one_tests.yml", one.as_bytes()),
            ("two_tests.yml", two.as_bytes()),
        ],
    );
    std::os::unix::fs::symlink(&folder, folder.join("back")).unwrap();
    let (login, one) = (folder.join("login.yml"), folder.join("one_tests.yml"));
    for (paths, passed) in [
        (vec![&folder], 2),
        (vec![&folder, &folder], 2),
        (vec![&folder, &login], 2),
        (vec![&folder, &one], 1),
        (vec![&one, &folder], 1),
        (vec![&one, &login, &one], 1),
    ] {
        let mut arguments = vec!["schema", "test"];
        arguments.extend(paths.iter().map(|path| text(path)));
        let said = world.margay(&arguments);
        assert_eq!(said.exit, 0, "{paths:?}: {}{}", said.stdout, said.stderr);
        let last = format!("{passed} passed, 0 failed\n");
        assert!(said.stdout.ends_with(&last), "{paths:?}: {}", said.stdout);
    }
    let said = world.margay(&["schema", "check", text(&folder), text(&login)]);
    assert_eq!((said.exit, said.stdout.lines().count()), (0, 1), "{}", said.stdout);
}

#[test]
fn a_schema_that_is_not_in_order_fails_its_tests() {
    let world = World::of(0);
    let bad = "schema: 'Custom.Bad' # ours\nfields: [{name: user, type: strin}]\n";
    let odd = "schema: Custom.Odd\ncolour: red\nfields: [{name: user, type: string}]\n";
    let (of_bad, of_odd) = (test_named("bad", "Custom.Bad"), test_named("odd", "Custom.Odd"));
    let folder = folder(
        &world,
        &[
            ("bad.yml", bad.as_bytes()),
            ("nameless.yml", b"fields: [{name: a, type: strin}]\n"),
            ("nameless_too.yml", b"fields: [{name: b, type: strin}]\n"),
            ("odd.yml", odd.as_bytes()),
            ("x_tests.yml", format!("{of_bad}---\n{of_odd}").as_bytes()),
        ],
    );
    let said = world.margay(&["schema", "test", text(&folder)]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    expect![[r#"
        FOLDER/bad.yml
          FAILED  the file is not in order
            FOLDER/bad.yml:2:29: user: there is no type `strin`
              hint: did you mean `string`?
        FOLDER/nameless.yml
          FAILED  the file is not in order
            FOLDER/nameless.yml:1:1: schema: a schema needs the name of its log type
              hint: for example `schema: Custom.MyLog`
            FOLDER/nameless.yml:1:26: a: there is no type `strin`
              hint: did you mean `string`?
        FOLDER/nameless_too.yml
          FAILED  the file is not in order
            FOLDER/nameless_too.yml:1:1: schema: a schema needs the name of its log type
              hint: for example `schema: Custom.MyLog`
            FOLDER/nameless_too.yml:1:26: b: there is no type `strin`
              hint: did you mean `string`?
        FOLDER/odd.yml
          FAILED  the file is not in order
            FOLDER/odd.yml:2:1: a schema has no key `colour`
        FOLDER/x_tests.yml
          FAILED  bad (Custom.Bad)
            FOLDER/x_tests.yml:2: no schema in order is called `Custom.Bad`
          FAILED  odd (Custom.Odd)
            FOLDER/x_tests.yml:7: no schema in order is called `Custom.Odd`
        0 passed, 6 failed
    "#]]
    .assert_eq(&without(&said.stdout, &folder));
    expect![[r#"
        error: 6 failed
        hint: `--lenient` passes over keys that the language does not know
    "#]]
    .assert_eq(&without(&said.stderr, &folder));
    let said = world.margay(&["schema", "test", "--lenient", text(&folder)]);
    assert!(said.stdout.ends_with("1 passed, 4 failed\n"), "{}", said.stdout);
    assert!(said.stderr.contains("warning: "), "{}", said.stderr);
    assert!(!said.stderr.contains("--lenient"), "{}", said.stderr);
}

#[test]
fn what_has_no_end_is_not_read_to_it() {
    let world = World::of(0);
    let folder = folder(&world, &[("login.yml", LOGIN.as_bytes())]);
    let status = Command::new("mkfifo").arg(folder.join("pipe.yml")).status().unwrap();
    assert!(status.success());
    let said = world.margay(&["schema", "check", text(&folder)]);
    assert_eq!((said.exit, said.stdout.lines().count()), (0, 1), "{}", said.stderr);
    let said = world.margay(&["schema", "check", "/dev/zero"]);
    assert_eq!(said.exit, 8);
    assert!(
        said.stderr.starts_with("/dev/zero: it has more than 1048576 bytes"),
        "{}",
        said.stderr
    );
}
