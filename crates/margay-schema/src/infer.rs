//! Infers a schema from samples.
//!
//! Samples are read one at a time and only what they have in common is kept ([`Inference`]); at the end that becomes
//! a proposal: the text of a schema file, with a comment wherever a person should look. What always holds:
//!
//! - the text is a schema ([`Schema::from_yaml`](crate::Schema::from_yaml) takes it), and reads every sample as an event;
//! - nothing is lost: a number has a type only if that type holds it exactly, a string only if the same text (of a time:
//!   the same moment) comes back. Whatever would not is kept as text or as `json`;
//! - nothing of a sample goes to `p_unmapped`, but for fields that are null wherever they came, keys too long for a
//!   column, and those at the top beyond the number of fields that a schema may have;
//! - the same samples in the same order give the same text, with fields in the order in which they were first seen.
//!
//! `docs/reference/infer.md` has the rules as a table.
//!
//! | module | what it holds |
//! |---|---|
//! | `shape`, `scalar` | what was met at one place of the samples |
//! | `number`, `moment`, `look` | what one string or number could be |
//! | `propose`, `word`, `name`, `event_time` | what is proposed for it |
//! | `reduce` | staying within the limits |
//! | `yaml` | the text |

use crate::json::{JsonError, Kind, Reader};
use crate::limits::{RECORD_BYTES_MAX, SCHEMA_BYTES_MAX};
use crate::log_type::LogType;

mod event_time;
mod look;
mod moment;
mod name;
mod number;
mod propose;
mod reduce;
mod scalar;
mod shape;
#[cfg(test)]
mod tests;
mod word;
mod yaml;

use name::Place;
use shape::{ObjectShape, Tally};
use word::Words;

/// What samples have in common, while they are read.
///
/// Memory grows with the distinct fields of the samples, at most
/// [`INFERENCE_FIELD_COUNT_MAX`](crate::limits::INFERENCE_FIELD_COUNT_MAX), not with their number.
///
/// ```
/// use margay_schema::{Inference, Schema};
///
/// let mut inference = Inference::default();
/// inference.add(br#"{"created_at": "2026-01-02T03:04:05Z", "ip": "192.0.2.7", "zip": "01234"}"#)?;
/// inference.add(br#"{"created_at": "2026-01-02T03:04:06Z", "ip": "2001:db8::1"}"#)?;
/// let inferred = inference.finish(&"Custom.Login".parse()?)?;
/// assert!(inferred.yaml.contains("isEventTime: true"));
/// assert!(Schema::from_yaml(&inferred.yaml).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Inference {
    root: ObjectShape,
    tally: Tally,
}

/// A proposed schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// The schema file, with comments.
    pub yaml: String,
    /// What the comments say, in the file's order; why a field is required stands in the file only.
    pub notes: Vec<InferenceNote>,
    /// How many samples it was inferred from.
    pub sample_count: u64,
}

/// Something about a proposed schema that a person should look at.
///
/// Holds names of fields, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferenceNote {
    /// The field: names joined by dots, `[]` for an array's element. Empty for the schema as a whole.
    pub path: String,
    /// What was decided, and why.
    pub text: String,
}

/// Why a sample was not taken. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// Longer than a record may be.
    #[error("a record has at most {RECORD_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not JSON.
    #[error("not JSON: {found} at byte {at}")]
    NotJson {
        /// What stands there.
        found: &'static str,
        /// Bytes before it.
        at: usize,
    },
    /// JSON, but no object.
    #[error("a record is a JSON object, this is of type {0}")]
    NotAnObject(&'static str),
}

/// Why nothing could be inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NothingInferred {
    /// No sample was given.
    #[error("there are no samples")]
    NoSamples,
    /// The samples have no field that is not null.
    #[error("the samples have no field with a value, and a schema needs one")]
    NoFields,
}

impl From<JsonError> for SampleError {
    fn from(error: JsonError) -> Self {
        Self::NotJson {
            found: error.cause.found(),
            at: error.at,
        }
    }
}

impl Inference {
    /// Takes a sample: the bytes of one JSON object.
    ///
    /// # Errors
    ///
    /// If it could not be a record. Nothing of it is taken then.
    pub fn add(&mut self, record: &[u8]) -> Result<(), SampleError> {
        Self::check(record)?;
        self.tally.record += 1;
        let mut reader = Reader::new(record)?;
        reader.peek()?;
        self.root.add(&mut reader, 0, &mut self.tally)?;
        Ok(())
    }

    /// Says whether the bytes could be a sample.
    ///
    /// # Errors
    ///
    /// Those of [`Inference::add`].
    pub fn check(record: &[u8]) -> Result<(), SampleError> {
        if record.len() > RECORD_BYTES_MAX {
            return Err(SampleError::TooLong(record.len()));
        }
        let mut reader = Reader::new(record)?;
        let kind = reader.peek()?;
        reader.skip()?;
        reader.end()?;
        if kind != Kind::Object {
            return Err(SampleError::NotAnObject(kind.name()));
        }
        Ok(())
    }

    /// Returns how many samples were taken.
    pub fn sample_count(&self) -> u64 {
        self.tally.record
    }

    /// Proposes a schema of that name.
    ///
    /// # Errors
    ///
    /// If there is nothing to propose one from.
    pub fn finish(mut self, log_type: &LogType) -> Result<Inferred, NothingInferred> {
        let sample_count = self.sample_count();
        if sample_count == 0 {
            return Err(NothingInferred::NoSamples);
        }
        reduce::to_limits(&mut self.root, &mut self.tally);
        loop {
            let mut proposed =
                propose::object(&self.root, Place::Top, &Words::default()).ok_or(NothingInferred::NoFields)?;
            let mut remarks = Vec::new();
            if sample_count == 1 {
                remarks.push(
                    "every field is required, since the only sample has it: give more samples, or take that back"
                        .to_owned(),
                );
            }
            remarks.extend(event_time::mark(&mut proposed));
            let written = yaml::write(log_type, &proposed, &heading(sample_count), &remarks);
            let fits = written.yaml.len() <= SCHEMA_BYTES_MAX;
            if fits || !reduce::by_a_quarter(&mut self.root, &mut self.tally) {
                return Ok(Inferred {
                    yaml: written.yaml,
                    notes: written.notes,
                    sample_count,
                });
            }
        }
    }
}

fn heading(sample_count: u64) -> String {
    let samples = if sample_count == 1 { "sample" } else { "samples" };
    format!("Inferred from {sample_count} {samples}. Comments say what was decided: read them, then remove them.")
}
