//! Microsoft Teams: an adaptive card for a workflow's webhook.
//!
//! The shape is what the workflow template "Post to a channel when a webhook request is received" takes (Microsoft's documentation,
//! "Create incoming webhooks with Workflows", read 2026-11-23).

use serde_json::{Value, json};

use super::message::Message;

/// Returns the message. Texts go into `TextBlock`s, whose markdown is taken away by escaping it.
pub(crate) fn body(message: &Message) -> Value {
    let mut blocks = vec![json!({
        "type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": true, "text": escaped(&message.headline()),
    })];
    blocks.extend(message.sections().into_iter().map(|(heading, text)| {
        json!({ "type": "TextBlock", "wrap": true, "text": format!("**{heading}** {}", escaped(&text)) })
    }));
    let since = message.alert.opened_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    blocks.push(json!({
        "type": "FactSet",
        "facts": [
            { "title": "Severity", "value": message.alert.severity },
            { "title": "Since", "value": since },
        ],
    }));
    let actions: Vec<Value> = message
        .link
        .iter()
        .map(|link| json!({ "type": "Action.OpenUrl", "title": "Open the alert", "url": link }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": blocks,
                "actions": actions,
            },
        }],
    })
}

/// Markdown's own characters, behind a backslash.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '`' | '#' | '!' | '<' | '>'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
