use super::*;

#[test]
fn ids_carry_the_time_and_differ() {
    let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
    let (one, two) = (new_uuid(now), new_uuid(now));
    assert_ne!(one, two);
    assert_eq!(one.get_version_num(), 7);
    let (seconds, nanoseconds) = one.get_timestamp().unwrap().to_unix();
    assert_eq!(
        (i64::try_from(seconds).unwrap(), nanoseconds),
        (now.as_second(), 678_000_000)
    );
}
