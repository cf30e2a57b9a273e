//! A proposal as the text of a schema file, with its remarks as comments.
//!
//! Names come from records, so they may hold anything: what is not plainly a word is quoted, and nothing in a comment
//! can end it.

use std::fmt::Write as _;

use super::InferenceNote;
use super::propose::{ProposedField, ProposedKind, ProposedObject, ProposedValue};
use crate::log_type::LogType;

/// A schema file.
pub(super) struct Written {
    pub(super) yaml: String,
    pub(super) notes: Vec<InferenceNote>,
}

/// Writes a schema. `remarks` are about the whole, and stand below the heading.
pub(super) fn write(log_type: &LogType, root: &ProposedObject, heading: &str, remarks: &[String]) -> Written {
    let mut writer = Writer {
        out: String::new(),
        notes: Vec::new(),
    };
    writer.line(0, format_args!("# {heading}"));
    for remark in remarks {
        writer.remark("", 0, remark);
    }
    writer.line(0, format_args!("schema: {log_type}"));
    writer.line(0, "version: 0");
    writer.object(root, "", 0);
    Written {
        yaml: writer.out,
        notes: writer.notes,
    }
}

struct Writer {
    out: String,
    notes: Vec<InferenceNote>,
}

/// Spaces of one level.
const INDENT: usize = 2;

impl Writer {
    fn line(&mut self, level: usize, text: impl std::fmt::Display) {
        // Writing into a string cannot fail.
        writeln!(self.out, "{:1$}{text}", "", level * INDENT).unwrap_or_default();
    }

    fn remark(&mut self, path: &str, level: usize, remark: &str) {
        self.line(level, format_args!("# {}", printable(remark)));
        self.notes.push(InferenceNote {
            path: path.to_owned(),
            text: remark.to_owned(),
        });
    }

    fn object(&mut self, object: &ProposedObject, path: &str, level: usize) {
        self.line(level, "fields:");
        for field in &object.fields {
            self.field(field, path, level + 1);
        }
        for remark in &object.remarks {
            self.remark(path, level + 1, remark);
        }
    }

    fn field(&mut self, field: &ProposedField, parent: &str, level: usize) {
        let path = if parent.is_empty() {
            field.name.clone()
        } else {
            format!("{parent}.{}", field.name)
        };
        for remark in &field.remarks {
            self.remark(&path, level, remark);
        }
        self.line(level, format_args!("- name: {}", scalar(&field.name)));
        let level = level + 1;
        if let Some(from) = &field.renamed_from {
            self.line(level, "rename:");
            self.line(level + 1, format_args!("from: {}", scalar(from)));
        }
        if let Some(count) = field.required {
            let of = match (parent.is_empty(), count) {
                (true, 1) => "the only sample has it".to_owned(),
                (true, _) => format!("in all {count} samples"),
                (false, 1) => "the only object here has it".to_owned(),
                (false, _) => format!("in all {count} objects here"),
            };
            self.line(level, format_args!("required: true  # {of}"));
        }
        self.value(&field.value, &path, level);
    }

    fn value(&mut self, value: &ProposedValue, path: &str, level: usize) {
        self.line(level, format_args!("type: {}", value.kind.name()));
        if value.is_embedded {
            self.line(level, "isEmbeddedJSON: true");
        }
        match &value.kind {
            ProposedKind::String(indicators) if !indicators.is_empty() => {
                self.line(level, "indicators:");
                for indicator in indicators {
                    self.line(level + 1, format_args!("- {}", indicator.name()));
                }
            }
            ProposedKind::Timestamp {
                formats, is_event_time, ..
            } => {
                self.line(level, "timeFormats:");
                for format in formats {
                    self.line(level + 1, format_args!("- {}", scalar(&format.to_string())));
                }
                if *is_event_time {
                    self.line(level, "isEventTime: true");
                }
            }
            ProposedKind::Array(element) => {
                self.line(level, "element:");
                self.value(element, &format!("{path}[]"), level + 1);
            }
            ProposedKind::Object(object) => self.object(object, path, level),
            ProposedKind::String(_)
            | ProposedKind::BigInt
            | ProposedKind::Float
            | ProposedKind::Boolean
            | ProposedKind::Json => {}
        }
    }
}

impl ProposedKind {
    const fn name(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
            Self::BigInt => "bigint",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Timestamp { .. } => "timestamp",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Json => "json",
        }
    }
}

/// Words that some reader of YAML takes for something else than text, in small letters.
const WORDS_QUOTED: [&str; 9] = ["n", "no", "null", "off", "on", "true", "false", "y", "yes"];

/// Returns text as a YAML scalar: bare if every reader takes it for text, otherwise in double quotes.
fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && !WORDS_QUOTED.contains(&text.to_ascii_lowercase().as_str());
    if is_word {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_printable(character) => out.push(character),
            _ => match u32::from(character) {
                code @ ..=0xFFFF => write!(out, "\\u{code:04x}").unwrap_or_default(),
                code => write!(out, "\\U{code:08x}").unwrap_or_default(),
            },
        }
    }
    out.push('"');
    out
}

/// Returns text for a comment.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_printable(character) {
            out.push(character);
        } else {
            out.extend(character.escape_default());
        }
    }
    out
}

/// Returns whether a character may stand in a YAML file as it is and shows what it is: no control characters, no line
/// ends, nothing that reorders or hides the text around it, no private or unassigned end of a plane.
fn is_printable(character: char) -> bool {
    let is_invisible = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}');
    let ends_plane = u32::from(character) & 0xFFFE == 0xFFFE;
    !character.is_control() && !is_invisible && !ends_plane
}
