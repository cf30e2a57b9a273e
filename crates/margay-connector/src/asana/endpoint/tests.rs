use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::asana::settings::RequestLimits;

fn settings(api_url: &str) -> Settings {
    Settings {
        api_url: api_url.parse().unwrap(),
        organization_id: "1201234567890123".parse().unwrap(),
        page_records: PageRecords::default(),
        requests: RequestLimits::default(),
    }
}

fn position(start: &str, offset: Option<&str>) -> Checkpoint {
    Checkpoint {
        offset: offset.map(str::to_owned),
        ..Checkpoint::start_at(start.parse().unwrap())
    }
}

fn check(position: &Checkpoint, expected: Expect) {
    expected.assert_eq(page_url(&settings("https://app.asana.com/api/1.0/"), position).as_str());
}

#[test]
fn the_first_page_has_a_start_and_a_limit() {
    check(
        &position("2026-08-26T10:00:00Z", None),
        expect![
            "https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?start_at=2026-08-26T10%3A00%3A00.000Z&limit=100"
        ],
    );
    check(
        &position("2026-08-26T10:00:00.1239999Z", None),
        expect![
            "https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?start_at=2026-08-26T10%3A00%3A00.123Z&limit=100"
        ],
    );
    check(
        &position("2026-08-26T12:00:00+02:00", None),
        expect![
            "https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?start_at=2026-08-26T10%3A00%3A00.000Z&limit=100"
        ],
    );
}

#[test]
fn the_next_page_sends_the_same_filters_and_the_offset_encoded() {
    check(
        &position("2026-08-26T10:00:00Z", Some("eyJ0eXAi.abc-_~")),
        expect![
            "https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?start_at=2026-08-26T10%3A00%3A00.000Z&limit=100&offset=eyJ0eXAi.abc-_~"
        ],
    );
    check(
        &position("2026-08-26T10:00:00Z", Some("a+b/c==&limit=1#x?%41 é\n")),
        expect![
            "https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?start_at=2026-08-26T10%3A00%3A00.000Z&limit=100&offset=a%2Bb%2Fc%3D%3D%26limit%3D1%23x%3F%2541%20%C3%A9%0A"
        ],
    );
}

#[test]
fn the_path_follows_the_configured_api() {
    let local = settings("http://127.0.0.1:8080");
    expect!["http://127.0.0.1:8080/users/me"].assert_eq(owner_url(&local).as_str());
    expect!["http://127.0.0.1:8080/workspaces/1201234567890123/audit_log_events?limit=1"]
        .assert_eq(oldest_event_url(&local).as_str());
    expect!["GET http://127.0.0.1:8080/workspaces/1201234567890123/audit_log_events"]
        .assert_eq(&endpoint_text(&oldest_event_url(&local)));
}

proptest! {
    #[test]
    fn any_offset_arrives_as_it_came_and_cannot_change_the_request(offset in any::<String>()) {
        let url = page_url(&settings("https://app.asana.com/api/1.0"), &position("2026-08-26T10:00:00Z", Some(&offset)));
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs.len(), 3);
        prop_assert_eq!(&pairs[2], &("offset".to_owned(), offset));
        prop_assert_eq!(url.host_str(), Some("app.asana.com"));
        prop_assert_eq!(url.path(), "/api/1.0/workspaces/1201234567890123/audit_log_events");
        prop_assert_eq!(url.fragment(), None);
    }
}
