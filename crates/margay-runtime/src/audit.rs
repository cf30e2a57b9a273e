//! Audit: windows are read again from the vendor and compared with the lake. Is the copy complete?
//!
//! ```text
//! range ─▶ windows of an hour ─▶ a seeded sample ─▶ each: vendor against lake ─▶ counts, a bound, repairs
//! ```
//! The vendor is asked through the source's gate, behind the live tail, and only so often as the audit may ask. A window counts
//! as checked only if it was read to its empty page. What is missing is repaired at once by whoever holds the source. Beside a
//! process that holds it, that process is asked to read windows again of which something was never journalled, and what the ledger says
//! of them is given up; rows that had landed and are gone from the lake no reading brings back, and the result says so.
//!
//! | who | right | lands what it repairs |
//! |---|---|---|
//! | [`audit`], alone in the data directory | takes the lease | itself |
//! | a server, once a day (`daily.rs`) | has the lease | its landing does |
//! | [`audit_beside`] a server | none: reads, compares, asks | nobody; the server reads the windows again |

use std::num::NonZeroU32;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::RETENTION;
use margay_connector::{BudgetLimits, Window};
use margay_store::{Ledger, Source};
use tokio_util::sync::CancellationToken;

use crate::content::VersionedSchema;
use crate::gate::Gate;
use crate::land;
use crate::late::{self, Lateness};
use crate::lease;
use crate::line::Line;
use crate::reader::Reader;
use crate::source;
use crate::telemetry::SPANS;

mod check;
mod collect;
mod confidence;
mod daily;
mod error;
mod kept;
mod plan;
mod repair;
mod report;
mod settle;

use check::Checked;
use collect::Vendor;
pub use confidence::{per_million, poisson_upper_95, upper_95_per_million};
pub(crate) use daily::keep_auditing;
pub use error::AuditError;
pub use plan::{Sample, WINDOW_SPAN, WINDOWS_MAX};
pub use report::{Audit, AuditEnd, Counts, FINDINGS_KEPT_MAX, Finding, FindingKind, Repair};

/// How much of the range is read unless asked otherwise, in thousandths.
pub const SAMPLE_PERMILLE_DEFAULT: u16 = 50;
/// How many requests an audit may make unless asked otherwise: a third of what Asana allows a token in a minute, and enough for
/// 5 % of the hours that it keeps, at two pages and more each.
pub const REQUESTS_DEFAULT: u64 = 500;

/// What the vendor keeps at its far end goes while it is read, so an audit begins this much later.
const OLDEST_MARGIN: SignedDuration = SignedDuration::from_hours(1);
/// Beside a server the two do not know of each other's requests: an audit then keeps to one part in so many of the budget.
const BESIDE_SHARE: u32 = 4;

/// What an audit is to do.
#[derive(Debug, Clone, Copy)]
pub struct AuditSettings {
    /// From when on; from the beginning of the source, or of what the vendor keeps, unless given.
    pub from: Option<Timestamp>,
    /// Until when, exclusive; up to what is settled unless given, and never beyond what is proven.
    pub to: Option<Timestamp>,
    /// How much of it.
    pub sample: Sample,
    /// How many requests it may make.
    pub requests_max: u64,
    /// What draws the sample; the time decides unless given.
    pub seed: Option<u64>,
    /// Why it is made.
    pub occasion: Occasion,
}

/// Why an audit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A person asked for it: windows that it finds complete are entered into the coverage ledger.
    Asked,
    /// A server makes it once a day. Nothing is entered: small audits that come every day would cut the ledger into hours.
    Daily,
}

impl Occasion {
    /// Returns its name as it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Daily => "daily",
        }
    }
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            sample: Sample::permille(SAMPLE_PERMILLE_DEFAULT).unwrap_or(Sample::ALL),
            requests_max: REQUESTS_DEFAULT,
            seed: None,
            occasion: Occasion::Asked,
        }
    }
}

/// Who lands what an audit journals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Landing {
    /// The audit itself.
    Ours,
    /// The server's landing loop.
    Servers,
}

/// What an audit may do about what it finds.
enum Right<'a> {
    /// It holds the source: it repairs.
    Held(&'a Reader, Landing),
    /// Another process does: it asks.
    Beside,
}

/// Hears of the progress: windows compared, and how many there are to be.
pub type Heard<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

/// Audits a source for which nobody else is at work: lands what waits, compares, repairs, and keeps the result. `stop` ends it
/// early and cleanly.
///
/// # Errors
/// See [`AuditError`]. A vendor that cannot be read is no error but an [`AuditEnd`].
pub async fn audit(
    line: &Line,
    source: &Source,
    settings: AuditSettings,
    heard: &Heard<'_>,
    stop: &CancellationToken,
) -> Result<Audit, AuditError> {
    land::verify_source(line, source).await?;
    lease::holding(line, source, async |token| {
        let reader = Reader::open(line, source.clone(), token).await?;
        land::of_source(line, source, stop).await?;
        of_reader(&reader, Landing::Ours, settings, heard, stop).await
    })
    .await?
}

/// Audits a source that another process holds: changes nothing of it, and asks that process to read again the windows of which
/// something is missing. `line` is one of [`Line::open_beside`].
///
/// # Errors
/// As [`audit`].
pub async fn audit_beside(
    line: &Line,
    source: &Source,
    settings: AuditSettings,
    heard: &Heard<'_>,
    stop: &CancellationToken,
) -> Result<Audit, AuditError> {
    let bound = Arc::new(source::bind(&line.store, source.clone()).await?);
    let whole = bound.settings.requests.budget();
    let share = NonZeroU32::new(whole.requests_per_minute.get() / BESIDE_SHARE).unwrap_or(NonZeroU32::MIN);
    let limits = BudgetLimits {
        requests_per_minute: share,
        in_flight_max: NonZeroU32::MIN,
    };
    let gate = Arc::new(Gate::new(limits, line.clock.now()));
    let vendor = Vendor {
        line: line.clone(),
        source: source.clone(),
        bound,
        gate,
        requests_left: settings.requests_max,
        requests: 0,
    };
    run(vendor, &Right::Beside, settings, heard, stop).await
}

/// Audits the source of a reader, under its lease.
async fn of_reader(
    reader: &Reader,
    landing: Landing,
    settings: AuditSettings,
    heard: &Heard<'_>,
    stop: &CancellationToken,
) -> Result<Audit, AuditError> {
    let vendor = Vendor {
        line: reader.line.clone(),
        source: reader.source().clone(),
        bound: reader.bound(),
        gate: Arc::clone(&reader.gate),
        requests_left: settings.requests_max,
        requests: 0,
    };
    run(vendor, &Right::Held(reader, landing), settings, heard, stop).await
}

#[tracing::instrument(target = SPANS, name = "audit", skip_all, fields(source = vendor.source.label))]
async fn run(
    mut vendor: Vendor,
    right: &Right<'_>,
    settings: AuditSettings,
    heard: &Heard<'_>,
    stop: &CancellationToken,
) -> Result<Audit, AuditError> {
    let (line, source) = (vendor.line.clone(), vendor.source.clone());
    let versioned = schema_of(&line, &source)?;
    let started_at = line.clock.now();
    let ledger = line.store.ledger(source.id).await?;
    let lateness = Lateness::from_buckets(line.store.lateness(source.id).await?);
    let range = range_of(&source, &ledger, &lateness, settings, started_at)?;
    let seed = settings
        .seed
        .unwrap_or_else(|| started_at.as_microsecond().unsigned_abs());
    let plan = plan::plan(range, settings.sample, seed);
    let mut audit = Audit {
        occasion: settings.occasion,
        started_at,
        finished_at: started_at,
        range,
        sample: settings.sample,
        seed,
        span: plan.span,
        windows_total: plan.windows_total as u64,
        windows_drawn: plan.windows.len() as u64,
        windows_checked: 0,
        windows_too_dense: 0,
        requests: 0,
        counts: Counts::default(),
        findings: Vec::new(),
        repair: Repair::Made,
        end: AuditEnd::Done,
    };
    let mut found = Checked::default();
    for window in plan.windows {
        let (checked, end) = check::check(&mut vendor, right, &versioned, window, seed, stop).await?;
        found.add(checked);
        if let Some(end) = end {
            // That window would never be checked, however often it is drawn: those that are left are the quiet ones.
            audit.windows_too_dense += u64::from(matches!(end, AuditEnd::OutOfRequests));
            audit.end = end;
            break;
        }
        audit.windows_checked += 1;
        heard(audit.windows_checked, audit.windows_drawn);
    }
    audit.requests = vendor.requests;
    audit.counts = found.counts;
    audit.findings = std::mem::take(&mut found.findings);
    audit.finished_at = line.clock.now();
    settle::settle(&vendor, right, &found, &mut audit).await?;
    settle::keep(&line, &source, &audit).await?;
    Ok(audit)
}

impl Checked {
    fn add(&mut self, more: Self) {
        self.counts.add(more.counts);
        self.findings.extend(more.findings);
        self.findings.truncate(FINDINGS_KEPT_MAX);
        self.sound.extend(more.sound);
        self.wanting.extend(more.wanting);
        self.gone.extend(more.gone);
        self.lateness.add(&more.lateness);
    }
}

fn schema_of(line: &Line, source: &Source) -> Result<VersionedSchema, AuditError> {
    let log_type = &source.log_type;
    line.content()
        .schema(log_type)
        .cloned()
        .ok_or_else(|| AuditError::NoSchema {
            log_type: log_type.clone(),
            problem: line.content().problem_of(log_type).unwrap_or_default(),
        })
}

/// Returns the range that is audited: what the vendor still keeps and the copy claims to have.
fn range_of(
    source: &Source,
    ledger: &Ledger,
    lateness: &Lateness,
    settings: AuditSettings,
    now: Timestamp,
) -> Result<Window, AuditError> {
    let nothing = |reason: &str| AuditError::NothingToAudit {
        label: source.label.clone(),
        reason: reason.to_owned(),
    };
    let proven = ledger
        .proven_through()
        .ok_or_else(|| nothing("no poll has read to its end yet"))?;
    let kept = OLDEST_MARGIN.saturating_sub(RETENTION);
    let oldest = now.saturating_add(kept).unwrap_or(Timestamp::MIN);
    let from = settings.from.or(ledger.since).unwrap_or(oldest).max(oldest);
    let settled = late::settled_through(ledger, source, lateness, now);
    let to = settings.to.unwrap_or(settled).min(proven);
    Window::new(from, to).ok_or_else(|| {
        if settings.from.is_some() || settings.to.is_some() {
            nothing("in that range nothing is proven that the vendor still keeps")
        } else {
            nothing("what was read so far is so new that late events may still come\nhint: try again later, or name a range with --from and --to")
        }
    })
}

#[cfg(test)]
mod tests;
