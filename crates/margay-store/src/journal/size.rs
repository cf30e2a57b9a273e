//! How large journal and database are.

use crate::fault::StorageFault;
use crate::store::{OrFault, Store, with_suffix};
use crate::time::count_from_sql;

/// How much the journal keeps, over all sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JournalSize {
    /// Entries that retention has left.
    pub entries: u64,
    /// Bytes of these, compressed as they are stored.
    pub bytes: u64,
}

impl Store {
    /// Returns how much the journal keeps. Takes time in proportion to the entries; their records are not read.
    pub async fn journal_size(&self) -> Result<JournalSize, StorageFault> {
        let (entries, bytes): (i64, i64) =
            sqlx::query_as("SELECT count(*), coalesce(sum(length(records)), 0) FROM entry")
                .fetch_one(self.readers())
                .await
                .or_fault(self)?;
        Ok(JournalSize {
            entries: count_from_sql(entries),
            bytes: count_from_sql(bytes),
        })
    }

    /// Returns how many bytes the database takes on the disk, its write-ahead log included.
    pub fn file_bytes(&self) -> u64 {
        let log = with_suffix(self.path(), "-wal");
        [self.path(), &log]
            .into_iter()
            .filter_map(|file| std::fs::metadata(file).ok())
            .map(|metadata| metadata.len())
            .sum()
    }
}
