use super::*;

fn check(statistics: &str, expected: Option<(&str, &str)>) {
    let micros = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
    let expected = expected.map(|(from, through)| (micros(from), micros(through)));
    assert_eq!(
        Statistics::parse(statistics).times(PARSE_TIME),
        expected,
        "{statistics}"
    );
}

#[test]
fn the_times_in_the_log_are_as_wide_as_their_cut_digits_make_them() {
    check(
        r#"{"minValues": {"p_parse_time": "2026-03-01T00:00:00.123Z"}, "maxValues": {"p_parse_time": "2026-03-02T00:00:00.456Z"}}"#,
        Some(("2026-03-01T00:00:00.123Z", "2026-03-02T00:00:00.457Z")),
    );
}

#[test]
fn a_log_that_does_not_say_the_times_makes_no_claim() {
    check(r#"{"numRecords": 1, "minValues": {}, "maxValues": {}}"#, None);
    check(
        r#"{"minValues": {"p_parse_time": 1}, "maxValues": {"p_parse_time": 2}}"#,
        None,
    );
    check("not JSON", None);
}

#[test]
fn days_are_counted_from_1970() {
    for (day, count) in [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2026-03-01", 20_513),
        ("0001-01-01", -719_162),
    ] {
        assert_eq!(days_since_epoch(day.parse().unwrap()), count, "{day}");
    }
}

#[test]
fn a_file_has_the_day_that_the_log_says() {
    for (day, count) in [
        ("2026-03-01", 20_513),
        ("0000-01-01", -719_528),
        ("-0001-12-31", -719_529),
        ("-000001-12-31", -719_529),
    ] {
        assert_eq!(day_of(Some(day), "x.parquet").unwrap(), count, "{day}");
    }
}

#[test]
fn a_file_without_a_day_is_named() {
    let error = |day| day_of(day, "p_event_date=x/y.parquet").unwrap_err().to_string();
    for (day, expected) in [
        (None, "p_event_date=x/y.parquet has no partition value `p_event_date`"),
        (
            Some("2026-02-30"),
            "p_event_date=x/y.parquet has the partition value `p_event_date=2026-02-30`, which is not a day",
        ),
        (
            Some(""),
            "p_event_date=x/y.parquet has the partition value `p_event_date=`, which is not a day",
        ),
    ] {
        let error = error(day);
        assert!(error.ends_with(expected), "{error}");
    }
}
