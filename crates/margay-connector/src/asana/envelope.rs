//! The body of a 200: `{"data": [record…], "next_page": {"offset": …} | null}`.
//!
//! Records are cut out of the text as they stand; nothing is decoded and written again. Unknown members are ignored.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::endpoint::OFFSET_BYTES_MAX;
use crate::record::Record;

/// A page as sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) records: Vec<Record>,
    /// Absent if `next_page` is `null` or missing. Never empty, never longer than [`OFFSET_BYTES_MAX`].
    pub(crate) offset: Option<String>,
}

/// Why the body of a 200 is not a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeProblem {
    /// Not UTF-8.
    #[error("it is not text")]
    NotText,
    /// Not JSON, or not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// No `data`.
    #[error("it has no `data`")]
    NoData,
    /// `data` is something else than an array.
    #[error("its `data` is not an array")]
    DataNotAnArray,
    /// `next_page` is neither `null` nor an object with a text `offset`.
    #[error("its `next_page` has no `offset`")]
    NoOffset,
    /// The offset is longer than what is sent back.
    #[error("its offset has {bytes} bytes; at most {OFFSET_BYTES_MAX} are taken")]
    OffsetTooLong {
        /// How many it has.
        bytes: usize,
    },
}

#[derive(Deserialize)]
struct RawEnvelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    next_page: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawNextPage {
    offset: String,
}

impl Envelope {
    /// Reads the body of a 200.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, EnvelopeProblem> {
        let text = std::str::from_utf8(body).map_err(|_| EnvelopeProblem::NotText)?;
        let text = text.trim_start_matches('\u{feff}').trim();
        // A struct would also be read from an array, member by member.
        if !text.starts_with('{') {
            return Err(EnvelopeProblem::NotAnObject);
        }
        let raw: RawEnvelope<'_> = serde_json::from_str(text).map_err(|_| EnvelopeProblem::NotAnObject)?;
        let data = raw.data.ok_or(EnvelopeProblem::NoData)?;
        let data: Vec<&RawValue> = serde_json::from_str(data.get()).map_err(|_| EnvelopeProblem::DataNotAnArray)?;
        let offset = raw.next_page.map(offset_of).transpose()?;
        Ok(Self {
            records: data.into_iter().map(Record::from_raw).collect(),
            offset,
        })
    }
}

fn offset_of(raw: &RawValue) -> Result<String, EnvelopeProblem> {
    if !raw.get().starts_with('{') {
        return Err(EnvelopeProblem::NoOffset);
    }
    let offset = serde_json::from_str::<RawNextPage>(raw.get())
        .map_err(|_| EnvelopeProblem::NoOffset)?
        .offset;
    match offset.len() {
        0 => Err(EnvelopeProblem::NoOffset),
        bytes if bytes > OFFSET_BYTES_MAX => Err(EnvelopeProblem::OffsetTooLong { bytes }),
        _ => Ok(offset),
    }
}

#[cfg(test)]
mod tests;
