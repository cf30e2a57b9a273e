//! `margay schema parse`: what schemas make of the records in files.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use margay_runtime::Clock;
use margay_schema::{Normalised, Origin, Parser, Reject, Schema, Session, SourceId};
use serde_json::json;

use super::chosen;
use super::samples::{self, Place, Purpose};
use crate::cli::Global;
use crate::cli::schema::{Parse, ParseFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{agreeing, counted, ended_early, note};

/// The source that parsed records are given: no real one has the nil id.
const SOURCE_LABEL: &str = "schema parse";

pub(super) async fn run(global: &Global, arguments: &Parse) -> Outcome {
    let unknown_keys = arguments.strictness.unknown_keys();
    let mut schemas = Vec::with_capacity(arguments.schemas.len());
    for named in &arguments.schemas {
        schemas.push(chosen::schema(global, named, unknown_keys).await?);
    }
    let inputs = samples::find(&arguments.inputs, &arguments.stream_type, Purpose::Parse)?;
    let mut printer = Printer {
        format: arguments.format,
        out: BufWriter::new(io::stdout()),
        events: 0,
        rejects: 0,
        failure: None,
    };
    for input in &inputs {
        let mut reading = Reading::of(&schemas);
        input.each(cutting(&schemas), &mut |place, record| {
            reading.read(place, record, &mut printer);
            if input.is_followed() {
                printer.flush();
            }
            // Whoever closed the pipe does not want the rest read.
            if printer.failure.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        if printer.failure.is_some() {
            break;
        }
    }
    printer.flush();
    if let Some(error) = printer.failure {
        return ended_early(error);
    }
    note(format_args!("{} events, {} rejected", printer.events, printer.rejects));
    if printer.rejects == 0 {
        return Ok(());
    }
    let names: Vec<&str> = schemas.iter().map(|(schema, _)| schema.log_type().as_str()).collect();
    Err(Failure::new(
        Exit::Problems,
        format!(
            "{} {} not fit {}",
            counted(printer.rejects, "record"),
            agreeing(printer.rejects, "does", "do"),
            names.join(" or ")
        ),
    ))
}

/// The schema whose parser says how files are cut: any of them, if all have parsers of one kind. Otherwise the files say.
fn cutting(schemas: &[(Schema, u32)]) -> Option<&Schema> {
    let kind = |schema: &Schema| schema.parser().map(Parser::kind);
    let (first, _) = schemas.first()?;
    let is_one_kind = schemas.iter().all(|(schema, _)| kind(schema) == kind(first));
    is_one_kind.then_some(first)
}

/// One file on its way through the schemas. The first that takes a record has it, as where records are classified.
struct Reading<'s> {
    schemas: Vec<(&'s Schema, u32, Session<'s>)>,
    now: jiff::Timestamp,
}

impl<'s> Reading<'s> {
    fn of(schemas: &'s [(Schema, u32)]) -> Self {
        let session = |(schema, version): &'s (Schema, u32)| (schema, *version, schema.session());
        Self {
            schemas: schemas.iter().map(session).collect(),
            now: Clock::system().now(),
        }
    }

    fn read(&mut self, place: Place<'_>, record: &[u8], printer: &mut Printer) {
        // Records of an array may stand in one line.
        let id = format!("{}:{}", place.name, place.index);
        let mut rejects = Vec::new();
        // A header or a comment is no record for one schema, and so for none.
        let mut is_skipped = false;
        let mut event = None;
        for (schema, version, session) in &mut self.schemas {
            if event.is_some() {
                // A session sees every line, as it may be its header.
                if schema.reads_lines() {
                    session.read(record);
                }
                continue;
            }
            let origin = Origin {
                source_id: SourceId::from_uuid(uuid::Uuid::nil()),
                source_label: SOURCE_LABEL,
                record_id: &id,
                parse_time: self.now,
                schema_version: *version,
            };
            let normalised = if schema.reads_lines() {
                session.normalise(record, &origin)
            } else {
                Some(schema.normalise(record, &origin))
            };
            match normalised {
                None => is_skipped = true,
                Some(Normalised::Event(found)) => event = Some(found.to_json(schema)),
                Some(Normalised::Reject(reject)) => rejects.push((*schema, reject)),
            }
        }
        match event {
            Some(event) => printer.event(&event),
            None if is_skipped => {}
            None => printer.reject(place, &rejects),
        }
    }
}

/// Where events and rejects go.
struct Printer {
    format: ParseFormat,
    out: BufWriter<io::Stdout>,
    events: u64,
    rejects: u64,
    /// Why nothing more can be printed.
    failure: Option<io::Error>,
}

impl Printer {
    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
    }

    fn event(&mut self, event: &str) {
        self.events += 1;
        self.failure = writeln!(self.out, "{event}").err();
    }

    fn reject(&mut self, place: Place<'_>, rejects: &[(&Schema, Reject)]) {
        self.rejects += 1;
        match self.format {
            ParseFormat::Ndjson => {
                let reasons: Vec<String> = rejects
                    .iter()
                    .map(|(schema, reject)| reason(rejects, schema, reject))
                    .collect();
                note(format_args!("{place}: rejected: {}", reasons.join("; ")));
            }
            ParseFormat::Json => {
                let schemas = rejects.iter().map(|(schema, reject)| {
                    let problems = reject.problems.iter().map(
                        |problem| json!({"path": problem.path, "expected": problem.expected, "found": problem.found}),
                    );
                    json!({
                        "log_type": schema.log_type().as_str(),
                        "problems": problems.collect::<Vec<_>>(),
                        "problems_omitted": reject.problems_omitted,
                    })
                });
                let answer = json!({"rejected": {
                    "file": place.name,
                    "line": place.line,
                    "record": place.index + 1,
                    "schemas": schemas.collect::<Vec<_>>(),
                }});
                self.failure = writeln!(self.out, "{answer}").err();
            }
        }
    }
}

/// With one schema its name says nothing.
fn reason(rejects: &[(&Schema, Reject)], schema: &Schema, reject: &Reject) -> String {
    if rejects.len() == 1 {
        reject.to_string()
    } else {
        format!("{}: {reject}", schema.log_type())
    }
}
