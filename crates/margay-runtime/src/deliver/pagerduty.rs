//! PagerDuty, Events API v2: an incident for each alert, reminded of and resolved under the same key.

use margay_store::DeliveryNotice;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::message::Message;

/// Where events go unless the service is in another region (PagerDuty's reference, "Send an alert event", read 2026-11-23).
pub(crate) const EVENTS_URL: &str = "https://events.pagerduty.com/v2/enqueue";
/// The longest summary (same reference).
const SUMMARY_CHARS_MAX: usize = 1_024;

/// Returns the event. `integration_key` is in it, so it is a secret as a whole.
pub(crate) fn body(message: &Message, integration_key: &SecretString) -> Value {
    let alert = &message.alert;
    let action = match message.notice {
        DeliveryNotice::Opened | DeliveryNotice::Reminded => "trigger",
        DeliveryNotice::Recovered => "resolve",
    };
    let severity = match alert.severity.as_str() {
        "CRITICAL" => "critical",
        "HIGH" => "error",
        "MEDIUM" => "warning",
        _ => "info",
    };
    let mut body = json!({
        "routing_key": integration_key.expose_secret().trim(),
        "event_action": action,
        "dedup_key": alert.id.to_string(),
        "client": "Margay",
        "payload": {
            "summary": message.headline().chars().take(SUMMARY_CHARS_MAX).collect::<String>(),
            "source": alert.source_label.as_deref().unwrap_or("Margay"),
            "severity": severity,
            "timestamp": alert.opened_at.to_string(),
            "component": alert.kind,
            "class": alert.alert_type,
            "custom_details": {
                "cause": alert.text.cause,
                "evidence": alert.text.evidence,
                "blind": alert.text.blind,
                "remedy": alert.text.remedy,
            },
        },
    });
    if let Some(link) = &message.link {
        body["client_url"] = json!(link);
        body["links"] = json!([{ "href": link, "text": "open the alert" }]);
    }
    body
}
