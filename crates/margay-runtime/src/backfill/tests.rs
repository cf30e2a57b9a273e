use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_backfill_is_cut_at_midnight_utc() {
    let window = Window::new(time("2026-11-22T18:30:00Z"), time("2026-11-25T00:00:00.5Z")).unwrap();
    let days: Vec<String> = by_day(window).iter().map(ToString::to_string).collect();
    assert_eq!(
        days,
        [
            "2026-11-22T18:30:00Z to 2026-11-23T00:00:00Z",
            "2026-11-23T00:00:00Z to 2026-11-24T00:00:00Z",
            "2026-11-24T00:00:00Z to 2026-11-25T00:00:00Z",
            "2026-11-25T00:00:00Z to 2026-11-25T00:00:00.5Z",
        ]
    );
}

#[test]
fn a_window_within_a_day_stays_whole() {
    let window = Window::new(time("2026-11-22T00:00:00Z"), time("2026-11-23T00:00:00Z")).unwrap();
    assert_eq!(by_day(window), [window]);
}
