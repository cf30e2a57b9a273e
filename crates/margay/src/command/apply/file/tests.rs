use expect_test::expect;

use super::Declared;

/// What is said of a file that is one line too long for a shell.
fn problem(text: &str) -> String {
    let problem = Declared::parse(text).expect_err("it is refused").located("m.yml");
    assert!(!problem.contains("s3cret"), "a value is repeated: {problem}");
    problem
}

#[test]
fn everything_may_be_declared_and_everything_left_out() {
    let declared = Declared::parse(super::super::EXAMPLE).expect("the example is in order");
    assert_eq!((declared.log_sources.len(), declared.destinations.len()), (1, 3));
    assert_eq!(declared.log_sources[0].alarms.0.len(), 2);
    for text in [
        "version: 1",
        "version: 1\nlog_sources:\ndestinations:\nschemas:\nalarms:\n",
        "{\"version\": 1, \"alarms\": {\"server_disk\": {}}}",
    ] {
        Declared::parse(text).expect(text);
    }
}

#[test]
fn what_is_not_in_the_language_is_told_with_its_place() {
    let source = "version: 1\nlog_sources:\n  - label: a\n    organizationId: 01200\n    ";
    let mut told = String::new();
    for text in [
        "",
        "s3cret",
        "version: s3cret",
        "version: 2",
        "version: 1\nlogSources: []",
        "version: 1\nversion: 1",
        "version: 1\n---\nversion: 1",
        "log_sources: []",
        "version: 1\nlog_sources: s3cret",
        "version: 1\nlog_sources: [s3cret]",
        "version: 1\nlog_sources:\n  - organizationId: 1",
        "version: 1\nlog_sources:\n  - label:\n    organizationId: 1",
        "version: 1\nlog_sources: [{label: *s3cret}]",
        "version: \"s3cret",
        "version: 1\nalarms:\n  SERVER_DISC: {}",
        "version: 1\nalarms:\n  NOTHING_LIKE_IT: {}",
        "version: 1\nalarms:\n  SERVER_DISK: {}\n  server_disk: {}",
        "version: 1\nalarms:\n  SERVER_DISK: {minutesTreshold: s3cret}",
        "version: 1\nalarms:\n  SERVER_DISK: {enabled: s3cret}",
        "version: 1\nalarms: [s3cret]",
        &format!("{source}organisationId: s3cret"),
        &format!("{source}requestsPerMinute: s3cret"),
        &format!("{source}paused: s3cret"),
    ] {
        told += &problem(text);
        told += "\n";
    }
    expect![[r#"
        m.yml:1:1: the file is empty, or ends too early
        m.yml:1:1: expected a mapping here
        m.yml:1:10: expected a whole number here
        m.yml:1:10: this Margay reads version 1 of the file
        hint: was it written for a newer one?
        m.yml:2:1: there is no `logSources` here
        hint: did you mean `log_sources`?
        m.yml:2:1: `version` is there twice
        m.yml:3:1: the file holds one YAML document, and this is the second
        m.yml:1:1: `version` is missing
        m.yml:2:14: expected a list here
        m.yml:2:15: expected a mapping here
        m.yml:3:5: `label` is missing
        m.yml:3:10: expected a text here, and there is none
        m.yml:2:23: an alias names an anchor that is not there
        m.yml:1:10: this is not YAML: unclosed quote
        m.yml:3:3: there is no alarm `SERVER_DISC`
        hint: did you mean `SERVER_DISK`?
        m.yml:3:3: there is no alarm `NOTHING_LIKE_IT`
        hint: there are SOURCE_NO_DATA, SOURCE_CANNOT_POLL, SOURCE_PERMISSIONS_CHECKS, SOURCE_LAG, SOURCE_CLASSIFICATION_FAILURES, SOURCE_LOG_PROCESSING_ERRORS, SOURCE_COVERAGE_HOLE, SOURCE_RETENTION_DEADLINE, ALERT_DELIVERY, SERVER_DISK
        m.yml:3:3: `SERVER_DISK` is there twice
        m.yml:3:17: there is no `minutesTreshold` here
        hint: did you mean `minutesThreshold`?
        m.yml:3:26: expected true or false here
        m.yml:2:9: expected a mapping here
        m.yml:5:5: there is no `organisationId` here
        hint: did you mean `organizationId`?
        m.yml:5:24: expected a whole number here
        m.yml:5:13: expected true or false here
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_secret_itself_is_refused_and_not_repeated() {
    let mut told = String::new();
    for value in [
        "s3cret",
        "'s3cret'",
        "12345",
        "true",
        "[s3cret]",
        "!!str s3cret",
        "{value: s3cret}",
        "{s3cret}",
        "{env: A, file: s3cret}",
        "{}",
        "{env: [s3cret]}",
        "|\n      s3cret\n",
    ] {
        let text = format!("version: 1\nlog_sources:\n  - label: a\n    organizationId: 1\n    token: {value}");
        told += &format!("{value:?}: {}\n", problem(&text)).replace("s3cret\"", "…\"");
    }
    expect![[r#"
        "…": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "'s3cret'": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "12345": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "true": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "[s3cret]": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "!!str …": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
        "{value: s3cret}": m.yml:5:12: a reference to a secret has `env` or `file`, and nothing else
        "{s3cret}": m.yml:5:12: a reference to a secret has `env` or `file`, and nothing else
        "{env: A, file: s3cret}": m.yml:5:12: a reference to a secret has `env` or `file`, and nothing else
        "{}": m.yml:5:12: a reference to a secret has `env` or `file`, and nothing else
        "{env: [s3cret]}": m.yml:5:18: expected a text here
        "|\n      s3cret\n": m.yml:5:5: expected a reference to a secret, never the secret itself
        hint: write {env: NAME} or {file: PATH}, and replace a secret that was in a file: others may have read it
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_file_has_a_limit_and_aliases_do_not_outgrow_it() {
    let long = format!("version: 1\n# {}", "x".repeat(super::FILE_BYTES_MAX));
    assert!(problem(&long).contains("more than 1048576 bytes"));
    let source = "  - {label: a, organizationId: 1}\n";
    let many = format!(
        "version: 1\nlog_sources:\n{}",
        source.repeat(super::LOG_SOURCES_MAX + 1)
    );
    assert!(problem(&many).contains("at most 1000 log sources"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let above = format!("*a{}, ", level - 1).repeat(9);
        bomb = format!("{bomb}a{level}: &a{level} [{above}]\n");
    }
    problem(&bomb);
    problem(&format!("version: 1\nlog_sources: {}", "[".repeat(100_000)));
}
