//! The attributes `rename`, `copy`, `concat`, `split` and `mask`, each by itself. What they mean to each other and to
//! other fields is checked when the references are resolved.

use super::super::hint::did_you_mean;
use super::super::keys::{Form, Mapping};
use super::super::problem::Problems;
use super::super::yaml::{Node, Position, Tree};
use super::leaf::words;
use crate::limits::{
    CONCAT_PATH_COUNT_MAX, EVENT_PATH_BYTES_MAX, FIELD_NAME_BYTES_MAX, SCHEMA_BYTES_MAX, SPLIT_INDEX_MAX,
    TRANSFORMATION_TEXT_BYTES_MAX,
};
use crate::transformations::{Concat, EventPath, Mask, Split, Transformations};

/// What stands in for a redacted value if the schema does not say.
const REDACTED: &str = "REDACTED";

/// The transformations of a field, and where they stand.
#[derive(Debug, Default)]
pub(in crate::schema) struct RawTransformations {
    pub(in crate::schema) transformations: Transformations,
    /// The keys that are given, in the order in which they run.
    pub(in crate::schema) given: Vec<(&'static str, Position)>,
    /// Where the key of `rename` stands.
    pub(in crate::schema) rename_from_at: Position,
    /// The paths that `copy`, `concat` and `split` read.
    pub(in crate::schema) sources: Vec<(EventPath, Position)>,
}

/// Reads the transformations of a field.
pub(super) fn read(field: &Mapping<'_>, path: &str, problems: &mut Problems) -> RawTransformations {
    let mut raw = RawTransformations::default();
    for (key, form) in [
        ("rename", Form::Rename),
        ("copy", Form::Copy),
        ("concat", Form::Concat),
        ("split", Form::Split),
        ("mask", Form::Mask),
    ] {
        let Some(entry) = field.entry(key) else { continue };
        raw.given.push((key, entry.key_at));
        let Some(mapping) = Mapping::read(&entry.value, form, path, problems) else {
            continue;
        };
        match form {
            Form::Rename => rename(&mapping, path, &mut raw, problems),
            Form::Copy => raw.transformations.copy = source(&mapping, path, &mut raw.sources, problems),
            Form::Concat => concat(&mapping, path, &mut raw, problems),
            Form::Split => split(&mapping, path, &mut raw, problems),
            _ => raw.transformations.mask = mask(&mapping, path, problems),
        }
    }
    raw
}

fn rename(mapping: &Mapping<'_>, path: &str, raw: &mut RawTransformations, problems: &mut Problems) {
    let Some(node) = needed(mapping, "from", path, problems) else {
        return;
    };
    let Some(from) = mapping.text("from", FIELD_NAME_BYTES_MAX, path, problems) else {
        return;
    };
    raw.rename_from_at = node.at;
    raw.transformations.rename = Some(from.to_owned());
}

/// Reads the `from` of `copy` and `split`.
fn source(
    mapping: &Mapping<'_>,
    path: &str,
    sources: &mut Vec<(EventPath, Position)>,
    problems: &mut Problems,
) -> Option<EventPath> {
    let node = needed(mapping, "from", path, problems)?;
    let written = mapping.text("from", EVENT_PATH_BYTES_MAX, path, problems)?;
    event_path(node, written, path, sources, problems)
}

fn event_path(
    node: &Node,
    written: &str,
    path: &str,
    sources: &mut Vec<(EventPath, Position)>,
    problems: &mut Problems,
) -> Option<EventPath> {
    match EventPath::parse(written) {
        Ok(source) => {
            sources.push((source.clone(), node.at));
            Some(source)
        }
        Err(message) => {
            problems.add(node.at, path, message);
            None
        }
    }
}

fn concat(mapping: &Mapping<'_>, path: &str, raw: &mut RawTransformations, problems: &mut Problems) {
    let separator = mapping.text("separator", TRANSFORMATION_TEXT_BYTES_MAX, path, problems);
    let Some(node) = needed(mapping, "paths", path, problems) else {
        return;
    };
    if matches!(&node.tree, Tree::Sequence(items) if items.is_empty()) {
        problems.add(node.at, path, "`paths` needs at least one path");
        return;
    }
    let mut written = words(node, "paths", path, problems);
    if written.len() > CONCAT_PATH_COUNT_MAX {
        let message = format!(
            "`paths` has at most {CONCAT_PATH_COUNT_MAX} items, this has {}",
            written.len()
        );
        problems.add(node.at, path, message);
        written.truncate(CONCAT_PATH_COUNT_MAX);
    }
    let paths = written
        .into_iter()
        .filter_map(|(item, written)| event_path(item, written, path, &mut raw.sources, problems))
        .collect();
    raw.transformations.concat = Some(Concat {
        paths,
        separator: separator.unwrap_or_default().to_owned(),
    });
}

fn split(mapping: &Mapping<'_>, path: &str, raw: &mut RawTransformations, problems: &mut Problems) {
    let from = source(mapping, path, &mut raw.sources, problems);
    let separator = needed(mapping, "separator", path, problems).and_then(|node| {
        let separator = mapping.text("separator", TRANSFORMATION_TEXT_BYTES_MAX, path, problems)?;
        if separator.is_empty() {
            problems.add(node.at, path, "`separator` has at least one character");
            return None;
        }
        Some(separator.to_owned())
    });
    let index = needed(mapping, "index", path, problems).and_then(|node| index(node, path, problems));
    if let (Some(from), Some(separator), Some(index)) = (from, separator, index) {
        raw.transformations.split = Some(Split { from, separator, index });
    }
}

fn index(node: &Node, path: &str, problems: &mut Problems) -> Option<usize> {
    let index = match &node.tree {
        Tree::Plain(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<usize>().ok(),
        _ => None,
    };
    let index = index.filter(|index| *index <= SPLIT_INDEX_MAX);
    if index.is_none() {
        let message = format!("`index` is a whole number from 0 to {SPLIT_INDEX_MAX}");
        problems.add(node.at, path, message);
    }
    index
}

fn mask(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Mask> {
    let node = needed(mapping, "type", path, problems)?;
    let word = mapping.text("type", SCHEMA_BYTES_MAX, path, problems)?;
    let salt = mapping.text("salt", TRANSFORMATION_TEXT_BYTES_MAX, path, problems);
    let to = mapping.text("to", TRANSFORMATION_TEXT_BYTES_MAX, path, problems);
    let (mask, foreign) = match word {
        "obfuscate" => {
            let salt = salt.unwrap_or_default().to_owned();
            if salt.is_empty() {
                let message = "without a `salt`, whoever guesses a value can tell that the guess was right";
                problems.warn(node.at, path, message, || {
                    Some("give a long random text as `salt`".to_owned())
                });
            }
            (Mask::Obfuscate { salt }, "to")
        }
        "redact" => {
            let to = to.unwrap_or(REDACTED).to_owned();
            (Mask::Redact { to }, "salt")
        }
        _ => {
            let hint = || {
                did_you_mean(word, &["obfuscate", "redact"]).or_else(|| Some("known are obfuscate, redact".to_owned()))
            };
            problems.add_hinted(node.at, path, format!("there is no mask `{word}`"), hint);
            return None;
        }
    };
    if let Some(entry) = mapping.entry(foreign) {
        problems.add(
            entry.key_at,
            path,
            format!("`{foreign}` does not go with a mask of type `{word}`"),
        );
    }
    Some(mask)
}

/// Returns the value of a key that has to be there.
fn needed<'a>(mapping: &Mapping<'a>, key: &str, path: &str, problems: &mut Problems) -> Option<&'a Node> {
    let entry = mapping.entry(key);
    if entry.is_none() {
        problems.add(mapping.at, path, format!("{} needs `{key}`", mapping.form.name()));
    }
    entry.map(|entry| &*entry.value)
}
