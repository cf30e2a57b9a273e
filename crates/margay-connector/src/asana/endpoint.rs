//! The URLs that are asked for. Built from the settings alone: `next_page.path` and `next_page.uri` are never used, since
//! the vendor's `path` has been wrong before and a `uri` could lead the token to another host.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::checkpoint::Checkpoint;
use super::settings::{PageRecords, Settings};

/// The longest offset that is stored and sent back, in bytes as received. The vendor publishes no limit; its example has
/// 36. Percent-encoded it may triple, and common servers take request lines of 8 kB at least.
pub const OFFSET_BYTES_MAX: usize = 8192;

/// Everything but what RFC 3986 §2.3 calls unreserved. An offset may be of any alphabet: a padded base64 `+` sent as it
/// is would arrive as a blank.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn audit_log(settings: &Settings) -> Url {
    settings
        .api_url
        .join(&["workspaces", settings.organization_id.as_str(), "audit_log_events"])
}

/// Returns the URL of the page that follows `position`. The filters are sent again with the offset, as the vendor's own
/// links do.
pub(crate) fn page_url(settings: &Settings, position: &Checkpoint) -> Url {
    let mut query = format!("start_at={}", encode(&milliseconds(position.window_start)));
    if let Some(end) = position.window_end {
        query.push_str("&end_at=");
        query.push_str(&encode(&milliseconds(end)));
    }
    query.push_str("&limit=");
    query.push_str(&settings.page_records.get().to_string());
    if let Some(offset) = &position.offset {
        query.push_str("&offset=");
        query.push_str(&encode(offset));
    }
    let mut url = audit_log(settings);
    url.set_query(Some(&query));
    url
}

/// Returns the URL of the oldest event that the vendor keeps.
pub(crate) fn oldest_event_url(settings: &Settings) -> Url {
    let one = PageRecords::new(1).expect("1 is a possible page size");
    let mut url = audit_log(settings);
    url.set_query(Some(&format!("limit={}", one.get())));
    url
}

/// Returns the URL that tells whose token it is.
pub(crate) fn owner_url(settings: &Settings) -> Url {
    settings.api_url.join(&["users", "me"])
}

/// Names the endpoint for a person: `GET`, and the URL without its query.
pub(crate) fn endpoint_text(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    format!("GET {url}")
}

fn encode(value: &str) -> String {
    utf8_percent_encode(value, QUERY_VALUE).to_string()
}

/// UTC with milliseconds, cut off and never rounded up: a window begins inclusively, so earlier is safe; its end is a whole
/// millisecond already.
fn milliseconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests;
