//! Pages of the audit endpoint.
//!
//! The rules (specification of 2026-06-11, "Get audit log events"; python-asana ff5c4bd, 2022-03-29):
//! 1. Oldest first; an offset continues behind the page that it came with.
//! 2. `next_page` is null only when no offset was sent and nothing matches.
//! 3. After that there is always a `next_page`, also on empty pages, with a new offset each time.
//! 4. `path` lacks `/api/1.0` and repeats the parameters; `uri` is the whole address.

use std::time::Duration;

use serde::Serialize;

use crate::error_body::ApiError;
use crate::log::{EventLog, Reading};
use crate::offset::{Offset, OffsetSealer, UsedOffsets};
use crate::query::Query;
use crate::scenario::{FaultKind, RepeatedOffset};

/// Everything that a page depends on beside the question.
#[derive(Debug)]
pub(crate) struct Pager<'world> {
    pub(crate) log: &'world EventLog,
    pub(crate) offsets: &'world OffsetSealer,
    pub(crate) offset_lifetime: Option<Duration>,
    /// The offsets that must not come again, if each may come once only.
    pub(crate) used: Option<&'world UsedOffsets>,
    /// Whether the next page is this one again, if it came with an offset.
    pub(crate) repeat: Option<RepeatedOffset>,
    pub(crate) api_url: &'world str,
    pub(crate) organization_id: &'world str,
    pub(crate) now_ms: i64,
}

/// A page, ready to send.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) body: String,
    pub(crate) event_count: usize,
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: ApiError,
    /// The scenario's doing, if it may be.
    pub(crate) fault: Option<FaultKind>,
}

#[derive(Serialize)]
struct NextPage<'page> {
    offset: &'page str,
    path: &'page str,
    uri: String,
}

impl Pager<'_> {
    /// Returns the page that `query` asks for.
    pub(crate) fn page(&self, query: &Query) -> Result<Page, Refusal> {
        let after = query.offset.as_deref().map(|text| self.open(text, query)).transpose()?;
        let reading = Reading {
            after: after.map(|offset| offset.position),
            from_ms: query.from_ms.unwrap_or(i64::MIN),
            until_ms: query.until_ms.unwrap_or(i64::MAX),
            filters: &query.filters,
            count_max: query.count_max,
        };
        let found = self.log.read(&reading, self.now_ms);
        let is_anything_known = found.count > 0 || after.is_some();
        let position = found.reached.or(reading.after).filter(|_| is_anything_known);
        let next_page = position.map(|position| {
            let position = match (self.repeat, after) {
                (Some(RepeatedOffset::New), Some(after)) => after.position,
                _ => position,
            };
            let offset = Offset {
                query: query.digest(),
                position,
                issued_ms: self.now_ms,
            };
            match (self.repeat, &query.offset) {
                (Some(RepeatedOffset::Same), Some(sent)) => self.next_page(query, sent),
                _ => self.next_page(query, &self.offsets.seal(&offset)),
            }
        });
        let next_page = next_page.as_deref().unwrap_or("null");
        let body = format!(r#"{{"data":[{}],"next_page":{next_page}}}"#, found.bodies);
        Ok(Page {
            body,
            event_count: found.count,
        })
    }

    fn open(&self, text: &str, query: &Query) -> Result<Offset, Refusal> {
        let refuse = |error, fault| Err(Refusal { error, fault });
        let offset = self.offsets.open(text).filter(|offset| offset.query == query.digest());
        let Some(offset) = offset else {
            return refuse(ApiError::offset_invalid(), None);
        };
        let age_ms = self.now_ms.saturating_sub(offset.issued_ms);
        let is_expired = self
            .offset_lifetime
            .is_some_and(|lifetime| i128::from(age_ms) > duration_ms(lifetime));
        if is_expired {
            return refuse(ApiError::offset_expired(), Some(FaultKind::ExpiredOffset));
        }
        if self.used.is_some_and(|used| !used.take(text)) {
            return refuse(ApiError::offset_invalid(), Some(FaultKind::UsedOffset));
        }
        Ok(offset)
    }

    fn next_page(&self, query: &Query, offset: &str) -> String {
        let path = format!(
            "/workspaces/{}/audit_log_events?{}",
            self.organization_id,
            query.continued(offset)
        );
        let next_page = NextPage {
            offset,
            path: &path,
            uri: format!("{}{path}", self.api_url),
        };
        serde_json::to_string(&next_page).unwrap_or_default()
    }
}

fn duration_ms(duration: Duration) -> i128 {
    i128::try_from(duration.as_millis()).unwrap_or(i128::MAX)
}
