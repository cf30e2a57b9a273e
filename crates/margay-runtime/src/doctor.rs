//! Doctor: whether database, lake and ledger are whole and agree, and mending what is safe to mend.
//!
//! ```text
//! t0  how far landing says it is          (a position moves after its commit, so it is never ahead of the table)
//! t1  the lake: logs, files, rows, how far each table is
//! t2  the database: entries, ids, ledger
//! t3  how far the journal is              (an entry is journalled before it lands, so the table is never ahead of it)
//! t4  every record that had landed at t1: has it a row?
//! ```
//! In this order nothing that a server does meanwhile looks like damage, so an examination works beside one. It changes
//! nothing. [`repair`] then mends what can be mended without losing what may be the only copy of something.
//!
//! | part | looks at |
//! |---|---|
//! | `look` | disk, key, database, lake |
//! | `agree` | whether journal, lake and ledger agree, source by source |
//! | `mend` | what can be mended |

use std::fmt::Display;

use margay_schema::SourceId;
use margay_store::Finding as StoreFinding;
use secrecy::SecretString;

use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::line::Line;

mod agree;
mod look;
mod mend;

/// Less room than this on the data directory's disk is worth a word: some hours of landing and one compaction of a large day.
pub const FREE_BYTES_LOW: u64 = 1024 * 1024 * 1024;

/// What one repair leads to the next finds, such as a lake that was made anew and is empty: so often it is looked again.
const ROUNDS_MAX: usize = 4;

/// What is examined.
#[derive(Debug, Clone)]
pub struct Patient {
    /// Where everything is.
    pub data_dir: DataDir,
    /// The master key from the environment, if it is there.
    pub master_key: Option<SecretString>,
    /// The time.
    pub clock: Clock,
    /// What somebody knows of a lake that has nothing.
    pub lake_fate: LakeFate,
}

/// What became of a lake whose tables are empty though records had landed in them. Nobody but a person knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LakeFate {
    /// It may come back: a disk that is not mounted looks like this. What it has must not be asked for again.
    MayReturn,
    /// It is gone for good.
    Gone,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Something does not hold that should always hold.
    Broken,
    /// Nothing is broken; somebody should know.
    Notice,
}

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What kind of thing; scripts rely on it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where: a log source, a table, a file.
    pub place: String,
    /// What it is.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    cure: Option<Cure>,
}

/// How a finding is mended.
#[derive(Debug, Clone)]
enum Cure {
    /// By the database itself.
    Store(Box<StoreFinding>),
    /// Equal rows of a record become one.
    RepeatedRows,
    /// Opening everything for writing makes what is not there, or upgrades it.
    Open,
    /// The position follows the table.
    Position(SourceId),
    /// What waits in the journal lands.
    Land(SourceId),
    /// What has landed and has no row lands again.
    LandAgain(SourceId),
    /// The vendor is asked again for what the journal no longer keeps.
    Reclaim(SourceId),
    /// What is settled ends where the proofs end.
    Settled(SourceId),
}

/// What became of a finding that was to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The finding's code.
    pub code: &'static str,
    /// The finding's place.
    pub place: String,
    /// What was done, or why it was not.
    pub outcome: Result<String, String>,
}

impl Severity {
    /// Returns its name; scripts rely on it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Broken => "broken",
            Severity::Notice => "notice",
        }
    }
}

impl Finding {
    /// Returns whether [`repair`] can mend it.
    pub fn is_repairable(&self) -> bool {
        self.cure.is_some()
    }

    /// A finding from a text whose hints stand on lines of their own, as errors have them.
    fn new(code: &'static str, severity: Severity, place: impl Into<String>, text: impl Display) -> Self {
        let text = text.to_string();
        let (text, hint) = match text.split_once("\nhint: ") {
            Some((text, hint)) => (text.to_owned(), Some(hint.replace("\nhint: ", "; "))),
            None => (text, None),
        };
        Self {
            code,
            severity,
            place: place.into(),
            text,
            hint,
            cure: None,
        }
    }

    fn broken(code: &'static str, place: impl Into<String>, text: impl Display) -> Self {
        Self::new(code, Severity::Broken, place, text)
    }

    fn cured_by(mut self, cure: Cure) -> Self {
        self.cure = Some(cure);
        self
    }
}

/// Returns what is wrong, and what somebody should know; nothing if all is well. Changes nothing, and works beside a server. What
/// cannot be read is a finding, not an error.
///
/// Takes time in proportion to journal and lake, and memory in proportion to neither.
pub async fn examine(patient: &Patient) -> Vec<Finding> {
    look::look(patient).await
}

/// Mends what can be mended, and looks again until nothing more can be. Returns what was done, and what is left. The caller holds the
/// data directory's lock, and has opened the line, which makes what is not there.
pub async fn repair(line: &Line, patient: &Patient) -> (Vec<Repair>, Vec<Finding>) {
    let mut repairs: Vec<Repair> = Vec::new();
    let mut findings = examine(patient).await;
    for _ in 0..ROUNDS_MAX {
        let is_new = |finding: &&Finding| {
            let is_this = |repair: &Repair| (repair.code, &repair.place) == (finding.code, &finding.place);
            finding.is_repairable() && !repairs.iter().any(is_this)
        };
        let curable: Vec<Finding> = findings.iter().filter(is_new).cloned().collect();
        if curable.is_empty() {
            break;
        }
        for finding in curable {
            repairs.push(mend::mend(line, &finding).await);
        }
        findings = examine(patient).await;
    }
    (repairs, findings)
}
