//! The raw record of a row: what the vendor sent, byte for byte.
//!
//! ```text
//! row id ─▶ the table: whose row it is, and when its record was journalled
//!        ─▶ the journal: the entries of that source and moment
//!        ─▶ in them the record whose row has this id
//! ```
//! The id of a row is made of the source and the vendor's id of the record, so what is found is the record and no other. A classification
//! failure has its record in its row, for good; everything else is gone once the journal has forgotten it.

use jiff::Timestamp;
use jiff::civil::Date;
use margay_lake::{Cell, LakeError, Multipliers, QueryContext, QueryError};
use margay_schema::{RowId, SourceId};
use margay_store::{EntriesError, Entry, EntryText, LookupError, Sequence};

use crate::line::Line;

/// How long the table is looked through. Ids are not sorted, so all of a large table may have to be read if the day is not known.
const LOOK_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);
/// Memory for that; one condition on one column needs little.
const LOOK_MEMORY_BYTES_MAX: usize = 64 << 20;
/// Entries of one source that were journalled at the same microsecond. There is one, unless a clock stands still.
const ENTRIES_MAX: usize = 16;
/// The table whose rows have their records.
const FAILURES: &str = "margay_monitor.classification_failures";

/// Which row it is.
#[derive(Debug, Clone, Copy)]
pub struct RowPlace<'a> {
    /// The table, with or without its database: `asana_audit`, `margay_monitor.classification_failures`.
    pub table: &'a str,
    /// Its `p_row_id`.
    pub row_id: RowId,
    /// Its `p_event_date`, if it is known: only that day's files are read then.
    pub event_date: Option<Date>,
}

/// A record as the vendor sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Its text.
    pub text: String,
    /// When it was read from the vendor.
    pub read_at: Timestamp,
}

/// Why there is no raw record.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// There is no such table.
    #[error("there is no table `{0}`\nhint: `margay_logs` has the tables of log types; GET /tables lists all")]
    NoTable(String),
    /// The table has no such row.
    #[error("the table has no row with the id {0}")]
    NoRow(RowId),
    /// The journal does not have the record any more.
    #[error(
        "the record of this row, read at {read_at}, is not kept any more\nhint: records are kept for 30 days after they landed, and not at all if they were imported without the journal; the row stays"
    )]
    NotKept {
        /// When it was read.
        read_at: Timestamp,
    },
    /// The tables could not be listed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The table could not be looked through.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] EntriesError),
    /// The work was cut short by a defect.
    #[error("looking for a record stopped unexpectedly")]
    Defect(#[from] tokio::task::JoinError),
}

/// Where the record of a row is.
enum Kept {
    InRow(RawRecord),
    InJournal { source_id: SourceId, read_at: Timestamp },
}

/// Returns the record that became a row.
///
/// # Errors
/// When there is no such row, or its record is not kept any more.
pub async fn record_of(line: &Line, place: RowPlace<'_>) -> Result<RawRecord, RawError> {
    match kept(line, place).await? {
        Kept::InRow(record) => Ok(record),
        Kept::InJournal { source_id, read_at } => in_journal(line, place.row_id, source_id, read_at).await,
    }
}

async fn kept(line: &Line, place: RowPlace<'_>) -> Result<Kept, RawError> {
    let RowPlace {
        table,
        row_id,
        event_date,
    } = place;
    let table = table_of(line, table)?;
    let payload = if table == FAILURES { "payload" } else { "null" };
    // Nothing of it was written by whoever asks: the name is that of a table that is there, the rest are a UUID and a date.
    let (database, name) = table.split_once('.').unwrap_or_default();
    let day = event_date.map_or_else(String::new, |date| format!(" and p_event_date = date '{date}'"));
    let sql = format!(
        "select p_source_id, p_parse_time, {payload} from \"{database}\".\"{name}\" where p_row_id = '{row_id}'{day} limit 1"
    );
    let context = QueryContext {
        timeout: LOOK_TIMEOUT,
        rows_max: 1,
        memory_bytes_max: LOOK_MEMORY_BYTES_MAX,
        multipliers: Multipliers::Refused,
        ..QueryContext::at(line.clock.now())
    };
    let rows = line.lake.query(&sql, context).await?.collect().await?;
    let Some([source_id, Cell::Time(read_at), payload]) = rows.first().map(Vec::as_slice) else {
        return Err(RawError::NoRow(row_id));
    };
    let read_at = Timestamp::from_microsecond(*read_at).map_err(|_| RawError::NoRow(row_id))?;
    match (payload, source_id) {
        (Cell::Text(text), _) => Ok(Kept::InRow(RawRecord {
            text: text.clone(),
            read_at,
        })),
        (_, Cell::Text(id)) => match id.parse() {
            Ok(source_id) => Ok(Kept::InJournal { source_id, read_at }),
            Err(_) => Err(RawError::NotKept { read_at }),
        },
        // A row that came from no log source never had a record.
        _ => Err(RawError::NotKept { read_at }),
    }
}

/// Returns a table that is there as `database.table`.
fn table_of(line: &Line, asked: &str) -> Result<String, RawError> {
    let tables = line.lake.tables();
    let is_asked = |table: &&String| *table == asked || table.split_once('.').is_some_and(|(_, name)| name == asked);
    let found = tables.iter().find(is_asked);
    found
        .cloned()
        .ok_or_else(|| RawError::NoTable(asked.chars().take(60).collect::<String>().escape_debug().to_string()))
}

/// Looks through the entries of that moment, one at a time: each may have many megabytes.
async fn in_journal(
    line: &Line,
    row_id: RowId,
    source_id: SourceId,
    read_at: Timestamp,
) -> Result<RawRecord, RawError> {
    let sequences = match line.store.sequences_at(source_id, read_at, ENTRIES_MAX).await {
        Ok(sequences) => sequences,
        // A source that is gone has taken its journal along.
        Err(LookupError::SourceUnknown(_)) => return Err(RawError::NotKept { read_at }),
        Err(LookupError::Storage(fault)) => return Err(EntriesError::from(fault).into()),
    };
    for sequence in sequences {
        let before = Sequence::new(sequence.get().saturating_sub(1));
        let entries = match line.store.entries(source_id, before, 1).await {
            Err(EntriesError::SourceUnknown(_)) => break,
            entries => entries?,
        };
        // Retention may have been here meanwhile, and then another entry is the next one.
        let is_wanted = |entry: &Entry| entry.sequence == sequence && entry.text == EntryText::Kept;
        let Some(entry) = entries.into_iter().find(is_wanted) else {
            continue;
        };
        let found = tokio::task::spawn_blocking(move || {
            let mut records = entry.records.into_iter();
            records.find(|record| RowId::of(source_id, &record.id) == row_id)
        });
        if let Some(record) = found.await? {
            return Ok(RawRecord {
                text: record.body,
                read_at,
            });
        }
    }
    Err(RawError::NotKept { read_at })
}
