//! The `parser` of a schema file: exactly one kind, with its keys.

use super::super::hint::did_you_mean;
use super::super::keys::{Form, Mapping};
use super::super::problem::Problems;
use super::super::yaml::Tree;
use crate::limits::LOG_TYPE_BYTES;
use crate::log_type::LogType;
use crate::parser::Parser;

/// Reads the parser, if there is one. `mapping` is the schema, `natives` are the names of built-in schemas.
pub(super) fn read(
    mapping: &Mapping<'_>,
    log_type: Option<&LogType>,
    natives: &[&str],
    problems: &mut Problems,
) -> Option<Parser> {
    let entry = mapping.entry("parser")?;
    let parser = Mapping::read(&entry.value, Form::Parser, "parser", problems)?;
    let Some(native_entry) = parser.entry("native") else {
        if matches!(&entry.value.tree, Tree::Mapping(entries) if entries.is_empty()) {
            problems.add(
                entry.value.at,
                "parser",
                "a parser has a kind; the only one so far is `native`",
            );
        }
        return None;
    };
    let native_mapping = Mapping::read(&native_entry.value, Form::NativeParser, "parser.native", problems)?;
    native(&native_mapping, log_type, natives, problems)
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
