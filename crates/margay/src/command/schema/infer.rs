//! `margay schema infer`: samples in, a proposed schema out, tried on the samples.

use std::ops::ControlFlow;

use margay_runtime::Clock;
use margay_schema::{Inference, Inferred, Normalised, Origin, Schema, SourceId};
use serde_json::json;

use super::samples::{self, Purpose, Samples};
use crate::cli::schema::{Infer, InferFormat};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{agreeing, counted, display_line, line, note};

/// The source that samples are given: no real one has the nil id.
const SOURCE_LABEL: &str = "schema infer";

/// Lines of one kind on standard error. The rest is in the schema's comments, or alike.
const NOTES_SHOWN_MAX: usize = 20;

/// What the proposed schema makes of the samples.
#[derive(Debug, Default)]
struct Trial {
    events: u64,
    rejects: u64,
    /// Events that have something in `p_unmapped`.
    unmapped: u64,
}

pub(super) fn run(arguments: &Infer) -> Outcome {
    let samples = samples::find(&arguments.inputs, &arguments.stream_type, Purpose::Infer)?;
    let (inference, refused) = read(&samples)?;
    let inferred = inference.finish(&arguments.name).or_exit(Exit::Usage)?;
    let schema = Schema::from_yaml(&inferred.yaml);
    let trial = match &schema {
        Ok(schema) => Some(try_on(schema, &samples)?),
        Err(_) => None,
    };
    write(arguments, &inferred, trial.as_ref(), refused)?;
    show_notes(&inferred);
    let Some(trial) = trial else {
        let problems = schema.err().map(|error| error.to_string()).unwrap_or_default();
        let message = format!("the inferred schema has problems, which is a defect of this program:\n{problems}");
        return Err(Failure::new(Exit::Failure, message));
    };
    conclude(&inferred, &trial, refused)
}

/// Reads all samples. Returns how many were refused, which it shows.
fn read(samples: &[Samples]) -> Outcome<(Inference, u64)> {
    let mut inference = Inference::default();
    let mut refusals = Notes::default();
    for some in samples {
        some.each(None, &mut |place, record| {
            if let Err(error) = inference.add(record) {
                refusals.show(format_args!("{place}: not used: {error}"));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok((inference, refusals.end("records that could not be used")))
}

/// Reads all samples again, by the schema.
fn try_on(schema: &Schema, samples: &[Samples]) -> Outcome<Trial> {
    let now = Clock::system().now();
    let mut trial = Trial::default();
    let mut rejects = Notes::default();
    for some in samples {
        some.each(None, &mut |place, record| {
            let id = place.to_string();
            let origin = Origin {
                source_id: SourceId::from_uuid(uuid::Uuid::nil()),
                source_label: SOURCE_LABEL,
                record_id: &id,
                parse_time: now,
                schema_version: 0,
            };
            match schema.normalise(record, &origin) {
                Normalised::Event(event) => {
                    trial.events += 1;
                    trial.unmapped += u64::from(event.standard.unmapped.is_some());
                }
                Normalised::Reject(reject) if Inference::check(record).is_ok() => {
                    rejects.show(format_args!("{place}: rejected: {reject}"));
                }
                // It is no record, which was said before.
                Normalised::Reject(_) => {}
            }
            ControlFlow::Continue(())
        })?;
    }
    trial.rejects = rejects.end("rejected samples");
    Ok(trial)
}

fn write(arguments: &Infer, inferred: &Inferred, trial: Option<&Trial>, refused: u64) -> Outcome {
    let text = match arguments.format {
        InferFormat::Yaml => inferred.yaml.clone(),
        InferFormat::Json => {
            let notes: Vec<_> = inferred
                .notes
                .iter()
                .map(|note| json!({"path": note.path, "text": note.text}))
                .collect();
            let answer = json!({
                "schema": inferred.yaml,
                "samples": inferred.sample_count,
                "refused": refused,
                "events": trial.map(|trial| trial.events),
                "rejected": trial.map(|trial| trial.rejects),
                "notes": notes,
            });
            format!("{answer:#}\n")
        }
    };
    match &arguments.output {
        None => line(text.trim_end_matches('\n')),
        Some(file) => {
            let written = std::fs::write(file, text).or_exit(Exit::Usage);
            written.map_err(|_| Failure::new(Exit::Usage, format!("could not write {}", file.display())))?;
        }
    }
    Ok(())
}

fn show_notes(inferred: &Inferred) {
    let mut notes = Notes::default();
    for remark in &inferred.notes {
        // Names come from the samples.
        let text = display_line(&remark.text);
        if remark.path.is_empty() {
            notes.show(text);
        } else {
            let path = display_line(&remark.path);
            notes.show(format_args!("{path}: {text}"));
        }
    }
    notes.end("comments in the schema");
}

fn conclude(inferred: &Inferred, trial: &Trial, refused: u64) -> Outcome {
    note(format_args!(
        "{} samples, {} events, {} rejected",
        inferred.sample_count, trial.events, trial.rejects
    ));
    if trial.unmapped > 0 {
        note(format_args!(
            "{} of the events have fields in p_unmapped: those that the schema's comments say were left out",
            trial.unmapped
        ));
    }
    if trial.rejects > 0 {
        let message = "the inferred schema rejects its own samples, which is a defect of this program unless they \
                       changed meanwhile";
        return Err(Failure::new(Exit::Failure, message));
    }
    if refused > 0 {
        let message = format!(
            "{} {}",
            counted(refused, "record"),
            agreeing(
                refused,
                "is no JSON object and was not used",
                "are no JSON objects and were not used"
            )
        );
        return Err(Failure::new(Exit::Problems, message));
    }
    Ok(())
}

/// Lines on standard error, of which only the first are shown.
#[derive(Debug, Default)]
struct Notes {
    count: u64,
}

impl Notes {
    fn show(&mut self, text: impl std::fmt::Display) {
        if self.count < NOTES_SHOWN_MAX as u64 {
            note(text);
        }
        self.count += 1;
    }

    /// Says how many more of `what` there were. Returns how many there were in all.
    fn end(self, what: &str) -> u64 {
        let more = self.count.saturating_sub(NOTES_SHOWN_MAX as u64);
        if more > 0 {
            note(format_args!("and {more} more {what}"));
        }
        self.count
    }
}
