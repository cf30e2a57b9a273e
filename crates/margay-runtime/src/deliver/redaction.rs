//! Redaction: takes a destination's secret out of what the destination answered.
//!
//! Many endpoints repeat a request in their error pages, and what they answer is kept and shown. So every form in which the secret is
//! sent is replaced before an answer is cut, kept or logged: as it is, inside a JSON text, encoded for a URL, in base64, and, of a
//! secret that is a URL, each part that is long enough to be the secret one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::route::{Route, secret_url};

#[cfg(test)]
mod tests;

/// What stands in the place of a secret.
const INSTEAD: &str = "[secret]";
/// A part of a URL that is shorter than this is a word, such as `services`: what makes such a URL secret has 20 characters and more.
const URL_PART_CHARS_MIN: usize = 16;

/// The forms of one destination's secret, the longest first. They are secrets themselves: nothing shows them.
pub(crate) struct Redaction(Vec<Zeroizing<String>>);

impl Redaction {
    pub(crate) fn of(route: &Route, secret: Option<&SecretString>) -> Self {
        let Some(secret) = secret else {
            return Self(Vec::new());
        };
        let (whole, text) = (secret.expose_secret(), secret.expose_secret().trim());
        let mut plain: Vec<Zeroizing<String>> = [whole, text].map(|text| Zeroizing::new(text.to_owned())).into();
        match route {
            Route::SlackWebhook | Route::Teams => plain.extend(parts_of_url(secret)),
            // What `AUTH PLAIN` sends, in base64: two names and the password, a NUL before each but the first.
            Route::Email(email) => {
                let username = email.username.as_deref().unwrap_or_default();
                plain.push(Zeroizing::new(format!("\0{username}\0{whole}")));
            }
            _ => {}
        }
        let mut forms: Vec<Zeroizing<String>> = plain.iter().flat_map(|text| forms_of(text)).collect();
        forms.retain(|form| !form.is_empty());
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.as_str().cmp(b.as_str())));
        forms.dedup();
        Self(forms)
    }

    /// Returns `text` with every occurrence of the secret replaced, whatever the case of its letters.
    pub(crate) fn of_text(&self, text: &str) -> String {
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            // It may have been here before.
            if let Some(after) = rest.strip_prefix(INSTEAD) {
                told.push_str(INSTEAD);
                rest = after;
                continue;
            }
            let begins = |form: &&Zeroizing<String>| {
                let head = rest.as_bytes().get(..form.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(form.as_bytes()))
            };
            // Bytes that are the same but for the case of letters end at the same boundary between characters.
            let length = if let Some(form) = self.0.iter().find(begins) {
                told.push_str(INSTEAD);
                form.len()
            } else {
                told.push(first);
                first.len_utf8()
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        told
    }
}

/// A text as it is, as a JSON text has it, encoded for a URL, and in base64.
fn forms_of(text: &str) -> Vec<Zeroizing<String>> {
    let json = Zeroizing::new(serde_json::Value::from(text).to_string());
    let in_json = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let in_form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let in_url = in_form.replace('+', "%20");
    let in_json = in_json.unwrap_or_default();
    let mut forms = vec![
        text.to_owned(),
        in_json.to_owned(),
        in_json.replace('/', "\\/"),
        in_form,
        in_url,
    ];
    for alphabet in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        forms.push(alphabet.encode(text));
    }
    forms.into_iter().map(Zeroizing::new).collect()
}

/// A URL as it is called, its path with what follows, as the first line of a request has it, and its long parts.
fn parts_of_url(secret: &SecretString) -> Vec<Zeroizing<String>> {
    let Ok(url) = secret_url(secret) else {
        return Vec::new();
    };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let segments = url.path().split('/').map(str::to_owned);
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let raw_values = url.query().unwrap_or_default().split('&');
    let raw_values = raw_values.filter_map(|pair| Some(pair.split_once('=')?.1.to_owned()));
    let is_long = |part: &String| part.chars().count() >= URL_PART_CHARS_MIN;
    let mut parts: Vec<String> = segments.chain(values).chain(raw_values).filter(is_long).collect();
    if url.path() != "/" || !query.is_empty() {
        parts.push(format!("{}{query}", url.path()));
    }
    if url.path() != "/" {
        parts.push(url.path().to_owned());
    }
    parts.push(url.as_str().to_owned());
    parts.into_iter().map(Zeroizing::new).collect()
}
