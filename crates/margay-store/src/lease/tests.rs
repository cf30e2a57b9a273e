use super::*;

#[test]
fn a_lease_runs_until_its_end_unless_that_cannot_be() {
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let table = [
        (-1, false),
        (0, false),
        (1, true),
        (3600, true),
        (3601, false), // the clock was set back since
    ];
    for (seconds, expected) in table {
        let expires_at = now + jiff::SignedDuration::from_secs(seconds);
        assert_eq!(is_running(expires_at, now), expected, "{seconds}");
    }
}
