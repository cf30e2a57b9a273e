use deltalake::datafusion::sql::parser::DFParserBuilder;
use expect_test::{Expect, expect};

use super::*;

fn expanded(sql: &str) -> String {
    let now = "2026-03-04T05:06:07Z".parse().unwrap();
    let mut statement = DFParserBuilder::new(sql).build().unwrap().parse_statement().unwrap();
    match expand(&mut statement, now) {
        Ok(()) => statement.to_string(),
        Err(error) => format!("{}\n{}", error.message, error.hint),
    }
}

/// Checks what a condition becomes, shown with the type of times shortened.
fn check(condition: &str, expected: &Expect) {
    let text = expanded(&format!("SELECT 1 WHERE {condition}"));
    let text = text
        .trim_start_matches("SELECT 1 WHERE ")
        .replace(r#"'Timestamp(Microsecond, Some("UTC"))'"#, "T");
    expected.assert_eq(&text);
}

#[test]
fn since_counts_back_from_now() {
    check(
        "p_occurs_since('1 d')",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-03-03T05:06:07.000000Z', T) AND p_event_date >= CAST('2026-03-03' AS DATE))"
        ]],
    );
    check(
        "P_OCCURS_SINCE('90')",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-03-04T05:04:37.000000Z', T) AND p_event_date >= CAST('2026-03-04' AS DATE))"
        ]],
    );
    check(
        "p_occurs_since(3600)",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-03-04T04:06:07.000000Z', T) AND p_event_date >= CAST('2026-03-04' AS DATE))"
        ]],
    );
    check(
        "p_occurs_since('2weeks')",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-02-18T05:06:07.000000Z', T) AND p_event_date >= CAST('2026-02-18' AS DATE))"
        ]],
    );
}

#[test]
fn an_alias_goes_before_both_columns() {
    check(
        "p_occurs_since('6 h', t)",
        &expect![[
            r"(t.p_event_time >= arrow_cast('2026-03-03T23:06:07.000000Z', T) AND t.p_event_date >= CAST('2026-03-03' AS DATE))"
        ]],
    );
    check(
        "p_occurs_since('6 h', 'T')",
        &expect![[
            r"(T.p_event_time >= arrow_cast('2026-03-03T23:06:07.000000Z', T) AND T.p_event_date >= CAST('2026-03-03' AS DATE))"
        ]],
    );
}

#[test]
fn another_column_has_no_day() {
    check(
        "p_occurs_since('1 m', t, p_parse_time)",
        &expect!["(t.p_parse_time >= arrow_cast('2026-03-04T05:05:07.000000Z', T))"],
    );
    check(
        "p_occurs_since('1 m', '', p_parse_time)",
        &expect!["(p_parse_time >= arrow_cast('2026-03-04T05:05:07.000000Z', T))"],
    );
}

#[test]
fn between_includes_both_ends() {
    check(
        "p_occurs_between('2026-1-2', '2026-01-03 4:05')",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-01-02T00:00:00.000000Z', T) AND p_event_date >= CAST('2026-01-02' AS DATE) AND p_event_time <= arrow_cast('2026-01-03T04:05:00.000000Z', T) AND p_event_date <= CAST('2026-01-03' AS DATE))"
        ]],
    );
}

#[test]
fn around_reaches_both_ways() {
    check(
        "p_occurs_around('2026-01-01T00:30:00+01:00', '1 h')",
        &expect![[
            r"(p_event_time >= arrow_cast('2025-12-31T22:30:00.000000Z', T) AND p_event_date >= CAST('2025-12-31' AS DATE) AND p_event_time <= arrow_cast('2026-01-01T00:30:00.000000Z', T) AND p_event_date <= CAST('2026-01-01' AS DATE))"
        ]],
    );
}

#[test]
fn after_and_before_meet_without_overlap() {
    check(
        "p_occurs_after('2026-01-01 12:00:00.25')",
        &expect![[
            r"(p_event_time >= arrow_cast('2026-01-01T12:00:00.250000Z', T) AND p_event_date >= CAST('2026-01-01' AS DATE))"
        ]],
    );
    check(
        "p_occurs_before('2026-01-01 12:00:00.25')",
        &expect![[
            r"(p_event_time < arrow_cast('2026-01-01T12:00:00.250000Z', T) AND p_event_date <= CAST('2026-01-01' AS DATE))"
        ]],
    );
}

#[test]
fn a_time_may_be_computed() {
    check(
        "p_occurs_after(now() - INTERVAL '1 day')",
        &expect![[
            r"(p_event_time >= arrow_cast(now() - INTERVAL '1 day', T) AND p_event_date >= CAST(arrow_cast(now() - INTERVAL '1 day', T) AS DATE))"
        ]],
    );
    check(
        "p_occurs_around(ts, '5 m')",
        &expect![[
            r"(p_event_time >= arrow_cast(arrow_cast(ts, T) - INTERVAL '300 seconds', T) AND p_event_date >= CAST(arrow_cast(arrow_cast(ts, T) - INTERVAL '300 seconds', T) AS DATE) AND p_event_time <= arrow_cast(arrow_cast(ts, T) + INTERVAL '300 seconds', T) AND p_event_date <= CAST(arrow_cast(arrow_cast(ts, T) + INTERVAL '300 seconds', T) AS DATE))"
        ]],
    );
}

#[test]
fn strings_comments_and_other_functions_stay_as_they_are() {
    check(
        "x = 'p_occurs_since(''1 d'')' /* p_occurs_since('1 d') */ AND f(1)",
        &expect!["x = 'p_occurs_since(''1 d'')' AND f(1)"],
    );
}

#[test]
fn a_macro_may_stand_anywhere() {
    let text = expanded(
        "EXPLAIN SELECT * FROM (SELECT * FROM a WHERE NOT p_occurs_since('1 d')) b JOIN c ON p_occurs_since('1 d', c) \
         UNION ALL SELECT CASE WHEN p_occurs_before('2026-01-01') THEN 1 END FROM d",
    );
    assert!(!text.contains("p_occurs"), "{text}");
}

#[test]
fn misuse_says_what_is_right() {
    for (condition, expected) in [
        ("p_occurs_since()", "p_occurs_since: it was given 0 arguments"),
        (
            "p_occurs_since('1 d', a, b, c)",
            "p_occurs_since: it was given 4 arguments",
        ),
        (
            "p_occurs_since('1 fortnight')",
            "p_occurs_since: `fortnight` is no unit of time; use s, m, h, d or w",
        ),
        (
            "p_occurs_since('d')",
            "p_occurs_since: `d` does not begin with a whole number",
        ),
        (
            "p_occurs_since('-1 d')",
            "p_occurs_since: `-1 d` does not begin with a whole number",
        ),
        ("p_occurs_since(now())", "p_occurs_since: `now()` is no length of time"),
        (
            "p_occurs_since('99999999999999999999 w')",
            "p_occurs_since: `99999999999999999999 w` is longer than a hundred years",
        ),
        (
            "p_occurs_between('2026-01-01')",
            "p_occurs_between: it was given 1 arguments",
        ),
        ("p_occurs_after(5)", "p_occurs_after: `5` is a number, not a time"),
        ("p_occurs_since('1 d', 1 + 1)", "p_occurs_since: `1 + 1` is no name"),
        (
            "p_occurs_since(DISTINCT '1 d')",
            "p_occurs_since: it takes plain arguments",
        ),
        ("p_occurs_while('1 d')", "there is no macro `p_occurs_while`"),
    ] {
        let text = expanded(&format!("SELECT 1 WHERE {condition}"));
        assert_eq!(text.lines().next(), Some(expected), "{condition}");
    }
    let text = expanded("SELECT 1 WHERE p_occurs_after('2026-02-30')");
    assert!(
        text.starts_with("p_occurs_after: `2026-02-30` is no time; write it like 2026-01-31 08:05:00"),
        "{text}"
    );
    assert!(
        text.ends_with("call it like p_occurs_after('2026-01-31 12:00:00' [, alias [, column]])"),
        "{text}"
    );
}
