//! What an empty page at the end of a chain proves.
//!
//! ```text
//!      deleted     window_start             sent_at          answered
//!   ──────┼─────────────┼──────── read ─────────┼────────────────┼──▶ event time
//!         │             [        proven         )  not claimed: it may have happened while the answer was under way
//!         └ 90 days before the answer, by the vendor's clock
//! ```

use jiff::{SignedDuration, Timestamp};

use super::Poller;
use crate::response::Response;
use crate::window::Window;

/// How long the vendor keeps an event. What is older cannot be read any more, so no chain proves anything about it
/// (Asana reference, "Get audit log events", read 2026-11-23: events are deleted after 90 days).
pub const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);
/// An HTTP date is cut to its second.
const DATE_PRECISION: SignedDuration = SignedDuration::from_secs(1);
/// What rounds a time up to its next whole millisecond, once that is cut.
const ALMOST_A_MILLISECOND: SignedDuration = SignedDuration::from_nanos(999_999);
/// A longer header is not read. An HTTP date has 29 characters.
const DATE_BYTES_MAX: usize = 64;

impl Poller {
    /// Returns what an empty page proves that is answered at `now`.
    ///
    /// Pages come oldest first and the chain began at the window's start, so everything that the vendor showed up to the
    /// moment of the request has been read. Events carry the vendor's clock: where it is behind ours, its own time is the
    /// bound, less what the answer took. What the vendor had deleted when it answered is not proven; it deletes by its own
    /// clock, so ours only stands in for a clock that it does not tell.
    pub(super) fn proof(&self, now: Timestamp, response: &Response) -> Option<Window> {
        let vendor_time = vendor_time(response);
        let vendor_sent_at = vendor_time.map(|date| {
            let took = now.duration_since(self.sent_at).max(SignedDuration::ZERO);
            date.saturating_sub(took).unwrap_or(Timestamp::MIN)
        });
        let asked_at = vendor_sent_at.map_or(self.sent_at, |time| time.min(self.sent_at));
        let answered_at = vendor_time.map_or(now, |date| date.saturating_add(DATE_PRECISION).unwrap_or(date));
        let oldest_kept = answered_at.saturating_sub(RETENTION).unwrap_or(Timestamp::MIN);
        let position = &self.position;
        let to = position.window_end.map_or(asked_at, |end| end.min(asked_at));
        // A window is asked for from the millisecond at or before its start, but what is deleted ends within one.
        let kept_from = oldest_kept.saturating_add(ALMOST_A_MILLISECOND).unwrap_or(oldest_kept);
        let from = if oldest_kept > position.window_start {
            kept_from
        } else {
            position.window_start
        };
        Window::new(from, to)
    }
}

fn vendor_time(response: &Response) -> Option<Timestamp> {
    let header = response.date.as_deref()?.trim();
    if header.len() > DATE_BYTES_MAX {
        return None;
    }
    Some(jiff::fmt::rfc2822::parse(header).ok()?.timestamp())
}
