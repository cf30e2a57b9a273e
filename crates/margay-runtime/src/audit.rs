//! Audit: windows are read again from the vendor and compared with the lake. Is the copy complete?
//!
//! ```text
//! range ─▶ windows of an hour ─▶ a seeded sample ─▶ each: vendor against lake ─▶ counts, a bound, repairs
//! ```
//! The vendor is asked through the source's gate, behind the live tail, and only so often as the audit may ask. A window counts
//! as checked only if it was read to its empty page. What is missing is repaired at once by whoever holds the source; beside a
//! process that holds it, that process is asked to read the windows again.
//!
//! | who | right | lands what it repairs |
//! |---|---|---|
//! | [`audit`], alone in the data directory | takes the lease | itself |
//! | a server, once a day ([`keep_auditing`]) | has the lease | its landing does |
//! | [`audit_beside`] a server | none: reads, compares, asks | nobody; the server reads the windows again |

use std::num::NonZeroU32;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::RETENTION;
use margay_connector::{BudgetLimits, RETRY_AFTER_MAX, Window};
use margay_lake::{CompareError, ReplaceError};
use margay_schema::LogType;
use margay_store::{
    AppendError, AuditError as KeepError, BackfillError, BackfillReason, Claim, EntriesError, Evidence, Ledger,
    LookupError, NewBackfill, NewNote, Source,
};
use tokio_util::sync::CancellationToken;

use crate::backfill;
use crate::content::VersionedSchema;
use crate::gate::Gate;
use crate::land::{self, LandingError};
use crate::late::{self, Lateness};
use crate::lease::{self, LeaseProblem};
use crate::line::Line;
use crate::poll::RoundResult;
use crate::reader::Reader;
use crate::source::{self, BindError};
use crate::story::Sentence;

mod check;
mod collect;
mod confidence;
mod daily;
mod plan;
mod repair;
mod report;

use check::Checked;
use collect::Vendor;
pub use confidence::{per_million, poisson_upper_95, upper_95_per_million};
pub(crate) use daily::keep_auditing;
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
/// So many backfills are asked for at most; windows that are further apart are then asked for as one range.
const BACKFILLS_ASKED_MAX: usize = 10;

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
    /// Whether what it finds complete is entered into the ledger.
    pub claims: Claims,
}

/// Whether windows that were found complete are entered into the coverage ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claims {
    /// They are, as audited.
    Enter,
    /// They are not: small audits that come every day would cut the ledger into hours.
    Leave,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            sample: Sample::permille(SAMPLE_PERMILLE_DEFAULT).unwrap_or(Sample::ALL),
            requests_max: REQUESTS_DEFAULT,
            seed: None,
            claims: Claims::Enter,
        }
    }
}

/// Why there is no audit. What it had repaired stays.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The range is empty.
    #[error("there is nothing to audit of source `{label}`: {reason}")]
    NothingToAudit {
        /// The source.
        label: String,
        /// Why, for people.
        reason: String,
    },
    /// Its records cannot be normalised, so there is nothing to compare.
    #[error("the records of `{log_type}` cannot be compared: {problem}")]
    NoSchema {
        /// The log type.
        log_type: LogType,
        /// Why.
        problem: String,
    },
    /// The source cannot be read.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The lease could not be taken or kept.
    #[error(transparent)]
    Lease(#[from] LeaseProblem),
    /// What waits in the journal could not be landed.
    #[error(transparent)]
    Landing(#[from] LandingError),
    /// The tables could not be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// A row could not be put back.
    #[error(transparent)]
    Restore(#[from] ReplaceError),
    /// The database could not tell.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The journal could not be read.
    #[error(transparent)]
    Entries(#[from] EntriesError),
    /// A missing record could not be journalled, or a claim not entered.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A backfill could not be asked for.
    #[error(transparent)]
    Backfill(#[from] BackfillError),
    /// The result could not be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// A task of ours died.
    #[error("normalising stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
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
        started_at,
        finished_at: started_at,
        range,
        sample: settings.sample,
        seed,
        span: plan.span,
        windows_total: plan.windows_total as u64,
        windows_drawn: plan.windows.len() as u64,
        windows_checked: 0,
        requests: 0,
        counts: Counts::default(),
        findings: Vec::new(),
        repair: Repair::Made,
        end: AuditEnd::Done,
    };
    let mut found = Checked::default();
    let pause = pause(&line, &source, started_at).await?;
    let windows = if let Some(end) = pause {
        audit.end = end;
        Vec::new()
    } else {
        plan.windows
    };
    for window in windows {
        match check::check(&mut vendor, right, &versioned, window, seed, stop).await? {
            Ok(checked) => found.add(checked),
            Err(end) => {
                audit.end = end;
                break;
            }
        }
        audit.windows_checked += 1;
        heard(audit.windows_checked, audit.windows_drawn);
    }
    audit.requests = vendor.requests;
    audit.counts = found.counts;
    audit.findings = std::mem::take(&mut found.findings);
    audit.finished_at = line.clock.now();
    settle(&vendor, right, settings, &found, &mut audit).await?;
    keep(&line, &source, &audit).await?;
    Ok(audit)
}

/// What the vendor told another process, or an earlier one, holds for us too. A time further ahead than any pause was noted under
/// a clock that has been set back since.
async fn pause(line: &Line, source: &Source, now: Timestamp) -> Result<Option<AuditEnd>, AuditError> {
    let latest = now.saturating_add(RETRY_AFTER_MAX).unwrap_or(Timestamp::MAX);
    let until = line.store.poll_status(source.id).await?.retry_not_before;
    let until = until.filter(|time| *time > now && *time <= latest);
    Ok(until.map(|time| {
        AuditEnd::Vendor(RoundResult::Failed {
            problem: format!("the vendor asked not to be called before {time}"),
            retry_not_before: Some(time),
        })
    }))
}

impl Checked {
    fn add(&mut self, more: Self) {
        self.counts.add(more.counts);
        self.findings.extend(more.findings);
        self.findings.truncate(FINDINGS_KEPT_MAX);
        self.sound.extend(more.sound);
        self.wanting.extend(more.wanting);
        self.lateness.add(&more.lateness);
    }
}

fn schema_of(line: &Line, source: &Source) -> Result<VersionedSchema, AuditError> {
    let log_type = &source.log_type;
    line.content
        .schema(log_type)
        .cloned()
        .ok_or_else(|| AuditError::NoSchema {
            log_type: log_type.clone(),
            problem: line.content.problem_of(log_type).unwrap_or_default(),
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
    let settled = late::settled_through(ledger, source, lateness);
    let to = settings.to.unwrap_or(settled).min(proven);
    Window::new(from, to).ok_or_else(|| {
        if settings.from.is_some() || settings.to.is_some() {
            nothing("in that range nothing is proven that the vendor still keeps")
        } else {
            nothing("what was read so far is so new that late events may still come\nhint: try again later, or name a range with --from and --to")
        }
    })
}

/// Enters what was proven, counts late events, and asks for what could not be repaired.
async fn settle(
    vendor: &Vendor,
    right: &Right<'_>,
    settings: AuditSettings,
    found: &Checked,
    audit: &mut Audit,
) -> Result<(), AuditError> {
    let (store, source_id) = (&vendor.line.store, vendor.source.id);
    match right {
        Right::Held(reader, _) => {
            store.add_lateness(source_id, &found.lateness.buckets()).await?;
            if settings.claims == Claims::Enter {
                claim(reader, &found.sound, audit.finished_at).await?;
            }
        }
        Right::Beside => {
            let windows = merged(&found.wanting);
            audit.repair = Repair::Asked {
                windows: ask(vendor, &windows, audit.finished_at).await?,
            };
        }
    }
    Ok(())
}

/// A ledger that has no room costs the claim and nothing else: what it says without it is true.
async fn claim(reader: &Reader, windows: &[Window], at: Timestamp) -> Result<(), AuditError> {
    let claims: Vec<Claim> = merged(windows)
        .iter()
        .map(|window| Claim {
            from: window.from(),
            to: window.to(),
            evidence: Evidence::Audit,
            at,
        })
        .collect();
    match reader.line.store.claim(reader.source_id(), reader.token, &claims).await {
        Err(AppendError::LedgerFull { .. }) => {
            tracing::warn!(
                source = reader.label(),
                "the coverage ledger is full; an audit was not entered"
            );
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Returns the same time in as few windows as there can be, in order.
fn merged(windows: &[Window]) -> Vec<Window> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<Window> = Vec::new();
    for window in sorted {
        let joined = merged
            .last()
            .filter(|last| last.to() >= window.from())
            .and_then(|last| Window::new(last.from(), last.to().max(window.to())));
        match (merged.last_mut(), joined) {
            (Some(last), Some(joined)) => *last = joined,
            _ => merged.push(window),
        }
    }
    merged
}

/// Asks whoever polls the source to read these windows again; returns how many windows it will be.
async fn ask(vendor: &Vendor, windows: &[Window], now: Timestamp) -> Result<u64, AuditError> {
    let whole = windows.first().zip(windows.last());
    let asked: Vec<Window> = if windows.len() > BACKFILLS_ASKED_MAX {
        whole
            .and_then(|(first, last)| Window::new(first.from(), last.to()))
            .into_iter()
            .collect()
    } else {
        windows.to_vec()
    };
    let mut count = 0;
    for window in asked {
        let parts = backfill::by_day(window);
        count += parts.len() as u64;
        let wanted = NewBackfill {
            from: window.from(),
            to: window.to(),
            reason: BackfillReason::Asked,
            windows: parts.iter().map(|part| (part.from(), part.to())).collect(),
            now,
        };
        vendor.line.store.ask_backfill(vendor.source.id, wanted).await?;
    }
    Ok(count)
}

/// Keeps the result, and tells of it.
async fn keep(line: &Line, source: &Source, audit: &Audit) -> Result<(), AuditError> {
    line.store.keep_audit(source.id, audit.to_record()).await?;
    crate::telemetry::audited(&source.label, audit);
    let mut sentences: Vec<Sentence> = vec![report::told(audit)];
    if audit.counts.repaired > 0 {
        sentences.push(report::repaired(audit.counts.repaired));
    }
    for sentence in sentences {
        let note = NewNote {
            at: audit.finished_at,
            kind: sentence.kind,
            text: sentence.text,
        };
        line.store.note(source.id, note).await?;
    }
    if audit.is_sound() {
        tracing::debug!(source = source.label, "an audit found nothing wrong");
    } else {
        tracing::error!(
            source = source.label,
            missing = audit.counts.missing - audit.counts.repaired,
            extra = audit.counts.extra,
            different = audit.counts.different,
            "an audit found events that are not as the vendor shows them"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
