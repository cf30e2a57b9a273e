use expect_test::{Expect, expect};
use jiff::fmt::strtime::{BrokenDownTime, Config, PosixCustom};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use proptest::prelude::*;

use super::*;
use crate::time::{MICROSECONDS_MAX, MICROSECONDS_MIN};

/// 2026-03-01T12:00:00Z.
const NOW: &str = "2026-03-01T12:00:00Z";

fn read(pattern: &str, text: &str, now: &str) -> Result<i64, TimeError> {
    let now: Timestamp = now.parse().unwrap();
    Pattern::new(pattern).unwrap().parse(text, now.as_microsecond())
}

fn check_at(now: &str, pattern: &str, text: &str, expected: Expect) {
    expected.assert_eq(&match read(pattern, text, now) {
        Ok(microseconds) => Timestamp::from_microsecond(microseconds).unwrap().to_string(),
        Err(error) => format!("{error:?}"),
    });
}

fn check(pattern: &str, text: &str, expected: Expect) {
    check_at(NOW, pattern, text, expected);
}

#[test]
fn every_directive_is_read() {
    check(
        "%Y-%m-%d %H:%M:%S",
        "2026-01-02 03:04:05",
        expect!["2026-01-02T03:04:05Z"],
    );
    check(
        "%Y-%m-%d %H:%M:%S.%f",
        "2026-01-02 03:04:05.678901234",
        expect!["2026-01-02T03:04:05.678901Z"],
    );
    check(
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "2026-01-02T03:04:05.5+0530",
        expect!["2026-01-01T21:34:05.5Z"],
    );
    check(
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "2026-01-02T03:04:05Z",
        expect!["2026-01-02T03:04:05Z"],
    );
    check(
        "%d/%b/%Y:%H:%M:%S %z",
        "02/Jan/2026:03:04:05 -0800",
        expect!["2026-01-02T11:04:05Z"],
    );
    check(
        "%m/%d/%Y %I:%M:%S %p",
        "01/02/2026 03:04:05 PM",
        expect!["2026-01-02T15:04:05Z"],
    );
    check("%m/%d/%y %I %p", "01/02/26 12 am", expect!["2026-01-02T00:00:00Z"]);
    check(
        "%A, %d %B %Y",
        "Friday, 02 January 2026",
        expect!["2026-01-02T00:00:00Z"],
    );
    check("%a %b %e %Y", "fri JAN  2 2026", expect!["2026-01-02T00:00:00Z"]);
    check("%c", "Fri Jan  2 03:04:05 2026", expect!["2026-01-02T03:04:05Z"]);
    check("%x %X", "01/02/26 03:04:05", expect!["2026-01-02T03:04:05Z"]);
    check("%D %r", "01/02/26 03:04:05 PM", expect!["2026-01-02T15:04:05Z"]);
    check("%F %T", "2026-01-02 03:04:05", expect!["2026-01-02T03:04:05Z"]);
    check("%F %R", "2026-01-02 03:04", expect!["2026-01-02T03:04:00Z"]);
    check("%Y%j", "2026002", expect!["2026-01-02T00:00:00Z"]);
    check("%C%y-%m-%d", "1955-11-05", expect!["1955-11-05T00:00:00Z"]);
    check("%Y %U %w", "2026 00 5", expect!["2026-01-02T00:00:00Z"]);
    check("%Y %W %u", "2026 00 5", expect!["2026-01-02T00:00:00Z"]);
    check("%G-W%V-%u", "2026-W01-5", expect!["2026-01-02T00:00:00Z"]);
    check("%g %V %a", "26 1 Mon", expect!["2025-12-29T00:00:00Z"]);
    check("%s", "1767323045", expect!["2026-01-02T03:04:05Z"]);
    check("%s.%f", "-1.25", expect!["1969-12-31T23:59:58.75Z"]);
    check("%Y-%m-%d", "2026-01-02", expect!["2026-01-02T00:00:00Z"]);
    check(
        "%H:%M on day %-d of %-m %Y, 100%%",
        "3:04 on day 2 of 1 2026, 100%",
        expect!["2026-01-02T03:04:00Z"],
    );
    check(
        "%Y-%m-%d%n%H%t%M",
        "2026-01-02\n03\t04",
        expect!["2026-01-02T03:04:00Z"],
    );
    check(
        "%Y%m%d%H%M%S%3f",
        "20260102030405678",
        expect!["2026-01-02T03:04:05.678Z"],
    );
    check("%5Y-%03m-%d", "02026-001-02", expect!["2026-01-02T00:00:00Z"]);
    check(
        "%Y-%m-%d %H:%M:%S",
        "2016-12-31 23:59:60",
        expect!["2016-12-31T23:59:59Z"],
    );
    check("%Y-%m-%d", "0001-01-01", expect!["0001-01-01T00:00:00Z"]);
}

#[test]
fn offsets_are_read_however_they_are_written() {
    for offset in ["+0530", "+05:30", "+053000", "+05:30:00"] {
        check(
            "%F %T %z",
            &format!("2026-01-02 03:04:05 {offset}"),
            expect!["2026-01-01T21:34:05Z"],
        );
        check(
            "%F %T %:z",
            &format!("2026-01-02 03:04:05 {offset}"),
            expect!["2026-01-01T21:34:05Z"],
        );
    }
    check("%F %T%z", "2026-01-02 03:04:05+05", expect!["2026-01-01T22:04:05Z"]);
    check(
        "%F %T%z",
        "2026-01-02 03:04:05-00:00:01",
        expect!["2026-01-02T03:04:06Z"],
    );
    check("%F %T%z", "2026-01-02 03:04:05", expect!["OtherFormat"]);
    check("%F %T%z", "2026-01-02 03:04:05+5", expect!["OtherFormat"]);
    check("%F %T%z", "2026-01-02 03:04:05+05:60", expect!["OtherFormat"]);
}

#[test]
fn zones_are_those_that_the_mail_standard_names() {
    for (name, hour) in [
        ("UTC", 12),
        ("GMT", 12),
        ("UT", 12),
        ("Z", 12),
        ("gmt", 12),
        ("EST", 17),
        ("EDT", 16),
        ("CST", 18),
        ("CDT", 17),
        ("MST", 19),
        ("MDT", 18),
        ("PST", 20),
        ("PDT", 19),
    ] {
        let text = format!("2026-07-15 12:00:00 {name}");
        let expected: Timestamp = format!("2026-07-15T{hour}:00:00Z").parse().unwrap();
        assert_eq!(read("%F %T %Z", &text, NOW), Ok(expected.as_microsecond()), "{name}");
    }
    check(
        "%a %b %e %T %Z %Y",
        "Wed Jul 15 12:00:00 PDT 2026",
        expect!["2026-07-15T19:00:00Z"],
    );
    for name in ["CET", "IST", "BST", "AEST", "", "Europe/Berlin", "UTC+2", "+0000"] {
        check(
            "%F %T %Z",
            &format!("2026-07-15 12:00:00 {name}"),
            expect!["OtherFormat"],
        );
    }
    // With the offset beside it, the name says nothing more.
    check(
        "%F %T %z %Z",
        "2026-07-15 12:00:00 +0200 CEST",
        expect!["2026-07-15T10:00:00Z"],
    );
    check(
        "%F %T %Z %z",
        "2026-07-15 12:00:00 CEST +0200",
        expect!["2026-07-15T10:00:00Z"],
    );
    check("%F %T %z %Z", "2026-07-15 12:00:00 +0200 ", expect!["OtherFormat"]);
}

#[test]
fn what_is_written_otherwise_is_refused() {
    for text in [
        "",
        "2026-01-02",
        "2026-01-02 03:04",
        "2026-01-02 03:04:05 ",
        "2026-13-02 03:04:05",
        "2026-00-02 03:04:05",
        "2026-02-29 03:04:05",
        "2026-01-32 03:04:05",
        "2026-01-02 24:04:05",
        "2026-01-02 03:60:05",
        "2026-01-02 03:04:61",
        "x2026-01-02 03:04:05",
        "2026-01-02 03:04:05Z",
        "２026-01-02 03:04:05",
        "2026/01/02 03:04:05",
    ] {
        check("%Y-%m-%d %H:%M:%S", text, expect!["OtherFormat"]);
    }
    check("%a %F", "Mon 2026-01-02", expect!["OtherFormat"]);
    check("%G-W%V-%u", "2025-W53-1", expect!["OtherFormat"]);
    check("%Y %U %w", "2026 00 1", expect!["OtherFormat"]);
    check("%Y %j", "2026 366", expect!["OtherFormat"]);
    check("%F", "-0001-01-01", expect!["OutOfRange"]);
    check("%F %T %z", "9999-12-31 23:59:59 -0001", expect!["OutOfRange"]);
    check("%s", "99999999999999999999", expect!["OtherFormat"]);
    check("%s", "999999999999999999", expect!["OutOfRange"]);
}

#[test]
fn a_time_without_a_year_is_the_latest_that_is_not_more_than_a_day_ahead() {
    let check = |now: &str, text: &str, expected: Expect| check_at(now, "%b %e %H:%M:%S", text, expected);
    check(
        "2026-03-01T12:00:00Z",
        "Mar  1 11:59:59",
        expect!["2026-03-01T11:59:59Z"],
    );
    check(
        "2026-03-01T12:00:00Z",
        "Mar  2 12:00:00",
        expect!["2026-03-02T12:00:00Z"],
    );
    check(
        "2026-03-01T12:00:00Z",
        "Mar  2 12:00:01",
        expect!["2025-03-02T12:00:01Z"],
    );
    check(
        "2026-03-01T12:00:00Z",
        "Dec 31 23:00:00",
        expect!["2025-12-31T23:00:00Z"],
    );
    check(
        "2026-01-01T00:00:10Z",
        "Dec 31 23:59:59",
        expect!["2025-12-31T23:59:59Z"],
    );
    check(
        "2025-12-31T23:59:50Z",
        "Jan  1 00:00:01",
        expect!["2026-01-01T00:00:01Z"],
    );
    check(
        "2025-12-31T00:00:00Z",
        "Jan  1 00:00:01",
        expect!["2025-01-01T00:00:01Z"],
    );
    check(
        "2026-03-01T12:00:00Z",
        "Feb 29 08:00:00",
        expect!["2024-02-29T08:00:00Z"],
    );
    check(
        "2024-02-28T12:00:00Z",
        "Feb 29 08:00:00",
        expect!["2024-02-29T08:00:00Z"],
    );
    check(
        "2024-02-27T12:00:00Z",
        "Feb 29 14:00:00",
        expect!["2020-02-29T14:00:00Z"],
    );
    check(
        "1903-06-01T00:00:00Z",
        "Feb 29 00:00:00",
        expect!["1896-02-29T00:00:00Z"],
    );
    check(
        "1970-01-01T00:00:00Z",
        "Dec 31 23:59:59",
        expect!["1969-12-31T23:59:59Z"],
    );
    check("2026-03-01T12:00:00Z", "Feb 30 08:00:00", expect!["OtherFormat"]);
}

#[test]
fn what_else_is_written_helps_to_find_the_year() {
    check_at(
        "2026-01-01T00:00:10Z",
        "%m-%d %H:%M %z",
        "12-31 20:00 -0500",
        expect!["2026-01-01T01:00:00Z"],
    );
    check_at(
        "2025-12-31T23:30:00Z",
        "%m-%d %H:%M %z",
        "01-01 05:00 +0530",
        expect!["2025-12-31T23:30:00Z"],
    );
    check_at(
        "2026-12-31T22:00:00Z",
        "%m-%d %H:%M %z",
        "01-02 12:00 +1400",
        expect!["2027-01-01T22:00:00Z"],
    );
    check_at(NOW, "%a %b %d", "Sun Mar 01", expect!["2026-03-01T00:00:00Z"]);
    check_at(NOW, "%a %b %d", "Sat Mar 01", expect!["2025-03-01T00:00:00Z"]);
    check_at(NOW, "%a %b %d", "Thu Mar 01", expect!["2018-03-01T00:00:00Z"]);
    check_at(NOW, "%j %H", "059 10", expect!["2026-02-28T10:00:00Z"]);
    check_at(NOW, "%j", "366", expect!["2024-12-31T00:00:00Z"]);
    check_at(NOW, "%U %w", "08 1", expect!["2026-02-23T00:00:00Z"]);
}

#[test]
fn patterns_that_cannot_be_read_with_are_refused() {
    let check = |pattern: &str, expected: Expect| expected.assert_eq(&Pattern::new(pattern).unwrap_err());
    check(
        "%Y-%m-%d %Q",
        expect![
            "there is no directive `%Q` in a time format: names of places are not supported; use `%z` for an offset"
        ],
    );
    check(
        "%Y-%m-%d %:Q",
        expect![
            "there is no directive `%:Q` in a time format: names of places are not supported; use `%z` for an offset"
        ],
    );
    check(
        "%Y-%m-%d %L",
        expect!["there is no directive `%L` in a time format; milliseconds are `%f`"],
    );
    check("%Y-%m-%d %!", expect!["there is no directive `%!` in a time format"]);
    check("%Y-%m-%d %.S", expect!["there is no directive `%.` in a time format"]);
    check(
        "%Y-%m-%d %",
        expect!["the time format ends with a single `%`; a percent sign is written `%%`"],
    );
    check(
        "%Y-%m-%d %-",
        expect!["the time format ends with a single `%`; a percent sign is written `%%`"],
    );
    check("%Y-%m-%d é%é", expect!["there is no directive `%é` in a time format"]);
    check(
        "%H:%M:%S",
        expect!["the time format `%H:%M:%S` names no day, so its times could be of any day"],
    );
    check(
        "%Y-%m %H",
        expect!["the time format `%Y-%m %H` names no day, so its times could be of any day"],
    );
    check(
        "%Y %U",
        expect!["the time format `%Y %U` names no day, so its times could be of any day"],
    );
    check(
        "%C-%m-%d",
        expect!["the time format `%C-%m-%d` has a century without its year; `%Y` is both"],
    );
    check("%F %M", expect!["the time format `%F %M` has minutes without hours"]);
    check(
        "%F %H %S",
        expect!["the time format `%F %H %S` has seconds without minutes"],
    );
    check(
        "%F %H:%M%.f",
        expect!["the time format `%F %H:%M%.f` has a fraction without seconds"],
    );
    check("%F %Z %Z", expect!["the time format `%F %Z %Z` has more than one `%Z`"]);
    check(
        "100%%",
        expect!["the time format `100%%` names no day, so its times could be of any day"],
    );
    check(&"%Y".repeat(200), expect!["a time format has at most 255 bytes"]);
}

/// Pieces of patterns that name a date, and pieces that name a time of day.
const DATES: [&str; 14] = [
    "%Y-%m-%d",
    "%F",
    "%d %B %Y",
    "%A, %d %b %Y",
    "%a %b %e %Y",
    "%m/%d/%Y",
    "%Y%m%d",
    "%Y %j",
    "%Y-%U-%w",
    "%Y week %W %u",
    "%G-W%V-%u",
    "%G %V %A",
    "%C%y-%m-%d",
    "%-d.%-m.%Y",
];
const TIMES: [&str; 8] = [
    "%H:%M:%S.%f",
    "%T.%9f",
    "%I:%M:%S.%f %p",
    "%l:%M:%S%.f %P",
    "%k:%M:%S,%6f",
    "%H%M%S.%N",
    "%X.%f",
    "%r %f",
];
const ZONES: [&str; 6] = ["", " %z", " %:z", " %::z", " %Z", " %z (%Z)"];

/// Prints a moment as seen in a zone, with the shorthands of POSIX.
fn print(pattern: &str, microseconds: i64, zone: TimeZone) -> String {
    let time: ZonedDateTime = Timestamp::from_microsecond(microseconds)
        .unwrap()
        .to_zoned_datetime(zone);
    let config = Config::new().custom(PosixCustom::new());
    BrokenDownTime::from(&time)
        .to_string_with_config(&config, pattern)
        .unwrap()
}

fn pattern() -> impl Strategy<Value = String> {
    (
        prop::sample::select(DATES.to_vec()),
        prop::sample::select(TIMES.to_vec()),
        prop::sample::select(ZONES.to_vec()),
    )
        .prop_map(|(date, time, zone)| format!("{date} {time}{zone}"))
}

proptest! {
    #[test]
    fn what_a_pattern_prints_it_reads(
        pattern in pattern(),
        // Years of four digits, as all of these print them.
        microseconds in -30_610_224_000_000_000..MICROSECONDS_MAX - 86_400_000_000,
        now in MICROSECONDS_MIN..MICROSECONDS_MAX,
    ) {
        let text = print(&pattern, microseconds, TimeZone::UTC);
        prop_assert_eq!(Pattern::new(&pattern).unwrap().parse(&text, now), Ok(microseconds), "{} of {}", text, pattern);
    }

    #[test]
    fn an_offset_moves_the_time(
        date in prop::sample::select(DATES.to_vec()),
        microseconds in -30_610_224_000_000_000..MICROSECONDS_MAX - 86_400_000_000,
        minutes in -1_439..=1_439_i32,
    ) {
        let pattern = format!("{date} %H:%M:%S.%f %z");
        let zone = jiff::tz::Offset::from_seconds(minutes * 60).unwrap().to_time_zone();
        let text = print(&pattern, microseconds, zone);
        prop_assert_eq!(Pattern::new(&pattern).unwrap().parse(&text, 0), Ok(microseconds), "{} of {}", text, pattern);
    }

    #[test]
    fn what_jiff_reads_is_read_alike(
        pattern in pattern(),
        text in "[0-9]{4}[-/ ][0-9]{1,2}[-/ ][0-9]{1,2} [0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?( [+-][0-9]{4}| [AP]M)?",
    ) {
        // jiff forgets the century as soon as it reads the year's last digits.
        let pattern = pattern.replace("%C%y", "%Y");
        let jiff = BrokenDownTime::parse(&pattern, &text).ok().and_then(|time| {
            let time = if time.offset().is_some() {
                time.to_timestamp().ok()?
            } else {
                TimeZone::UTC.to_timestamp(time.to_datetime().ok()?).ok()?
            };
            in_range(time.as_nanosecond().div_euclid(1_000)).ok()
        });
        if let Some(microseconds) = jiff {
            prop_assert_eq!(Pattern::new(&pattern).unwrap().parse(&text, 0), Ok(microseconds), "{} of {}", text, pattern);
        }
    }

    #[test]
    fn a_recent_time_without_its_year_is_found(
        microseconds in -30_610_224_000_000_000..MICROSECONDS_MAX - 86_400_000_000,
        late in -86_400_000_000..=28_000_000_000_000_i64,
        pattern in prop::sample::select(vec!["%b %d %H:%M:%S.%f", "%j %T.%f", "%m-%d %T.%f %z", "%U %a %T.%f", "%a %c"]),
    ) {
        // What recurs within a year is later than what was printed, so only moments before the next turn are told apart.
        let pattern = pattern.replace("%c", "%b %e %T.%f");
        let text = print(&pattern, microseconds, TimeZone::UTC);
        let read = Pattern::new(&pattern).unwrap().parse(&text, microseconds + late);
        prop_assert_eq!(read, Ok(microseconds), "{} of {}", text, pattern);
    }
}
