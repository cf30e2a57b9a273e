//! How many rows of a row group are decoded at once, so that they fit into memory whatever they hold.
//!
//! A column's size in the file says little: a dictionary holds a text once that ten thousand rows share. What counts is the
//! size of its values one after another, which writers of size statistics say, Margay's own among them.
//!
//! An average says little either: rows with a megabyte each may stand side by side among short ones. So only a row group
//! that fits into memory as a whole is read in large batches. Every other is read in batches so short that they fit even if
//! they hold nothing but long rows.

use deltalake::parquet::arrow::ProjectionMask;
use deltalake::parquet::basic::Type;
use deltalake::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

/// Rows of a batch, if the whole row group may be in memory.
const ROWS_MAX: usize = 8_192;
/// Decoded bytes up to which the whole row group may be in memory.
const GROUP_BYTES_MAX: u64 = 32 << 20;
/// Decoded bytes of a batch by the row group's average, if only some of it may be in memory.
const BATCH_BYTES: u64 = 16 << 20;
/// Rows of a batch, if only some of the row group may be in memory: this many of the longest that are usual, a megabyte,
/// are some tens of megabytes. Longer batches are hardly faster: the work is in the values.
const PART_ROWS_MAX: u64 = 64;
/// Decoded bytes of a row group up to which no batch of it can overflow the 2 GiB that the texts of one batch may have.
const SAFE_BYTES_MAX: u64 = 1 << 30;
/// Rows of a batch beyond: this many of the longest that there may be, 64 MB, do not overflow either.
const HUGE_ROWS_MAX: u64 = 8;
/// What a value takes beside its text: an offset, its validity, or a number of at most this size.
const VALUE_BYTES: u64 = 16;

/// Returns how many rows of the group to decode at once, in these columns.
pub(super) fn batch_rows(group: &RowGroupMetaData, projection: &ProjectionMask) -> usize {
    let columns = group.columns().iter().enumerate();
    let columns = columns.filter(|(at, _)| projection.leaf_included(*at));
    let (mut bytes, mut is_known) = (0_u64, true);
    for (_, column) in columns {
        let decoded = decoded_bytes(column);
        is_known &= decoded.is_some();
        bytes = bytes.saturating_add(decoded.unwrap_or_else(|| unsigned(column.uncompressed_size())));
    }
    if is_known && bytes <= GROUP_BYTES_MAX {
        return ROWS_MAX;
    }
    let average = (bytes / unsigned(group.num_rows()).max(1)).max(1);
    let rows_max = if bytes <= SAFE_BYTES_MAX {
        PART_ROWS_MAX
    } else {
        HUGE_ROWS_MAX
    };
    let rows = (BATCH_BYTES / average).clamp(1, rows_max);
    usize::try_from(rows).unwrap_or(1)
}

/// Returns how many bytes the column's values take in memory at most, `None` if the file does not say it.
fn decoded_bytes(column: &ColumnChunkMetaData) -> Option<u64> {
    let value = match column.column_type() {
        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.column_descr().type_length()).ok()? + VALUE_BYTES,
        _ => VALUE_BYTES,
    };
    let text = match column.column_type() {
        Type::BYTE_ARRAY => u64::try_from(column.unencoded_byte_array_data_bytes()?).ok()?,
        _ => 0,
    };
    Some(unsigned(column.num_values()).saturating_mul(value).saturating_add(text))
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests;
