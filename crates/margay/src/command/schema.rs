//! `margay schema`: checks schema files and shows what they make of records. Needs no data directory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use margay_runtime::Clock;
use margay_schema::{Normalised, Origin, Schema, SourceId};

use crate::cli;
use crate::command::query::ended_early;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{line, note};

/// The source that parsed records are given: no real one has the nil id.
const SOURCE_LABEL: &str = "schema parse";

pub(super) fn run(arguments: cli::Schema) -> Outcome {
    match arguments {
        cli::Schema::Check { files } => check(&files),
        cli::Schema::Parse { schema, input } => parse(&schema, &input),
    }
}

fn check(files: &[PathBuf]) -> Outcome {
    let mut bad = 0;
    for file in files {
        match read_schema(file) {
            Ok(schema) => {
                line(format_args!(
                    "{}: {} is in order, {} fields",
                    file.display(),
                    schema.log_type(),
                    schema.fields().len()
                ));
            }
            Err(problems) => {
                bad += 1;
                note(problems);
            }
        }
    }
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Problems,
        format!("{bad} of {} schema files have problems", files.len()),
    ))
}

/// Every line of the message begins with the file, as compilers do, so that editors can jump there.
fn read_schema(file: &Path) -> Result<Schema, String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("{}: could not be read: {error}", file.display()))?;
    Schema::from_yaml(&text).map_err(|error| {
        let located = |text: &str| {
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                format!("{}:{text}", file.display())
            } else {
                text.to_owned()
            }
        };
        error.to_string().lines().map(located).collect::<Vec<_>>().join("\n")
    })
}

fn parse(schema: &Path, input: &Path) -> Outcome {
    let schema = read_schema(schema).map_err(|problems| Failure::new(Exit::Problems, problems))?;
    let reader: Box<dyn BufRead> = if input == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(input).or_exit(Exit::Usage);
        let file = file.map_err(|_| Failure::new(Exit::Usage, format!("could not open {}", input.display())))?;
        Box::new(BufReader::new(file))
    };
    let now = Clock::system().now();
    let mut out = io::BufWriter::new(io::stdout());
    let (mut events, mut rejects) = (0_u64, 0_u64);
    for (index, record) in reader.split(b'\n').enumerate() {
        let record = record.or_exit(Exit::Usage)?;
        if record.trim_ascii().is_empty() {
            continue;
        }
        let number = (index + 1).to_string();
        let origin = Origin {
            source_id: SourceId::from_uuid(uuid::Uuid::nil()),
            source_label: SOURCE_LABEL,
            record_id: &number,
            parse_time: now,
            schema_version: 0,
        };
        match schema.normalise(&record, &origin) {
            Normalised::Event(event) => {
                events += 1;
                if let Err(error) = writeln!(out, "{}", event.to_json(&schema)) {
                    return ended_early(error);
                }
            }
            Normalised::Reject(reject) => {
                rejects += 1;
                note(format_args!("{}:{number}: rejected: {reject}", input.display()));
            }
        }
    }
    if let Err(error) = out.flush() {
        return ended_early(error);
    }
    note(format_args!("{events} events, {rejects} rejected"));
    if rejects == 0 {
        Ok(())
    } else {
        Err(Failure::new(
            Exit::Problems,
            format!("{rejects} records do not fit {}", schema.log_type()),
        ))
    }
}
