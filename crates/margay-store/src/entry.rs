//! An entry: the new records of one page, and the form in which they are stored.
//!
//! Format 1 is one zstd frame with a content checksum. What it holds, for each record in the page's order:
//!
//! ```text
//! u32 little endian   length of the id
//! bytes               the id, UTF-8
//! u32 little endian   length of the body
//! bytes               the body, UTF-8, exactly as the vendor sent it
//! ```
//!
//! Format 2 is the same with empty bodies: the entry names its records, whose text went into the lake without being kept here
//! ([`Store::append_in_hand`](crate::Store::append_in_hand)). Format 3 is nothing: an entry of format 2 that never reached the
//! lake and was withdrawn ([`Store::withdraw`](crate::Store::withdraw)); its sequence remains.
//!
//! The row beside the blob says the format, how many records it holds and how long it is unpacked; reading checks all
//! three, so that a damaged entry is named and never passed on.

use std::cell::RefCell;
use std::fmt;

use jiff::Timestamp;
use margay_schema::{LogType, SourceId};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use crate::sequence::Sequence;

#[cfg(test)]
mod tests;

/// The format of entries that are journalled whole.
pub(crate) const FORMAT: i64 = 1;
/// The format of entries without the text of their records.
pub(crate) const FORMAT_WITHOUT_TEXT: i64 = 2;
/// The format of entries that were withdrawn.
pub(crate) const FORMAT_WITHDRAWN: i64 = 3;

/// The most that one entry holds unpacked. A page's body is at most 64 MiB on the wire; ids and lengths come on top.
pub const ENTRY_RAW_BYTES_MAX: usize = 80 * 1024 * 1024;

/// zstd's own default. Pages of 100 made-up records of 650 bytes shrink to a twentieth (`examples/append_rate.rs`).
const COMPRESSION_LEVEL: i32 = 3;

const LENGTH_BYTES: usize = size_of::<u32>();

/// The new records of one page, as journalled.
///
/// - **Invariant**: `records` is in the page's order, and holds no id that an earlier entry of the source has. It is empty only for an
///   entry that was withdrawn.
/// - **Units**: `journalled_at` is our clock, UTC, microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose records these are.
    pub source_id: SourceId,
    /// Its number within the source.
    pub sequence: Sequence,
    /// Which schema they belong to.
    pub log_type: LogType,
    /// When they were journalled.
    pub journalled_at: Timestamp,
    /// Whether the records have their text.
    pub text: EntryText,
    /// The records.
    pub records: Vec<EntryRecord>,
}

/// Whether an entry has the text of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryText {
    /// It has.
    Kept,
    /// It has their ids only: their text went into the lake without being journalled.
    NotKept,
}

impl EntryText {
    pub(crate) const fn format(self) -> i64 {
        match self {
            Self::Kept => FORMAT,
            Self::NotKept => FORMAT_WITHOUT_TEXT,
        }
    }

    pub(crate) const fn of_format(format: i64) -> Self {
        match format {
            FORMAT_WITHOUT_TEXT => Self::NotKept,
            // One that was withdrawn has no record whose text could be missing.
            _ => Self::Kept,
        }
    }
}

/// One record of an entry, exactly as the vendor sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryRecord {
    /// The vendor's id of the record, or a hash of its content where the vendor has none.
    pub id: String,
    /// The record's text; empty if the entry has none, see [`Entry::text`].
    pub body: String,
}

impl fmt::Debug for EntryRecord {
    /// Leaves the body out: it is somebody's audit log, and may be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryRecord")
            .field("id", &self.id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// What is wrong with a stored entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryProblem {
    /// A newer Margay wrote it.
    UnknownFormat(i64),
    /// The compressed bytes are not what was written.
    NotUnpackable,
    /// It unpacks to another length than its row says.
    OtherLength,
    /// It holds another number of records than its row says.
    OtherRecordCount,
    /// A record is cut short, or its text is not UTF-8.
    BrokenRecord,
    /// The name of its log type is none.
    BadLogType,
    /// The entry is not there, though its neighbours are.
    Missing,
}

impl fmt::Display for EntryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryProblem::UnknownFormat(format) => {
                write!(f, "its format {format} is unknown here; a newer Margay wrote it")
            }
            EntryProblem::NotUnpackable => f.write_str("its compressed bytes were changed"),
            EntryProblem::OtherLength => f.write_str("its length is not the one that was noted"),
            EntryProblem::OtherRecordCount => f.write_str("its number of records is not the one that was noted"),
            EntryProblem::BrokenRecord => f.write_str("a record in it is cut or is not text"),
            EntryProblem::BadLogType => f.write_str("its log type is not a name of one"),
            EntryProblem::Missing => f.write_str("it is missing"),
        }
    }
}

/// An entry's records as they are stored.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) record_count: usize,
    pub(crate) raw_bytes: usize,
    pub(crate) blob: Vec<u8>,
}

/// Returns how long records are once they are laid out, before compression.
pub(crate) fn raw_bytes<'a>(records: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    records.map(|(id, body)| 2 * LENGTH_BYTES + id.len() + body.len()).sum()
}

/// Lays out and compresses records.
///
/// # Panics
///
/// If they are longer than [`ENTRY_RAW_BYTES_MAX`]: the caller has checked.
pub(crate) fn pack(records: &[(&str, &str)]) -> Packed {
    Unpacked::of(records.iter().copied()).pack()
}

/// Records as they are stored, not yet compressed: it is compressing that takes time.
pub(crate) struct Unpacked {
    record_count: usize,
    raw: Vec<u8>,
}

impl Unpacked {
    /// # Panics
    ///
    /// As [`pack`].
    pub(crate) fn of<'r>(records: impl Iterator<Item = (&'r str, &'r str)> + Clone) -> Self {
        let length = raw_bytes(records.clone());
        assert!(
            length <= ENTRY_RAW_BYTES_MAX,
            "an entry of {length} bytes is over the limit"
        );
        let mut record_count = 0;
        let mut raw = Vec::with_capacity(length);
        for (id, body) in records {
            for text in [id, body] {
                let length = u32::try_from(text.len()).expect("a text within an entry is shorter than 4 GiB");
                raw.extend_from_slice(&length.to_le_bytes());
                raw.extend_from_slice(text.as_bytes());
            }
            record_count += 1;
        }
        assert_eq!(raw.len(), length, "every byte was counted");
        Self { record_count, raw }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.raw.len()
    }

    pub(crate) fn pack(self) -> Packed {
        Packed {
            record_count: self.record_count,
            raw_bytes: self.raw.len(),
            blob: compress(&self.raw),
        }
    }
}

/// Reads stored records back.
pub(crate) fn unpack(
    format: i64,
    record_count: i64,
    raw_bytes: i64,
    blob: &[u8],
) -> Result<Vec<EntryRecord>, EntryProblem> {
    match format {
        FORMAT | FORMAT_WITHOUT_TEXT => {}
        FORMAT_WITHDRAWN => return Ok(Vec::new()),
        _ => return Err(EntryProblem::UnknownFormat(format)),
    }
    let length = usize::try_from(raw_bytes).map_err(|_| EntryProblem::OtherLength)?;
    if length > ENTRY_RAW_BYTES_MAX {
        return Err(EntryProblem::OtherLength);
    }
    // No frame unpacks to more than the row says: a longer one is refused by the buffer's size.
    let raw = DECOMPRESSOR
        .with_borrow_mut(|decompressor| decompressor.decompress(blob, length))
        .map_err(|_| EntryProblem::NotUnpackable)?;
    if raw.len() != length {
        return Err(EntryProblem::OtherLength);
    }

    // A record takes at least its two lengths, so that a wrong count reserves no more than the entry's own length.
    let capacity = usize::try_from(record_count)
        .unwrap_or_default()
        .min(length / (2 * LENGTH_BYTES));
    let mut records = Vec::with_capacity(capacity);
    let mut rest = raw.as_slice();
    while !rest.is_empty() {
        let id = take_text(&mut rest)?;
        let body = take_text(&mut rest)?;
        records.push(EntryRecord { id, body });
    }
    let is_complete = usize::try_from(record_count) == Ok(records.len());
    if is_complete {
        Ok(records)
    } else {
        Err(EntryProblem::OtherRecordCount)
    }
}

fn take_text(rest: &mut &[u8]) -> Result<String, EntryProblem> {
    let (length, after_length) = rest
        .split_first_chunk::<LENGTH_BYTES>()
        .ok_or(EntryProblem::BrokenRecord)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| EntryProblem::BrokenRecord)?;
    let (text, after_text) = after_length
        .split_at_checked(length)
        .ok_or(EntryProblem::BrokenRecord)?;
    *rest = after_text;
    str::from_utf8(text)
        .map(str::to_owned)
        .map_err(|_| EntryProblem::BrokenRecord)
}

fn compress(raw: &[u8]) -> Vec<u8> {
    COMPRESSOR
        .with_borrow_mut(|compressor| compressor.compress(raw))
        .expect("the output buffer has the size that zstd asks for")
}

// A compressor's tables are a megabyte or so. Making them anew for every page took longer than many a page.
thread_local! {
    static COMPRESSOR: RefCell<Compressor<'static>> = RefCell::new(compressor());
    static DECOMPRESSOR: RefCell<Decompressor<'static>> =
        RefCell::new(Decompressor::new().expect("there is memory for zstd's tables"));
}

fn compressor() -> Compressor<'static> {
    // zstd only fails on a lack of memory or a parameter it does not know; neither is the world's doing.
    let mut compressor = Compressor::new(COMPRESSION_LEVEL).expect("the level is one of zstd's");
    compressor
        .set_parameter(CParameter::ChecksumFlag(true))
        .expect("zstd knows its own checksum flag");
    compressor
}
