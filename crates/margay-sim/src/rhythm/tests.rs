use super::{DAY_MS, Rhythm};

/// 2026-06-01T00:00:00Z, a Monday.
const MONDAY_MS: i64 = 1_780_272_000_000;

#[test]
fn times_ascend_and_stay_in_the_span() {
    for (event_count, span_ms) in [
        (1, 1),
        (10, 10),
        (5_000, 89 * DAY_MS),
        (20_000, 5 * DAY_MS + 12_345_678),
    ] {
        let rhythm = Rhythm::new(7, MONDAY_MS + 1_234_567, span_ms, event_count);
        let times: Vec<i64> = (0..event_count).map(|index| rhythm.time_ms(index)).collect();
        assert!(times.is_sorted(), "{event_count} events over {span_ms} ms");
        assert!(times[0] >= MONDAY_MS + 1_234_567);
        assert!(*times.last().unwrap() < MONDAY_MS + 1_234_567 + i64::try_from(span_ms).unwrap());
    }
}

#[test]
fn some_neighbours_share_a_millisecond() {
    let rhythm = Rhythm::new(1, MONDAY_MS, 89 * DAY_MS, 5_000);
    let shared = (1..5_000)
        .filter(|index| rhythm.time_ms(*index) == rhythm.time_ms(index - 1))
        .count();
    assert!((50..500).contains(&shared), "{shared}");
}

#[test]
fn mornings_are_busier_than_nights_and_weekends_are_quiet() {
    let rhythm = Rhythm::new(1, MONDAY_MS, 7 * DAY_MS, 70_000);
    let mut days = [0_u32; 7];
    let (mut night, mut morning) = (0_u32, 0_u32);
    for index in 0..70_000 {
        let elapsed_ms = u64::try_from(rhythm.time_ms(index) - MONDAY_MS).unwrap();
        days[usize::try_from(elapsed_ms / DAY_MS).unwrap()] += 1;
        match elapsed_ms % DAY_MS / 3_600_000 {
            2 | 3 => night += 1,
            9 | 10 => morning += 1,
            _ => {}
        }
    }
    assert!(morning > 8 * night, "{morning} in the morning, {night} at night");
    assert!(days[0] > 5 * days[6], "{days:?}");
}

#[test]
fn an_empty_span_puts_everything_at_its_begin() {
    assert_eq!(Rhythm::new(1, MONDAY_MS, 0, 3).time_ms(2), MONDAY_MS);
}
