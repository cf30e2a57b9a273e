//! The keys of the schema language, and reading a mapping by them.

use super::hint::did_you_mean;
use super::problem::Problems;
use super::yaml::{Entry, Node, Position, Tree};

/// A mapping of the language: which keys it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Schema,
    Parser,
    NativeParser,
    CsvParser,
    FastmatchParser,
    RegexParser,
    ScriptParser,
    Field,
    Value,
    Validation,
    Rename,
    Copy,
    Concat,
    Split,
    Mask,
}

/// The kinds of parsers.
pub(super) const PARSER_KINDS: [&str; 5] = ["csv", "fastmatch", "regex", "script", "native"];

impl Form {
    /// Every form.
    #[cfg(test)]
    pub(super) const ALL: [Self; 15] = [
        Self::Schema,
        Self::Parser,
        Self::NativeParser,
        Self::CsvParser,
        Self::FastmatchParser,
        Self::RegexParser,
        Self::ScriptParser,
        Self::Field,
        Self::Value,
        Self::Validation,
        Self::Rename,
        Self::Copy,
        Self::Concat,
        Self::Split,
        Self::Mask,
    ];

    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Schema => &[
                "schema",
                "version",
                "description",
                "referenceURL",
                "fieldDiscoveryEnabled",
                "parser",
                "definitions",
                "fields",
            ],
            Self::Parser => &PARSER_KINDS,
            Self::ScriptParser => &["function"],
            Self::NativeParser => &["name"],
            Self::CsvParser => &[
                "delimiter",
                "hasHeader",
                "columns",
                "emptyValues",
                "trimSpace",
                "expandFields",
                "skipPrefix",
            ],
            Self::FastmatchParser => &["match", "emptyValues", "trimSpace", "expandFields", "skipPrefix"],
            Self::RegexParser => &[
                "match",
                "patternDefinitions",
                "emptyValues",
                "trimSpace",
                "expandFields",
                "skipPrefix",
            ],
            Self::Field => &[
                "name",
                "required",
                "description",
                "type",
                "fields",
                "element",
                "target",
                "indicators",
                "timeFormat",
                "timeFormats",
                "isEventTime",
                "isExpiration",
                "isEmbeddedJSON",
                "validate",
                "rename",
                "copy",
                "concat",
                "split",
                "mask",
            ],
            Self::Value => &[
                "type",
                "fields",
                "element",
                "target",
                "indicators",
                "timeFormat",
                "timeFormats",
                "isEventTime",
                "isExpiration",
                "isEmbeddedJSON",
                "validate",
            ],
            Self::Validation => &["allow", "deny", "allowContains", "denyContains", "ip", "cidr"],
            Self::Rename | Self::Copy => &["from"],
            Self::Concat => &["paths", "separator"],
            Self::Split => &["from", "separator", "index"],
            Self::Mask => &["type", "salt", "to"],
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Schema => "a schema",
            Self::Parser => "a parser",
            Self::NativeParser => "a native parser",
            Self::CsvParser => "a csv parser",
            Self::FastmatchParser => "a fastmatch parser",
            Self::RegexParser => "a regex parser",
            Self::ScriptParser => "a script parser",
            Self::Field => "a field",
            Self::Value => "a value",
            Self::Validation => "`validate`",
            Self::Rename => "`rename`",
            Self::Copy => "`copy`",
            Self::Concat => "`concat`",
            Self::Split => "`split`",
            Self::Mask => "`mask`",
        }
    }
}

/// A mapping whose keys have been checked.
pub(super) struct Mapping<'a> {
    entries: &'a [Entry],
    pub(super) at: Position,
    pub(super) form: Form,
}

impl<'a> Mapping<'a> {
    /// Reads a node as a mapping of a form. Reports unknown keys, and what is no mapping. A merge (`<<`) is no unknown
    /// key: passing over it would change what the schema means.
    pub(super) fn read(node: &'a Node, form: Form, path: &str, problems: &mut Problems) -> Option<Self> {
        let Tree::Mapping(entries) = &node.tree else {
            problems.add(
                node.at,
                path,
                format!("{} is a mapping, found {}", form.name(), node.kind()),
            );
            return None;
        };
        for entry in entries {
            check_key(entry, form, path, problems);
        }
        Some(Self {
            entries,
            at: node.at,
            form,
        })
    }

    /// Returns whether any key is given, known or not.
    pub(super) fn has_keys(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Returns the entry of a key.
    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns the text of a key, if it is given. Reports what is no text, or longer than `bytes_max`.
    pub(super) fn text(&self, key: &str, bytes_max: usize, path: &str, problems: &mut Problems) -> Option<&'a str> {
        let node = &self.entry(key)?.value;
        let Some(text) = node.text() else {
            problems.add(node.at, path, format!("`{key}` is text, found {}", node.kind()));
            return None;
        };
        if text.len() > bytes_max {
            problems.add(
                node.at,
                path,
                format!("`{key}` has at most {bytes_max} bytes, this has {}", text.len()),
            );
            return None;
        }
        Some(text)
    }

    /// Returns whether a key is given as true. Reports what is neither true nor false.
    pub(super) fn is_true(&self, key: &str, path: &str, problems: &mut Problems) -> bool {
        let Some(entry) = self.entry(key) else { return false };
        match &entry.value.tree {
            Tree::Plain(text) if matches!(text.as_str(), "true" | "True" | "TRUE") => true,
            Tree::Plain(text) if matches!(text.as_str(), "false" | "False" | "FALSE") => false,
            _ => {
                problems.add(
                    entry.value.at,
                    path,
                    format!("`{key}` is `true` or `false`, without quotes"),
                );
                false
            }
        }
    }
}

fn check_key(entry: &Entry, form: Form, path: &str, problems: &mut Problems) {
    let key = entry.key.as_str();
    if form.keys().contains(&key) {
        return;
    }
    if key == "<<" {
        problems.add_hinted(
            entry.key_at,
            path,
            "merging mappings with `<<` is not supported",
            || Some("give shared parts a name under `definitions` and use them with `type: ref`".to_owned()),
        );
    } else {
        let hint = || did_you_mean(key, form.keys());
        problems.unknown_key(entry.key_at, path, format!("{} has no key `{key}`", form.name()), hint);
    }
}
