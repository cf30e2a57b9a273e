//! The audit that a server makes by itself: a small one of each source, once a day.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{AuditEnd, AuditError, AuditSettings, Claims, Landing, Sample, of_reader};
use crate::attend::readable;
use crate::pull::warn;
use crate::reader::Reader;

/// How often.
const INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// How much of what the vendor keeps, in thousandths: 44 hours of 90 days. After a month two fifths of it were looked at.
const SAMPLE_PERMILLE: u16 = 20;
/// How many requests: a sixth of what a source may ask in a minute at the default limits.
const REQUESTS_MAX: u64 = 100;
/// How long to wait when one cannot be made, or was cut short by the vendor.
const RETRY_INTERVAL: Duration = Duration::from_hours(1);

/// Audits the reader's source once a day until `stop`, while the vendor can be read.
pub(crate) async fn keep_auditing(reader: &Reader, mut is_readable: watch::Receiver<bool>, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = readable(&mut is_readable) => {}
        }
        let wait = match audit_if_due(reader, stop).await {
            Ok(wait) => wait,
            Err(AuditError::NothingToAudit { .. }) => RETRY_INTERVAL,
            Err(error) => {
                warn("the source could not be audited", &reader.source().label, &error);
                RETRY_INTERVAL
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Makes the day's audit if it is time; returns how long to wait for the next.
async fn audit_if_due(reader: &Reader, stop: &CancellationToken) -> Result<Duration, AuditError> {
    let store = &reader.line.store;
    let source = reader.source();
    let last = store.audits(source.id, 1).await?;
    let last = last.first().map_or(source.created_at, |audit| audit.finished_at);
    if let Some(wait) = time_left(last, reader.line.clock.now()) {
        return Ok(wait);
    }
    // What waits to be read is missing for a reason that is known, and the vendor is asked enough as it is.
    if !store.waiting_windows(source.id, 1).await?.is_empty() {
        return Ok(RETRY_INTERVAL);
    }
    let settings = AuditSettings {
        sample: Sample::permille(SAMPLE_PERMILLE).unwrap_or(Sample::ALL),
        requests_max: REQUESTS_MAX,
        claims: Claims::Leave,
        ..AuditSettings::default()
    };
    let audit = of_reader(reader, Landing::Servers, settings, &|_, _| {}, stop).await?;
    Ok(match audit.end {
        AuditEnd::Vendor(_) => RETRY_INTERVAL,
        _ => INTERVAL.unsigned_abs(),
    })
}

/// Returns how long it is until the next audit; nothing if it is due. A last one in the future was made under a clock that has
/// been set back since, and does not count.
pub(super) fn time_left(last: Timestamp, now: Timestamp) -> Option<Duration> {
    let passed = now.duration_since(last);
    let left = INTERVAL.saturating_sub(passed);
    (left.is_positive() && !passed.is_negative()).then(|| left.unsigned_abs())
}
