//! Files, plain or compressed, become chunks of records with ids.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use margay_schema::{Line, Records, Schema, StreamType};
use margay_store::{NewRecord, RECORDS_PER_PAGE_MAX};
use serde_json::value::RawValue;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::id::{Id, id_of};
use super::{CutShort, ImportSettings, ImportTotals};
use crate::payload::Payload;

/// Records of a chunk, which becomes one entry of the journal: enough that a transaction for each costs little, few enough that those
/// which are being cut, journalled and normalised at the same time are.
pub const CHUNK_RECORDS_MAX: usize = 5_000;
const _: () = assert!(CHUNK_RECORDS_MAX <= RECORDS_PER_PAGE_MAX);
/// Bytes of a chunk; one record may be longer.
pub const CHUNK_BYTES_MAX: usize = 4 << 20;

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// What it is called, for messages.
    pub name: String,
    /// Where it is; standard input if nowhere.
    pub path: Option<PathBuf>,
}

impl ImportFile {
    /// A file by its path; `-` is standard input.
    pub fn of_path(path: &Path) -> Self {
        if path == Path::new("-") {
            return Self {
                name: "standard input".to_owned(),
                path: None,
            };
        }
        Self {
            name: path.display().to_string(),
            path: Some(path.to_owned()),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        match &self.path {
            Some(path) => Ok(Box::new(std::fs::File::open(path)?)),
            None => Ok(Box::new(io::stdin().lock())),
        }
    }
}

/// Records to journal together.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) records: Vec<NewRecord>,
    pub(super) bytes: usize,
}

/// Cuts the files into chunks, until they end or nobody wants more.
pub(super) fn cut(
    files: Vec<ImportFile>,
    settings: &ImportSettings,
    schema: &Schema,
    totals: &ImportTotals,
    stop: &CancellationToken,
    chunks: &Sender<Chunk>,
) -> Result<(), CutShort> {
    let mut chunk = Chunk::default();
    let mut ended = Ok(());
    for file in files {
        ended = cut_file(&file, settings, schema, totals, stop, chunks, &mut chunk);
        if ended.is_err() {
            break;
        }
    }
    // What was read before a file broke is whole.
    if !chunk.records.is_empty() {
        send(chunks, chunk);
    }
    ended
}

fn cut_file(
    file: &ImportFile,
    settings: &ImportSettings,
    schema: &Schema,
    totals: &ImportTotals,
    stop: &CancellationToken,
    chunks: &Sender<Chunk>,
    chunk: &mut Chunk,
) -> Result<(), CutShort> {
    let unopened = |cause| CutShort::Unopened {
        file: file.name.clone(),
        cause,
    };
    let reader = Watched {
        reader: file.open().map_err(unopened)?,
        totals,
    };
    let payload = Payload::new(reader).map_err(unopened)?;
    let reads_lines = schema.reads_lines();
    let mut session = schema.session();
    let mut is_first = true;
    for record in Records::new(payload, &settings.stream_type, Some(schema)) {
        let record = record.map_err(|cause| CutShort::Unread {
            file: file.name.clone(),
            cause,
        })?;
        if reads_lines && matches!(session.read(&record.bytes), Line::Skipped(_)) {
            continue;
        }
        let body = String::from_utf8(record.bytes).unwrap_or_else(|error| {
            totals.mended();
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        if is_first
            && !matches!(settings.stream_type, StreamType::JsonArray(_))
            && let Some(key) = array_within(&body)
        {
            totals.holds_array(key);
        }
        is_first = false;
        chunk.bytes += body.len();
        let id = id_of(&body, settings.id_path.as_ref(), &settings.log_type);
        if matches!(id, Id::Made(_)) {
            totals.made_id();
        }
        chunk.records.push(NewRecord {
            id: id.into_string(),
            body,
        });
        if chunk.records.len() < CHUNK_RECORDS_MAX && chunk.bytes < CHUNK_BYTES_MAX {
            continue;
        }
        if stop.is_cancelled() || !send(chunks, std::mem::take(chunk)) {
            return Err(CutShort::Stopped);
        }
    }
    if is_first {
        totals.without_records(&file.name);
    }
    Ok(())
}

/// Returns the key of the array in which the records seem to be: `data`, as Asana's pages have it, or the only key there is. Only a key
/// that can stand in a stream type.
fn array_within(body: &str) -> Option<String> {
    let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(body).ok()?;
    let is_alone = members.len() == 1;
    let found = members
        .into_iter()
        .find(|(key, value)| (key == "data" || is_alone) && is_word(key) && value.get().starts_with('['));
    found.map(|(key, _)| key.into_owned())
}

fn is_word(key: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !key.is_empty() && key.bytes().all(is_part)
}

/// Returns whether somebody took it.
fn send(chunks: &Sender<Chunk>, chunk: Chunk) -> bool {
    chunks.blocking_send(chunk).is_ok()
}

/// Counts what is read.
struct Watched<'a> {
    reader: Box<dyn Read>,
    totals: &'a ImportTotals,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.totals.read(count);
        Ok(count)
    }
}
