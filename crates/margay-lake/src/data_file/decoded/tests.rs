use std::fs::File;
use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, RecordBatch, StringArray};
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use deltalake::parquet::file::properties::WriterProperties;

use super::*;
use crate::data_file::new_file::writer_properties;

const MEGABYTE: usize = 1 << 20;

/// Writes these texts with these properties, reads them as replacing does, and returns the rows of a batch, and the most
/// bytes of text that a batch had.
fn read(texts: &[(usize, usize)], properties: WriterProperties) -> (usize, usize) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let batch = |text: &str, rows: usize| {
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(|_| text)));
        RecordBatch::try_from_iter([("text", texts)]).unwrap()
    };
    let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), batch("", 0).schema(), Some(properties)).unwrap();
    for &(rows, bytes) in texts {
        let text = "x".repeat(bytes);
        for from in (0..rows).step_by(64) {
            writer.write(&batch(&text, (rows - from).min(64))).unwrap();
        }
    }
    let _ = writer.close().unwrap();
    let file = File::open(file.path()).unwrap();
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).unwrap();
    assert_eq!(metadata.metadata().num_row_groups(), 1);
    let rows = batch_rows(metadata.metadata().row_group(0), &ProjectionMask::all());
    let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_batch_size(rows)
        .build()
        .unwrap();
    let bytes = |batch: RecordBatch| batch.column(0).to_data().get_slice_memory_size().unwrap();
    (rows, batches.map(|batch| bytes(batch.unwrap())).max().unwrap())
}

fn unsaid() -> WriterProperties {
    use deltalake::parquet::file::properties::EnabledStatistics;
    let properties = writer_properties().into_builder();
    properties.set_statistics_enabled(EnabledStatistics::None).build()
}

#[test]
fn a_text_that_many_rows_share_counts_in_each() {
    let (rows, bytes) = read(&[(2_048, 50_000)], writer_properties());
    assert_eq!(rows, 64);
    assert!(bytes <= 16 * MEGABYTE, "{bytes}");
    let (rows, bytes) = read(&[(256, 600_000)], writer_properties());
    assert!((20..=28).contains(&rows), "{rows}");
    assert!(bytes <= 16 * MEGABYTE, "{bytes}");
}

#[test]
fn long_rows_side_by_side_among_short_ones_fit() {
    let (_, bytes) = read(&[(4_000, 100), (80, MEGABYTE), (4_000, 100)], writer_properties());
    assert!(bytes > 32 * MEGABYTE, "{bytes}: they do stand side by side");
    assert!(bytes <= 65 * MEGABYTE, "{bytes}");
}

#[test]
fn a_group_that_fits_as_a_whole_is_read_in_large_batches() {
    let (rows, bytes) = read(&[(8_192, 100), (20, MEGABYTE)], writer_properties());
    assert_eq!(rows, 8_192);
    assert!(bytes <= 32 * MEGABYTE, "{bytes}");
}

#[test]
fn a_file_that_does_not_say_its_sizes_is_read_in_short_batches() {
    let (rows, bytes) = read(&[(1_024, 50_000)], unsaid());
    assert_eq!(rows, 64);
    assert!(bytes <= 16 * MEGABYTE, "{bytes}");
}
