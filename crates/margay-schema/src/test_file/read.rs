//! YAML documents → tests.

use super::json::{Json, describe};
use super::{Input, TestCase, TestFile, TestFileError};
use crate::limits::{JSON_DEPTH_MAX, TEST_COUNT_MAX, TEST_FILE_BYTES_MAX, TEST_FILE_COST_MAX, YAML_KEY_COUNT_MAX};
use crate::schema::hint::did_you_mean;
use crate::schema::problem::Problems;
use crate::schema::yaml::{Bounds, Entry, Node, Position, Tree, parse_documents};
use crate::schema::{SchemaError, UnknownKeys};

/// The keys of a test, compared without regard to case.
const KEYS: [&str; 5] = ["name", "logType", "input", "result", "results"];

const BOUNDS: Bounds = Bounds {
    file: "a test file",
    bytes_max: TEST_FILE_BYTES_MAX,
    cost_max: TEST_FILE_COST_MAX,
    // The test, the list of results, and an event in it.
    depth_max: JSON_DEPTH_MAX + 2,
    key_count_max: YAML_KEY_COUNT_MAX,
    document_count_max: TEST_COUNT_MAX,
};

impl TestFile {
    /// Reads a file of tests.
    ///
    /// # Errors
    ///
    /// Every problem of the text at once, each with its line and column. A file without a test is an error.
    pub fn from_yaml(text: &str) -> Result<Self, TestFileError> {
        let mut problems = Problems::new(UnknownKeys::Warn);
        let documents = parse_documents(text, &BOUNDS, &mut problems).unwrap_or_default();
        let mut tests = Vec::new();
        let mut number = 0;
        for document in &documents {
            // What stands after the last `---`.
            if !document.is_null() {
                number += 1;
                tests.extend(test(document, number, &mut problems));
            }
        }
        if number == 0 && problems.is_empty() {
            problems.add(Position::default(), "", "the file holds no test");
        }
        if problems.is_empty() {
            return Ok(Self {
                tests,
                warnings: problems.into_warnings(),
            });
        }
        let SchemaError { problems, warnings, .. } = problems.into_error();
        Err(TestFileError { problems, warnings })
    }
}

/// Reads one test. Returns `None` if it has problems.
fn test(document: &Node, number: usize, problems: &mut Problems) -> Option<TestCase> {
    let Tree::Mapping(entries) = &document.tree else {
        let message = format!("a test is a mapping, found {}", document.kind());
        problems.add(document.at, "", message);
        return None;
    };
    let keys = Keys::of(entries, problems);
    let name = keys.name.map_or_else(
        || Some(format!("test {number}")),
        |entry| text(entry, "name", problems).map(str::to_owned),
    );
    let path = name.clone().unwrap_or_default();
    let mut needed = |entry: Option<&'_ Entry>, what: &str| {
        if entry.is_none() {
            problems.add(document.at, &path, format!("a test needs {what}"));
        }
    };
    needed(keys.log_type, "the name of a schema as `logType`");
    needed(keys.input, "the records as `input`");
    let log_type = keys.log_type.and_then(|entry| {
        let name = text(entry, &path, problems)?.to_owned();
        Some((name, entry.value.at.line))
    });
    let input = keys.input.and_then(|entry| input(entry, &path, problems));
    let expected = match (keys.result, keys.results) {
        (Some(_), Some(several)) => {
            problems.add(several.key_at, &path, "`result` and `results` exclude each other");
            None
        }
        (Some(entry), None) => one(entry, &path, problems),
        (None, Some(entry)) => several(entry, &path, problems),
        (None, None) => {
            problems.add_hinted(
                document.at,
                &path,
                "a test needs what it expects as `result` or `results`",
                || Some("`results: []` expects every record to be rejected".to_owned()),
            );
            None
        }
    };
    let (log_type, line) = log_type?;
    Some(TestCase {
        name: name?,
        log_type,
        line,
        input: input?,
        expected: expected?,
    })
}

/// The entries of a test, by key.
#[derive(Default)]
struct Keys<'a> {
    name: Option<&'a Entry>,
    log_type: Option<&'a Entry>,
    input: Option<&'a Entry>,
    result: Option<&'a Entry>,
    results: Option<&'a Entry>,
}

impl<'a> Keys<'a> {
    fn of(entries: &'a [Entry], problems: &mut Problems) -> Self {
        let mut keys = Self::default();
        for entry in entries {
            let place = match entry.key.to_lowercase().as_str() {
                "name" => &mut keys.name,
                "logtype" => &mut keys.log_type,
                "input" => &mut keys.input,
                "result" => &mut keys.result,
                "results" => &mut keys.results,
                _ => {
                    let message = format!("a test has no key `{}`", entry.key);
                    problems.unknown_key(entry.key_at, "", message, || did_you_mean(&entry.key, &KEYS));
                    continue;
                }
            };
            match place {
                Some(first) => {
                    let message = format!("`{}` is already given in line {}", entry.key, first.key_at.line);
                    problems.add(entry.key_at, "", message);
                }
                None => *place = Some(entry),
            }
        }
        keys
    }
}

fn text<'a>(entry: &'a Entry, path: &str, problems: &mut Problems) -> Option<&'a str> {
    let text = entry.value.text().filter(|text| !text.trim().is_empty());
    if text.is_none() {
        let found = match entry.value.kind() {
            "text" => "nothing",
            kind => kind,
        };
        problems.add(entry.value.at, path, format!("`{}` is text, found {found}", entry.key));
    }
    text
}

/// Reads the input: text, or the records written as YAML.
fn input(entry: &Entry, path: &str, problems: &mut Problems) -> Option<Input> {
    match &entry.value.tree {
        Tree::Mapping(_) => Some(Input::Records(vec![Json::of_yaml(&entry.value)])),
        Tree::Sequence(items) if !items.is_empty() => {
            Some(Input::Records(items.iter().map(|item| Json::of_yaml(item)).collect()))
        }
        Tree::Sequence(_) => {
            problems.add(entry.value.at, path, "`input` holds no record");
            None
        }
        Tree::Plain(_) | Tree::Quoted(_) => text(entry, path, problems).map(|text| Input::Text(text.to_owned())),
    }
}

/// Reads `result`: one event, as YAML or as a text of JSON.
fn one(entry: &Entry, path: &str, problems: &mut Problems) -> Option<Vec<Json>> {
    let value = match &entry.value.tree {
        Tree::Plain(_) | Tree::Quoted(_) => {
            let written = text(entry, path, problems)?;
            match Json::of_text(written) {
                Ok(value) => value,
                Err(error) => {
                    not_json(&entry.value, &entry.key, &describe(error, written), path, problems);
                    return None;
                }
            }
        }
        Tree::Sequence(_) | Tree::Mapping(_) => Json::of_yaml(&entry.value),
    };
    if matches!(value, Json::Array(_)) {
        let hint = || Some("a list of events is given as `results`".to_owned());
        problems.add_hinted(entry.value.at, path, "`result` is one event, found a list", hint);
        return None;
    }
    is_event(&value, &entry.value, path, problems).then(|| vec![value])
}

/// Reads `results`: a list of events, each as `result` has it, or one text that holds them all.
fn several(entry: &Entry, path: &str, problems: &mut Problems) -> Option<Vec<Json>> {
    let mut events: Vec<(Json, &Node)> = Vec::new();
    let mut is_complete = true;
    match &entry.value.tree {
        Tree::Mapping(_) => events.push((Json::of_yaml(&entry.value), &entry.value)),
        Tree::Plain(_) if entry.value.is_null() => {
            let hint = || Some("`results: []` expects every record to be rejected".to_owned());
            problems.add_hinted(entry.value.at, path, "`results` is a list, found nothing", hint);
            return None;
        }
        Tree::Plain(_) | Tree::Quoted(_) => {
            is_complete = events_of_text(&entry.value, &entry.key, path, &mut events, problems);
        }
        Tree::Sequence(items) => {
            for item in items {
                match &item.tree {
                    Tree::Plain(_) | Tree::Quoted(_) => {
                        is_complete &= events_of_text(item, &entry.key, path, &mut events, problems);
                    }
                    Tree::Sequence(_) | Tree::Mapping(_) => events.push((Json::of_yaml(item), item)),
                }
            }
        }
    }
    for (event, node) in &events {
        is_complete &= is_event(event, node, path, problems);
    }
    is_complete.then(|| events.into_iter().map(|(event, _)| event).collect())
}

/// Adds the events that a text of JSON holds, one after another or in one array. Returns whether it is JSON.
fn events_of_text<'a>(
    node: &'a Node,
    key: &str,
    path: &str,
    events: &mut Vec<(Json, &'a Node)>,
    problems: &mut Problems,
) -> bool {
    let written = node.text().unwrap_or_default();
    match Json::several_of_text(written) {
        Ok(values) if values.is_empty() => not_json(node, key, "it is empty", path, problems),
        Ok(values) => {
            for value in values {
                match value {
                    Json::Array(items) => events.extend(items.into_iter().map(|item| (item, node))),
                    other => events.push((other, node)),
                }
            }
            return true;
        }
        Err(error) => not_json(node, key, &describe(error, written), path, problems),
    }
    false
}

fn not_json(node: &Node, key: &str, why: &str, path: &str, problems: &mut Problems) {
    problems.add(node.at, path, format!("`{key}` is a text, but not of JSON: {why}"));
}

fn is_event(value: &Json, node: &Node, path: &str, problems: &mut Problems) -> bool {
    let is_object = matches!(value, Json::Object(_));
    if !is_object {
        problems.add(node.at, path, format!("an event is an object, found {}", value.kind()));
    }
    is_object
}
