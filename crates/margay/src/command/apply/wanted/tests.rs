use expect_test::{Expect, expect};
use jiff::Timestamp;

use super::super::file::Declared;
use super::super::secret::SecretRef;
use super::{Wanted, check};

/// Every name of a secret is the secret, but one.
fn wanted(text: &str) -> Result<Wanted, String> {
    let declared = Declared::parse(text).expect("it is in the language");
    let resolve = |reference: &SecretRef| match reference {
        SecretRef::Env(name) if name == "MISSING" => Err("the environment variable `MISSING` is not set".to_owned()),
        SecretRef::Env(name) | SecretRef::File(name) => Ok(name.clone().into()),
    };
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a time");
    check(declared, &resolve, now).map_err(|problems| {
        problems
            .iter()
            .map(|problem| problem.located("m.yml"))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn assert_refused(text: &str, expected: &Expect) {
    let problems = wanted(text).expect_err("it is refused");
    expected.assert_eq(&problems);
}

#[test]
fn the_example_is_in_order() {
    let wanted = wanted(super::super::EXAMPLE).expect("the example is in order");
    let source = &wanted.sources[0];
    assert_eq!((source.label.as_str(), source.is_paused), ("My Asana logs", None));
    assert_eq!(wanted.destinations[1].severities, ["HIGH", "CRITICAL"]);
    assert!(!wanted.destinations[1].is_enabled && wanted.destinations[0].is_enabled);
    assert_eq!(wanted.alarms.len(), 2);
}

#[test]
fn all_problems_of_log_sources_are_told_at_once() {
    assert_refused(
        "\
version: 1
log_sources:
  - {label: ' ', organizationId: 12345, token: {env: t0ken}}
  - {label: a, organizationId: my org, apiUrl: 'http://example.com/', token: {env: MISSING}}
  - {label: A, organizationId: 12345, token: {env: two words}, requestsInFlight: 51}
  - {label: b, organizationId: 12345, connector: asanna, startAt: someday}
  - {label: c, organizationId: 12345, startAt: 2026-12-24, requestsPerMinute: 0}
  - {label: d, organizationId: 12345, pollInterval: 25h}
  - {label: e, organizationId: 12345, pollInterval: often}
",
        &expect![[r#"
            m.yml:3:13: this name cannot be used: it is empty
            m.yml:4:32: the Organization Id consists of digits only; it is not the organization's name
            hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings
            m.yml:4:48: the API URL has to begin with https://
            hint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1])
            m.yml:4:78: the environment variable `MISSING` is not set
            m.yml:5:13: this name is in the file twice; the case of its letters does not count
            m.yml:5:82: 600 requests a minute, 51 at once, are not possible; 1 to 1000000 a minute and 1 to 50 at once are
            m.yml:6:50: there is no such connector
            hint: did you mean `asana`?
            m.yml:6:67: `someday` is not a time for startAt
            hint: write it like 2026-09-01T00:00:00Z, 2026-09-01 or 30d
            m.yml:7:79: 0 requests a minute, 4 at once, are not possible; 1 to 1000000 a minute and 1 to 50 at once are
            m.yml:7:48: `startAt` is in the future: nothing would be pulled until then
            hint: leave it out for all that Asana still has
            m.yml:8:53: `pollInterval`: a log source is polled every 1 s to every 86400 s, which is a day
            m.yml:9:53: `often` is not a span of time for pollInterval
            hint: write it like 30s, 5m, 24h or 90d"#]],
    );
}

#[test]
fn all_problems_of_destinations_and_alarms_are_told_at_once() {
    assert_refused(
        "\
version: 1
log_sources:
  - label: a
    organizationId: 12345
    alarms:
      SERVER_DISK: {}
      SOURCE_NO_DATA: {minutesThreshold: 5}
      SOURCE_LAG: {calendar: {timeZone: UTC, hours: {monday: [09:00-17:00]}}}
      SOURCE_COVERAGE_HOLE: {remindMinutes: 1}
destinations:
  - {name: x, kind: stdout, severities: [HIHG], alertTypes: [RULES]}
  - {name: X, kind: stdout, secret: {file: MISSING}}
alarms:
  SOURCE_NO_DATA: {calendar: {timeZone: Mars/Olympus, hours: {}}}
  SERVER_DISK: {minutesThreshold: 5}
",
        &expect![[r#"
            m.yml:6:20: SERVER_DISK is an alarm of the server, not of a source
            hint: write it under `alarms` at the top of the file
            m.yml:7:23: SOURCE_NO_DATA: the threshold is 15 to 43200 minutes for this alarm
            m.yml:8:19: SOURCE_LAG: only the drop-off alarm (SOURCE_NO_DATA) has a calendar: what breaks at night is broken
            m.yml:9:29: SOURCE_COVERAGE_HOLE: reminders come at least 15 minutes apart
            m.yml:11:42: there is no such severity
            hint: did you mean `HIGH`?
            m.yml:11:62: there is no such type of alert
            hint: did you mean `RULE`?
            m.yml:12:12: this name is in the file twice; the case of its letters does not count
            m.yml:14:19: SOURCE_NO_DATA is an alarm of a log source
            hint: write it under `alarms` of each source that it is for
            m.yml:14:19: SOURCE_NO_DATA: there is no time zone `Mars/Olympus`
            hint: use a name such as Europe/Vienna or UTC
            m.yml:15:16: SERVER_DISK has no threshold"#]],
    );
}

#[test]
fn words_are_taken_in_any_case_and_once() {
    let text = "version: 1\ndestinations: [{name: ' x ', kind: stdout, severities: [high, HIGH, Low], alertTypes: [rule], settings: {url: null}}]";
    let wanted = wanted(text).expect("it is in order");
    let destination = &wanted.destinations[0];
    assert_eq!(destination.severities, ["HIGH", "LOW"]);
    assert_eq!(destination.alert_types, ["RULE"]);
    assert_eq!((destination.name.as_str(), destination.settings.len()), ("x", 0));
}
