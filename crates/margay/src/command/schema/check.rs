//! `margay schema check`: what is wrong with schema files.

use std::path::{Path, PathBuf};

use margay_runtime::content::built_in_names;
use margay_schema::{CheckedSchema, Schema, SchemaOptions, SchemaProblem, UnknownKeys};
use serde_json::{Value, json};

use super::{files, located};
use crate::cli::schema::{Check, ReportFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{line, note};

/// What to do about keys that are refused because the language does not know them.
pub(super) const LENIENT_HINT: &str = "\nhint: `--lenient` passes over keys that the language does not know";

/// What is known of a file.
struct Report {
    file: PathBuf,
    /// The schema, if it is in order.
    checked: Option<CheckedSchema>,
    errors: Vec<SchemaProblem>,
    warnings: Vec<SchemaProblem>,
}

pub(super) fn run(arguments: &Check) -> Outcome {
    let files = files::find_schemas(&arguments.paths)?;
    let unknown_keys = super::unknown_keys(arguments.lenient);
    let reports: Vec<Report> = files.iter().map(|file| Report::of(file, unknown_keys)).collect();
    match arguments.format {
        ReportFormat::Text => reports.iter().for_each(Report::show),
        ReportFormat::Json => {
            let reports: Vec<Value> = reports.iter().map(Report::to_json).collect();
            line(format_args!("{:#}", Value::from(reports)));
        }
    }
    let bad: Vec<&Report> = reports.iter().filter(|report| report.checked.is_none()).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let mut message = format!("{} of {} schema files have problems", bad.len(), reports.len());
    if bad.iter().any(|report| has_unknown_key(&report.errors)) {
        message += LENIENT_HINT;
    }
    Err(Failure::new(Exit::Problems, message))
}

impl Report {
    fn of(file: &Path, unknown_keys: UnknownKeys) -> Self {
        let natives = built_in_names();
        let options = SchemaOptions {
            unknown_keys,
            natives: &natives,
        };
        let mut report = Self {
            file: file.to_owned(),
            checked: None,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        let text = match files::read(file) {
            Ok(text) => text,
            Err(message) => {
                report.errors.push(SchemaProblem {
                    line: 0,
                    column: 0,
                    path: String::new(),
                    message: format!("it {message}"),
                    hint: None,
                });
                return report;
            }
        };
        match Schema::from_yaml_with(&text, &options) {
            Ok(mut checked) => {
                report.warnings = std::mem::take(&mut checked.warnings);
                report.checked = Some(checked);
            }
            Err(error) => {
                report.errors = error.problems;
                report.warnings = error.warnings;
            }
        }
        report
    }

    fn show(&self) {
        for problem in &self.errors {
            if problem.line > 0 {
                note(located(&self.file, problem));
            } else {
                note(format_args!("{}: {problem}", self.file.display()));
            }
        }
        for warning in &self.warnings {
            note(format_args!("warning: {}", located(&self.file, warning)));
        }
        if let Some(CheckedSchema { schema, .. }) = &self.checked {
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
            "log_type": self.checked.as_ref().map(|checked| checked.schema.log_type().as_str()),
            "status": if self.checked.is_some() { "ok" } else { "refused" },
            "problems": errors.chain(warnings).collect::<Vec<Value>>(),
        })
    }
}

/// Whether a schema is refused, among other reasons, for a key that `--lenient` would pass over.
pub(super) fn has_unknown_key(problems: &[SchemaProblem]) -> bool {
    problems.iter().any(|problem| problem.message.contains(" has no key `"))
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
