use super::*;

fn time(text: &str) -> Result<String, String> {
    let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    parse_time("--start-at", text, now)
        .map(|time| time.to_string())
        .map_err(|failure| failure.to_string())
}

#[test]
fn a_time_may_be_an_instant_a_date_or_an_age() {
    assert_eq!(time("2026-01-02T03:04:05+01:00").unwrap(), "2026-01-02T02:04:05Z");
    assert_eq!(time("2026-01-02").unwrap(), "2026-01-02T00:00:00Z");
    assert_eq!(time("30d").unwrap(), "2026-01-01T12:00:00Z");
    assert_eq!(time("90m").unwrap(), "2026-01-31T10:30:00Z");
}

#[test]
fn what_is_no_time_is_refused_with_a_hint() {
    for text in ["", "yesterday", "-3d", "2026-13-01", "0s"] {
        let said = time(text).unwrap_err();
        assert!(
            said.contains("--start-at") && said.contains("hint: write it like"),
            "{text}: {said}"
        );
    }
}

#[test]
fn a_span_is_told_as_it_may_be_typed() {
    for (seconds, text) in [(900, "15m"), (86_400, "24h"), (5_400, "1h 30m"), (54_217, "15h 3m 37s")] {
        let span = Duration::from_secs(seconds);
        assert_eq!(span_text(span), text);
        assert!(
            parse_duration("--threshold", text).is_ok_and(|read| read == span),
            "{text}"
        );
    }
}
