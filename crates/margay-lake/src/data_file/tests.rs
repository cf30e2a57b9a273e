use super::*;

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

#[test]
fn a_day_is_read_from_the_log_as_it_is_written_there() {
    for day in ["2026-03-01", "1969-12-31", "0000-02-29", "-0001-03-01", "-0044-03-15"] {
        assert_eq!(day_text(day_of(Some(day), "file").unwrap()), day);
    }
}
