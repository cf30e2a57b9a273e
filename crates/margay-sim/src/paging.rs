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
use crate::offset::{Offset, OffsetSealer};
use crate::query::Query;

/// Everything that a page depends on beside the question.
#[derive(Debug)]
pub(crate) struct Pager<'world> {
    pub(crate) log: &'world EventLog,
    pub(crate) offsets: &'world OffsetSealer,
    pub(crate) offset_lifetime: Option<Duration>,
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

#[derive(Serialize)]
struct NextPage<'page> {
    offset: &'page str,
    path: &'page str,
    uri: String,
}

impl Pager<'_> {
    /// Returns the page that `query` asks for.
    pub(crate) fn page(&self, query: &Query) -> Result<Page, ApiError> {
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
            let offset = Offset {
                query: query.digest(),
                position,
                issued_ms: self.now_ms,
            };
            self.next_page(query, &self.offsets.seal(&offset))
        });
        let next_page = next_page.as_deref().unwrap_or("null");
        let body = format!(r#"{{"data":[{}],"next_page":{next_page}}}"#, found.bodies);
        Ok(Page {
            body,
            event_count: found.count,
        })
    }

    fn open(&self, text: &str, query: &Query) -> Result<Offset, ApiError> {
        let offset = self.offsets.open(text).filter(|offset| offset.query == query.digest());
        let offset = offset.ok_or_else(ApiError::offset_invalid)?;
        let age_ms = self.now_ms.saturating_sub(offset.issued_ms);
        let is_expired = self
            .offset_lifetime
            .is_some_and(|lifetime| i128::from(age_ms) > duration_ms(lifetime));
        if is_expired {
            Err(ApiError::offset_expired())
        } else {
            Ok(offset)
        }
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
