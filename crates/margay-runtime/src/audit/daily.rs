//! The audit that a server makes by itself: a small one of each source, once a day.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::RETENTION;
use margay_store::{AUDITS_KEPT_MAX, AuditRecord, Evidence, Ledger};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{AuditEnd, AuditError, AuditSettings, Landing, Occasion, Sample, of_reader, report};
use crate::attend::readable;
use crate::land;
use crate::pull::warn;
use crate::reader::Reader;

/// How often.
const INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// How much of what the vendor keeps, in thousandths: 44 hours of 90 days. After a month two fifths of it were looked at.
const SAMPLE_PERMILLE: u16 = 20;
/// How many requests at least: a sixth of what a source may ask in a minute at the default limits, and enough for quiet hours.
const REQUESTS_MIN: u64 = 100;
/// How many at most, whatever the hours have: five minutes' worth of what a source may ask, behind everything else.
const REQUESTS_MAX: u64 = 3_000;
/// So many times what the mean hour takes: hours differ, and what is suspicious is read twice.
const SPARE: u64 = 2;
/// A window takes the request that is answered by the empty page, and one for a page that is not full.
const REQUESTS_PER_WINDOW_MIN: u64 = 2;
/// How long to wait when one cannot be made, or was cut short by the vendor.
const RETRY_INTERVAL: Duration = Duration::from_hours(1);
/// More entries than this that wait to be landed put the audit off: it would look for what is missing among all of them. A live tail
/// journals a few while landing gathers, so that there is hardly ever none.
const BACKLOG_ENTRIES_MAX: u64 = 10;
/// How long then: landing is at work.
const BACKLOG_RETRY_INTERVAL: Duration = Duration::from_mins(1);

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
    let audits = store.audits(source.id, AUDITS_KEPT_MAX).await?;
    let last = last_of(&audits).unwrap_or(source.created_at);
    if let Some(wait) = time_left(last, reader.line.clock.now()) {
        return Ok(wait);
    }
    // What waits to be read is missing for a reason that is known, and the vendor is asked enough as it is.
    if !store.waiting_windows(source.id, 1).await?.is_empty() {
        return Ok(RETRY_INTERVAL);
    }
    if land::backlog(&reader.line, source).await? > BACKLOG_ENTRIES_MAX {
        return Ok(BACKLOG_RETRY_INTERVAL);
    }
    let records = store.journal_status(source.id).await?.records_total;
    let page_records = u64::from(reader.bound().settings.page_records.get());
    let settings = AuditSettings {
        sample: Sample::permille(SAMPLE_PERMILLE).unwrap_or(Sample::ALL),
        requests_max: requests_for(records, covered_hours(&store.ledger(source.id).await?), page_records),
        occasion: Occasion::Daily,
        ..AuditSettings::default()
    };
    let audit = of_reader(reader, Landing::Servers, settings, &|_, _| {}, stop).await?;
    Ok(match audit.end {
        AuditEnd::Vendor(_) => RETRY_INTERVAL,
        _ => INTERVAL.unsigned_abs(),
    })
}

/// Returns when the last day's audit ended that ended well. Neither one that a person asked for stands for it, since that may be
/// about an hour only, nor one that was cut short.
pub(super) fn last_of(audits: &[AuditRecord]) -> Option<Timestamp> {
    let days = audits.iter().find(|audit| report::is_days_audit(audit));
    days.map(|audit| audit.finished_at)
}

/// Returns how many hours of event time are proven.
fn covered_hours(ledger: &Ledger) -> u64 {
    let proven = ledger.coverage.iter().filter(|row| row.evidence != Evidence::Lost);
    let whole = proven.fold(SignedDuration::ZERO, |sum, row| {
        sum.saturating_add(row.to.duration_since(row.from))
    });
    whole.as_hours().unsigned_abs()
}

/// Returns how many requests the day's audit may make, so that hours with as many events as the mean one can be read: by
/// `records` that came of so many `hours`.
pub(super) fn requests_for(records: u64, hours: u64, page_records: u64) -> u64 {
    let hours_kept = RETENTION.as_hours().unsigned_abs();
    let windows = (hours_kept * u64::from(SAMPLE_PERMILLE)).div_ceil(1_000);
    let pages = records.div_ceil(hours.max(1)).div_ceil(page_records.max(1));
    let a_window = pages.saturating_add(1).max(REQUESTS_PER_WINDOW_MIN);
    windows
        .saturating_mul(a_window)
        .saturating_mul(SPARE)
        .clamp(REQUESTS_MIN, REQUESTS_MAX)
}

/// Returns how long it is until the next audit; nothing if it is due. A last one in the future was made under a clock that has
/// been set back since, and does not count.
pub(super) fn time_left(last: Timestamp, now: Timestamp) -> Option<Duration> {
    let passed = now.duration_since(last);
    let left = INTERVAL.saturating_sub(passed);
    (left.is_positive() && !passed.is_negative()).then(|| left.unsigned_abs())
}
