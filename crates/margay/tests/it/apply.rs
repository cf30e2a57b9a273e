//! A file, a plan, and what becomes of it: against the simulated vendor, alone and beside a server.

use std::path::PathBuf;

use expect_test::expect;
use margay_sim::TokenKind;
use serde_json::{Value, json};

use crate::world::{Said, World};

/// Names of environment variables that tests set, and what nobody may print.
const HOOK: &str = "whsec_c2lnbmluZyBrZXkgb2YgYSB0ZXN0";

impl World {
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.data_dir().with_extension("files");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Applies a file, with the token and the hook's key in the environment.
    fn apply_with(&self, text: &str, token: &str, more: &[&str]) -> Said {
        let file = self.write("margay.yml", text);
        let arguments = [&["apply", "-f", file.to_str().unwrap()], more].concat();
        let mut command = self.command(&arguments);
        command.env("ASANA_TOKEN", token).env("HOOK_SECRET", HOOK);
        let said = Said::of(&command.output().unwrap());
        for secret in [token, HOOK] {
            assert!(
                !said.stdout.contains(secret) && !said.stderr.contains(secret),
                "a secret was printed"
            );
        }
        said
    }

    fn apply(&self, text: &str, more: &[&str]) -> Said {
        self.apply_with(text, self.simulation.token(TokenKind::ServiceAccountAuditOnly), more)
    }

    /// As [`World::apply`], for what has to work; what differs from run to run is taken out.
    fn applied(&self, text: &str, more: &[&str]) -> String {
        let said = self.apply(text, more);
        assert_eq!(said.exit, 0, "{}\n{}", said.stdout, said.stderr);
        said.stdout
            .replace(self.simulation.api_url(), "[api]")
            .replace(self.simulation.organization_id(), "[organization]")
    }

    fn file_of(&self, minutes: u32, severities: &str) -> String {
        format!(
            "\
version: 1
log_sources:
  - label: My Asana logs
    organizationId: {}
    apiUrl: {}
    token: {{env: ASANA_TOKEN}}
    requestsPerMinute: 1000000
    alarms:
      SOURCE_NO_DATA: {{minutesThreshold: {minutes}}}
destinations:
  - name: hook
    kind: webhook
    settings: {{url: https://example.com/hook}}
    secret: {{env: HOOK_SECRET}}
    severities: [{severities}]
alarms:
  SERVER_DISK: {{enabled: false}}
",
            self.simulation.organization_id(),
            self.simulation.api_url()
        )
    }

    /// All that a person can see of what was declared.
    fn declared(&self) -> Value {
        let list = |arguments: &[&str]| -> Value {
            serde_json::from_str(&self.done(&[arguments, &["--format", "json"]].concat())).unwrap()
        };
        json!([
            list(&["source", "list"]),
            list(&["destination", "list"]),
            list(&["alarm", "list"]),
            list(&["schema", "list"]),
        ])
    }
}

#[test]
fn a_file_becomes_true_and_a_second_run_finds_nothing_to_change() {
    let world = World::of(20);
    let file = world.file_of(240, "high");
    let dry = world.applied(&file, &["--dry-run"]);
    expect![[r#"
        + log source `My Asana logs`
            organizationId: [organization]
            apiUrl: [api]
            logType: Asana.Audit
            requestsPerMinute: 1000000
            requestsInFlight: 4
            token: {env: ASANA_TOKEN}
        + destination `hook`
            kind: webhook
            settings.url: https://example.com/hook
            severities: HIGH
            alertTypes: all
            enabled: true
            secret: {env: HOOK_SECRET}
        ~ alarm SOURCE_NO_DATA of `My Asana logs`
            minutesThreshold: 1440 -> 240
        ~ alarm SERVER_DISK
            enabled: true -> false
        2 to add, 2 to change, 0 unchanged
        dry run: nothing was changed, and no vendor was asked
    "#]]
    .assert_eq(&dry);
    assert!(!world.data_dir().exists(), "a dry run makes nothing");

    let said = world.applied(&file, &[]);
    expect![[r#"
        checked: the credentials of log source `My Asana logs` work
        done: log source `My Asana logs`
        done: destination `hook`
        done: alarm SOURCE_NO_DATA of `My Asana logs`
        done: alarm SERVER_DISK
        4 changes made; a running server goes by what is new within seconds
    "#]]
    .assert_eq(said.strip_prefix(dry.rsplit_once("dry run").unwrap().0).unwrap());
    world.pull();
    world.assert_complete();

    let hook = world.object(&["destination", "show", "hook"]);
    let before = world.declared();
    let requests = world.simulation.requests_served();
    assert_eq!(world.applied(&file, &[]), "nothing to change\n");
    assert_eq!(world.applied(&file, &["--dry-run"]), "nothing to change\n");
    assert_eq!(world.simulation.requests_served(), requests, "nobody was asked");
    assert_eq!(world.declared(), before);
    assert_eq!(
        world.object(&["destination", "show", "hook"])["updated_at"],
        hook["updated_at"]
    );
    assert_eq!(hook["has_secret"], true);
    let printed = world.done(&["apply", "--print"]);
    let printed = printed.replace("MY_ASANA_LOGS_TOKEN", "ASANA_TOKEN");
    assert_eq!(world.applied(&printed, &[]), "nothing to change\n", "{printed}");
}

#[test]
fn what_changes_is_told_and_what_is_not_in_the_file_is_left_alone() {
    let world = World::of(0);
    world.applied(&world.file_of(240, "high"), &[]);
    world.done(&["destination", "add", "stdout", "of somebody else"]);
    world.done(&["alarm", "set", "ALERT_DELIVERY", "--threshold", "30m"]);
    let before = world.declared();
    let changed = world
        .file_of(60, "high, critical")
        .replace("label: My Asana", "label: my ASANA");
    let dry = world.applied(&changed, &["--dry-run"]);
    expect![[r#"
        ~ destination `hook`
            severities: HIGH -> CRITICAL, HIGH
        ~ alarm SOURCE_NO_DATA of `My Asana logs`
            minutesThreshold: 240 -> 60
        not in the file, and left alone: destination `of somebody else`, alarm ALERT_DELIVERY
        0 to add, 2 to change, 2 unchanged
        dry run: nothing was changed, and no vendor was asked
    "#]]
    .assert_eq(&dry);
    assert_eq!(world.declared(), before, "a dry run changes nothing");
    world.applied(&changed, &[]);
    assert_eq!(world.applied(&changed, &[]).lines().last(), Some("nothing to change"));
    assert_eq!(
        world.object(&["destination", "show", "hook"])["severities"],
        json!(["HIGH", "CRITICAL"])
    );
    let sources = world.declared()[0].clone();
    assert_eq!(sources[0]["name"], "My Asana logs", "a file renames nothing");
}

#[test]
fn a_source_is_paused_and_resumed_by_the_file_and_left_alone_if_it_does_not_say() {
    let world = World::of(0);
    let file = world.file_of(240, "high");
    let with = |paused: &str| {
        file.replace(
            "requestsPerMinute: 1000000",
            &format!("requestsPerMinute: 9000\n    paused: {paused}"),
        )
    };
    let paused_at = || world.object(&["source", "show", "My Asana logs"])["paused_at"].clone();
    world.applied(&with("true"), &[]);
    let since = paused_at();
    assert!(since.is_string(), "it is added paused: {since}");
    world.applied(&file, &[]);
    assert_eq!(paused_at(), since);
    assert!(world.applied(&with("false"), &[]).contains("paused: true -> false"));
    assert!(paused_at().is_null());
}

#[test]
fn how_often_a_source_is_polled_is_as_the_file_says_and_left_alone_if_it_does_not_say() {
    let world = World::of(0);
    let file = world.file_of(240, "high");
    let with = |interval: &str| {
        file.replace(
            "requestsPerMinute: 1000000",
            &format!("requestsPerMinute: 1000000\n    pollInterval: {interval}"),
        )
    };
    let shown = || world.object(&["source", "show", "My Asana logs"])["poll_interval"].clone();
    assert!(world.applied(&with("30s"), &[]).contains("    pollInterval: 30s\n"));
    assert_eq!(shown(), "30s", "it is added with it");
    let dry = world.applied(&with("5m"), &["--dry-run"]);
    assert!(dry.contains("    pollInterval: 30s -> 300s\n"), "{dry}");
    assert_eq!(shown(), "30s");
    world.applied(&with("5m"), &[]);
    assert_eq!(shown(), "300s");
    for same in [&file, &with("5m"), &with("300s")] {
        assert_eq!(world.applied(same, &[]), "nothing to change\n");
    }
    let printed = world.done(&["apply", "--print"]);
    assert!(printed.contains("    pollInterval: 300s\n"), "{printed}");
    let printed = printed.replace("MY_ASANA_LOGS_TOKEN", "ASANA_TOKEN");
    assert_eq!(world.applied(&printed, &[]), "nothing to change\n");
    let back = world.applied(&with("default"), &[]);
    assert!(back.contains("    pollInterval: 300s -> default\n"), "{back}");
    assert_eq!(shown(), "default");
    assert_eq!(world.applied(&with("default"), &[]), "nothing to change\n");
}

#[test]
fn a_new_secret_is_checked_first_and_the_old_one_stays_if_it_does_not_work() {
    let world = World::of(3);
    let file = world.file_of(240, "high");
    let refused = world.apply_with(
        &file,
        "2/1111111111111111/1111111111111111:00000000000000000000000000000000",
        &[],
    );
    assert_eq!(refused.exit, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("nothing was changed"), "{}", refused.stderr);
    assert_eq!(world.declared()[0], json!([]));
    world.applied(&file, &[]);

    let slow = file.replace("requestsPerMinute: 1000000", "requestsPerMinute: 999999");
    let other = world.simulation.token(TokenKind::PersonalAccess).to_owned();
    let before = world.object(&["source", "show", "My Asana logs"]);
    let refused = world.apply_with(&slow, &other, &[]);
    assert_eq!(refused.exit, 3, "{}", refused.stderr);
    assert!(refused.stdout.contains("token: changes"), "{}", refused.stdout);
    assert_eq!(world.object(&["source", "show", "My Asana logs"]), before);
    world.done(&["source", "check", "My Asana logs"]);

    let said = world.apply_with(&slow, &other, &["--no-check"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stderr.contains("not checked"), "{}", said.stderr);
    assert_eq!(world.margay(&["source", "check", "My Asana logs"]).exit, 3);
    world.applied(&slow, &[]);
    world.done(&["source", "check", "My Asana logs"]);
}

#[test]
fn whatever_is_wrong_is_found_before_anything_is_done() {
    let world = World::of(0);
    let good = world.file_of(240, "high");
    let mut told = String::new();
    for (bad, exit) in [
        (good.replace("{env: HOOK_SECRET}", HOOK), 2),
        (good.replace("HOOK_SECRET", "MARGAY_TEST_NOT_SET"), 2),
        (good.replace("{env: HOOK_SECRET}", "{file: nowhere.txt}"), 2),
        (good.replace("severities", "severites"), 2),
        (good.replace("240", "5"), 2),
        (good.replace("kind: webhook", "kind: teams"), 2),
        (format!("{good}schemas: [nowhere.yml]\n"), 2),
        (format!("{good}schemas: [margay.yml]\n"), 8),
    ] {
        let dry = world.apply(&bad, &["--dry-run"]);
        let said = world.apply(&bad, &[]);
        assert_eq!((dry.exit, said.exit), (exit, exit), "{}", said.stderr);
        assert!(!world.data_dir().join("margay.db").exists() || world.declared()[0] == json!([]));
        let folder = world.data_dir().with_extension("files");
        told += &said.stderr_without(&[(folder.to_str().unwrap(), "[files]")]);
    }
    expect![[r#"
        [files]/margay.yml:14:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:14:13: the environment variable `MARGAY_TEST_NOT_SET` is not set
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:14:13: could not read the secret from [files]/nowhere.txt: No such file or directory (os error 2)
        hint: name a file with nothing but the secret in it
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:15:5: there is no `severites` here
        hint: did you mean `severities`?
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:9:23: SOURCE_NO_DATA: the threshold is 15 to 43200 minutes for this alarm
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:12:11: destination `hook`: the settings do not fit the kind `teams`: unknown field `url`, there are no fields
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:18:11: [files]/nowhere.yml: could not be read: No such file or directory (os error 2)
        error: nothing was changed: [files]/margay.yml has a problem
        [files]/margay.yml:1:1: schema: a schema needs the name of its log type
          hint: for example `schema: Custom.MyLog`
        [files]/margay.yml:1:1: a schema needs `fields`
        [files]/margay.yml:1:10: version: the only version of the schema language is 0
          hint: it is not the schema's own version, which is counted for you
        [files]/margay.yml:2:1: a schema has no key `log_sources`
        [files]/margay.yml:10:1: a schema has no key `destinations`
          hint: did you mean `definitions`?
        [files]/margay.yml:16:1: a schema has no key `alarms`
        [files]/margay.yml:18:1: a schema has no key `schemas`
          hint: did you mean `schema`?
        error: nothing was added: 1 of 1 schema files have problems
    "#]]
    .assert_eq(&told);
    assert_eq!(world.margay(&["apply"]).exit, 2);
    assert_eq!(world.margay(&["apply", "--print", "--dry-run"]).exit, 2);
    assert_eq!(world.margay(&["apply", "-f", "/nowhere/margay.yml"]).exit, 2);
}

#[test]
fn the_example_can_be_applied() {
    let world = World::of(0);
    let example = world.done(&["apply", "--example"]);
    let file = world.write("example.yml", &example);
    let mut command = world.command(&["apply", "-f", file.to_str().unwrap(), "--dry-run"]);
    command
        .env("ASANA_TOKEN", "t0ken")
        .env("PAGERDUTY_KEY", "k3y")
        .env("HOOK_SECRET", HOOK);
    let said = Said::of(&command.output().unwrap());
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("+ destination `on call`"), "{}", said.stdout);
    assert!(!said.stdout.contains("k3y") && !said.stdout.contains("t0ken"));
}

#[test]
fn a_source_and_its_schema_come_from_one_file_and_secrets_from_files() {
    let world = World::of(30);
    world.write(
        "log.yml",
        "schema: Custom.Asana.Log\nfields:\n  - {name: gid, type: string, required: true}\n  - {name: created_at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}\n",
    );
    world.write("token.txt", world.simulation.token(TokenKind::ServiceAccountAuditOnly));
    let file = world
        .file_of(240, "high")
        .replace("{env: ASANA_TOKEN}", "{file: token.txt}\n    logType: custom.asana.log")
        + "schemas: [log.yml]\n";
    assert!(
        world
            .applied(&file, &["--dry-run"])
            .contains("+ schema `Custom.Asana.Log`")
    );
    world.applied(&file, &[]);
    assert_eq!(world.applied(&file, &[]), "nothing to change\n");
    world.pull();
    assert_eq!(world.value("select count(*) from custom_asana_log"), 30);

    // A new text needs the server to be stopped, everything else does not.
    let other = file.replace("minutesThreshold: 240", "minutesThreshold: 60");
    world.served(&[], || {
        assert!(world.applied(&other, &[]).contains("minutesThreshold: 240 -> 60"));
        let schema = world.data_dir().with_extension("files").join("log.yml");
        let text = std::fs::read_to_string(&schema).unwrap() + "  - {name: event_type, type: string}\n";
        std::fs::write(&schema, text).unwrap();
        let said = world.apply(&other.replace("60", "120"), &[]);
        assert_eq!(said.exit, 5, "{}", said.stderr);
        assert!(said.stderr.contains("beside a running server"), "{}", said.stderr);
    });
    let listed = world.applied(&other, &[]);
    assert!(
        listed.contains("~ schema `Custom.Asana.Log`\n    version: 1 -> 2\n"),
        "{listed}"
    );
    assert!(
        !listed.contains("minutesThreshold"),
        "what was refused was not half done: {listed}"
    );
}

#[test]
fn everything_but_schemas_is_applied_beside_a_server() {
    let world = World::of(12);
    let file = world.file_of(240, "high");
    world.applied("version: 1\n", &[]);
    world.served(&[], || {
        assert!(world.applied(&file, &["--dry-run"]).contains("2 to add, 2 to change"));
        world.applied(&file, &[]);
        assert_eq!(world.applied(&file, &[]), "nothing to change\n");
    });
    assert_eq!(world.applied(&file, &[]), "nothing to change\n");
    world.pull();
    world.assert_complete();
}
