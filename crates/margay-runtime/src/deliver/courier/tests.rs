use margay_sim::{Receiver, Reply};
use margay_store::Destination;

use super::*;
use crate::deliver::test_message;

fn courier(allowed: &[&str]) -> Courier {
    let allowed = allowed.iter().map(|net| net.parse().unwrap()).collect();
    Courier::new(AddressGuard::new(allowed), Clock::system(), None).unwrap()
}

async fn checked(courier: &Courier, url: &str) -> Result<(), String> {
    courier
        .check_address(&url.parse().unwrap())
        .await
        .map_err(|problem| problem.outcome)
}

#[tokio::test]
async fn calls_without_tls_go_only_to_addresses_that_were_allowed() {
    let strict = courier(&[]);
    assert!(
        checked(&strict, "https://example.com/x").await.is_ok(),
        "its name is resolved by the guard"
    );
    assert!(
        checked(&strict, "http://8.8.8.8/x")
            .await
            .unwrap_err()
            .contains("not sent without TLS")
    );
    assert!(
        checked(&strict, "https://127.0.0.1/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    assert!(
        checked(&strict, "http://[::1]/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    assert!(
        checked(&strict, "http://localhost/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    let loopback = courier(&["127.0.0.0/8", "::1/128"]);
    for url in [
        "http://127.0.0.1:1/x",
        "http://[::1]:1/x",
        "http://localhost:1/x",
        "https://127.0.0.1/x",
    ] {
        assert_eq!(checked(&loopback, url).await, Ok(()), "{url}");
    }
}

/// A message that only tests.
fn message() -> Message {
    let at = "2026-11-24T12:00:00Z".parse().unwrap();
    let destination = Destination {
        id: "019ab000-0000-7000-8000-000000000001".parse().unwrap(),
        name: "on call".to_owned(),
        kind: String::new(),
        settings: String::new(),
        has_secret: true,
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        created_at: at,
        updated_at: at,
        failing_since: None,
        given_up_at: None,
        problem: None,
    };
    test_message(&destination, Some("https://example.com/alerts/"), at)
}

#[tokio::test]
async fn what_a_receiver_repeats_of_the_secret_is_not_told() {
    let receiver = Receiver::start().await.unwrap();
    let secret = receiver.url("/services/T0000/B0000/abcdefghijklmnopqrstuvwx");
    for status in [200, 404] {
        // Long enough that the secret stands where the answer is cut.
        let body = format!("{} {secret}", ".".repeat(ANSWER_CHARS_KEPT - 40));
        receiver.reply_with(Reply {
            body,
            ..Reply::status(status)
        });
        let route = Route::parse("slack_webhook", "{}", true).unwrap();
        let courier = courier(&["127.0.0.0/8"]);
        let outcome = match courier.send(&route, Some(&secret.as_str().into()), &message()).await {
            Ok(sent) => sent.outcome,
            Err(failed) => failed.outcome,
        };
        assert!(outcome.ends_with("... [secret]"), "{status}: {outcome}");
    }
}
