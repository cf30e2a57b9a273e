use expect_test::{Expect, expect};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

/// 2026-03-01T12:00:00Z, when the records of these tests are read.
const NOW: i64 = 1_772_366_400_000_000;

fn show(read: Result<i64, TimeError>) -> String {
    match read {
        Ok(microseconds) => Timestamp::from_microsecond(microseconds).unwrap().to_string(),
        Err(error) => format!("{error:?}"),
    }
}

fn check(format: &str, text: &str, expected: Expect) {
    expected.assert_eq(&show(TimeFormat::of_name(format).unwrap().read_string(text, NOW)));
}

#[test]
fn rfc3339_takes_every_form_of_the_standard() {
    check("rfc3339", "2026-01-02T03:04:05Z", expect!["2026-01-02T03:04:05Z"]);
    check("rfc3339", "2026-01-02T03:04:05.6Z", expect!["2026-01-02T03:04:05.6Z"]);
    check(
        "rfc3339",
        "2026-01-02T03:04:05.123456789Z",
        expect!["2026-01-02T03:04:05.123456Z"],
    );
    check("rfc3339", "2026-01-02T03:04:05+05:30", expect!["2026-01-01T21:34:05Z"]);
    check(
        "rfc3339",
        "2026-01-02T03:04:05.5-08:00",
        expect!["2026-01-02T11:04:05.5Z"],
    );
    check("rfc3339", "2026-01-02t03:04:05z", expect!["2026-01-02T03:04:05Z"]);
    check("rfc3339", "2026-01-02 03:04:05Z", expect!["2026-01-02T03:04:05Z"]);
    check("rfc3339", "2024-02-29T00:00:00Z", expect!["2024-02-29T00:00:00Z"]);
    check("rfc3339", "2016-12-31T23:59:60Z", expect!["2016-12-31T23:59:59Z"]);
    check("rfc3339", "0001-01-01T00:00:00Z", expect!["0001-01-01T00:00:00Z"]);
    check(
        "rfc3339",
        "1969-12-31T23:59:59.9999999Z",
        expect!["1969-12-31T23:59:59.999999Z"],
    );
}

#[test]
fn rfc3339_takes_nothing_else() {
    for text in [
        "",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.1234567890Z",
        "2026-01-02T03:04:05+0530",
        "2026-01-02T03:04:05+05",
        "2026-01-02T03:04:05Z[UTC]",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:04:61Z",
        "2026-01-02T03:04:05+24:00",
        " 2026-01-02T03:04:05Z",
        "２026-01-02T03:04:05Z",
    ] {
        check("rfc3339", text, expect!["OtherFormat"]);
    }
    check("rfc3339", "9999-12-31T23:59:59-00:01", expect!["OutOfRange"]);
    check("rfc3339", "0000-12-31T23:59:59Z", expect!["OutOfRange"]);
    check("rfc3339", "0001-01-01T00:00:00+00:01", expect!["OutOfRange"]);
}

#[test]
fn unix_times_are_exact_to_the_microsecond() {
    check("unix", "1767323045", expect!["2026-01-02T03:04:05Z"]);
    check("unix", "1767323045.123456789", expect!["2026-01-02T03:04:05.123456Z"]);
    check("unix", "1767323045.1", expect!["2026-01-02T03:04:05.1Z"]);
    check("unix", "1.767323045e9", expect!["2026-01-02T03:04:05Z"]);
    check("unix", "0", expect!["1970-01-01T00:00:00Z"]);
    check("unix", "-0.0000001", expect!["1969-12-31T23:59:59.999999Z"]);
    check("unix", "-1e-999999999999", expect!["1969-12-31T23:59:59.999999Z"]);
    check("unix", "0e999999999999", expect!["1970-01-01T00:00:00Z"]);
    check("unix_ms", "1767323045678", expect!["2026-01-02T03:04:05.678Z"]);
    check("unix_ms", "1767323045678.9", expect!["2026-01-02T03:04:05.6789Z"]);
    check("unix_us", "1767323045678901", expect!["2026-01-02T03:04:05.678901Z"]);
    check("unix_ns", "1767323045678901999", expect!["2026-01-02T03:04:05.678901Z"]);
    check("unix_ns", "-1", expect!["1969-12-31T23:59:59.999999Z"]);
}

#[test]
fn unix_auto_tells_the_unit_from_the_size() {
    check("unix_auto", "1767323045", expect!["2026-01-02T03:04:05Z"]);
    check("unix_auto", "1767323045.25", expect!["2026-01-02T03:04:05.25Z"]);
    check("unix_auto", "1767323045678", expect!["2026-01-02T03:04:05.678Z"]);
    check("unix_auto", "1767323045678901", expect!["2026-01-02T03:04:05.678901Z"]);
    check(
        "unix_auto",
        "1767323045678901234",
        expect!["2026-01-02T03:04:05.678901Z"],
    );
}

#[test]
fn other_numbers_are_refused() {
    for text in [
        "", "-", ".", "1_000", "0x10", "NaN", "inf", "1e", "1.2.3", " 1", "1e5x", "--1",
    ] {
        check("unix", text, expect!["OtherFormat"]);
    }
    check("unix", "1e30", expect!["OutOfRange"]);
    check("unix", &"9".repeat(400), expect!["OutOfRange"]);
    check("unix_ns", "1e999999999", expect!["OutOfRange"]);
}

#[test]
fn cloudflare_is_rfc3339_or_a_number_of_any_unit() {
    check(
        "cloudflare",
        "2026-01-02T03:04:05.6+01:00",
        expect!["2026-01-02T02:04:05.6Z"],
    );
    check("cloudflare", "1767323045", expect!["2026-01-02T03:04:05Z"]);
    check("cloudflare", "1767323045678", expect!["2026-01-02T03:04:05.678Z"]);
    check(
        "cloudflare",
        "1767323045678901234",
        expect!["2026-01-02T03:04:05.678901Z"],
    );
    check("cloudflare", "-1.5", expect!["1969-12-31T23:59:58.5Z"]);
    check("cloudflare", "2026-01-02", expect!["OtherFormat"]);
    check("cloudflare", "yesterday", expect!["OtherFormat"]);
}

#[test]
fn names_that_are_no_format_are_refused() {
    expect!["unknown time format `rfc3399`"].assert_eq(&TimeFormat::of_name("rfc3399").unwrap_err());
}

#[test]
fn the_bounds_are_those_of_four_digit_years() {
    let last = TimeFormat::Rfc3339.read_string("9999-12-31T23:59:59.999999999Z", NOW);
    assert_eq!(last, Ok(MICROSECONDS_MAX));
    let first: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(first.as_microsecond(), MICROSECONDS_MIN);
}

/// The last moment that jiff can tell, a day before ours.
const JIFF_MAX: i64 = 253_402_207_200_999_999;

fn jiff_microseconds(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok()?;
    in_range(time.as_nanosecond().div_euclid(1_000)).ok()
}

proptest! {
    #[test]
    fn rfc3339_agrees_with_jiff(
        (year, month, day) in (0..=9998_u32, 0..=13_u32, 0..=32_u32),
        (hour, minute, second) in (0..=24_u32, 0..=60_u32, 0..=61_u32),
        fraction in "|\\.[0-9]{1,9}",
        zone in "Z|z|[+-]([01][0-9]|2[0-3]):[0-6][0-9]",
        separator in "T|t| ",
    ) {
        let text = format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}{zone}");
        prop_assert_eq!(TimeFormat::Rfc3339.read_string(&text, NOW).ok(), jiff_microseconds(&text), "{}", text);
    }

    #[test]
    fn what_rfc3339_takes_jiff_takes(text in "[0-9TtZz:. +-]{0,30}") {
        if let Ok(microseconds) = TimeFormat::Rfc3339.read_string(&text, NOW)
            && microseconds <= JIFF_MAX
        {
            prop_assert_eq!(Some(microseconds), jiff_microseconds(&text));
        }
    }

    #[test]
    fn every_moment_survives_rfc3339(microseconds in MICROSECONDS_MIN..=JIFF_MAX) {
        let text = Timestamp::from_microsecond(microseconds).unwrap().to_string();
        prop_assert_eq!(TimeFormat::Rfc3339.read_string(&text, NOW), Ok(microseconds));
    }

    #[test]
    fn every_moment_survives_unix(microseconds in MICROSECONDS_MIN..=MICROSECONDS_MAX) {
        prop_assert_eq!(TimeFormat::UnixUs.read_number(&microseconds.to_string()), Ok(microseconds));
        prop_assert_eq!(TimeFormat::UnixNs.read_number(&format!("{microseconds}000")), Ok(microseconds));
        let sign = if microseconds < 0 { "-" } else { "" };
        let (seconds, rest) = (microseconds.unsigned_abs() / 1_000_000, microseconds.unsigned_abs() % 1_000_000);
        prop_assert_eq!(TimeFormat::Unix.read_number(&format!("{sign}{seconds}.{rest:06}")), Ok(microseconds));
    }

    #[test]
    fn no_text_panics(text: String, pattern in "(%[a-zA-Z0-9:.%-]|[ -~]){0,6}", now: i64) {
        for name in TimeFormat::NAMES {
            let _checked = TimeFormat::of_name(name).unwrap().read_string(&text, NOW);
        }
        if let Ok(format) = TimeFormat::of_name(&pattern) {
            let _checked = format.read_string(&text, now);
        }
    }
}
