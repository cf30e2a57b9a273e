//! Data files in the making: rows go in batch by batch, and the disk has them before the log names the files.
//!
//! A row group goes to the file as soon as it is whole, so what is in memory is one row group, encoded, and not the file.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deltalake::DeltaTableError;
use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::datatypes::{Fields, Schema as ArrowSchema, SchemaRef};
use deltalake::kernel::Add;
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::metadata::ParquetMetaData;
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::parquet::schema::types::ColumnPath;
use jiff::Timestamp;
use uuid::Uuid;

use super::statistics::Statistics;
use super::{ROW_ID, day_text};
use crate::columns::EVENT_DATE;
use crate::durable;

/// Rows of a Parquet row group: what a reader decodes at once and can skip by statistics.
const ROW_GROUP_ROWS_MAX: usize = 128 * 1024;
/// Encoded bytes at which a row group ends before it has all its rows: what is in memory while it is written.
const ROW_GROUP_BYTES_MAX: usize = 32 << 20;
/// Zstandard's own default: logs shrink to about a twelfth, and higher levels cost more than they save.
const ZSTD_LEVEL: i32 = 3;

/// Rows on their way into files, one after the other, each of one day.
///
/// Files are deleted when this is dropped, until [`Self::finish`] hands them over.
pub(crate) struct NewFiles {
    table: PathBuf,
    columns: SchemaRef,
    /// Size at which a file ends and the next begins.
    bytes_max: usize,
    open: Option<Open>,
    whole: Vec<Add>,
}

/// The file in the making.
struct Open {
    day: i32,
    /// Its place within the table's folder.
    name: String,
    writer: ArrowWriter<File>,
}

impl NewFiles {
    /// Begins without any file, for rows with the table's columns.
    pub(crate) fn new(table: &Path, columns: &SchemaRef, bytes_max: usize) -> Self {
        Self {
            table: table.to_owned(),
            columns: in_file(columns),
            bytes_max,
            open: None,
            whole: Vec::new(),
        }
    }

    /// Adds rows of this day, counted from 1970-01-01, with the table's columns.
    pub(crate) fn write(&mut self, day: i32, rows: &RecordBatch) -> Result<(), DeltaTableError> {
        if self.open.as_ref().is_some_and(|open| open.day != day) {
            self.end_file()?;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::create(&self.table, day, &self.columns)?),
        };
        // The day is not among the columns of a file: its place says it.
        let at = self
            .columns
            .fields()
            .iter()
            .map(|field| rows.schema_ref().index_of(field.name()));
        let rows = rows.project(&at.collect::<Result<Vec<_>, _>>()?)?;
        open.writer.write(&rows)?;
        if open.writer.bytes_written() + open.writer.in_progress_size() >= self.bytes_max {
            self.end_file()?;
        }
        Ok(())
    }

    /// Completes the file in the making, if there is one: what comes next goes into another.
    pub(crate) fn end_file(&mut self) -> Result<(), DeltaTableError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let footer = open.writer.finish()?;
        self.whole.push(open.to_add(&footer)?);
        self.open = None;
        Ok(())
    }

    /// Brings the files to disk and returns what adds them to the table. From here on they are the caller's to delete.
    pub(crate) fn finish(mut self) -> Result<Vec<Add>, DeltaTableError> {
        self.end_file()?;
        durable::sync_data(&self.table, self.whole.iter().map(|add| add.path.as_str()))?;
        Ok(std::mem::take(&mut self.whole))
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        if let Some(open) = &self.open {
            discard(&self.table.join(&open.name));
        }
        discard_all(&self.table, &self.whole);
    }
}

impl Open {
    fn create(table: &Path, day: i32, columns: &SchemaRef) -> Result<Self, DeltaTableError> {
        let folder = format!("{EVENT_DATE}={}", day_text(day));
        std::fs::create_dir_all(table.join(&folder))?;
        let name = format!("{folder}/part-00000-{}-c000.zstd.parquet", Uuid::new_v4());
        let file = File::create_new(table.join(&name))?;
        let writer = ArrowWriter::try_new(file, Arc::clone(columns), Some(writer_properties()))?;
        Ok(Self { day, name, writer })
    }

    fn to_add(&self, footer: &ParquetMetaData) -> Result<Add, DeltaTableError> {
        // The file's own: what vacuum compares is the clock of the disk.
        let modified = self.writer.inner().metadata()?.modified()?;
        let modified = Timestamp::try_from(modified).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Add {
            path: self.name.clone(),
            partition_values: HashMap::from([(EVENT_DATE.to_owned(), Some(day_text(self.day)))]),
            size: i64::try_from(self.writer.bytes_written()).unwrap_or(i64::MAX),
            modification_time: modified.as_millisecond(),
            data_change: true,
            stats: Some(Statistics::of(footer).to_text()),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        })
    }
}

/// Deletes files that no commit names. What is tried again and again would otherwise fill the disk with them: maintenance
/// leaves such files alone for days.
pub(crate) fn discard_all<'a>(table: &Path, adds: impl IntoIterator<Item = &'a Add>) {
    for add in adds {
        discard(&table.join(&add.path));
    }
}

fn discard(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "a file that no commit names could not be deleted");
    }
}

/// Returns the columns that stand in a file: all but the day.
fn in_file(columns: &SchemaRef) -> SchemaRef {
    let fields = columns.fields().iter().filter(|field| field.name() != EVENT_DATE);
    Arc::new(ArrowSchema::new(fields.cloned().collect::<Fields>()))
}

/// Returns how data files are written.
pub(crate) fn writer_properties() -> WriterProperties {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).expect("the level is one of Zstandard's");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS_MAX))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES_MAX))
        // No two rows have the same.
        .set_column_dictionary_enabled(ColumnPath::from(ROW_ID), false)
        .set_created_by(concat!("margay ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}
