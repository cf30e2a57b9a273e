//! Slack: an incoming webhook, or a bot that posts to a channel.
//!
//! Texts are escaped as Slack wants (`&`, `<`, `>`; its reference "Formatting text for app surfaces", read 2026-11-23), so that no
//! vendor's text becomes a link or calls a channel.

use serde_json::{Value, json};

use super::message::Message;

/// The longest header block (Slack's reference, "Header block").
const HEADER_CHARS_MAX: usize = 150;
/// The longest text of a section (Slack's reference, "Section block"), less room for its heading.
const SECTION_CHARS_MAX: usize = 2_900;

/// Returns the message; with `channel` for the bot's method `chat.postMessage`.
pub(crate) fn body(message: &Message, channel: Option<&str>) -> Value {
    let headline = message.headline();
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": cut(&headline, HEADER_CHARS_MAX), "emoji": false },
    })];
    blocks.extend(message.sections().into_iter().map(|(heading, text)| {
        // Cut once it is escaped: an `<` becomes four characters.
        let text = format!("*{heading}*\n{}", cut(&escaped(&text), SECTION_CHARS_MAX));
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
    }));
    let since = message.alert.opened_at.strftime("%Y-%m-%d %H:%M UTC");
    let link = message.link.as_deref().map_or_else(String::new, |link| {
        let link = escaped(link);
        format!(" · <{link}|open the alert>")
    });
    let footer = format!("{} · since {since}{link}", message.alert.severity);
    blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": footer }] }));
    let mut body = json!({ "text": escaped(&headline), "blocks": blocks, "unfurl_links": false });
    if let Some(channel) = channel {
        body["channel"] = channel.into();
    }
    body
}

/// What the bot's method answered: HTTP 200 says only that Slack was reached.
pub(crate) fn answer_of_method(body: &str) -> Result<(), String> {
    // It repeats the message, so that a long one may be cut by now.
    if body.trim_start().starts_with("{\"ok\":true") {
        return Ok(());
    }
    let answer: Value =
        serde_json::from_str(body).map_err(|_| "Slack answered with something that is no JSON".to_owned())?;
    if answer["ok"] == true {
        return Ok(());
    }
    let error = answer["error"].as_str().unwrap_or("no reason given");
    Err(format!("Slack refused the message: {}", error.escape_debug()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{kept}…")
}
