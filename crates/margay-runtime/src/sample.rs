//! Samples: what a schema makes of records that somebody pasted, and what schema they suggest. Nothing is stored.
//!
//! What always holds: the work is bounded in records and in time, and says so when it stopped before the end.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use margay_schema::{
    Inference, Inferred, LogType, Normalised, NothingInferred, Origin, Record, Records, Reject, Schema, SourceId,
    StreamError, StreamType,
};
use uuid::Uuid;

/// Records that are looked at: far more than anybody pastes.
pub const SAMPLE_RECORDS_MAX: u64 = 20_000;
/// How long samples are looked at. A script may take its time with each record.
pub const SAMPLE_DURATION_MAX: Duration = Duration::from_secs(10);
/// Records that are shown with what became of them, of each kind.
pub const SAMPLES_SHOWN_MAX: usize = 100;
/// The source that samples are given: no real one has the nil id.
const SOURCE_LABEL: &str = "samples";

/// What a schema makes of samples.
#[derive(Debug, Default)]
pub struct Tried {
    /// Records that fit.
    pub events: u64,
    /// Records that do not.
    pub rejects: u64,
    /// Events with something in `p_unmapped`.
    pub unmapped: u64,
    /// The first events, as JSON, with the line that each is from.
    pub first_events: Vec<(u64, String)>,
    /// The first records that do not fit, with the line that each is from.
    pub first_rejects: Vec<(u64, Reject)>,
    /// Why the samples could not be read to their end.
    pub problem: Option<StreamError>,
    /// Whether there were more than are looked at.
    pub is_cut: bool,
}

/// What samples suggest.
#[derive(Debug)]
pub struct Suggested {
    /// The schema.
    pub inferred: Inferred,
    /// Records that could not be used, the first of them with their line and why.
    pub refused: u64,
    /// The first of these.
    pub first_refused: Vec<(u64, String)>,
    /// What the suggested schema makes of the samples; nothing if it is not in order, which is a defect.
    pub tried: Option<Tried>,
    /// Whether there were more samples than are looked at.
    pub is_cut: bool,
}

/// Why samples suggest nothing.
#[derive(Debug, thiserror::Error)]
pub enum SuggestError {
    /// They cannot be read.
    #[error("the samples cannot be read: {0}")]
    Samples(#[from] StreamError),
    /// There is nothing in them.
    #[error(transparent)]
    Nothing(#[from] NothingInferred),
}

/// Tries a schema on samples. Takes up to [`SAMPLE_DURATION_MAX`] of computing.
pub fn try_on(schema: &Schema, version: u32, samples: &[u8], stream_type: &StreamType, now: Timestamp) -> Tried {
    let mut tried = Tried::default();
    let mut session = schema.session();
    let records = Records::new(samples, stream_type, Some(schema));
    let end = each(records, |record| {
        let id = record.index.to_string();
        let origin = Origin {
            source_id: SourceId::from_uuid(Uuid::nil()),
            source_label: SOURCE_LABEL,
            record_id: &id,
            parse_time: now,
            schema_version: version,
        };
        let normalised = if schema.reads_lines() {
            session.normalise(&record.bytes, &origin)
        } else {
            Some(schema.normalise(&record.bytes, &origin))
        };
        tried.add(schema, record.line, normalised);
    });
    match end {
        Ok(is_cut) => tried.is_cut = is_cut,
        Err(problem) => tried.problem = Some(problem),
    }
    tried
}

/// Suggests a schema for samples, and tries it on them.
///
/// # Errors
/// When they cannot be read, or there is no record in them.
pub fn suggest(
    log_type: &LogType,
    samples: &[u8],
    stream_type: &StreamType,
    now: Timestamp,
) -> Result<Suggested, SuggestError> {
    let mut inference = Inference::default();
    let (mut refused, mut first_refused) = (0, Vec::new());
    let is_cut = each(Records::new(samples, stream_type, None), |record| {
        if let Err(error) = inference.add(&record.bytes) {
            refused += 1;
            if first_refused.len() < SAMPLES_SHOWN_MAX {
                first_refused.push((record.line, error.to_string()));
            }
        }
    })?;
    let inferred = inference.finish(log_type)?;
    let schema = Schema::from_yaml(&inferred.yaml).ok();
    let tried = schema.map(|schema| try_on(&schema, 0, samples, stream_type, now));
    Ok(Suggested {
        inferred,
        refused,
        first_refused,
        tried,
        is_cut,
    })
}

/// Hands over records until their end or a limit. Whether it was a limit.
fn each(records: Records<&[u8]>, mut act: impl FnMut(&Record)) -> Result<bool, StreamError> {
    let begun = Instant::now();
    for (count, record) in (0_u64..).zip(records) {
        if count >= SAMPLE_RECORDS_MAX || begun.elapsed() > SAMPLE_DURATION_MAX {
            return Ok(true);
        }
        act(&record?);
    }
    Ok(false)
}

impl Tried {
    fn add(&mut self, schema: &Schema, line: u64, normalised: Option<Normalised>) {
        match normalised {
            // A header or a comment.
            None => {}
            Some(Normalised::Event(event)) => {
                self.events += 1;
                self.unmapped += u64::from(event.standard.unmapped.is_some());
                if self.first_events.len() < SAMPLES_SHOWN_MAX {
                    self.first_events.push((line, event.to_json(schema)));
                }
            }
            Some(Normalised::Reject(reject)) => {
                self.rejects += 1;
                if self.first_rejects.len() < SAMPLES_SHOWN_MAX {
                    self.first_rejects.push((line, reject));
                }
            }
        }
    }
}
