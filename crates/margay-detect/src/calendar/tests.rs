use proptest::prelude::*;

use super::*;

/// Vienna's rules, written out so that no file is read.
fn vienna() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn office(holidays: &[&str]) -> Calendar {
    let day = || vec![Span::parse("09:00-17:00").unwrap()];
    let weekly = [day(), day(), day(), day(), day(), vec![], vec![]];
    let holidays = holidays.iter().map(|date| date.parse().unwrap()).collect();
    Calendar::Hours(Hours::new(vienna(), weekly, holidays).unwrap())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

#[test]
fn a_night_and_a_weekend_do_not_count() {
    // A Friday at 16:00 and the Monday after at 10:00, by the clock in Vienna (an hour ahead of UTC).
    let (friday, monday) = (time("2026-11-20T15:00:00Z"), time("2026-11-23T09:00:00Z"));
    assert_eq!(office(&[]).counted(friday, monday), hours(2));
    assert_eq!(office(&["2026-11-23"]).counted(friday, monday), hours(1));
    assert_eq!(Calendar::Always.counted(friday, monday), hours(66));
    assert_eq!(office(&[]).counted(monday, friday), Duration::ZERO);
}

#[test]
fn the_moment_is_found_when_so_much_has_passed() {
    let friday = time("2026-11-20T15:00:00Z");
    let after = |wanted| office(&[]).after(friday, hours(wanted)).unwrap();
    assert_eq!(after(1), time("2026-11-20T16:00:00Z"));
    assert_eq!(after(2), time("2026-11-23T09:00:00Z"));
    assert_eq!(
        Calendar::Always.after(friday, hours(66)),
        Some(time("2026-11-23T09:00:00Z"))
    );
}

#[test]
fn hours_follow_the_clock_on_the_wall_when_it_is_changed() {
    let night = Span::parse("00:00-24:00").unwrap();
    let weekly = std::array::from_fn(|_| vec![night]);
    let always = Calendar::Hours(Hours::new(vienna(), weekly, BTreeSet::new()).unwrap());
    // 2026-03-29 has 23 hours, 2026-10-25 has 25.
    let day = |from: &str, to: &str| always.counted(time(from), time(to));
    assert_eq!(day("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), hours(23));
    assert_eq!(day("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), hours(25));
    // A part of a day that the change skips is no time at all.
    let skipped = Hours::new(
        vienna(),
        std::array::from_fn(|_| vec![Span::parse("02:00-03:00").unwrap()]),
        BTreeSet::new(),
    );
    let skipped = Calendar::Hours(skipped.unwrap());
    assert_eq!(
        skipped.counted(time("2026-03-28T23:00:00Z"), time("2026-03-29T22:00:00Z")),
        Duration::ZERO
    );
}

#[test]
fn what_is_no_calendar_is_refused() {
    for text in [
        "",
        "9:00-17:00",
        "09:00",
        "17:00-09:00",
        "09:00-09:00",
        "09:00-24:01",
        "09:60-10:00",
        "a9:00-10:00",
        "09:00-17:00-18:00",
    ] {
        assert_eq!(Span::parse(text), Err(CalendarProblem::Span(text.to_owned())), "{text}");
    }
    assert_eq!(Span::parse("22:00-24:00").unwrap().to_string(), "22:00-24:00");
    let of = |day: &[&str]| {
        let spans: Vec<Span> = day.iter().map(|text| Span::parse(text).unwrap()).collect();
        let mut weekly: [Vec<Span>; 7] = Default::default();
        weekly[2] = spans;
        Hours::new(TimeZone::UTC, weekly, BTreeSet::new())
    };
    assert_eq!(of(&[]).unwrap_err(), CalendarProblem::Empty);
    assert_eq!(
        of(&["09:00-12:00", "11:00-13:00"]).unwrap_err(),
        CalendarProblem::Overlap("Wednesday")
    );
    assert_eq!(of(&["09:00-12:00"; 17]).unwrap_err(), CalendarProblem::TooManySpans);
    let sorted = of(&["13:00-17:00", "09:00-12:00"]).unwrap();
    assert_eq!(
        sorted.weekly()[2].iter().map(Span::to_string).collect::<Vec<_>>(),
        ["09:00-12:00", "13:00-17:00"]
    );
    let holidays =
        (0..=HOLIDAYS_MAX).map(|nth| "2026-01-01".parse::<Date>().unwrap() + i64::try_from(nth).unwrap().days());
    let many = Hours::new(TimeZone::UTC, sorted.weekly().clone(), holidays.collect());
    assert_eq!(many.unwrap_err(), CalendarProblem::TooManyHolidays);
}

#[test]
fn what_takes_longer_than_anybody_waits_has_no_end() {
    let weekly = [
        vec![Span::parse("09:00-09:01").unwrap()],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
    ];
    let calendar = Calendar::Hours(Hours::new(TimeZone::UTC, weekly, BTreeSet::new()).unwrap());
    // A minute a week: thirty days of them are beyond what is looked at.
    assert_eq!(calendar.after(time("2026-01-01T00:00:00Z"), hours(30 * 24)), None);
}

proptest! {
    #[test]
    fn as_much_has_passed_at_that_moment_and_not_before(
        begin in 1_600_000_000_i64..1_900_000_000,
        seconds in 1_u64..2_000_000,
    ) {
        let from = Timestamp::from_second(begin).unwrap();
        let wanted = Duration::from_secs(seconds);
        let calendar = office(&["2026-12-25"]);
        let moment = calendar.after(from, wanted).unwrap();
        prop_assert_eq!(calendar.counted(from, moment), wanted);
        let before = moment - SignedDuration::from_millis(1);
        prop_assert!(calendar.counted(from, before) < wanted);
    }

    #[test]
    fn time_counts_alike_in_one_piece_and_in_two(
        begin in 1_600_000_000_i64..1_900_000_000,
        first in 0_i64..3_000_000,
        second in 0_i64..3_000_000,
    ) {
        let at = |seconds| Timestamp::from_second(begin + seconds).unwrap();
        let calendar = office(&[]);
        let whole = calendar.counted(at(0), at(first + second));
        prop_assert_eq!(whole, calendar.counted(at(0), at(first)) + calendar.counted(at(first), at(first + second)));
    }
}
