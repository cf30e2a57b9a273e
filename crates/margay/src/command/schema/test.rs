//! `margay schema test`: files of tests, run on their schemas.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use margay_runtime::Content;
use margay_runtime::content::built_in_names;
use margay_schema::test_file::{TestCase, TestFile, TestOutcome};
use margay_schema::{Schema, SchemaOptions, did_you_mean};
use serde_json::{Value, json};

use super::check::{LENIENT_HINT, has_unknown_key, problem_to_json};
use super::{files, located};
use crate::cli::schema::{ReportFormat, Test};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{display_line, line, note};

/// The schemas that tests may name, by their names in small letters.
type Known = BTreeMap<String, KnownSchema>;

/// A schema that tests may name.
struct KnownSchema {
    /// Its name as it is written.
    name: String,
    /// The schema, or what is wrong with it.
    schema: Result<Schema, Refused>,
}

/// What is wrong with a schema.
struct Refused {
    /// The problems, with their places.
    problems: String,
    /// Whether one of them is a key that `--lenient` would pass over.
    has_unknown_key: bool,
}

/// What became of a file of tests.
struct Report {
    file: PathBuf,
    /// Why the file is no file of tests, as text and for machines.
    refused: Option<(String, Vec<Value>)>,
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
    /// Whether its schema is refused for a key that `--lenient` would pass over.
    is_lenient_worth_a_try: bool,
}

pub(super) fn run(arguments: &Test) -> Outcome {
    let files = files::find(&arguments.paths)?;
    let known = schemas(&files.schemas, arguments.lenient)?;
    if files.tests.is_empty() {
        let looked: Vec<String> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!(
            "there are no tests in {}\nhint: name folders or files of tests; they end in `_tests.yml` or `_tests.yaml`",
            looked.join(", ")
        );
        return Err(Failure::new(Exit::Problems, message));
    }
    let reports: Vec<Report> = files.tests.iter().map(|file| Report::of(file, &known)).collect();
    let tests = || reports.iter().flat_map(|report| &report.tests);
    let passed = tests().filter(|test| test.is_passed()).count();
    let failed = tests().count() - passed + reports.iter().filter(|report| report.refused.is_some()).count();
    match arguments.format {
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
        let mut message = format!("{failed} tests failed");
        if tests().any(|test| test.is_lenient_worth_a_try) {
            message += LENIENT_HINT;
        }
        return Err(Failure::new(Exit::Problems, message));
    }
    if passed == 0 {
        return Err(Failure::new(Exit::Problems, "the files hold no tests"));
    }
    Ok(())
}

/// Reads the schemas of the files. The built-in ones are there beside them, unless a file has one of their names.
fn schemas(files: &[PathBuf], lenient: bool) -> Outcome<Known> {
    let natives = built_in_names();
    let options = SchemaOptions {
        unknown_keys: super::unknown_keys(lenient),
        natives: &natives,
    };
    let mut known = Known::new();
    for file in files {
        let text =
            files::read(file).map_err(|problem| Failure::new(Exit::Usage, format!("{}: {problem}", file.display())))?;
        let (name, schema) = match Schema::from_yaml_with(&text, &options) {
            Ok(checked) => {
                for warning in &checked.warnings {
                    note(format_args!("warning: {}", located(file, warning)));
                }
                (checked.schema.log_type().to_string(), Ok(checked.schema))
            }
            Err(error) => {
                let problems = located(file, &error);
                let Some(name) = name_of(&text) else {
                    // No test can name it, so that nothing else would tell.
                    note(problems);
                    continue;
                };
                let refused = Refused {
                    problems,
                    has_unknown_key: has_unknown_key(&error.problems),
                };
                (name, Err(refused))
            }
        };
        let key = name.to_lowercase();
        if known.contains_key(&key) {
            let message = format!("{}: another file has a schema `{name}` too", file.display());
            return Err(Failure::new(Exit::Usage, message));
        }
        known.insert(key, KnownSchema { name, schema });
    }
    for built_in in Content::built_in().or_exit(Exit::Failure)?.schemas() {
        let name = built_in.schema.log_type().to_string();
        known.entry(name.to_lowercase()).or_insert_with(|| KnownSchema {
            name,
            schema: Ok(built_in.schema.as_ref().clone()),
        });
    }
    Ok(known)
}

/// The name that a text which is no schema gives itself, so that its tests are told what is wrong with it.
fn name_of(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("schema:"))?;
    let name = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}

impl Report {
    fn of(file: &Path, known: &Known) -> Self {
        let mut report = Self {
            file: file.to_owned(),
            refused: None,
            tests: Vec::new(),
        };
        let text = match files::read(file) {
            Ok(text) => text,
            Err(problem) => {
                report.refused = Some((format!("{}: {problem}", file.display()), Vec::new()));
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
                report.refused = Some((located(file, &error), problems.collect()));
            }
        }
        report
    }

    fn show(&self) {
        line(format_args!("{}", self.file.display()));
        if let Some((problems, _)) = &self.refused {
            line("  FAILED  the file cannot be read");
            for problem in problems.lines() {
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
        let mut is_lenient_worth_a_try = false;
        let outcome = match known.get(&test.log_type.to_lowercase()).map(|known| &known.schema) {
            Some(Ok(schema)) => Ok(test.run(schema)),
            Some(Err(refused)) => {
                is_lenient_worth_a_try = refused.has_unknown_key;
                Err(format!("its schema is not in order\n{}", refused.problems))
            }
            None => {
                let names: Vec<&str> = known.values().map(|known| known.name.as_str()).collect();
                let hint = did_you_mean(&test.log_type, &names).map(|hint| format!("\nhint: {hint}"));
                Err(format!(
                    "there is no schema `{}`{}",
                    test.log_type,
                    hint.unwrap_or_default()
                ))
            }
        };
        Self {
            name: test.name.clone(),
            log_type: test.log_type.clone(),
            line: test.line,
            outcome,
            is_lenient_worth_a_try,
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
