//! What a parser gives and what the schema's fields take, compared. Where they differ nothing is lost: it is a warning.

use std::collections::HashSet;

use super::super::super::hint::did_you_mean;
use super::super::super::keys::Mapping;
use super::super::super::problem::Problems;
use super::super::super::yaml::{Entry, Node, Position, Tree};
use crate::parser::Expansion;

/// The keys of a field that takes its value from elsewhere than its name.
const TRANSFORMATIONS: [&str; 4] = ["rename", "copy", "concat", "split"];

/// Warns of required fields that no record can have, and of values that no field takes. `given` are the fields that the
/// parser gives, `expansions` those it makes of them, `path` and `at` say where
/// the parser stands.
pub(super) fn compare(
    schema: &Mapping<'_>,
    given: &[&str],
    expansions: &[Expansion],
    (path, at): (&str, Position),
    problems: &mut Problems,
) {
    let Some(fields_node) = schema.entry("fields").map(|entry| &entry.value) else {
        return;
    };
    let Tree::Sequence(fields) = &fields_node.tree else {
        return;
    };
    let made = expansions.iter().map(|expansion| &*expansion.name);
    let known: Vec<&str> = given
        .iter()
        .copied()
        .chain(made)
        .filter(|name| !name.is_empty())
        .collect();
    let mut names = HashSet::new();
    for field in fields {
        let Some((name, name_at)) = entry(field, "name").and_then(|entry| Some((entry.value.text()?, entry.value.at)))
        else {
            continue;
        };
        names.insert(name);
        let is_transformed = TRANSFORMATIONS.iter().any(|key| entry(field, key).is_some());
        if is_required(field) && !is_transformed && !known.contains(&name) {
            let message = "the parser gives no such field, so every record is rejected for want of it";
            problems.warn(name_at, name, message, || did_you_mean(name, &known));
        }
    }
    // A transformation at any depth may take any of them.
    let definitions = schema.entry("definitions").map(|entry| &entry.value);
    if transforms(fields_node) || definitions.is_some_and(|node| transforms(node)) {
        return;
    }
    let used: HashSet<&str> = expansions.iter().flat_map(Expansion::fields).collect();
    let mut seen = HashSet::new();
    for name in known {
        if !names.contains(name) && !used.contains(name) && seen.insert(name) {
            let known: Vec<&str> = names.iter().copied().collect();
            let message = format!("`{name}` is no field of the schema: its value goes to `p_unmapped`");
            problems.warn(at, path, message, || did_you_mean(name, &known));
        }
    }
}

fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    match &node.tree {
        Tree::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}

fn is_required(field: &Node) -> bool {
    entry(field, "required").is_some_and(
        |entry| matches!(&entry.value.tree, Tree::Plain(text) if matches!(text.as_str(), "true" | "True" | "TRUE")),
    )
}

/// Returns whether any field in a part of the schema has a transformation.
fn transforms(node: &Node) -> bool {
    match &node.tree {
        Tree::Mapping(entries) => entries
            .iter()
            .any(|entry| TRANSFORMATIONS.contains(&&*entry.key) || transforms(&entry.value)),
        Tree::Sequence(items) => items.iter().any(|item| transforms(item)),
        Tree::Plain(_) | Tree::Quoted(_) => false,
    }
}
