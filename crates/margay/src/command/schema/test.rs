//! `margay schema test`: files of tests, run on their schemas.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use margay_runtime::Content;
use margay_schema::test_file::{TestCase, TestFile, TestOutcome};
use margay_schema::{Schema, did_you_mean};
use serde_json::{Value, json};

use super::check::{CheckedFile, LENIENT_HINT, problem_to_json};
use super::{files, located};
use crate::cli::schema::{ReportFormat, Test};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{display_line, line, note};

/// The schemas that tests may name, by their names in small letters.
type Known = BTreeMap<String, Schema>;

/// What became of a file: of tests, or of a schema that is not in order.
struct Report {
    file: PathBuf,
    /// Why the file is of no use, line by line and for machines.
    refused: Option<(Vec<String>, Vec<Value>)>,
    tests: Vec<Tested>,
}

/// What became of a test.
struct Tested {
    name: String,
    log_type: String,
    /// The line of its log type.
    line: usize,
    /// Why it could not be run, or how it ran.
    outcome: Result<TestOutcome, String>,
}

pub(super) fn run(arguments: &Test) -> Outcome {
    let files = files::find(&arguments.paths)?;
    if files.tests.is_empty() {
        let looked: Vec<String> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!(
            "there are no tests in {}\nhint: name folders or files of tests; they end in `_tests.yml` or `_tests.yaml`",
            looked.join(", ")
        );
        return Err(Failure::new(Exit::Problems, message));
    }
    let unknown_keys = arguments.strictness.unknown_keys();
    let (in_order, refused): (Vec<CheckedFile>, Vec<CheckedFile>) = files
        .schemas
        .iter()
        .map(|file| CheckedFile::read(file, unknown_keys))
        .partition(|checked| checked.schema.is_some());
    let has_unknown_keys = refused.iter().any(|checked| checked.has_unknown_keys);
    let known = known(in_order)?;
    let mut reports: Vec<Report> = refused.iter().map(Report::of_refused).collect();
    reports.extend(files.tests.iter().map(|file| Report::of_tests(file, &known)));

    let tests = || reports.iter().flat_map(|report| &report.tests);
    let passed = tests().filter(|test| test.is_passed()).count();
    let failed = tests().count() - passed + reports.iter().filter(|report| report.refused.is_some()).count();
    match arguments.report.format {
        ReportFormat::Text => {
            reports.iter().for_each(Report::show);
            line(format_args!("{passed} passed, {failed} failed"));
        }
        ReportFormat::Json => {
            let files: Vec<Value> = reports.iter().map(Report::to_json).collect();
            let answer = json!({"passed": passed, "failed": failed, "files": files});
            line(format_args!("{answer:#}"));
        }
    }
    if failed > 0 {
        let mut message = format!("{failed} failed");
        if has_unknown_keys {
            message += LENIENT_HINT;
        }
        return Err(Failure::new(Exit::Problems, message));
    }
    Ok(())
}

/// The schemas of the files, and the built-in ones beside them unless a file has one of their names.
fn known(files: Vec<CheckedFile>) -> Outcome<Known> {
    let mut known = Known::new();
    for checked in files {
        checked.show_warnings();
        let Some(schema) = checked.schema else { continue };
        let name = schema.log_type().to_string();
        if known.insert(name.to_lowercase(), schema).is_some() {
            let message = format!("{}: another file has a schema `{name}` too", checked.file.display());
            return Err(Failure::new(Exit::Usage, message));
        }
    }
    for built_in in Content::built_in().or_exit(Exit::Failure)?.schemas() {
        let name = built_in.schema.log_type().as_str().to_lowercase();
        known.entry(name).or_insert_with(|| built_in.schema.as_ref().clone());
    }
    Ok(known)
}

impl Report {
    /// A schema that is not in order has failed whatever tests there are of it.
    fn of_refused(checked: &CheckedFile) -> Self {
        let problems = checked.errors.iter().map(|problem| problem_to_json("error", problem));
        Self {
            file: checked.file.clone(),
            refused: Some((checked.problems(), problems.collect())),
            tests: Vec::new(),
        }
    }

    fn of_tests(file: &Path, known: &Known) -> Self {
        let mut report = Self {
            file: file.to_owned(),
            refused: None,
            tests: Vec::new(),
        };
        let text = match files::read(file) {
            Ok(text) => text,
            Err(problem) => {
                report.refused = Some((vec![format!("{}: {problem}", file.display())], Vec::new()));
                return report;
            }
        };
        match TestFile::from_yaml(&text) {
            Ok(tests) => {
                for warning in &tests.warnings {
                    note(format_args!("warning: {}", located(file, warning)));
                }
                report.tests = tests.tests.iter().map(|test| Tested::of(test, known)).collect();
            }
            Err(error) => {
                let problems = error.problems.iter().map(|problem| problem_to_json("error", problem));
                report.refused = Some((vec![located(file, &error)], problems.collect()));
            }
        }
        report
    }

    fn show(&self) {
        line(format_args!("{}", self.file.display()));
        if let Some((problems, _)) = &self.refused {
            line("  FAILED  the file is not in order");
            for problem in problems.iter().flat_map(|problem| problem.lines()) {
                line(format_args!("    {}", display_line(problem)));
            }
        }
        for test in &self.tests {
            test.show(&self.file);
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "file": self.file.display().to_string(),
            "problems": self.refused.as_ref().map_or(&[][..], |(_, problems)| problems),
            "tests": self.tests.iter().map(Tested::to_json).collect::<Vec<Value>>(),
        })
    }
}

impl Tested {
    fn of(test: &TestCase, known: &Known) -> Self {
        let schema = known.get(&test.log_type.to_lowercase());
        let outcome = schema.map(|schema| test.run(schema)).ok_or_else(|| {
            let names: Vec<&str> = known.values().map(|schema| schema.log_type().as_str()).collect();
            let hint = did_you_mean(&test.log_type, &names).map(|hint| format!("\nhint: {hint}"));
            format!(
                "no schema in order is called `{}`{}",
                test.log_type,
                hint.unwrap_or_default()
            )
        });
        Self {
            name: test.name.clone(),
            log_type: test.log_type.clone(),
            line: test.line,
            outcome,
        }
    }

    fn is_passed(&self) -> bool {
        self.outcome.as_ref().is_ok_and(TestOutcome::is_passed)
    }

    fn show(&self, file: &Path) {
        let word = if self.is_passed() { "ok    " } else { "FAILED" };
        line(format_args!(
            "  {word}  {} ({})",
            display_line(&self.name),
            display_line(&self.log_type)
        ));
        match &self.outcome {
            Err(problem) => {
                let place = format!("{}:{}", file.display(), self.line);
                for (index, problem) in problem.lines().enumerate() {
                    let place = if index == 0 {
                        format!("{place}: ")
                    } else {
                        String::new()
                    };
                    line(format_args!("    {place}{}", display_line(problem)));
                }
            }
            Ok(outcome) => {
                for difference in &outcome.differences {
                    show_difference(difference);
                }
                if outcome.differences_omitted > 0 {
                    line(format_args!("    and {} more differences", outcome.differences_omitted));
                }
            }
        }
    }

    fn to_json(&self) -> Value {
        let outcome = self.outcome.as_ref();
        let differences = outcome.map_or(&[][..], |outcome| &outcome.differences);
        let differences = differences.iter().map(|difference| {
            json!({
                "event": difference.event,
                "path": difference.path,
                "expected": difference.expected,
                "found": difference.found,
            })
        });
        json!({
            "name": self.name,
            "log_type": self.log_type,
            "line": self.line,
            "status": if self.is_passed() { "passed" } else { "failed" },
            "problem": outcome.err(),
            "events": outcome.map_or(0, |outcome| outcome.event_count),
            "rejects": outcome.map_or(0, |outcome| outcome.reject_count),
            "differences": differences.collect::<Vec<Value>>(),
            "differences_omitted": outcome.map_or(0, |outcome| outcome.differences_omitted),
        })
    }
}

/// Expected and found stand below each other, so that the eye finds where they part.
fn show_difference(difference: &margay_schema::test_file::Difference) {
    let event = if difference.event > 0 {
        format!("event {}", difference.event)
    } else {
        "the test".to_owned()
    };
    let path = if difference.path.is_empty() {
        String::new()
    } else {
        format!(", {}", difference.path)
    };
    line(format_args!("    {event}{}", display_line(&path)));
    line(format_args!("      expected  {}", display_line(&difference.expected)));
    line(format_args!("      found     {}", display_line(&difference.found)));
}
