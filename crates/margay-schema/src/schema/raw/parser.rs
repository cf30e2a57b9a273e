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

mod text;

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
        // What stands there instead is reported already, but may be no more than a warning.
        if parser.entry("script").is_none() {
            let message = format!("a parser has a kind: `{}`", PARSER_KINDS.join("`, `"));
            problems.add(entry.value.at, "parser", message);
        }
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
        _ => Form::NativeParser,
    };
    let mapping = Mapping::read(&kind.value, form, &path, problems)?;
    match form {
        Form::CsvParser => csv(&mapping, &path, problems),
        Form::FastmatchParser => fastmatch(&mapping, &path, problems),
        Form::RegexParser => regex(&mapping, &path, problems),
        _ => native(&mapping, log_type, natives, problems),
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

fn csv(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
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
    let options = text::options(mapping, known, path, problems);
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
    let mut is_right = true;
    for (name, at) in columns.iter().filter(|(name, _)| !name.is_empty()) {
        if let Some(line) = taken.insert(name, at.line) {
            problems.add(*at, path, format!("`{name}` is already a column, see line {line}"));
            is_right = false;
        }
        if name.contains(char::is_control) {
            problems.add(*at, path, "the name of a column has no control characters");
            is_right = false;
        }
    }
    if taken.is_empty() {
        problems.add(entry.value.at, path, "`columns` names at least one column");
        is_right = false;
    }
    is_right.then(|| columns.iter().map(|(name, _)| (*name).to_owned()).collect())
}

fn fastmatch(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
    let mut patterns = Vec::new();
    let texts = match_list(mapping, path, problems);
    for (index, (pattern, at)) in texts.iter().flatten().enumerate() {
        match FastmatchPattern::read(pattern) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => problems.add(*at, &format!("{path}.match[{index}]"), message),
        }
    }
    let is_whole = texts.is_some_and(|texts| texts.len() == patterns.len());
    let names: Vec<&str> = patterns.iter().flat_map(FastmatchPattern::names).collect();
    let options = text::options(mapping, is_whole.then_some(&*names), path, problems);
    is_whole.then(|| Parser::Fastmatch(Fastmatch::new(patterns, options)))
}

fn regex(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Parser> {
    let definitions = definitions(mapping, path, problems);
    let parts = match_list(mapping, path, problems);
    let expression = match (&definitions, parts) {
        (Some(definitions), Some(parts)) => expression(&parts, definitions, path, problems),
        _ => None,
    };
    let known: Option<Vec<&str>> = expression.as_ref().map(|expression| expression.names().collect());
    let options = text::options(mapping, known.as_deref(), path, problems);
    Some(Parser::Regex(RegexParser::new(expression?, options)))
}

/// Reads the parts of a regular expression, which are joined without anything between.
fn expression(
    parts: &[(&str, Position)],
    definitions: &Definitions,
    path: &str,
    problems: &mut Problems,
) -> Option<Expression> {
    let whole: String = parts.iter().map(|(part, _)| *part).collect();
    let error = match Expression::read(&whole, definitions) {
        Ok(expression) => return Some(expression),
        Err(error) => error,
    };
    let mut index = 0;
    let mut offset = error.at.unwrap_or(0);
    while offset >= parts[index].0.len() && index + 1 < parts.len() {
        offset -= parts[index].0.len();
        index += 1;
    }
    let path = format!("{path}.match[{index}]");
    regex_problem(error, Some(offset), definitions, parts[index].1, &path, problems);
    None
}

/// Reads the own grok patterns. Each is checked, used or not.
fn definitions(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Definitions> {
    let Some(entry) = mapping.entry("patternDefinitions") else {
        return Some(Definitions::new());
    };
    let path = format!("{path}.patternDefinitions");
    let entries = text::entries(
        entry,
        "names to expressions",
        GROK_DEFINITION_COUNT_MAX,
        &path,
        problems,
    )?;
    let mut definitions = Definitions::new();
    let mut is_right = true;
    for Entry { key, key_at, value } in entries {
        if !is_pattern_name(key) {
            let message = format!("`{key}` is no name for a pattern: capital letters, digits and `_`, a letter first");
            problems.add(*key_at, &path, message);
            is_right = false;
        }
        if let Some(pattern) = value.text() {
            definitions.insert(key.clone(), pattern.to_owned());
        } else {
            problems.add(value.at, &path, format!("`{key}` is text, found {}", value.kind()));
            is_right = false;
        }
    }
    if !is_right {
        return None;
    }
    for Entry { key, value, .. } in entries {
        if let Some(pattern) = value.text()
            && let Err(error) = check_definition(pattern, &definitions)
        {
            let at = error.at;
            regex_problem(error, at, &definitions, value.at, &format!("{path}.{key}"), problems);
            is_right = false;
        }
    }
    is_right.then_some(definitions)
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
fn match_list<'a>(mapping: &Mapping<'a>, path: &str, problems: &mut Problems) -> Option<Vec<(&'a str, Position)>> {
    let Some(entry) = mapping.entry("match") else {
        problems.add(mapping.at, path, format!("{} needs `match`", mapping.form.name()));
        return None;
    };
    let patterns = text::list(mapping, "match", PATTERN_COUNT_MAX, SCHEMA_BYTES_MAX, path, problems)?;
    if patterns.is_empty() {
        problems.add(entry.value.at, path, "`match` needs at least one pattern");
        return None;
    }
    Some(patterns)
}
