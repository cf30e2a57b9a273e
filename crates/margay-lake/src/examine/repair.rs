//! The one repair of a lake that is always safe: of equal rows of one record, one stays.

use std::sync::Arc;

use super::{ids, repeated};
use crate::columns;
use crate::data_file::DataFile;
use crate::failure::LakeError;
use crate::lake::Inner;
use crate::replace::{Effect, FilesChanged, ReplaceError, keep_one};
use crate::table::Table;

/// What [`crate::Lake::remove_repeated_rows`] did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepeatedRemoved {
    /// Rows that went. If it was only counted: of the first 10,000 records that have several rows in a table.
    pub rows: u64,
    /// The files that it took.
    pub files: FilesChanged,
}

pub(crate) async fn remove_repeated_rows(lake: &Inner, effect: Effect) -> Result<RepeatedRemoved, ReplaceError> {
    let mut removed = RepeatedRemoved::default();
    for table in lake.tables() {
        loop {
            let (rows, files) = one_round(&table, effect).await?;
            removed.rows += rows;
            removed.files.removed += files.removed;
            removed.files.added += files.added;
            if rows == 0 || effect == Effect::Count {
                break;
            }
        }
    }
    Ok(removed)
}

/// Finds repeated rows, as many as are looked at together, and leaves one of each.
async fn one_round(table: &Arc<Table>, effect: Effect) -> Result<(u64, FilesChanged), ReplaceError> {
    let delta = table.fresh().await?;
    let failed = |error| table.failed("read", error);
    let wanted = delta.snapshot().map_err(failed)?.schema();
    let columns = columns::to_arrow(&wanted).map_err(|error| failed(error.into()))?;
    let files = DataFile::all(table, &delta)?;
    let finding = tokio::task::spawn_blocking(move || {
        let rows = files.iter().map(DataFile::rows).sum();
        let files: Vec<&DataFile> = files.iter().collect();
        let repeated = ids::repeated(&files, rows)?;
        repeated::copies(&files, &columns, &repeated.kept).map(|copies| (columns, copies))
    });
    let (columns, copies) = match finding.await {
        Ok(found) => found.map_err(failed)?,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return Err(LakeError::Closing.into()),
    };
    if copies.equal.is_empty() {
        return Ok((0, FilesChanged::default()));
    }
    keep_one(table, &wanted, columns, copies.equal, effect).await
}
