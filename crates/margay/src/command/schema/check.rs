//! `margay schema check`: what is wrong with schema files.

use std::path::{Path, PathBuf};

use margay_runtime::content::read_schema;
use margay_schema::{Schema, SchemaProblem, UnknownKeys};
use serde_json::{Value, json};

use super::{files, located};
use crate::cli::schema::{Check, ReportFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{line, note};

/// What to do about keys that are refused because the language does not know them.
pub(super) const LENIENT_HINT: &str = "\nhint: `--lenient` passes over keys that the language does not know";

/// A schema file, read.
pub(super) struct CheckedFile {
    pub(super) file: PathBuf,
    /// The schema, if it is in order.
    pub(super) schema: Option<Schema>,
    /// What is wrong with it. Empty if it is in order.
    pub(super) errors: Vec<SchemaProblem>,
    /// What is legal but probably not meant.
    pub(super) warnings: Vec<SchemaProblem>,
    /// Whether one of the errors is a key that `--lenient` would pass over.
    pub(super) has_unknown_keys: bool,
}

pub(super) fn run(arguments: &Check) -> Outcome {
    let files = files::find_schemas(&arguments.paths)?;
    let unknown_keys = arguments.strictness.unknown_keys();
    let checked: Vec<CheckedFile> = files.iter().map(|file| CheckedFile::read(file, unknown_keys)).collect();
    match arguments.report.format {
        ReportFormat::Text => checked.iter().for_each(CheckedFile::show),
        ReportFormat::Json => {
            let checked: Vec<Value> = checked.iter().map(CheckedFile::to_json).collect();
            line(format_args!("{:#}", Value::from(checked)));
        }
    }
    let bad_count = checked.iter().filter(|file| file.schema.is_none()).count();
    if bad_count == 0 {
        return Ok(());
    }
    let mut message = format!("{bad_count} of {} schema files have problems", checked.len());
    if checked.iter().any(|file| file.has_unknown_keys) {
        message += LENIENT_HINT;
    }
    Err(Failure::new(Exit::Problems, message))
}

impl CheckedFile {
    /// Reads a schema file. One that cannot be read has that as its only error.
    pub(super) fn read(file: &Path, unknown_keys: UnknownKeys) -> Self {
        let mut checked = Self {
            file: file.to_owned(),
            schema: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            has_unknown_keys: false,
        };
        let text = match files::read(file) {
            Ok(text) => text,
            Err(message) => {
                checked.errors.push(SchemaProblem {
                    line: 0,
                    column: 0,
                    path: String::new(),
                    message: format!("it {message}"),
                    hint: None,
                });
                return checked;
            }
        };
        match read_schema(&text, unknown_keys) {
            Ok(read) => {
                checked.warnings = read.warnings;
                checked.schema = Some(read.schema);
            }
            Err(error) => {
                checked.errors = error.problems;
                checked.warnings = error.warnings;
                checked.has_unknown_keys = error.has_unknown_keys;
            }
        }
        checked
    }

    /// Returns what is wrong, a line for each problem and each hint, with the file before it.
    pub(super) fn problems(&self) -> Vec<String> {
        self.errors.iter().map(|problem| located(&self.file, problem)).collect()
    }

    /// Shows what is probably not meant.
    pub(super) fn show_warnings(&self) {
        for warning in &self.warnings {
            note(format_args!("warning: {}", located(&self.file, warning)));
        }
    }

    fn show(&self) {
        self.problems().iter().for_each(note);
        self.show_warnings();
        if let Some(schema) = &self.schema {
            line(format_args!(
                "{}: {} is in order, {} fields",
                self.file.display(),
                schema.log_type(),
                schema.fields().len()
            ));
        }
    }

    fn to_json(&self) -> Value {
        let errors = self.errors.iter().map(|problem| problem_to_json("error", problem));
        let warnings = self.warnings.iter().map(|problem| problem_to_json("warning", problem));
        json!({
            "file": self.file.display().to_string(),
            "log_type": self.schema.as_ref().map(|schema| schema.log_type().as_str()),
            "status": if self.schema.is_some() { "ok" } else { "refused" },
            "problems": errors.chain(warnings).collect::<Vec<Value>>(),
        })
    }
}

/// A problem for machines. `line` and `column` count from 1; 0 is the file as a whole.
pub(super) fn problem_to_json(severity: &str, problem: &SchemaProblem) -> Value {
    json!({
        "severity": severity,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
    })
}
