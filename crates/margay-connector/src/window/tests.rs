use proptest::prelude::*;

use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn bounds_are_cut_to_the_millisecond_and_an_empty_window_is_none() {
    let window = Window::new(time("2026-11-24T12:00:00.0019Z"), time("2026-11-24T12:00:00.0041Z")).unwrap();
    assert_eq!(
        window.to_string(),
        "2026-11-24T12:00:00.001Z to 2026-11-24T12:00:00.004Z"
    );
    assert_eq!(
        Window::new(time("2026-11-24T12:00:00.0041Z"), time("2026-11-24T12:00:00.0049Z")),
        None
    );
    assert_eq!(
        Window::new(time("2026-11-24T12:00:00Z"), time("2026-11-24T11:00:00Z")),
        None
    );
}

proptest! {
    #[test]
    fn parts_follow_one_another_and_cover_the_window(begin in -1_000_000_000_000_i64..4_000_000_000_000, length in 1_i64..1_000_000, count in 0_u32..9) {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let window = Window::new(at(begin), at(begin + length)).unwrap();
        let parts = window.parts(count);
        prop_assert!(!parts.is_empty() && parts.len() <= count.max(1) as usize);
        prop_assert_eq!(parts.first().unwrap().from(), window.from());
        prop_assert_eq!(parts.last().unwrap().to(), window.to());
        for pair in parts.windows(2) {
            prop_assert_eq!(pair[0].to(), pair[1].from());
        }
    }
}
