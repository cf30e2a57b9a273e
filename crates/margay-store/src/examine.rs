//! Looking through the whole database for what must hold in it, and mending what is safe to mend.
//!
//! An examination reads every entry, a few megabytes at a time, beside whatever else goes on. It finds; it changes nothing.
//! [`Store::repair`] then mends one finding, and looks again within its own transaction, so that repairing what is mended
//! already does nothing. Only that is safe which can neither lose a record nor claim a proof: remembering an id again,
//! raising a total, counting windows anew, giving up a range of the ledger so that it is read again.
//!
//! | part | looks at |
//! |---|---|
//! | `file` | the file itself: `SQLite`'s own checks, rows whose owner is gone |
//! | `journal` | entries, remembered ids, totals, positions |
//! | `proofs` | the ledger, backfills |
//! | `repair` | what can be mended |

use std::fmt;

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::credentials::CredentialsError;
use crate::fault::{FaultKind, StorageFault};
use crate::store::{OrFault, Store};

mod file;
mod journal;
mod proofs;
mod repair;

pub use repair::RepairError;

/// The most findings of one kind in one source; the last one says how many more there are. A person looks at the first few.
pub const FINDINGS_PER_KIND_MAX: usize = 20;

/// What is wrong. Its name is shown and scripts rely on it, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// `SQLite` finds that pages contradict each other.
    FileDamaged,
    /// A row belongs to one that is not there.
    ReferenceBroken,
    /// Entries or ids of a source that is not there.
    Leftover,
    /// A source lacks one of its rows.
    RowMissing,
    /// The credentials cannot be decrypted.
    CredentialsUnreadable,
    /// There are not as many entries as the sequences say, or some beyond these.
    EntriesMiscounted,
    /// An entry is missing or is not what was written.
    EntryDamaged,
    /// Ids of journalled records are not remembered, so that the records could be journalled again.
    IdForgotten,
    /// A record stands in the journal twice.
    IdTwice,
    /// Fewer records or bytes were counted than there are.
    TotalTooLow,
    /// A consumer is beyond the last entry.
    PositionBeyondHead,
    /// Entries were removed that a consumer has not read.
    PositionBelowKept,
    /// Rows of the ledger overlap, or say what cannot be.
    CoverageBroken,
    /// The ledger has proofs for a time that is yet to come.
    CoverageInFuture,
    /// The counts of a backfill do not agree with its windows.
    BackfillMiscounted,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// The source that it is about, if it is about one.
    pub source_id: Option<SourceId>,
    /// What is wrong, for people, with a hint on a line of its own if a person must act.
    pub text: String,
    /// Whether [`Store::repair`] can mend it.
    pub is_repairable: bool,
    /// The short key of the row that it is about: a source, or a backfill.
    target: i64,
}

impl FindingKind {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::FileDamaged => "file_damaged",
            FindingKind::ReferenceBroken => "reference_broken",
            FindingKind::Leftover => "leftover",
            FindingKind::RowMissing => "row_missing",
            FindingKind::CredentialsUnreadable => "credentials_unreadable",
            FindingKind::EntriesMiscounted => "entries_miscounted",
            FindingKind::EntryDamaged => "entry_damaged",
            FindingKind::IdForgotten => "id_forgotten",
            FindingKind::IdTwice => "id_twice",
            FindingKind::TotalTooLow => "total_too_low",
            FindingKind::PositionBeyondHead => "position_beyond_head",
            FindingKind::PositionBelowKept => "position_below_kept",
            FindingKind::CoverageBroken => "coverage_broken",
            FindingKind::CoverageInFuture => "coverage_in_future",
            FindingKind::BackfillMiscounted => "backfill_miscounted",
        }
    }

    fn is_repairable(self) -> bool {
        matches!(
            self,
            FindingKind::Leftover
                | FindingKind::IdForgotten
                | FindingKind::TotalTooLow
                | FindingKind::CoverageBroken
                | FindingKind::CoverageInFuture
                | FindingKind::BackfillMiscounted
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A source as an examination sees it.
#[derive(Debug)]
struct Subject {
    number: i64,
    id: SourceId,
    label: String,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings {
    list: Vec<Finding>,
    /// How many more there are of the last one's kind and source.
    more: usize,
}

impl Findings {
    fn add(&mut self, kind: FindingKind, subject: &Subject, text: fmt::Arguments<'_>) {
        let text = format!("log source \"{}\": {text}", subject.label);
        self.add_finding(Finding {
            kind,
            source_id: Some(subject.id),
            text,
            is_repairable: kind.is_repairable(),
            target: subject.number,
        });
    }

    fn add_finding(&mut self, finding: Finding) {
        let is_alike = |other: &&Finding| other.kind == finding.kind && other.source_id == finding.source_id;
        let alike = self.list.iter().rev().take_while(is_alike).count();
        if alike < FINDINGS_PER_KIND_MAX {
            self.tell_more();
            self.list.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Says at the last finding how many were left out after it.
    fn tell_more(&mut self) {
        if let (Some(last), true) = (self.list.last_mut(), self.more > 0) {
            last.text = format!("{} (and {} more like this)", last.text, self.more);
            self.more = 0;
        }
    }

    /// Turns damage that stopped a part of the examination into a finding; other faults end all of it.
    fn note_damage<T>(&mut self, what: &str, result: Result<T, StorageFault>) -> Result<Option<T>, StorageFault> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.kind() == FaultKind::Damaged => {
                self.add_finding(Finding {
                    kind: FindingKind::FileDamaged,
                    source_id: None,
                    text: format!("{what} cannot be read: {fault}"),
                    is_repairable: false,
                    target: 0,
                });
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }
}

impl Store {
    /// Looks through the whole database, and returns what does not hold in it: nothing, if all is well. See the table on
    /// top of this module. Changes nothing, works beside a server that runs, and on a store that is opened for reading.
    ///
    /// Without the master key, whether credentials can be decrypted is not looked at.
    ///
    /// Takes time and reads in proportion to the journal, and memory in proportion to neither.
    ///
    /// # Errors
    ///
    /// If the database cannot be read for another reason than damage, which is a finding.
    pub async fn examine(&self, now: Timestamp) -> Result<Vec<Finding>, StorageFault> {
        let mut findings = Findings::default();
        self.examine_file(&mut findings).await?;
        let subjects = self.subjects().await;
        for subject in findings
            .note_damage("the list of log sources", subjects)?
            .unwrap_or_default()
        {
            let what = format!("log source \"{}\"", subject.label);
            let examined = self.examine_source(&mut findings, &subject, now).await;
            findings.note_damage(&what, examined)?;
        }
        findings.tell_more();
        Ok(findings.list)
    }

    async fn examine_source(
        &self,
        findings: &mut Findings,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<(), StorageFault> {
        if !self.examine_rows(findings, subject).await? {
            return Ok(());
        }
        self.examine_credentials(findings, subject).await?;
        self.examine_counts(findings, subject).await?;
        self.examine_positions(findings, subject).await?;
        self.examine_entries(findings, subject, now).await?;
        self.examine_coverage(findings, subject, now).await?;
        self.examine_backfills(findings, subject).await
    }

    async fn examine_credentials(&self, findings: &mut Findings, subject: &Subject) -> Result<(), StorageFault> {
        match self.credentials(subject.id).await {
            Ok(_) | Err(CredentialsError::NoMasterKey) => Ok(()),
            Err(CredentialsError::Storage(fault)) => Err(fault),
            Err(error) => {
                findings.add(
                    FindingKind::CredentialsUnreadable,
                    subject,
                    format_args!("its credentials cannot be used: {error}"),
                );
                Ok(())
            }
        }
    }

    async fn subjects(&self) -> Result<Vec<Subject>, StorageFault> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as("SELECT number, id, label FROM source ORDER BY number")
            .fetch_all(self.readers())
            .await
            .or_fault(self)?;
        rows.into_iter()
            .map(|(number, id, label)| {
                let id = id.parse().map_err(|_| self.damaged("a source's id is no UUID"))?;
                Ok(Subject { number, id, label })
            })
            .collect()
    }
}
