//! What an audit found, in numbers and in sentences.

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_store::{AUDIT_DETAILS_BYTES_MAX, AuditRecord};
use serde::{Deserialize, Serialize};

use super::confidence::{per_million, upper_95_per_million};
use super::{Occasion, Sample};
use crate::poll::RoundResult;
use crate::story;

/// Findings of which the ids are kept; the counts are of all.
pub const FINDINGS_KEPT_MAX: usize = 100;
/// The longest id of a record that is kept with a finding.
const RECORD_ID_CHARS_MAX: usize = 128;

/// What an audit did and found.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Why it was made.
    pub occasion: Occasion,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The event time that it is about.
    pub range: Window,
    /// How much of it was to be read.
    pub sample: Sample,
    /// What the sample was drawn with.
    pub seed: u64,
    /// How long its windows are.
    pub span: SignedDuration,
    /// Windows in the range.
    pub windows_total: u64,
    /// Windows in the sample.
    pub windows_drawn: u64,
    /// Windows that were read to their empty page and compared.
    pub windows_checked: u64,
    /// Windows that the requests did not suffice to finish: too dense to check within them.
    pub windows_too_dense: u64,
    /// Requests that were made.
    pub requests: u64,
    /// What was counted.
    pub counts: Counts,
    /// What was found, at most [`FINDINGS_KEPT_MAX`].
    pub findings: Vec<Finding>,
    /// What was done about missing events.
    pub repair: Repair,
    /// How it ended.
    pub end: AuditEnd,
}

/// Counts of one or many windows.
///
/// - **Invariant**: `missing`, `different`, `outdated` and `waiting` are parts of `events`; `gone` and `repaired` are parts of `missing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that the vendor shows.
    pub events: u64,
    /// Of these, those that the copy had not.
    pub missing: u64,
    /// Missing ones that had landed: their rows are gone from the lake, and no reading of the log brings them back.
    pub gone: u64,
    /// Missing ones that are in the lake now.
    pub repaired: u64,
    /// Rows that the vendor does not show, and second rows of one event.
    pub extra: u64,
    /// Events whose row says something else.
    pub different: u64,
    /// Events whose row another version of the schema made; a replay brings them up to date.
    pub outdated: u64,
    /// Events that are journalled and wait to be landed.
    pub waiting: u64,
}

/// What is wrong with one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Its row, `p_row_id`.
    pub row_id: String,
    /// The vendor's id, where the vendor shows the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// The columns that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What is wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The vendor shows it and the copy had not.
    Missing,
    /// The copy has it and the vendor does not show it.
    Extra,
    /// Both have it, and they say different things.
    Different,
}

impl FindingKind {
    /// Returns its name as it is shown and kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different => "different",
        }
    }
}

/// What was done about missing events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// They were journalled and landed, or put back.
    Made,
    /// Another process polls the source, so nothing was repaired.
    Asked {
        /// Windows that it was asked to read again, since something of them was never journalled.
        windows: u64,
        /// Within what time rows are gone that had landed: these it cannot bring back.
        gone_within: Option<Window>,
    },
}

/// How an audit ended.
#[derive(Debug, Clone)]
pub enum AuditEnd {
    /// The sample was read.
    Done,
    /// The requests were used up.
    OutOfRequests,
    /// We were told to stop.
    Stopped,
    /// The vendor could not be read.
    Vendor(RoundResult),
}

impl Counts {
    pub(super) fn add(&mut self, more: Self) {
        self.events += more.events;
        self.missing += more.missing;
        self.gone += more.gone;
        self.repaired += more.repaired;
        self.extra += more.extra;
        self.different += more.different;
        self.outdated += more.outdated;
        self.waiting += more.waiting;
    }
}

impl Finding {
    pub(super) fn new(kind: FindingKind, row_id: impl std::fmt::Display, record_id: Option<&str>) -> Self {
        Self {
            kind,
            row_id: row_id.to_string(),
            record_id: record_id.map(|id| id.chars().take(RECORD_ID_CHARS_MAX).collect()),
            fields: Vec::new(),
        }
    }
}

impl Audit {
    /// Whether nothing is wrong any more with what was read.
    pub fn is_sound(&self) -> bool {
        let counts = self.counts;
        counts.missing == counts.repaired && counts.extra == 0 && counts.different == 0
    }

    /// Whether every window of the range was read, so that nothing is left to be inferred.
    pub fn is_whole(&self) -> bool {
        self.windows_checked == self.windows_total
    }

    /// Returns how many events in a million were missing at most, with 95 % confidence; nothing if none was compared, or if what was
    /// compared is no random sample, since windows were left out for having many events.
    pub fn missing_per_million_max(&self) -> Option<f64> {
        if self.windows_too_dense > 0 {
            return None;
        }
        upper_95_per_million(self.counts.missing, self.counts.events)
    }

    /// Says what was shown, and what was not.
    pub fn sentence(&self) -> String {
        let mut text = self.verdict();
        match &self.end {
            AuditEnd::Done => {}
            AuditEnd::OutOfRequests => text.push_str(&self.ended_early("the requests were used up")),
            AuditEnd::Stopped => text.push_str(&self.ended_early("it was stopped")),
            AuditEnd::Vendor(_) => text.push_str(&self.ended_early("the vendor could not be read")),
        }
        if self.windows_too_dense > 0 {
            text.push_str(&self.too_dense());
        }
        if let Repair::Asked {
            gone_within: Some(_), ..
        } = self.repair
        {
            text.push_str(
                ". What is gone from the lake is put back by an audit without a server, or by the server's own when it draws these windows",
            );
        }
        text
    }

    fn verdict(&self) -> String {
        let windows = self.windows_text();
        let Counts {
            events,
            missing,
            gone,
            repaired,
            extra,
            different,
            ..
        } = self.counts;
        if self.windows_checked == 0 && events == 0 {
            return "nothing was compared, so nothing is shown".to_owned();
        }
        if events == 0 && extra == 0 {
            return format!(
                "{windows} have no event, at the vendor and here: nothing is missing there, and nothing is shown of the rest"
            );
        }
        let mut found = vec![match (missing, missing - repaired) {
            (0, _) => "none is missing".to_owned(),
            (missing, 0) => format!(
                "{} {} missing and {} kept now",
                grouped(missing),
                was(missing),
                is(missing)
            ),
            (missing, left) if left == missing => format!("{} {} missing", grouped(missing), is(missing)),
            (missing, left) => format!(
                "{} {} missing, of which {} still {}",
                grouped(missing),
                was(missing),
                grouped(left),
                is(left)
            ),
        }];
        if gone > 0 {
            found.push(format!("{} of these had landed before", grouped(gone)));
        }
        if extra > 0 {
            found.push(format!(
                "{} more {} here that the vendor does not show",
                grouped(extra),
                is(extra)
            ));
        }
        if different > 0 {
            let say = if different == 1 { "says" } else { "say" };
            found.push(format!("{} {say} something else here", grouped(different)));
        }
        let found = found.join(", ");
        let rest = match self.missing_per_million_max() {
            Some(bound) if !self.is_whole() => format!(
                "; with 95 % confidence fewer than {} in a million {} missing, if the other {} are like these",
                ceiled(bound),
                if missing > 0 { "were" } else { "are" },
                self.unit()
            ),
            _ => String::new(),
        };
        format!("of {} events in {windows} {found}{rest}", grouped(events))
    }

    fn ended_early(&self, why: &str) -> String {
        format!(
            ". It ended early, since {why}: {} of the {} windows to be read were compared",
            grouped(self.windows_checked),
            grouped(self.windows_drawn)
        )
    }

    fn too_dense(&self) -> String {
        format!(
            ". {} {} too dense for the requests that were left: such windows are left out, so those compared are no random sample, and nothing is said of the others",
            grouped(self.windows_too_dense),
            was(self.windows_too_dense)
        )
    }

    /// "108 of 2,160 hours"
    fn windows_text(&self) -> String {
        let total = grouped(self.windows_total);
        if self.is_whole() {
            format!("all {total} {}", self.unit())
        } else {
            format!("{} of {total} {}", grouped(self.windows_checked), self.unit())
        }
    }

    fn unit(&self) -> String {
        match self.span.as_hours() {
            1 => "hours".to_owned(),
            hours => format!("windows of {hours} h"),
        }
    }

    /// Returns what is kept of it.
    pub(super) fn to_record(&self) -> AuditRecord {
        AuditRecord {
            started_at: self.started_at,
            finished_at: self.finished_at,
            from: self.range.from(),
            to: self.range.to(),
            sample_permille: self.sample.get(),
            seed: self.seed,
            windows: self.windows_checked,
            windows_total: self.windows_total,
            requests: self.requests,
            events_checked: self.counts.events,
            missing: self.counts.missing,
            extra: self.counts.extra,
            different: self.counts.different,
            repaired: self.counts.repaired,
            outcome: self.sentence(),
            details: self.details(),
        }
    }

    /// The details as JSON; with fewer findings if they are too long.
    fn details(&self) -> String {
        let mut findings = self.findings.as_slice();
        loop {
            let details = Details {
                windows_drawn: self.windows_drawn,
                occasion: self.occasion.as_str(),
                windows_too_dense: self.windows_too_dense,
                gone: self.counts.gone,
                outdated: self.counts.outdated,
                waiting: self.counts.waiting,
                missing_per_million_max: self.missing_per_million_max(),
                end: self.end.as_str(),
                findings,
            };
            let text = serde_json::to_string(&details).unwrap_or_else(|_| "{}".to_owned());
            if text.len() <= AUDIT_DETAILS_BYTES_MAX || findings.is_empty() {
                return text;
            }
            findings = findings.get(..findings.len() / 2).unwrap_or_default();
        }
    }

    /// Returns how many of the events compared `count` are, in a million; nothing if none was compared.
    pub fn per_million(&self, count: u64) -> Option<f64> {
        per_million(count, self.counts.events)
    }
}

impl AuditEnd {
    /// Returns its name as it is shown and kept.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::OutOfRequests => "out_of_requests",
            Self::Stopped => "stopped",
            Self::Vendor(_) => "vendor_unreadable",
        }
    }
}

#[derive(Serialize)]
struct Details<'a> {
    occasion: &'static str,
    windows_drawn: u64,
    windows_too_dense: u64,
    gone: u64,
    outdated: u64,
    waiting: u64,
    missing_per_million_max: Option<f64>,
    end: &'static str,
    findings: &'a [Finding],
}

/// What of the kept details is read back.
#[derive(Default, Deserialize)]
#[serde(default)]
struct KeptDetails {
    occasion: String,
    end: String,
}

/// Returns whether this is a daily audit that ended well: one that the vendor cut short shows little, and is made again.
pub(super) fn is_days_audit(record: &AuditRecord) -> bool {
    let details: KeptDetails = serde_json::from_str(&record.details).unwrap_or_default();
    let ended_well = [AuditEnd::Done, AuditEnd::OutOfRequests].map(|end| end.as_str());
    details.occasion == Occasion::Daily.as_str() && ended_well.contains(&details.end.as_str())
}

/// What the history says of an audit.
pub(super) fn told(audit: &Audit) -> story::Sentence {
    story::Sentence {
        kind: margay_store::HistoryKind::Audited,
        text: format!("audit: {}", audit.sentence()),
    }
}

/// What the history says of a repair.
pub(super) fn repaired(count: u64) -> story::Sentence {
    story::Sentence {
        kind: margay_store::HistoryKind::Repaired,
        text: if count == 1 {
            "1 event that an audit found missing was fetched again and is in the lake".to_owned()
        } else {
            format!(
                "{} events that an audit found missing were fetched again and are in the lake",
                grouped(count)
            )
        },
    }
}

fn is(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn was(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// A bound is rounded up: rounded down it would promise more than was shown.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between zero and a million"
)]
fn ceiled(bound: f64) -> String {
    grouped(bound.ceil() as u64)
}

/// "12,345"
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
