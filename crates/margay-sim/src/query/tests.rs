use super::Query;
use crate::config::LimitMode::{Clamp, Lenient, Strict};

fn status(text: &str) -> Result<usize, u16> {
    Query::parse(text, Strict)
        .map(|query| query.count_max)
        .map_err(|error| error.status)
}

#[test]
fn limits_are_one_to_a_hundred_and_a_thousand_without() {
    let pairs = [
        ("", Ok(1000)),
        ("limit=1", Ok(1)),
        ("limit=100", Ok(100)),
        ("limit=0", Err(400)),
        ("limit=101", Err(400)),
        ("limit=-1", Err(400)),
        ("limit=", Err(400)),
        ("limit=ten", Err(400)),
    ];
    for (text, expected) in pairs {
        assert_eq!(status(text), expected, "{text}");
    }
    assert_eq!(Query::parse("limit=1000", Lenient).unwrap().count_max, 1000);
    assert!(Query::parse("limit=1001", Lenient).is_err());
    let clamped = |text: &str| Query::parse(text, Clamp).map(|query| query.count_max);
    assert_eq!((clamped("limit=7"), clamped("limit=5000")), (Ok(7), Ok(100)));
    assert!(clamped("limit=0").is_err() && clamped("limit=many").is_err());
}

#[test]
fn times_are_instants_and_a_bare_plus_is_a_blank() {
    let from = |text: &str| {
        Query::parse(text, Strict)
            .map(|query| query.from_ms.unwrap())
            .map_err(|error| error.status)
    };
    let noon = Ok(1_780_315_200_000);
    assert_eq!(from("start_at=2026-06-01T12:00:00Z"), noon);
    assert_eq!(from("start_at=2026-06-01T12%3A00%3A00.000Z"), noon);
    assert_eq!(from("start_at=2026-06-01T13:00:00%2B01:00"), noon);
    assert_eq!(from("start_at=2026-06-01T11:59:59.999000001Z"), noon);
    for wrong in [
        "2026-06-01T13:00:00+01:00",
        "2026-06-01",
        "yesterday",
        "",
        "2026-13-01T00:00:00Z",
        "1780315200",
    ] {
        assert_eq!(from(&format!("start_at={wrong}")), Err(400), "{wrong}");
    }
}

#[test]
fn the_digest_is_about_filters_not_spelling_or_limit() {
    let digest = |text: &str| Query::parse(text, Strict).unwrap().digest();
    let base = digest("start_at=2026-06-01T12:00:00Z&event_type=task_deleted");
    assert_eq!(
        base,
        digest("event_type=task_deleted&limit=5&start_at=2026-06-01T13:00:00%2B01:00&opt_pretty=true")
    );
    assert_ne!(base, digest("start_at=2026-06-01T12:00:00Z"));
    assert_ne!(base, digest("end_at=2026-06-01T12:00:00Z&event_type=task_deleted"));
    assert_ne!(digest("actor_gid=1"), digest("resource_gid=1"));
}

#[test]
fn the_next_address_repeats_what_was_asked_and_encodes_the_offset() {
    let query = Query::parse(
        "limit=5&opt_pretty=1&start_at=2026-06-01T13:00:00%2B01:00&offset=old",
        Strict,
    )
    .unwrap();
    assert_eq!(
        query.continued("a+/="),
        "limit=5&start_at=2026-06-01T13%3A00%3A00%2B01%3A00&offset=a%2B%2F%3D"
    );
}

#[test]
fn an_unknown_actor_type_is_refused() {
    assert!(Query::parse("actor_type=external_administrator", Strict).is_ok());
    assert!(Query::parse("actor_type=service_account", Strict).is_err());
}
