use expect_test::{Expect, expect};
use jiff::Timestamp;
use margay_store::{Alarm, Destination, Source};

use super::super::current::{Current, CurrentDestination, CurrentSource};
use super::super::file::Declared;
use super::super::secret::SecretRef;
use super::super::wanted::check;
use super::{Action, Plan, plan};

fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a time")
}

/// The plan for a file, where every name of a secret is the secret.
fn planned(text: &str, current: &Current) -> Result<Plan, String> {
    let declared = Declared::parse(text).expect("it is in the language");
    let resolve = |reference: &SecretRef| match reference {
        SecretRef::Env(name) | SecretRef::File(name) => Ok(name.clone().into()),
    };
    let wanted = check(declared, &resolve, now()).expect("it is in order");
    let log_type = |name: &str| match name {
        "Asana.Audit" => Ok("Asana.Audit".parse().expect("a log type")),
        other => Err(format!("there is no schema `{other}`")),
    };
    plan(wanted, current, &log_type, now()).map_err(|problems| {
        problems
            .iter()
            .map(|problem| problem.located("m.yml"))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn text_of(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        text += if step.action.is_new() { "+ " } else { "~ " };
        text += &step.what;
        for change in &step.changes {
            text = format!("{text}\n    {change}");
        }
        text += "\n";
    }
    text + &format!("{} unchanged; left: {}\n", plan.unchanged, plan.left.join(", "))
}

fn assert_plan(text: &str, current: &Current, expected: &Expect) -> Plan {
    let plan = planned(text, current).expect("it can be done");
    expected.assert_eq(&text_of(&plan));
    plan
}

fn alarm(kind: &str, settings: Option<&str>) -> Alarm {
    Alarm {
        kind: kind.to_owned(),
        settings: settings.map(str::to_owned),
        settings_at: None,
        status: None,
        summary: String::new(),
        evaluated_at: None,
        alert: None,
    }
}

fn source(label: &str, token: &str) -> CurrentSource {
    let settings = r#"{"version":2,"api_url":"https://app.asana.com/api/1.0","organization_id":"12345","page_records":50,"requests_per_minute":600,"requests_in_flight_max":4}"#;
    CurrentSource {
        source: Source {
            id: "019ab000-0000-7000-8000-000000000001".parse().expect("an id"),
            label: label.to_owned(),
            connector: "asana".to_owned(),
            log_type: "Asana.Audit".parse().expect("a log type"),
            settings: settings.to_owned(),
            created_at: now(),
            paused_at: None,
            resumed_at: None,
            credentials_at: now(),
            poll_interval: None,
        },
        settings: margay_connector::asana::Settings::from_json(settings).ok(),
        token: Some(token.into()),
        alarms: Vec::new(),
    }
}

fn destination(name: &str, kind: &str, settings: &str, secret: Option<&str>) -> CurrentDestination {
    CurrentDestination {
        destination: Destination {
            id: "019ab000-0000-7000-8000-000000000002".parse().expect("an id"),
            name: name.to_owned(),
            kind: kind.to_owned(),
            settings: settings.to_owned(),
            has_secret: secret.is_some(),
            severities: vec!["HIGH".to_owned(), "CRITICAL".to_owned()],
            alert_types: Vec::new(),
            is_enabled: true,
            created_at: now(),
            updated_at: now(),
            failing_since: None,
            given_up_at: None,
            problem: None,
        },
        secret: secret.map(Into::into),
    }
}

fn there(source: CurrentSource) -> Current {
    Current {
        sources: vec![source],
        ..Current::default()
    }
}

fn receives(destination: CurrentDestination) -> Current {
    Current {
        destinations: vec![destination],
        ..Current::default()
    }
}

#[test]
fn where_nothing_is_everything_is_added_and_only_alarms_that_differ_from_their_defaults_are_set() {
    assert_plan(
        super::super::EXAMPLE,
        &Current::default(),
        &expect![[r#"
            + log source `My Asana logs`
                organizationId: 1201234567890123
                apiUrl: https://app.asana.com/api/1.0
                logType: Asana.Audit
                requestsPerMinute: 600
                requestsInFlight: 4
                token: {env: ASANA_TOKEN}
            + destination `on call`
                kind: pagerduty
                severities: all
                alertTypes: SYSTEM_ERROR
                enabled: true
                secret: {env: PAGERDUTY_KEY}
            + destination `hook`
                kind: webhook
                settings.url: https://example.com/hooks/margay
                severities: CRITICAL, HIGH
                alertTypes: all
                enabled: false
                secret: {env: HOOK_SECRET}
            + destination `soc`
                kind: email
                settings.from: margay@example.com
                settings.host: mail.example.com
                settings.to: ["soc@example.com"]
                severities: all
                alertTypes: all
                enabled: true
            ~ alarm SOURCE_NO_DATA of `My Asana logs`
                minutesThreshold: 1440 -> 240
                remindMinutes: none -> 1440
                calendar: none -> {"timeZone":"Europe/Vienna","hours":{"monday":["09:00-17:00"],"tuesday":["09:00-17:00"],"wednesday":["09:00-17:00"],"thursday":["09:00-17:00"],"friday":["09:00-12:00","13:00-15:00"]},"holidays":["2026-12-25"]}
            ~ alarm SOURCE_LAG of `My Asana logs`
                enabled: true -> false
            ~ alarm ALERT_DELIVERY
                minutesThreshold: 15 -> 30
            1 unchanged; left: 
        "#]],
    );
}

#[test]
fn what_is_as_the_file_wants_it_is_in_no_step() {
    let mut source = source("My Asana logs", "t0ken");
    source.alarms = vec![
        alarm("SOURCE_NO_DATA", Some(r#"{"minutesThreshold":240,"enabled":true}"#)),
        alarm("SOURCE_LAG", Some(r#"{"enabled":false}"#)),
    ];
    let mut current = there(source);
    current.destinations = vec![
        destination("Hook", "webhook", r#"{"url":"https://example.com/"}"#, Some("s3cret")),
        destination("old", "stdout", "{}", None),
    ];
    current.alarms = vec![alarm("SERVER_DISK", Some(r#"{"enabled":false}"#))];
    let text = "\
version: 1
log_sources:
  - label: my asana LOGS
    organizationId: 12345
    token: {env: t0ken}
    startAt: 7d
    alarms: {SOURCE_NO_DATA: {minutesThreshold: 240}, SOURCE_CANNOT_POLL: {minutesThreshold: 15}}
destinations:
  - {name: hook, kind: webhook, settings: {url: https://example.com/}, secret: {env: s3cret}, severities: [CRITICAL, HIGH]}
";
    assert_plan(
        text,
        &current,
        &expect![[r#"
            4 unchanged; left: alarm SOURCE_LAG of `My Asana logs`, destination `old`, alarm SERVER_DISK
        "#]],
    );
}

#[test]
fn what_differs_is_told_from_what_to_what_and_a_secret_only_that_it_changes() {
    let mut source = source("a", "t0ken");
    source.source.paused_at = Some(now());
    source.alarms = vec![alarm(
        "SOURCE_NO_DATA",
        Some(r#"{"minutesThreshold":240,"remindMinutes":60}"#),
    )];
    let mut current = there(source);
    current.destinations = vec![destination(
        "hook",
        "webhook",
        r#"{"url":"https://example.com/"}"#,
        Some("s3cret"),
    )];
    current.alarms = vec![alarm("SERVER_DISK", Some("no JSON"))];
    let text = "\
version: 1
log_sources:
  - label: a
    organizationId: 12345
    token: {env: another}
    requestsPerMinute: 100
    paused: false
    alarms: {SOURCE_NO_DATA: {minutesThreshold: 60, calendar: {timeZone: UTC, hours: {monday: [09:00-17:00]}}}}
destinations:
  - {name: hook, kind: webhook, settings: {url: https://example.com/other}, secret: {env: 0ther}, enabled: false}
alarms:
  SERVER_DISK: {}
";
    let plan = assert_plan(
        text,
        &current,
        &expect![[r#"
            ~ log source `a`
                requestsPerMinute: 600 -> 100
                paused: true -> false
                token: changes
            ~ destination `hook`
                settings.url: https://example.com/ -> https://example.com/other
                severities: CRITICAL, HIGH -> all
                enabled: true -> false
                secret: changes
            ~ alarm SOURCE_NO_DATA of `a`
                minutesThreshold: 240 -> 60
                remindMinutes: 60 -> none
                calendar: none -> {"timeZone":"UTC","hours":{"monday":["09:00-17:00"]}}
            ~ alarm SERVER_DISK
                settings: what cannot be read any more -> as follows
            0 unchanged; left: 
        "#]],
    );
    let Action::ChangeSource { settings, token, .. } = &plan.steps[0].action else {
        panic!("a source changes")
    };
    assert_eq!(
        settings.as_ref().map(|settings| settings.page_records.get()),
        Some(50),
        "what the file cannot say stays"
    );
    assert!(token.is_some());
}

#[test]
fn a_secret_that_the_file_does_not_name_stays() {
    let current = there(source("a", "t0ken"));
    let text = "version: 1\nlog_sources: [{label: a, organizationId: 12345, requestsInFlight: 5}]";
    let plan = assert_plan(
        text,
        &current,
        &expect![[r#"
            ~ log source `a`
                requestsInFlight: 4 -> 5
            0 unchanged; left: 
        "#]],
    );
    assert!(matches!(
        &plan.steps[0].action,
        Action::ChangeSource {
            token: None,
            pause: None,
            settings: Some(_),
            ..
        }
    ));
    let current = receives(destination(
        "x",
        "webhook",
        r#"{"url":"https://example.com/"}"#,
        Some("s3cret"),
    ));
    let text = "version: 1\ndestinations: [{name: x, kind: webhook, settings: {url: https://example.com/}}]";
    let plan = assert_plan(
        text,
        &current,
        &expect![[r#"
            ~ destination `x`
                severities: CRITICAL, HIGH -> all
            0 unchanged; left: 
        "#]],
    );
    assert!(matches!(&plan.steps[0].action, Action::ChangeDestination(_, new) if new.secret.is_none()));
}

#[test]
fn a_secret_that_cannot_be_opened_any_more_is_another_one() {
    let mut source = source("a", "t0ken");
    source.token = None;
    let text = "version: 1\nlog_sources: [{label: a, organizationId: 12345, token: {env: t0ken}}]";
    assert_plan(
        text,
        &there(source),
        &expect![[r#"
            ~ log source `a`
                token: changes
            0 unchanged; left: 
        "#]],
    );
}

#[test]
fn settings_that_mean_the_same_lead_nowhere_else() {
    let stored =
        r#"{"security":"tls","host":"mail.example.com","from":"a@example.com","to":["b@example.com"],"username":"me"}"#;
    let mut there = destination("soc", "email", stored, Some("pass"));
    there.destination.severities.clear();
    let text = "\
version: 1
destinations:
  - name: soc
    kind: email
    settings: {host: mail.example.com, from: a@example.com, to: [b@example.com], username: me}
    enabled: false
";
    let plan = assert_plan(
        text,
        &receives(there),
        &expect![[r#"
            ~ destination `soc`
                enabled: true -> false
            0 unchanged; left: 
        "#]],
    );
    assert!(matches!(&plan.steps[0].action, Action::ChangeDestination(_, new) if new.settings == stored));
}

#[test]
fn what_cannot_be_done_is_found_before_anything_is_done() {
    let mut current = there(source("a", "t0ken"));
    let mut broken = source("b", "t0ken");
    broken.settings = None;
    current.sources.push(broken);
    current.sources.push(source("c", "t0ken"));
    current.destinations = vec![destination(
        "x",
        "webhook",
        r#"{"url":"https://example.com/"}"#,
        Some("s3cret"),
    )];
    let text = "\
version: 1
log_sources:
  - {label: a, organizationId: 99999, logType: Custom.Other}
  - {label: b, organizationId: 12345}
  - {label: c, organizationId: 12345, apiUrl: https://proxy.example.com/}
  - {label: d, organizationId: 12345, logType: Asana.Audti}
destinations:
  - {name: x, kind: webhook, settings: {url: https://elsewhere.example.com/}}
  - {name: y, kind: webhok}
  - {name: z, kind: slack_webhook, secret: {env: xoxb-no-url}}
  - {name: w, kind: pagerduty}
  - {name: v, kind: stdout, settings: {url: https://example.com/}}
";
    let problems = planned(text, &current).expect_err("it cannot be done");
    expect![[r#"
        m.yml:3:13: log source `a` reads the organization 12345, and cannot go over to another
        hint: give the other organization a log source of its own, under another label
        m.yml:3:48: log source `a` has the log type Asana.Audit, and its events are in that table; it cannot change
        hint: add a log source with another label
        m.yml:4:13: the settings of log source `b` cannot be understood
        hint: was it added by a newer Margay?
        m.yml:5:13: `apiUrl` of log source `c` changes, so it needs `token` too
        hint: a secret is never sent to another place than the one it was entered for
        m.yml:6:48: there is no schema `Asana.Audti`
        m.yml:6:13: a new log source needs `token`, and `d` has none
        hint: write token: {env: NAME} or {file: PATH}
        m.yml:8:21: destination `x` would lead elsewhere, so it needs `secret` too
        hint: a secret is never sent to another place than the one it was entered for
        m.yml:9:21: destination `y`: `webhok` is no kind of destination
        hint: the kinds are webhook, slack_webhook, slack_bot, pagerduty, teams, email and stdout
        m.yml:10:21: destination `z`: `the secret` is no URL that can be called
        hint: it begins with https://
        m.yml:11:21: destination `w`: a destination of the kind `pagerduty` needs a secret: the integration key of an Events API v2 integration
        m.yml:12:21: destination `v`: the settings do not fit the kind `stdout`: unknown field `url`, there are no fields"#]]
    .assert_eq(&problems);
}

#[test]
fn what_is_printed_declares_what_there_is() {
    let mut first = source("My \"Asana\" logs: #1", "MY__ASANA__LOGS___1_TOKEN");
    first.source.paused_at = Some(now());
    first.alarms = vec![
        alarm(
            "SOURCE_NO_DATA",
            Some(
                r#"{"remindMinutes":60,"calendar":{"timeZone":"UTC","hours":{"monday":["09:00-17:00"]},"holidays":["2026-12-25"]}}"#,
            ),
        ),
        alarm("SOURCE_LAG", None),
    ];
    let mut broken = source("b", "t0ken");
    broken.settings = None;
    let mut current = there(first);
    current.sources.extend([source("1st", "_1ST_TOKEN"), broken]);
    current.destinations = vec![
        destination(
            "a-b",
            "webhook",
            r#"{"url":"https://example.com/"}"#,
            Some("A_B_SECRET"),
        ),
        destination(
            "a.b",
            "webhook",
            r#"{"url":"https://example.com/"}"#,
            Some("A_B_SECRET_2"),
        ),
        destination("out", "stdout", "{}", None),
    ];
    current.alarms = vec![alarm("SERVER_DISK", Some(r#"{"enabled":false}"#))];
    let printed = super::super::print::file_of(&current);
    assert!(
        printed.contains("# The settings of \"b\" cannot be understood"),
        "{printed}"
    );
    assert_plan(
        &printed,
        &current,
        &expect![[r"
            7 unchanged; left: log source `b`
        "]],
    );
    let nothing = super::super::print::file_of(&Current::default());
    assert!(planned(&nothing, &Current::default()).is_ok());
}
