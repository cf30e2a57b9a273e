//! Examining: whether a lake is whole. For every table: its log can be read, every file that the log names is there and as long
//! as it says, no record has two rows, none is both an event and a classification failure.
//!
//! Nothing is written. What is found says whether [`crate::Lake::remove_repeated_rows`] mends it, or what a person has to do;
//! nothing here deletes what may be the only copy of something.
//!
//! Memory stays bounded: ids are looked at in as many passes as it takes, each for its share of all possible ids.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use deltalake::DeltaTable;
use deltalake::arrow::datatypes::SchemaRef;
use margay_schema::{RowId, SourceId};

use crate::columns;
use crate::data_file::DataFile;
use crate::failure::{Chain, LakeError};
use crate::table::{CLASSIFICATION_FAILURES, LOG, LOGS, MONITOR, Table};

mod files;
mod ids;
mod repair;
mod repeated;

use files::Usable;
pub use repair::RepeatedRemoved;
pub(crate) use repair::remove_repeated_rows;

/// Rows that a finding lists at most: enough to look at some of them.
pub const FINDING_ROWS_MAX: usize = 100;

/// What was found out of a lake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// The tables that can be read, sorted by name.
    pub tables: Vec<ExaminedTable>,
    /// What is wrong, table by table; empty if nothing is.
    pub findings: Vec<Finding>,
}

/// What is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminedTable {
    /// `database.table`
    pub name: String,
    /// The version that was looked at.
    pub version: u64,
    /// Its data files.
    pub files: u64,
    /// Their bytes, by the log.
    pub bytes: u64,
    /// Rows in the files that can be read.
    pub rows: u64,
    /// By source: those that have rows, and those that were asked for.
    pub sources: BTreeMap<SourceId, SourceRows>,
}

/// What a table has of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceRows {
    /// Rows in the files that can be read.
    pub rows: u64,
    /// The last journal sequence that landed, as [`crate::Lake::landed`] and [`crate::Lake::rejects_landed`] say it.
    pub landed: Option<u64>,
}

/// Something that is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub code: FindingCode,
    /// `database.table`
    pub table: String,
    /// How many files or rows it is about; 1 for a table.
    pub count: u64,
    /// Some of the rows that it is about, at most [`FINDING_ROWS_MAX`].
    pub rows: Vec<RowId>,
    /// What it is, and on a line of its own what to do about it.
    pub text: String,
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingCode {
    /// There are data files and no log that says which of them count.
    LogMissing,
    /// The log cannot be read.
    LogUnreadable,
    /// Files that the log names are not there.
    FileMissing,
    /// Files have another size than the log says.
    FileSize,
    /// Files cannot be read.
    FileUnreadable,
    /// Records have two or more rows that are exactly equal.
    RowRepeated,
    /// Records have two or more rows that say different things.
    RowContradicted,
    /// Records are both events and classification failures.
    RowInBoth,
    /// Rows have an id or a source that Margay does not give.
    RowForeign,
}

impl FindingCode {
    /// Returns whether [`crate::Lake::remove_repeated_rows`] mends it.
    pub fn is_mended_safely(self) -> bool {
        self == FindingCode::RowRepeated
    }

    /// Returns the code as programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingCode::LogMissing => "log_missing",
            FindingCode::LogUnreadable => "log_unreadable",
            FindingCode::FileMissing => "file_missing",
            FindingCode::FileSize => "file_size",
            FindingCode::FileUnreadable => "file_unreadable",
            FindingCode::RowRepeated => "row_repeated",
            FindingCode::RowContradicted => "row_contradicted",
            FindingCode::RowInBoth => "row_in_both",
            FindingCode::RowForeign => "row_foreign",
        }
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A table that can be read, with the files of one version of it.
struct Opened {
    table: Table,
    delta: DeltaTable,
    files: Vec<DataFile>,
}

impl Opened {
    fn name(&self) -> String {
        format!("{}.{}", self.table.database(), self.table.name())
    }

    fn columns(&self) -> Result<SchemaRef, LakeError> {
        let failed = |error| self.table.failed("read", error);
        let columns = self.delta.snapshot().map_err(failed)?.schema();
        columns::to_arrow(&columns).map_err(|error| failed(error.into()))
    }

    /// Says what the log says, before any file was looked at.
    fn described(&self, sources: &[SourceId]) -> ExaminedTable {
        ExaminedTable {
            name: self.name(),
            version: self.delta.version().unwrap_or(0),
            files: self.files.len() as u64,
            bytes: self.files.iter().map(DataFile::size).sum(),
            rows: 0,
            sources: sources.iter().map(|id| (*id, SourceRows::default())).collect(),
        }
    }
}

/// Examines the lake in this folder, whether or not a [`crate::Lake`] of it is open.
pub(crate) async fn examine(root: &Path, sources: &[SourceId]) -> Result<Examined, LakeError> {
    let mut examined = Examined::default();
    let mut opened = Vec::new();
    for (database, name) in tables_of(root)? {
        match open(root, database, &name).await {
            Ok(Some(table)) => opened.push(table),
            Ok(None) if holds_files(&root.join(database).join(&name)) => examined.findings.push(Finding {
                code: FindingCode::LogMissing,
                table: format!("{database}.{name}"),
                count: 1,
                rows: Vec::new(),
                text: "the folder has files and no log that says which of them are the table\n\
                       hint: restore the table's folder from a backup; keep the files until then"
                    .to_owned(),
            }),
            Ok(None) => {}
            Err(error) => examined.findings.push(Finding {
                code: FindingCode::LogUnreadable,
                table: format!("{database}.{name}"),
                count: 1,
                rows: Vec::new(),
                text: format!(
                    "the table's log cannot be read: {}\n\
                     hint: restore the table's folder from a backup, or move it away and start again: what the journal still \
                     has lands anew",
                    Chain(&error)
                ),
            }),
        }
    }
    // The failures come first, as their ids are looked for among the events'.
    opened.sort_by_key(|opened| opened.table.database() == LOGS);
    examined.tables = opened.iter().map(|opened| opened.described(sources)).collect();
    let looking = tokio::task::spawn_blocking(move || look(&opened, &mut examined).map(|()| (opened, examined)));
    let (opened, mut examined) = match looking.await {
        Ok(looked) => looked?,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return Err(LakeError::Closing),
    };
    for (opened, table) in opened.iter().zip(&mut examined.tables) {
        for (source_id, rows) in &mut table.sources {
            rows.landed = opened.table.landed(&opened.delta, *source_id).await?;
        }
    }
    examined.tables.sort_by(|one, other| one.name.cmp(&other.name));
    examined
        .findings
        .sort_by(|one, other| (&one.table, one.code).cmp(&(&other.table, other.code)));
    Ok(examined)
}

/// Looks through the files of the tables, on a thread that may block.
fn look(opened: &[Opened], examined: &mut Examined) -> Result<(), LakeError> {
    let mut usable = Vec::new();
    for (opened, table) in opened.iter().zip(&mut examined.tables) {
        usable.push(Usable::of(opened, table, &mut examined.findings));
    }
    ids::look(&usable, &mut examined.findings)
}

async fn open(root: &Path, database: &'static str, name: &str) -> Result<Option<Opened>, LakeError> {
    if !root.join(database).join(name).join(LOG).is_dir() {
        return Ok(None);
    }
    let Some(table) = Table::open_existing(root, database, name).await? else {
        return Ok(None);
    };
    let delta = table.cached();
    let files = DataFile::all(&table, &delta)?;
    Ok(Some(Opened { table, delta, files }))
}

/// Returns the folders that are tables, or were, by database and name.
fn tables_of(root: &Path) -> Result<Vec<(&'static str, String)>, LakeError> {
    let failed = |path: &Path, source| LakeError::Folder {
        path: path.to_owned(),
        source,
    };
    std::fs::metadata(root).map_err(|source| failed(root, source))?;
    let mut tables = vec![(MONITOR, CLASSIFICATION_FAILURES.to_owned())];
    let logs = root.join(LOGS);
    let entries = match std::fs::read_dir(&logs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(tables),
        Err(error) => return Err(failed(&logs, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|source| failed(&logs, source))?;
        if let Some(name) = entry.file_name().to_str()
            && entry.path().is_dir()
        {
            tables.push((LOGS, name.to_owned()));
        }
    }
    tables[1..].sort();
    Ok(tables)
}

/// Returns whether there is anything in the folder. An empty one is what is left of looking for a table.
fn holds_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
