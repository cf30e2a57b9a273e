//! The parameters of the audit endpoint (specification of 2026-06-11, "Get audit log events").
//!
//! Unknown parameters are ignored, `opt_pretty` and `opt_fields` among them: this operation lists neither. Of a repeated
//! parameter the last one counts (unconfirmed).

use jiff::Timestamp;
use url::form_urlencoded;

use crate::config::LimitMode;
use crate::error_body::ApiError;
use crate::log::Filters;
use crate::offset::digest;

/// Events on a page when no `limit` is given; the endpoint's text says so.
const PAGE_EVENTS_DEFAULT: usize = 1000;
/// The largest `limit` of the shared parameter's definition.
const LIMIT_MAX_STRICT: usize = 100;
const LIMIT_MAX_LENIENT: usize = PAGE_EVENTS_DEFAULT;
/// The actor types of the specification; another one is a 400 (unconfirmed).
const ACTOR_TYPES: [&str; 5] = ["user", "asana", "asana_support", "anonymous", "external_administrator"];

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) filters: Filters,
    /// `start_at`, inclusive, in whole milliseconds.
    pub(crate) from_ms: Option<i64>,
    /// `end_at`, exclusive, in whole milliseconds.
    pub(crate) until_ms: Option<i64>,
    pub(crate) count_max: usize,
    pub(crate) offset: Option<String>,
    /// All known parameters but the offset, as given, for the next page's address.
    echo: Vec<(String, String)>,
}

impl Query {
    /// Reads the query part of a URL.
    pub(crate) fn parse(text: &str, limit_mode: LimitMode) -> Result<Self, ApiError> {
        let mut query = Self {
            filters: Filters::default(),
            from_ms: None,
            until_ms: None,
            count_max: PAGE_EVENTS_DEFAULT,
            offset: None,
            echo: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let text = value.into_owned();
            match name.as_ref() {
                "start_at" => query.from_ms = Some(time_ms("start_at", &text)?),
                "end_at" => query.until_ms = Some(time_ms("end_at", &text)?),
                "event_type" => query.filters.event_type = Some(text.clone()),
                "actor_type" => query.filters.actor_type = Some(actor_type(&text)?),
                "actor_gid" => query.filters.actor_gid = Some(text.clone()),
                "resource_gid" => query.filters.resource_gid = Some(text.clone()),
                "limit" => query.count_max = limit(&text, limit_mode)?,
                "offset" => {
                    query.offset = Some(text);
                    continue;
                }
                _ => continue,
            }
            query.echo.retain(|(known, _)| *known != name);
            query.echo.push((name.into_owned(), text));
        }
        Ok(query)
    }

    /// Returns the digest of the filters, which an offset is tied to. Times count by their instant and not by their spelling;
    /// `limit` is not a filter. What the vendor does when filters change under an offset is unconfirmed.
    pub(crate) fn digest(&self) -> u64 {
        let Self {
            filters,
            from_ms,
            until_ms,
            ..
        } = self;
        digest(&format!("{filters:?} {from_ms:?} {until_ms:?}"))
    }

    /// Returns the query part that continues with `offset`.
    pub(crate) fn continued(&self, offset: &str) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.echo);
        text.append_pair("offset", offset);
        text.finish()
    }
}

/// Returns the first whole millisecond at or after a time. Events have whole milliseconds, so this is exact for both
/// bounds.
fn time_ms(name: &str, text: &str) -> Result<i64, ApiError> {
    let time: Timestamp = text
        .parse()
        .map_err(|_| ApiError::parameter(name, "Not a valid date-time"))?;
    let whole_ms = time.as_nanosecond().div_euclid(1_000_000) + i128::from(time.as_nanosecond() % 1_000_000 != 0);
    i64::try_from(whole_ms).map_err(|_| ApiError::parameter(name, "Not a valid date-time"))
}

fn actor_type(text: &str) -> Result<String, ApiError> {
    if ACTOR_TYPES.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(ApiError::parameter("actor_type", "Not a recognized actor type"))
}

fn limit(text: &str, mode: LimitMode) -> Result<usize, ApiError> {
    let (accepted_max, count_max) = match mode {
        LimitMode::Strict => (LIMIT_MAX_STRICT, LIMIT_MAX_STRICT),
        LimitMode::Lenient => (LIMIT_MAX_LENIENT, LIMIT_MAX_LENIENT),
        LimitMode::Clamp => (usize::MAX, LIMIT_MAX_STRICT),
    };
    let limit: Option<usize> = text.parse().ok().filter(|limit| (1..=accepted_max).contains(limit));
    limit
        .map(|limit| limit.min(count_max))
        .ok_or_else(|| ApiError::parameter("limit", &format!("Must be between 1 and {count_max}")))
}

#[cfg(test)]
mod tests;
