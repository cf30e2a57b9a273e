use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use serde_json::Value;

use super::{EventNumber, Generator, ODDITIES};
use crate::catalogue::CATALOGUE;

/// 2026-06-01T12:00:00.007Z.
const TIME_MS: i64 = 1_780_315_200_007;
/// A history small enough to be rendered in a test and large enough for everything to be in it.
const HISTORY_COUNT: u64 = 2_000;

fn render(generator: &Generator, number: EventNumber) -> String {
    let mut text = String::new();
    generator.sketch(number).render(TIME_MS, &mut text);
    text
}

fn history(seed: u64, count: u64) -> Vec<Value> {
    let generator = Generator::new(seed, count);
    let texts = (0..count).map(|index| render(&generator, EventNumber::Stream(index)));
    texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

fn is(event: &Value, pointer: &str, expected: &str) -> bool {
    event.pointer(pointer).and_then(Value::as_str) == Some(expected)
}

#[test]
fn a_history_of_two_thousand_has_every_type_whatever_the_seed() {
    for (seed, count) in [(1, HISTORY_COUNT), (2, HISTORY_COUNT), (3, 2_001), (u64::MAX, 5_003)] {
        let events = history(seed, count);
        let types: BTreeSet<&str> = events
            .iter()
            .map(|event| event["event_type"].as_str().unwrap())
            .collect();
        assert_eq!(types.len(), CATALOGUE.len(), "seed {seed}");
    }
}

#[test]
fn a_history_has_every_oddity() {
    let events = history(4, HISTORY_COUNT);
    let some = |claim: &dyn Fn(&Value) -> bool| events.iter().any(claim);
    let saml = |event: &Value| event.pointer("/details/saml_response").cloned();
    assert!(some(
        &|event| saml(event).is_some_and(|text| text.as_str().is_some_and(|text| text.len() == 20_000))
    ));
    assert!(some(&|event| saml(event) == Some(Value::Null)));
    assert!(some(&|event| event.pointer("/resource/name") == Some(&Value::Null)));
    assert!(some(
        &|event| is(event, "/actor/actor_type", "user") && event.pointer("/actor/gid").is_none()
    ));
    for title in ["onerror", "\"Quoted\"", "مراجعة", "🚀"] {
        let contains = |event: &Value| {
            event["resource"]["name"]
                .as_str()
                .is_some_and(|name| name.contains(title))
        };
        assert!(some(&contains), "{title}");
    }
    for actor_type in ["user", "asana", "asana_support", "anonymous", "external_administrator"] {
        assert!(
            some(&|event| is(event, "/actor/actor_type", actor_type)),
            "{actor_type}"
        );
    }
    for context_type in ["web", "desktop", "mobile", "asana_support", "asana", "email", "api"] {
        assert!(
            some(&|event| is(event, "/context/context_type", context_type)),
            "{context_type}"
        );
    }
    for method in ["cookie", "oauth", "personal_access_token", "service_account"] {
        assert!(
            some(&|event| is(event, "/context/api_authentication_method", method)),
            "{method}"
        );
    }
    assert!(some(&|event| event
        .pointer("/context/on_behalf_of_user_id")
        .is_some_and(Value::is_u64)));
    assert!(some(&|event| event.pointer("/context/rule_name").is_some()));
    assert!(some(&|event| event.pointer("/context/oauth_app_name").is_some()));
    assert!(some(&|event| is(event, "/details/group/resource_type", "division")));
    assert!(some(&|event| event.pointer("/details/method/0").is_some()));
    assert!(ODDITIES.len() > 15);
}

#[test]
fn what_belongs_to_other_circumstances_is_absent() {
    for event in history(5, HISTORY_COUNT) {
        let context = &event["context"];
        let is_api = context["context_type"] == "api";
        assert!(is_api || context.get("api_authentication_method").is_none(), "{event}");
        let is_oauth = context["api_authentication_method"] == "oauth";
        assert_eq!(context.get("oauth_app_name").is_some(), is_oauth, "{event}");
        if event["actor"]["actor_type"] != "user" {
            assert_eq!(event["actor"].as_object().unwrap().len(), 1, "{event}");
        }
    }
}

#[test]
fn filters_see_what_the_text_says() {
    let generator = Generator::new(6, HISTORY_COUNT);
    for index in 0..HISTORY_COUNT {
        let sketch = generator.sketch(EventNumber::Stream(index));
        let event: Value = serde_json::from_str(&render(&generator, EventNumber::Stream(index))).unwrap();
        assert_eq!(event["event_type"], sketch.event_type());
        assert_eq!(event["actor"]["actor_type"], sketch.actor_type());
        assert_eq!(
            event["actor"].get("gid").cloned(),
            sketch.actor_gid().map(|gid| gid.to_string().into())
        );
        assert_eq!(event["resource"]["gid"], sketch.resource_gid().to_string());
    }
}

#[test]
fn events_are_about_six_hundred_bytes() {
    let generator = Generator::new(1, 50_000);
    let bytes: usize = (0..50_000)
        .map(|index| render(&generator, EventNumber::Stream(index)).len())
        .sum();
    let average = bytes / 50_000;
    assert!((520..680).contains(&average), "{average}");
}

#[test]
fn ids_are_unique_have_sixteen_digits_and_mostly_rise() {
    let generator = Generator::new(1, HISTORY_COUNT);
    let stream: Vec<u64> = (0..20_000)
        .map(|index| generator.gid(EventNumber::Stream(index)))
        .collect();
    let added = (0..20_000).map(|index| generator.gid(EventNumber::Added(index)));
    let all: BTreeSet<u64> = stream.iter().copied().chain(added).collect();
    assert_eq!(all.len(), 40_000);
    assert!(all.iter().all(|gid| gid.to_string().len() == 16));
    let falls = stream.windows(2).filter(|pair| pair[0] > pair[1]).count();
    assert!((500..3_000).contains(&falls), "{falls}");
    assert!(
        generator
            .gid(EventNumber::Stream(crate::config::EVENT_COUNT_MAX))
            .to_string()
            .len()
            == 16
    );
}

fn check(seed: u64, number: EventNumber, expected: &Expect) {
    expected.assert_eq(&render(&Generator::new(seed, 0), number));
}

#[test]
fn events_stay_the_same_from_release_to_release() {
    check(
        1,
        EventNumber::Stream(0),
        &expect![[
            r#"{"gid":"1200000000003847","created_at":"2026-06-01T12:00:00.007Z","event_type":"user_login_succeeded","event_category":"logins","actor":{"actor_type":"user","gid":"1101000271713671","name":"Maya Moreau","email":"maya.moreau271@example.org"},"resource":{"resource_type":"user","gid":"1101000271713671","name":"Maya Moreau","email":"maya.moreau271@example.org"},"details":{"method":["SAML"]},"context":{"context_type":"desktop","client_ip_address":"203.0.113.237","user_agent":"AsanaDesktopOfficial win32_x64/2.4.1 Chrome/138.0.7204.97"}}"#
        ]],
    );
    check(
        1,
        EventNumber::Stream(1),
        &expect![[
            r#"{"gid":"1200000000018734","created_at":"2026-06-01T12:00:00.007Z","event_type":"task_deleted","event_category":"deletion","actor":{"actor_type":"asana"},"resource":{"resource_type":"task","resource_subtype":"task","gid":"1120099128295184","name":"Draft travel policy"},"details":{},"context":{"context_type":"asana","rule_name":"Due date approaching"}}"#
        ]],
    );
    check(
        1,
        EventNumber::Added(2),
        &expect![[
            r#"{"gid":"1300000000020860","created_at":"2026-06-01T12:00:00.007Z","event_type":"user_logged_out","event_category":"logins","actor":{"actor_type":"user","gid":"1101000062275677","name":"Ada Kaur","email":"ada.kaur62@example.com"},"resource":{"resource_type":"user","gid":"1101000062275677","name":"Ada Kaur","email":"ada.kaur62@example.com"},"details":{},"context":{"context_type":"desktop","client_ip_address":"192.0.2.6","user_agent":"AsanaDesktopOfficial darwin_arm64/2.4.1 Chrome/138.0.7204.97"}}"#
        ]],
    );
}
