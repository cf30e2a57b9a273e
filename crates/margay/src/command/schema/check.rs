//! `margay schema check`: what is wrong with schema files.

use super::read_schema;
use crate::cli::schema::Check;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{line, note};

pub(super) fn run(arguments: &Check) -> Outcome {
    let files = &arguments.files;
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
