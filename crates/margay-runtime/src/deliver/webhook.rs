//! The custom webhook: Panther's thirteen fields, signed as the Standard Webhooks specification says.
//!
//! The signature is over `id.timestamp.body` with HMAC-SHA-256, so that a receiver knows who sent it, when, and that nobody sent it
//! twice (<https://www.standardwebhooks.com>, version 1.0.0).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use margay_store::DeliveryNotice;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;

use super::message::Message;

#[cfg(test)]
pub(crate) mod tests;

/// What a secret in the specification's own form begins with; the rest is the key in base64.
const SECRET_PREFIX: &str = "whsec_";
/// The version of the body: fields are only ever added.
const BODY_VERSION: &str = "1";

/// Returns the body: the fields that Panther's custom webhook has (its documentation, "Custom Webhook Destination", read 2026-11-23),
/// with their meaning.
pub(crate) fn body(message: &Message) -> Value {
    let alert = &message.alert;
    json!({
        "id": alert.kind,
        "createdAt": alert.opened_at.to_string(),
        "severity": alert.severity,
        "type": alert.alert_type,
        "link": message.link,
        "title": message.headline(),
        "name": message.name,
        "alertId": alert.id.to_string(),
        "alertContext": {
            "notice": message.notice.as_str(),
            "isRecovered": message.notice == DeliveryNotice::Recovered,
            "resentAt": message.resent_at.map(|time| time.to_string()),
            "recoveredAt": alert.recovered_at.map(|time| time.to_string()),
            "status": alert.status.as_str(),
            "sourceId": alert.source_id.map(|id| id.to_string()),
            "sourceLabel": alert.source_label,
            "cause": alert.text.cause,
            "evidence": alert.text.evidence,
            "blind": alert.text.blind,
        },
        "description": format!("{} {}", alert.text.cause, alert.text.evidence),
        "runbook": alert.text.remedy,
        "tags": [],
        "version": BODY_VERSION,
    })
}

/// Returns the headers that say who sent `body`: the key of the delivery twice, for receivers that look for either, and the
/// signature if there is a secret.
pub(crate) fn headers(message: &Message, body: &str, secret: Option<&SecretString>) -> Vec<(&'static str, String)> {
    let id = message.delivery.to_string();
    let timestamp = message.sent_at.as_second().to_string();
    let mut headers = vec![
        ("idempotency-key", id.clone()),
        ("webhook-id", id.clone()),
        ("webhook-timestamp", timestamp.clone()),
    ];
    if let Some(secret) = secret {
        headers.push(("webhook-signature", signature(secret, &id, &timestamp, body)));
    }
    headers
}

/// `v1,` and the signature in base64.
fn signature(secret: &SecretString, id: &str, timestamp: &str, body: &str) -> String {
    let key = key_of(secret);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    for part in [id, ".", timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// A secret that is not in the specification's form is the key itself.
fn key_of(secret: &SecretString) -> zeroize::Zeroizing<Vec<u8>> {
    let text = secret.expose_secret().trim();
    let decoded = text
        .strip_prefix(SECRET_PREFIX)
        .and_then(|rest| STANDARD.decode(rest).ok());
    zeroize::Zeroizing::new(decoded.unwrap_or_else(|| text.as_bytes().to_vec()))
}
