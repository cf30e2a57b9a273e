//! `margay schema parse`: what a schema makes of records.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use margay_runtime::Clock;
use margay_schema::{Normalised, Origin, SourceId};

use super::read_schema;
use crate::cli::schema::Parse;
use crate::command::query::ended_early;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::note;

/// The source that parsed records are given: no real one has the nil id.
const SOURCE_LABEL: &str = "schema parse";

pub(super) fn run(arguments: &Parse) -> Outcome {
    let input = arguments.input.as_path();
    let schema = read_schema(&arguments.schema).map_err(|problems| Failure::new(Exit::Problems, problems))?;
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
