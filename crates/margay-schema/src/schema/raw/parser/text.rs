//! The keys that csv, fastmatch and regex have in common.

use std::collections::HashSet;

use super::super::super::hint::did_you_mean;
use super::super::super::keys::Mapping;
use super::super::super::problem::Problems;
use super::super::super::yaml::{Entry, Position, Tree};
use super::{Mappings, Options, fields};
use crate::limits::{
    EMPTY_VALUE_BYTES_MAX, EMPTY_VALUE_COUNT_MAX, EXPANDED_FIELD_COUNT_MAX, EXPANSION_COUNT_MAX, FIELD_NAME_BYTES_MAX,
};
use crate::parser::Expansion;

/// Reads the options, without those that are wrong. `known` are the fields that the parser gives, if that is known; they
/// are compared with those of the schema.
pub(super) fn options(
    (schema, mapping): Mappings<'_>,
    known: Option<&[&str]>,
    path: &str,
    problems: &mut Problems,
) -> Options {
    let empty_values = list(
        mapping,
        "emptyValues",
        EMPTY_VALUE_COUNT_MAX,
        EMPTY_VALUE_BYTES_MAX,
        path,
        problems,
    );
    let empty_values = empty_values.into_iter().flat_map(|list| list.items);
    let expansions = expansions(mapping, known, path, problems);
    if let Some(known) = known {
        fields::compare(schema, known, &expansions, (path, mapping.at), problems);
    }
    Options {
        empty_values: empty_values.map(|item| item.text.to_owned()).collect(),
        trim_space: mapping.is_true("trimSpace", path, problems),
        skip_prefix: skip_prefix(mapping, path, problems),
        expansions,
    }
}

fn skip_prefix(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<String> {
    let entry = mapping.entry("skipPrefix")?;
    let prefix = mapping.text("skipPrefix", EMPTY_VALUE_BYTES_MAX, path, problems)?;
    if prefix.is_empty() {
        problems.add(entry.value.at, path, "an empty `skipPrefix` would skip every line");
    }
    Some(prefix.to_owned())
}

/// A text of a list.
pub(super) struct Item<'a> {
    /// From 0.
    pub(super) index: usize,
    pub(super) text: &'a str,
    pub(super) at: Position,
}

/// The texts of a list.
pub(super) struct Texts<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Whether all items are there; those that are wrong are not.
    pub(super) is_whole: bool,
}

/// Reads a list of texts, if it is given. Reports what is none, what is too long and what are too many.
pub(super) fn list<'a>(
    mapping: &Mapping<'a>,
    key: &str,
    count_max: usize,
    bytes_max: usize,
    path: &str,
    problems: &mut Problems,
) -> Option<Texts<'a>> {
    let node = &mapping.entry(key)?.value;
    let Tree::Sequence(items) = &node.tree else {
        let hint = node
            .text()
            .is_some()
            .then(|| format!("for one text, write `{key}: ['…']`"));
        problems.add_hinted(
            node.at,
            path,
            format!("`{key}` is a list of texts, found {}", node.kind()),
            || hint,
        );
        return None;
    };
    if items.len() > count_max {
        let message = format!("`{key}` has at most {count_max} items, this has {}", items.len());
        problems.add(node.at, path, message);
        return None;
    }
    let mut texts = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}.{key}[{index}]");
        match item.text() {
            Some(text) if text.len() > bytes_max => {
                let message = format!(
                    "an item of `{key}` has at most {bytes_max} bytes, this has {}",
                    text.len()
                );
                problems.add(item.at, &path, message);
            }
            Some(text) => texts.push(Item {
                index,
                text,
                at: item.at,
            }),
            None => {
                let hint = item.is_null().then(|| "put it in quotes if it is text".to_owned());
                let message = format!("an item of `{key}` is text, found {}", item.kind());
                problems.add_hinted(item.at, &path, message, || hint);
            }
        }
    }
    Some(Texts {
        is_whole: texts.len() == items.len(),
        items: texts,
    })
}

/// Returns the entries of a mapping whose keys are the author's.
pub(super) fn entries<'a>(
    entry: &'a Entry,
    what: &str,
    count_max: usize,
    path: &str,
    problems: &mut Problems,
) -> Option<&'a [Entry]> {
    let Tree::Mapping(entries) = &entry.value.tree else {
        let message = format!("`{}` is a mapping of {what}, found {}", entry.key, entry.value.kind());
        problems.add(entry.value.at, path, message);
        return None;
    };
    if entries.len() > count_max {
        let message = format!(
            "`{}` has at most {count_max} entries, this has {}",
            entry.key,
            entries.len()
        );
        problems.add(entry.value.at, path, message);
        return None;
    }
    Some(entries)
}

/// Reads the templates. `known` are the fields that they may be made of, if that is known.
fn expansions(mapping: &Mapping<'_>, known: Option<&[&str]>, path: &str, problems: &mut Problems) -> Vec<Expansion> {
    let Some(entry) = mapping.entry("expandFields") else {
        return Vec::new();
    };
    let path = format!("{path}.expandFields");
    let entries = entries(entry, "names to templates", EXPANSION_COUNT_MAX, &path, problems).unwrap_or_default();
    let mut expansions = Vec::new();
    for entry in entries {
        let path = format!("{path}.{}", entry.key);
        expansions.extend(expansion(entry, known, &path, problems));
    }
    let made = expansions.iter().map(|expansion| &*expansion.name);
    let used = expansions.iter().flat_map(Expansion::fields);
    let names: HashSet<&str> = made.chain(used).collect();
    if names.len() > EXPANDED_FIELD_COUNT_MAX {
        let message = format!(
            "at most {EXPANDED_FIELD_COUNT_MAX} names take part in `expandFields`, here {} do",
            names.len()
        );
        problems.add(entry.value.at, &path, message);
    }
    expansions
}

fn expansion(entry: &Entry, known: Option<&[&str]>, path: &str, problems: &mut Problems) -> Option<Expansion> {
    let name = &*entry.key;
    if name.is_empty() || name.len() > FIELD_NAME_BYTES_MAX || name.contains(char::is_control) {
        let message = format!("the name of a field has 1 to {FIELD_NAME_BYTES_MAX} bytes and no control characters");
        problems.add(entry.key_at, path, message);
        return None;
    }
    let Some(template) = entry.value.text() else {
        let message = format!("a template is text, found {}", entry.value.kind());
        problems.add(entry.value.at, path, message);
        return None;
    };
    let expansion = match Expansion::read(name, template) {
        Ok(expansion) => expansion,
        Err(message) => {
            problems.add(entry.value.at, path, message);
            return None;
        }
    };
    for field in expansion.fields() {
        if let Some(known) = known
            && !known.contains(&field)
        {
            problems.add_hinted(
                entry.value.at,
                path,
                format!("the parser gives no field `{field}`"),
                || did_you_mean(field, known),
            );
        }
    }
    Some(expansion)
}
