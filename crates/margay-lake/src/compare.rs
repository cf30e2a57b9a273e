//! Comparing: what a table says of a window of event time, against what the vendor says of it now.
//!
//! ```text
//! t0  window     rows of the window: their ids, and whole those of records that the vendor shows
//! t1  failures   records that were not met: are they classification failures?
//! t2  elsewhere  records that still were not met: the ids of all other rows of the table
//! ```
//!
//! t1 and t2 happen only if something was not met. They are what makes "missing" a fact: a row that another schema put at
//! another time is found, and is a difference, not a hole that would be filled with a second row.
//!
//! Nothing is written, and no sequence moves. Everything is read from one version of each table, the table of events first.
//! A record that a replay moves between the two tables meanwhile may be seen in neither; compare again what is missing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deltalake::kernel::StructType;
use deltalake::{DeltaTable, DeltaTableError};
use jiff::Timestamp;
use margay_schema::{Event, RowId, Schema, SourceId};

use crate::batch::BatchError;
use crate::columns::{self, EVENT_DATE};
use crate::data_file::{DataFile, PARSE_TIME, ROW_ID};
use crate::failure::{LakeError, Remedy};
use crate::incoming::Incoming;
use crate::lake::Inner;
use crate::reject::RejectRow;
use crate::table::Table;
use crate::window::Window;

mod canonical;
mod difference;
mod look;

use look::{Look, Shown};

/// Events and rejects of one comparison. A window of an organisation's busiest day stays below; all of them are in memory, with
/// about two kilobytes each.
pub const COMPARED_RECORDS_MAX: usize = 1_000_000;

/// Columns that two readings of one record need not share: when it was journalled, what its source was called then, by which
/// revision of the schema it was read, and what follows from other columns.
const COLUMNS_IGNORED: &[&str] = &[
    PARSE_TIME,
    "p_source_label",
    "p_schema_version",
    EVENT_DATE,
    "p_log_type",
    "p_source_id",
    ROW_ID,
];

/// What the vendor says now of a window of event time.
#[derive(Debug, Clone)]
pub struct Comparing<'a> {
    /// The schema that normalised the records; its log type names the table.
    pub schema: &'a Schema,
    /// The source whose rows are looked at.
    pub source_id: SourceId,
    /// Where the window begins, inclusive.
    pub from: Timestamp,
    /// Where the window ends, exclusive.
    pub to: Timestamp,
    /// The vendor's records of the window, normalised. Of two with one id the first counts. An event whose time is its time of
    /// parsing has none of its own, and its row may stand at any.
    pub events: Vec<Event>,
    /// The vendor's records of the window that the schema refuses.
    pub rejects: Vec<RejectRow>,
}

/// What a [`Comparing`] came to.
///
/// - **Invariant**: every record of the vendor is counted in exactly one of `same`, `missing`, `different` and `outdated`.
/// - **Shape**: fields compared are the schema's, `p_event_time`, `p_unmapped` and the `p_any_…` lists. A column of JSON is the same
///   whatever the order of its members and its blanks. Not compared are `p_parse_time`, `p_source_label` and `p_schema_version`, in which
///   two readings of one record may differ, nor how a record that is a reject is worded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Events whose row says the same, and rejects that are classification failures.
    pub same: u64,
    /// Records that are in neither table, the earliest first.
    pub missing: Vec<RowId>,
    /// Events whose row says something else, though the same revision of the schema made it.
    pub different: Vec<Differing>,
    /// Records whose row was made by another revision of the schema: it says something else, or stands in the other one of the
    /// two tables. Whether anything but the schema is the reason shows a replay, and comparing again after it.
    pub outdated: u64,
    /// Rows of the source in the window that the vendor does not show, and second rows of a record that it shows.
    pub extra: Vec<RowId>,
    /// Rows of the source in the window whose id no record can have: somebody else wrote them.
    pub foreign: u64,
}

/// An event whose row says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// The row.
    pub row_id: RowId,
    /// The columns that differ, in the schema's order; the outermost of nested ones.
    pub fields: Vec<String>,
}

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// The records contradict the window; the caller erred.
    #[error("the comparison is not well formed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// A table could not be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl CompareError {
    /// Returns what the caller should do.
    pub fn remedy(&self) -> Remedy {
        match self {
            CompareError::Malformed { .. } => Remedy::AskOperator,
            CompareError::Lake(error) => error.remedy(),
        }
    }

    fn malformed(error: &BatchError) -> Self {
        Self::Malformed {
            reason: error.to_string(),
        }
    }
}

/// A comparison that may leave the caller's executor.
pub(crate) struct Comparison {
    schema: Schema,
    window: Window,
    events: Vec<Event>,
    rejects: Vec<RejectRow>,
}

impl Comparison {
    /// Checks the records against the window.
    pub(crate) fn prepare(comparing: Comparing<'_>) -> Result<Self, CompareError> {
        let malformed = |reason: String| Err(CompareError::Malformed { reason });
        let Comparing {
            schema,
            source_id,
            from,
            to,
            ..
        } = comparing;
        let (mut events, mut rejects) = (comparing.events, comparing.rejects);
        if from >= to {
            return malformed(format!("the window from {from} to {to} is empty"));
        }
        if events.len() + rejects.len() > COMPARED_RECORDS_MAX {
            return malformed(format!("it has more than {COMPARED_RECORDS_MAX} records"));
        }
        let sources = events.iter().map(|event| event.standard.source_id);
        let mut sources = sources.chain(rejects.iter().map(|reject| reject.source_id));
        if let Some(stranger) = sources.find(|stranger| *stranger != source_id) {
            return malformed(format!(
                "a record of source `{stranger}` is among those of `{source_id}`"
            ));
        }
        let log_type = schema.log_type();
        if let Some(event) = events.iter().find(|event| event.standard.log_type != *log_type) {
            let alien = &event.standard.log_type;
            return malformed(format!("an event of `{alien}` stands among those of `{log_type}`"));
        }
        let mut seen = HashSet::with_capacity(events.len() + rejects.len());
        events.retain(|event| seen.insert(event.standard.row_id));
        rejects.retain(|reject| seen.insert(reject.row_id));
        events.sort_by_key(|event| event.standard.event_time);
        Ok(Self {
            schema: schema.clone(),
            window: Window::new(source_id, from, to),
            events,
            rejects,
        })
    }

    pub(crate) async fn run(self, lake: &Inner) -> Result<Compared, CompareError> {
        let wanted = columns::event_columns(&self.schema)?;
        let log = match lake.log(&self.schema.log_type().table_name()) {
            Some(table) => {
                let delta = table.fresh().await?;
                Some(Files::of(table, &delta, Some(&wanted))?)
            }
            None => None,
        };
        let delta = lake.rejects.fresh().await?;
        let failures = Files::of(Arc::clone(&lake.rejects), &delta, None)?;
        let comparing = tokio::task::spawn_blocking(move || self.look(&wanted, log.as_ref(), &failures));
        match comparing.await {
            Ok(compared) => compared,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(LakeError::Closing.into()),
        }
    }

    /// Looks through the files, on a thread that may block.
    fn look(self, wanted: &StructType, log: Option<&Files>, failures: &Files) -> Result<Compared, CompareError> {
        let shown = self.events.iter().map(Shown::event);
        let shown: Vec<Shown> = shown.chain(self.rejects.iter().map(Shown::reject)).collect();
        let is_compared = |name: &str| !COLUMNS_IGNORED.contains(&name);
        let compared = wanted.fields().filter(|field| is_compared(field.name())).cloned();
        let compared = StructType::try_new(compared).expect("they are some of the table's");
        let fields = self.schema.fields();
        let incoming =
            Incoming::events(fields, self.events, &compared).map_err(|error| CompareError::malformed(&error))?;
        let mut look =
            Look::new(shown, incoming, fields, self.window).map_err(|error| CompareError::malformed(&error.into()))?;
        if let Some(log) = log {
            look.at_window(&log.files).map_err(|error| log.failed(error))?;
        }
        if look.is_anything_missing() {
            look.at_failures(&failures.files)
                .map_err(|error| failures.failed(error))?;
        }
        if let Some(log) = log
            && look.is_anything_missing()
        {
            look.elsewhere(&log.files).map_err(|error| log.failed(error))?;
        }
        Ok(look.into_compared())
    }
}

/// The files of one version of a table.
struct Files {
    table: Arc<Table>,
    files: Vec<DataFile>,
}

impl Files {
    /// Lists the files, and refuses a table that cannot have the columns.
    fn of(table: Arc<Table>, delta: &DeltaTable, wanted: Option<&StructType>) -> Result<Self, LakeError> {
        let existing = delta.snapshot().map_err(|error| table.failed("read", error))?.schema();
        if let Some(wanted) = wanted {
            columns::merge(table.name(), &existing, wanted)?;
        }
        let files = DataFile::all(&table, delta)?;
        Ok(Self { table, files })
    }

    fn failed(&self, error: DeltaTableError) -> LakeError {
        self.table.failed("read", error)
    }
}

/// Returns the numbers of these records by the ids of their rows.
fn numbers(shown: &[Shown]) -> HashMap<RowId, usize> {
    shown
        .iter()
        .enumerate()
        .map(|(number, shown)| (shown.row_id, number))
        .collect()
}
