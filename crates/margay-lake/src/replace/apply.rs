//! A change becomes one commit, tried anew from the table as it is whenever somebody else was faster.

use std::collections::HashSet;

use deltalake::arrow::array::{Array, AsArray, RecordBatch};
use deltalake::arrow::compute::filter_record_batch;
use deltalake::arrow::datatypes::Date32Type;
use deltalake::kernel::{Action, Add, StructType};
use deltalake::protocol::{DeltaOperation, MergePredicate};
use deltalake::{DeltaTable, DeltaTableError};
use tokio::task::block_in_place;

use super::change::Change;
use super::survey::{Counts, Survey, Touched};
use super::{Effect, FilesChanged, ReplaceError};
use crate::columns::{self, EVENT_DATE};
use crate::commit::{self, commit_properties, is_conflict};
use crate::data_file::{DataFile, NewFiles, discard_all};
use crate::failure::LakeError;
use crate::table::Table;

/// Tries to commit while others change the table.
const ATTEMPTS_MAX: u32 = 8;
/// Size at which a rewritten file ends and the next begins. A replay goes through the journal in batches of some 3 MB of such
/// a file, and each batch rewrites the rest of the files that it touches: files of about a batch make the least work that does
/// not make very many files, and compaction merges them afterwards.
const FILE_BYTES: usize = 4 << 20;

/// Decoded bytes that the writer gets at once: it ends a file between two writes only.
const WRITE_BYTES: usize = 1 << 20;

/// What a change did, or would do.
pub(super) struct Applied {
    pub(super) counts: Counts,
    pub(super) files: FilesChanged,
}

pub(super) async fn apply(
    table: &Table,
    wanted: &StructType,
    mut change: Change,
    effect: Effect,
) -> Result<Applied, ReplaceError> {
    for attempt in 1..=ATTEMPTS_MAX {
        let delta = match effect {
            Effect::Write => table.grow(wanted).await?,
            Effect::Count => table.fresh().await?,
        };
        let survey;
        (change, survey) = look(table, &delta, wanted, change).await?;
        if effect == Effect::Count || survey.is_done(&change) {
            let counts = survey.counts(&change);
            let files = FilesChanged::default();
            return Ok(Applied { counts, files });
        }
        let adds = block_in_place(|| write(table, &change, &survey)).map_err(|error| table.failed("write", error))?;
        let files = FilesChanged {
            removed: survey.touched.len(),
            added: adds.len(),
        };
        let counts = survey.counts(&change);
        let error = match commit(table, &delta, &adds, &survey.touched).await? {
            Ok(()) => return Ok(Applied { counts, files }),
            Err(error) => error,
        };
        if !is_conflict(&error) {
            // The commit may be there all the same: a checkpoint after it may have failed.
            let delta = table.fresh().await?;
            if is_committed(table, &delta, &adds, &survey.touched)? {
                tracing::warn!(table = table.name(), %error, "a commit is there although it reported an error");
                return Ok(Applied { counts, files });
            }
            return Err(table.failed("write", error).into());
        }
        discard_all(table.folder(), &adds);
        tracing::warn!(table = table.name(), attempt, %error, "another writer was faster; looking again");
    }
    Err(ReplaceError::Contended {
        table: table.name().to_owned(),
        attempts: ATTEMPTS_MAX,
    })
}

/// Looks through this version of the table, on a thread that may block, and gives the change back.
async fn look(
    table: &Table,
    delta: &DeltaTable,
    wanted: &StructType,
    mut change: Change,
) -> Result<(Change, Survey), LakeError> {
    let failed = |error: DeltaTableError| table.failed("read", error);
    let existing = delta.snapshot().map_err(failed)?.schema();
    // What is only counted does not grow the table; its rows are compared as if it had.
    let merged = columns::merge(table.name(), &existing, wanted)?;
    let schema = columns::to_arrow(merged.as_ref().unwrap_or(&existing)).map_err(|error| failed(error.into()))?;
    let files = if change.is_empty() {
        Vec::new()
    } else {
        DataFile::all(table, delta)?
    };
    let looking = tokio::task::spawn_blocking(move || {
        change.incoming.fit(&schema)?;
        let survey = Survey::of(&change, files)?;
        Ok((change, survey))
    });
    match looking.await {
        Ok(looked) => looked.map_err(failed),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(LakeError::Closing),
    }
}

/// Writes what comes in and what stays, as files that no commit names yet.
fn write(table: &Table, change: &Change, survey: &Survey) -> Result<Vec<Add>, DeltaTableError> {
    let mut files = NewFiles::new(table.folder(), change.incoming.schema(), FILE_BYTES);
    let mut first = 0;
    for batch in &change.incoming.batches {
        let mask = survey.mask(change, first, batch.num_rows());
        first += batch.num_rows();
        let rows = filter_record_batch(batch, &mask)?;
        if rows.num_rows() > 0 {
            files.write(day_of(&rows)?, &rows)?;
        }
    }
    files.end_file()?;
    // What stays of a day's files goes together, apart from what came in: the next batch of a replay then finds its rows
    // in fewer bytes.
    let mut touched: Vec<&Touched> = survey.touched.iter().collect();
    touched.sort_by_key(|touched| touched.file.day());
    for touched in touched {
        copy(touched, change, &mut files)?;
    }
    files.finish()
}

/// Writes the rows that stay of a file, batch by batch.
fn copy(touched: &Touched, change: &Change, files: &mut NewFiles) -> Result<(), DeltaTableError> {
    if touched.kept.is_empty() {
        return Ok(());
    }
    let open = touched.file.open(change.incoming.schema())?;
    for (group, selection) in &touched.kept {
        for batch in open.read(*group, Some(selection.clone()))? {
            let batch = batch?;
            let (count, step) = (batch.num_rows(), write_rows(&batch));
            for from in (0..count).step_by(step) {
                files.write(touched.file.day(), &batch.slice(from, step.min(count - from)))?;
            }
        }
    }
    Ok(())
}

/// Returns the day of rows that are all of one.
fn day_of(rows: &RecordBatch) -> Result<i32, DeltaTableError> {
    let days = rows
        .column_by_name(EVENT_DATE)
        .and_then(|days| days.as_primitive_opt::<Date32Type>());
    let day = days.filter(|days| days.is_valid(0)).map(|days| days.value(0));
    day.ok_or_else(|| DeltaTableError::generic("a row that comes in has no day"))
}

/// Returns how many rows of the batch the writer gets at once.
fn write_rows(batch: &RecordBatch) -> usize {
    let writes = batch.get_array_memory_size().div_ceil(WRITE_BYTES).max(1);
    batch.num_rows().div_ceil(writes).max(1)
}

/// Commits the files against exactly the version that was looked at.
async fn commit(
    table: &Table,
    delta: &DeltaTable,
    adds: &[Add],
    touched: &[Touched],
) -> Result<Result<(), DeltaTableError>, LakeError> {
    let removes = touched
        .iter()
        .map(|touched| Action::Remove(touched.file.remove.clone()));
    let actions = removes.chain(adds.iter().cloned().map(Action::Add)).collect();
    let predicate = |action_type: &str| {
        vec![MergePredicate {
            action_type: action_type.to_owned(),
            predicate: None,
        }]
    };
    let operation = DeltaOperation::Merge {
        predicate: None,
        merge_predicate: Some("target.p_row_id = source.p_row_id".to_owned()),
        matched_predicates: predicate("update"),
        not_matched_predicates: predicate("insert"),
        not_matched_by_source_predicates: Vec::new(),
    };
    // Without retries any commit in between is a conflict, which a compaction otherwise would not be.
    let properties = commit_properties().with_max_retries(0);
    let committed = commit::commit(table, delta, actions, operation, properties).await?;
    Ok(committed.map(drop))
}

/// Returns whether this version of the table has the files that were to come, and none of those that were to go.
fn is_committed(table: &Table, delta: &DeltaTable, adds: &[Add], touched: &[Touched]) -> Result<bool, LakeError> {
    let live: HashSet<String> = DataFile::all(table, delta)?
        .into_iter()
        .map(|file| file.remove.path)
        .collect();
    Ok(adds.iter().all(|add| live.contains(&add.path))
        && !touched.iter().any(|touched| live.contains(&touched.file.remove.path)))
}
