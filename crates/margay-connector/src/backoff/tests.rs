use super::*;

#[test]
fn waits_double_up_to_a_minute_and_lose_at_most_half_to_jitter() {
    for seed in 0..200 {
        let mut backoff = Backoff::new(seed);
        for (failures, whole_s) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (u32::MAX, 60)] {
            let delay = backoff.delay(failures);
            let whole = Duration::from_secs(whole_s);
            assert!(delay <= whole && delay >= whole / 2, "{failures}: {delay:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_waits_and_another_seed_others() {
    let waits = |seed| (1..6).map(|n| Backoff::new(seed).delay(n)).collect::<Vec<_>>();
    assert_eq!(waits(7), waits(7));
    assert_ne!(waits(7), waits(8));
}
