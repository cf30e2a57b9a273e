//! A change becomes one commit, tried anew from the table as it is whenever somebody else was faster.

use std::collections::HashSet;

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::compute::filter_record_batch;
use deltalake::kernel::transaction::CommitBuilder;
use deltalake::kernel::{Action, Add, StructType};
use deltalake::protocol::{DeltaOperation, MergePredicate};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableError};
use tokio::task::block_in_place;

use super::change::Change;
use super::survey::{Counts, Survey, Touched};
use super::{Effect, FilesChanged, ReplaceError};
use crate::columns;
use crate::data_file::DataFile;
use crate::durable;
use crate::failure::LakeError;
use crate::landing::{is_conflict, writer_properties};
use crate::table::{Table, commit_properties};

/// Tries to commit while others change the table.
const ATTEMPTS_MAX: u32 = 8;
/// Size at which a rewritten file ends and the next begins. A replay goes through the journal in batches of some 3 MB of such
/// a file, and each batch rewrites the rest of the files that it touches: files of about a batch make the least work that does
/// not make very many files, and compaction merges them afterwards.
const FILE_BYTES: u64 = 4 << 20;

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
        let adds = write(table, &delta, &change, &survey).await?;
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
async fn write(table: &Table, delta: &DeltaTable, change: &Change, survey: &Survey) -> Result<Vec<Add>, LakeError> {
    let failed = |error: DeltaTableError| table.failed("write", error);
    let mut writer = RecordBatchWriter::for_table(delta)
        .map_err(failed)?
        .with_writer_properties(writer_properties())
        .with_target_file_size(FILE_BYTES);
    let mut adds = Vec::new();
    let mut first = 0;
    for run in &change.incoming.runs {
        for batch in run {
            let mask = survey.mask(change, first, batch.num_rows());
            first += batch.num_rows();
            let rows = filter_record_batch(batch, &mask).map_err(|error| failed(error.into()))?;
            if rows.num_rows() > 0 {
                writer.write(rows).await.map_err(failed)?;
            }
        }
        adds.extend(writer.flush().await.map_err(failed)?);
    }
    // What stays of a day's files goes together, apart from what came in: the next batch of a replay then finds its rows
    // in fewer bytes.
    let mut touched: Vec<&Touched> = survey.touched.iter().collect();
    touched.sort_by_key(|touched| touched.file.day());
    for day in touched.chunk_by(|one, next| one.file.day() == next.file.day()) {
        for touched in day {
            copy(touched, change, &mut writer).await.map_err(failed)?;
        }
        adds.extend(writer.flush().await.map_err(failed)?);
    }
    let paths = adds.iter().map(|add| add.path.as_str());
    durable::sync_data(table.folder(), paths).map_err(|source| folder_error(table, source))?;
    Ok(adds)
}

/// Writes the rows that stay of a file, batch by batch.
async fn copy(touched: &Touched, change: &Change, writer: &mut RecordBatchWriter) -> Result<(), DeltaTableError> {
    if touched.kept.is_empty() {
        return Ok(());
    }
    let open = touched.file.open(change.incoming.schema())?;
    for (group, selection) in &touched.kept {
        let mut batches = open.read(*group, Some(selection.clone()))?;
        while let Some(batch) = block_in_place(|| batches.next()) {
            let batch = batch?;
            let (count, step) = (batch.num_rows(), write_rows(&batch));
            for from in (0..count).step_by(step) {
                writer.write(batch.slice(from, step.min(count - from))).await?;
            }
        }
    }
    Ok(())
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
    table.verify_there(delta)?;
    let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
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
    let commit = CommitBuilder::from(commit_properties().with_max_retries(0))
        .with_actions(actions)
        .build(Some(state), delta.log_store(), operation)
        .await;
    let commit = match commit {
        Ok(commit) => commit,
        Err(error) => return Ok(Err(error)),
    };
    durable::sync_commit(table.folder(), commit.version()).map_err(|source| folder_error(table, source))?;
    let mut delta = delta.clone();
    delta.state = Some(commit.snapshot());
    table.remember(delta);
    Ok(Ok(()))
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

fn folder_error(table: &Table, source: std::io::Error) -> LakeError {
    LakeError::Folder {
        path: table.folder().to_owned(),
        source,
    }
}
