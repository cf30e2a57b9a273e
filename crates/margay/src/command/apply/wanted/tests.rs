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
",
        &expect![[r"
        "]],
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
        &expect![[r"
        "]],
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
