//! The `parser` of a schema file: exactly one kind, with its keys.

use super::super::hint::did_you_mean;
use super::super::keys::{Form, Mapping, PARSER_KINDS};
use super::super::problem::Problems;
use super::super::yaml::{Entry, Position};
use crate::limits::{
    CSV_COLUMN_COUNT_MAX, FIELD_NAME_BYTES_MAX, GROK_DEFINITION_COUNT_MAX, LOG_TYPE_BYTES, PATTERN_COUNT_MAX,
    SCHEMA_BYTES_MAX,
};
use crate::log_type::LogType;
use crate::parser::{
    Csv, Definitions, Expression, Fastmatch, FastmatchPattern, GROK_BUILT_IN, Header, Options, Parser, RegexError,
    RegexHint, RegexParser, check_definition, is_pattern_name,
};

mod fields;
mod script;
mod text;

use script::script;

/// The schema and its parser's kind.
type Mappings<'a> = (&'a Mapping<'a>, &'a Mapping<'a>);

/// Reads the parser, if there is one. `mapping` is the schema, `natives` are the names of built-in schemas.
pub(super) fn read(
    mapping: &Mapping<'_>,
    log_type: Option<&LogType>,
    natives: &[&str],
    problems: &mut Problems,
) -> Option<Parser> {
    let entry = mapping.entry("parser")?;
    let parser = Mapping::read(&entry.value, Form::Parser, "parser", problems)?;
    let mut kinds = PARSER_KINDS.iter().filter_map(|kind| parser.entry(kind));
    let Some(kind) = kinds.next() else {
        let message = format!("a parser has a kind: `{}`", PARSER_KINDS.join("`, `"));
        problems.add(entry.value.at, "parser", message);
        return None;
    };
    for other in kinds {
        let message = format!("a parser has one kind, and this has `{}` and `{}`", kind.key, other.key);
        problems.add(other.key_at, "parser", message);
    }
    let path = format!("parser.{}", kind.key);
    let form = match &*kind.key {
        "csv" => Form::CsvParser,
        "fastmatch" => Form::FastmatchParser,
        "regex" => Form::RegexParser,
        "script" => Form::ScriptParser,
        _ => Form::NativeParser,
    };
    let kind_mapping = Mapping::read(&kind.value, form, &path, problems)?;
    let mappings = (mapping, &kind_mapping);
    match form {
        Form::CsvParser => csv(mappings, &path, problems),
        Form::FastmatchParser => fastmatch(mappings, &path, problems),
        Form::RegexParser => regex(mappings, &path, problems),
        Form::ScriptParser => script(&kind_mapping, problems),
        _ => native(&kind_mapping, log_type, natives, problems),
    }
}

/// Reads a native parser. It takes JSON, as a schema without a parser does, so its name only has to mean something.
fn native(
    mapping: &Mapping<'_>,
    log_type: Option<&LogType>,
    natives: &[&str],
    problems: &mut Problems,
) -> Option<Parser> {
    let path = "parser.native";
    let Some(entry) = mapping.entry("name") else {
        problems.add(mapping.at, path, "a native parser needs a `name`");
        return None;
    };
    let name = mapping.text("name", *LOG_TYPE_BYTES.end(), path, problems)?;
    // Without a log type nobody can say whether the name is its own.
    let log_type = log_type?;
    if name != log_type.as_str() && !natives.contains(&name) {
        let known: Vec<&str> = natives.iter().copied().chain([log_type.as_str()]).collect();
        let hint =
            || did_you_mean(name, &known).or_else(|| Some("records that are JSON need no `parser` at all".to_owned()));
        let message = format!("there is no built-in schema `{name}`, nor is it this schema's name");
        problems.add_hinted(entry.value.at, path, message, hint);
    }
    Some(Parser::Native)
}

fn csv(mappings: Mappings<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
    let mapping = mappings.1;
    let delimiter = delimiter(mapping, path, problems);
    let header = if mapping.is_true("hasHeader", path, problems) {
        Header::Present
    } else {
        Header::Absent
    };
    let columns = columns(mapping, header, path, problems);
    // Without columns the header of each file says what there is.
    let names = columns.iter().flatten().map(|column| &**column).collect::<Vec<_>>();
    let known = (!names.is_empty()).then_some(&*names);
    let options = text::options(mappings, known, path, problems);
    Some(Parser::Csv(Csv::new(delimiter?, header, columns?, options)))
}

/// Reads the delimiter: one character that is not a quote, a comma if none is given.
fn delimiter(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<char> {
    let Some(entry) = mapping.entry("delimiter") else {
        return Some(',');
    };
    let text = mapping.text("delimiter", SCHEMA_BYTES_MAX, path, problems)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some('"' | '\n' | '\r'), None) => {
            let message = "the delimiter of a csv row is neither a quote nor a line break";
            problems.add(entry.value.at, path, message);
            None
        }
        (Some(delimiter), None) => Some(delimiter),
        _ => {
            let hint = (text == "\\t").then(|| "a tab is written \"\\t\", in double quotes".to_owned());
            problems.add_hinted(entry.value.at, path, "`delimiter` is one character", || hint);
            None
        }
    }
}

/// Reads the columns' names: none if they are those of the header.
fn columns(mapping: &Mapping<'_>, header: Header, path: &str, problems: &mut Problems) -> Option<Vec<String>> {
    let Some(entry) = mapping.entry("columns") else {
        if header == Header::Present {
            return Some(Vec::new());
        }
        problems.add_hinted(mapping.at, path, "a csv parser needs `columns`", || {
            Some("if the first row of each file has the names, say `hasHeader: true`".to_owned())
        });
        return None;
    };
    let columns = text::list(
        mapping,
        "columns",
        CSV_COLUMN_COUNT_MAX,
        FIELD_NAME_BYTES_MAX,
        path,
        problems,
    )?;
    let mut taken: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let text::Texts {
        items: columns,
        is_whole: mut is_right,
    } = columns;
    for column in columns.iter().filter(|column| !column.text.is_empty()) {
        let (name, at) = (column.text, column.at);
        if let Some(line) = taken.insert(name, at.line) {
            problems.add(at, path, format!("`{name}` is already a column, see line {line}"));
            is_right = false;
        }
        if name.contains(char::is_control) {
            problems.add(at, path, "the name of a column has no control characters");
            is_right = false;
        }
    }
    if taken.is_empty() {
        problems.add(entry.value.at, path, "`columns` names at least one column");
        is_right = false;
    }
    is_right.then(|| columns.iter().map(|column| column.text.to_owned()).collect())
}

fn fastmatch(mappings: Mappings<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
    let list = match_list(mappings.1, path, problems);
    let mut is_right = list.as_ref().is_some_and(|list| list.is_whole);
    let mut patterns = Vec::new();
    for item in list.iter().flat_map(|list| &list.items) {
        match FastmatchPattern::read(item.text) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => {
                problems.add(item.at, &format!("{path}.match[{}]", item.index), message);
                is_right = false;
            }
        }
    }
    let names: Vec<&str> = patterns.iter().flat_map(FastmatchPattern::names).collect();
    let options = text::options(mappings, is_right.then_some(&*names), path, problems);
    is_right.then(|| Parser::Fastmatch(Fastmatch::new(patterns, options)))
}

fn regex(mappings: Mappings<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
    let (definitions, is_defined) = definitions(mappings.1, path, problems);
    let list = match_list(mappings.1, path, problems).filter(|list| list.is_whole);
    let expression = list.and_then(|list| expression(&list.items, &definitions, path, problems));
    // What a definition that is wrong gives is not known.
    let expression = expression.filter(|_| is_defined);
    let known: Option<Vec<&str>> = expression.as_ref().map(|expression| expression.names().collect());
    let options = text::options(mappings, known.as_deref(), path, problems);
    Some(Parser::Regex(RegexParser::new(expression?, options)))
}

/// Reads the parts of a regular expression, which are joined without anything between.
fn expression(
    parts: &[text::Item<'_>],
    definitions: &Definitions,
    path: &str,
    problems: &mut Problems,
) -> Option<Expression> {
    let whole: String = parts.iter().map(|part| part.text).collect();
    let error = match Expression::read(&whole, definitions) {
        Ok(expression) => return Some(expression),
        Err(error) => error,
    };
    let mut index = 0;
    let mut offset = error.at.unwrap_or(0);
    while offset >= parts[index].text.len() && index + 1 < parts.len() {
        offset -= parts[index].text.len();
        index += 1;
    }
    let path = format!("{path}.match[{index}]");
    regex_problem(error, Some(offset), definitions, parts[index].at, &path, problems);
    None
}

/// Reads the own grok patterns, and whether they are right. Each is checked, used or not; one that is wrong is put
/// right as a single letter, so that its problem is not found again where it is used.
fn definitions(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> (Definitions, bool) {
    let mut definitions = Definitions::new();
    let Some(entry) = mapping.entry("patternDefinitions") else {
        return (definitions, true);
    };
    let path = format!("{path}.patternDefinitions");
    let entries = text::entries(
        entry,
        "names to expressions",
        GROK_DEFINITION_COUNT_MAX,
        &path,
        problems,
    );
    let Some(entries) = entries else {
        return (definitions, false);
    };
    let mut wrong: Vec<&str> = Vec::new();
    for Entry { key, key_at, value } in entries {
        if !is_pattern_name(key) {
            let message = format!("`{key}` is no name for a pattern: capital letters, digits and `_`, a letter first");
            problems.add(*key_at, &path, message);
            wrong.push(key);
        }
        if value.text().is_none() {
            problems.add(value.at, &path, format!("`{key}` is text, found {}", value.kind()));
            wrong.push(key);
        }
        definitions.insert(key.clone(), value.text().unwrap_or("x").to_owned());
    }
    for Entry { key, value, .. } in entries {
        if let Err(error) = check_definition(&definitions[key], &definitions) {
            let at = error.at;
            regex_problem(error, at, &definitions, value.at, &format!("{path}.{key}"), problems);
            wrong.push(key);
        }
    }
    for key in &wrong {
        definitions.insert((*key).to_owned(), "x".to_owned());
    }
    (definitions, wrong.is_empty())
}

fn regex_problem(
    error: RegexError,
    offset: Option<usize>,
    definitions: &Definitions,
    at: Position,
    path: &str,
    problems: &mut Problems,
) {
    let message = match (error.at, offset) {
        (Some(_), Some(offset)) => format!("{}, at byte {offset} of this text", error.message),
        _ => error.message,
    };
    problems.add_hinted(at, path, message, || match error.hint? {
        RegexHint::Text(hint) => Some(hint.to_owned()),
        RegexHint::UnknownPattern(name) => {
            let built_in = GROK_BUILT_IN.iter().map(|(name, _)| *name);
            let known: Vec<&str> = definitions.keys().map(|name| &**name).chain(built_in).collect();
            did_you_mean(&name, &known)
        }
    });
}

/// Reads `match`: at least one text.
fn match_list<'a>(mapping: &Mapping<'a>, path: &str, problems: &mut Problems) -> Option<text::Texts<'a>> {
    let Some(entry) = mapping.entry("match") else {
        problems.add(mapping.at, path, format!("{} needs `match`", mapping.form.name()));
        return None;
    };
    let patterns = text::list(mapping, "match", PATTERN_COUNT_MAX, SCHEMA_BYTES_MAX, path, problems)?;
    if patterns.items.is_empty() && patterns.is_whole {
        problems.add(entry.value.at, path, "`match` needs at least one pattern");
        return None;
    }
    Some(patterns)
}
