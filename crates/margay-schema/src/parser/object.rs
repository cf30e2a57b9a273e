//! Writing the object that a line stands for.
//!
//! Keys are quoted once, when the schema is read. Values are written as they are met; only those that a template needs
//! are kept until the end, as slices of the line.

use super::ParseProblem;
use super::piece::Piece;
use super::template::{Expansion, Part};
use crate::json;
use crate::limits::{EXPANDED_FIELD_COUNT_MAX, OBJECT_BYTES_MAX};

/// What csv, fastmatch and regex have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    /// Values that are as good as none.
    pub(crate) empty_values: Vec<String>,
    /// Whether values lose the space around them.
    pub(crate) trim_space: bool,
    /// How lines start that are no records.
    pub(crate) skip_prefix: Option<String>,
    /// Fields made of others. At most [`EXPANDED_FIELD_COUNT_MAX`] names take part in them.
    pub(crate) expansions: Vec<Expansion>,
}

impl Options {
    /// Returns a value without the space around it, if that is to go.
    pub(super) fn trim<'a>(&self, piece: Piece<'a>) -> Piece<'a> {
        if self.trim_space { piece.trim() } else { piece }
    }
}

/// Where the values of a pattern or of a row go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// One for each value, in order; none for one that is left out.
    slots: Vec<Option<Slot>>,
    templates: Vec<Template>,
    /// `emptyValues`, as they stand inside a JSON string.
    empty_json: Vec<String>,
    /// Bytes of the object beside its values.
    frame_bytes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    /// The quoted name and its colon.
    key: String,
    /// Where it is kept for the templates.
    kept: Option<usize>,
    /// Whether a template makes a field of the same name, which goes before this one.
    is_replaced: bool,
}

/// A template, its fields found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Template {
    key: String,
    parts: Vec<TemplatePart>,
    /// Whether there is no field in it.
    is_constant: bool,
    /// The kept value of the same name, which stands if the template makes nothing.
    replaces: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    /// Text, as it stands inside a JSON string.
    Text(String),
    /// A kept value.
    Kept(usize),
}

impl Layout {
    /// Lays out values of these names, in their order; an empty name leaves its value out.
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n str>, options: &Options) -> Self {
        let mut kept_names: Vec<&str> = Vec::new();
        let mut slots = Vec::new();
        for name in names {
            let is_replaced = options.expansions.iter().any(|expansion| expansion.name == name);
            let is_used = is_replaced
                || options
                    .expansions
                    .iter()
                    .any(|made| made.fields().any(|field| field == name));
            let is_kept = is_used && kept_names.len() < EXPANDED_FIELD_COUNT_MAX && !name.is_empty();
            if is_kept {
                kept_names.push(name);
            }
            slots.push((!name.is_empty()).then(|| Slot {
                key: key(name),
                kept: is_kept.then(|| kept_names.len() - 1),
                is_replaced: is_replaced && is_kept,
            }));
        }
        let place = |name: &str| kept_names.iter().position(|kept| *kept == name);
        let templates: Vec<Template> = options
            .expansions
            .iter()
            .map(|made| Template::new(made, place))
            .collect();
        // Each key, its quotes and its comma; and what a template says itself.
        let slot_bytes = slots.iter().flatten().map(|slot| slot.key.len() + 3);
        let template_bytes = templates
            .iter()
            .map(|template| template.key.len() + 3 + template.text_bytes());
        let frame_bytes = slot_bytes.chain(template_bytes).sum::<usize>() + 2;
        Self {
            slots,
            templates,
            empty_json: options.empty_values.iter().map(|value| inside_string(value)).collect(),
            frame_bytes,
        }
    }

    /// Returns how many values there are.
    pub(super) const fn value_count(&self) -> usize {
        self.slots.len()
    }

    /// Starts an object.
    pub(super) fn start<'l, 'a>(&'l self, options: &'l Options, line: &str, out: &'l mut String) -> Object<'l, 'a> {
        // Templates write some of the line twice.
        let value_bytes = line.len() * if self.templates.is_empty() { 1 } else { 2 };
        out.reserve(self.frame_bytes + value_bytes);
        let from = out.len();
        out.push('{');
        Object {
            layout: self,
            options,
            out,
            from,
            kept: [None; EXPANDED_FIELD_COUNT_MAX],
        }
    }
}

impl Template {
    fn new(expansion: &Expansion, place: impl Fn(&str) -> Option<usize>) -> Self {
        // A field that another pattern has and this one does not is as good as empty.
        let part = |part: &Part| match part {
            Part::Text(text) => Some(TemplatePart::Text(inside_string(text))),
            Part::Field(name) => place(name).map(TemplatePart::Kept),
        };
        Self {
            key: key(&expansion.name),
            parts: expansion.parts.iter().filter_map(part).collect(),
            is_constant: expansion.fields().next().is_none(),
            replaces: place(&expansion.name),
        }
    }

    /// Returns the bytes of the template beside its fields.
    fn text_bytes(&self) -> usize {
        let bytes = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.len(),
            TemplatePart::Kept(_) => 0,
        };
        self.parts.iter().map(bytes).sum()
    }
}

/// An object half written.
pub(super) struct Object<'l, 'a> {
    layout: &'l Layout,
    options: &'l Options,
    out: &'l mut String,
    /// Where it starts in `out`.
    from: usize,
    kept: [Option<Piece<'a>>; EXPANDED_FIELD_COUNT_MAX],
}

impl<'a> Object<'_, 'a> {
    /// Takes the value of a slot.
    pub(super) fn value(&mut self, slot: usize, piece: Piece<'a>) {
        let Some(slot) = self.layout.slots.get(slot).and_then(Option::as_ref) else {
            return;
        };
        let piece = self.options.trim(piece);
        if self.options.empty_values.iter().any(|empty| piece.means(empty)) {
            return;
        }
        if let Some(kept) = slot.kept {
            self.kept[kept] = Some(piece);
        }
        if !slot.is_replaced {
            self.member(&slot.key);
            piece.write_inside_string(self.out);
            self.out.push('"');
        }
    }

    /// Writes the fields that templates make, and the end.
    pub(super) fn finish(mut self) -> Result<(), ParseProblem> {
        let layout = self.layout;
        for template in &layout.templates {
            let before = self.out.len();
            self.member(&template.key);
            let from = self.out.len();
            let mut has_value = template.is_constant;
            for part in &template.parts {
                if self.out.len() - self.from > OBJECT_BYTES_MAX {
                    let expected = format!("fields of at most {OBJECT_BYTES_MAX} bytes in all");
                    return Err(ParseProblem::new(expected, "more, made by `expandFields`"));
                }
                match part {
                    TemplatePart::Text(text) => self.out.push_str(text),
                    TemplatePart::Kept(place) => {
                        if let Some(piece) = self.kept[*place] {
                            has_value = true;
                            piece.write_inside_string(self.out);
                        }
                    }
                }
            }
            let made = &self.out[from..];
            let is_empty = made.is_empty() || layout.empty_json.iter().any(|empty| empty == made);
            if has_value && !is_empty {
                self.out.push('"');
                continue;
            }
            self.out.truncate(before);
            if let Some(piece) = template.replaces.and_then(|place| self.kept[place]) {
                self.member(&template.key);
                piece.write_inside_string(self.out);
                self.out.push('"');
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// Writes a key, and the quote that opens its value.
    fn member(&mut self, key: &str) {
        if self.out.len() > self.from + 1 {
            self.out.push(',');
        }
        self.out.push_str(key);
        self.out.push('"');
    }
}

fn key(name: &str) -> String {
    let mut key = String::new();
    json::write_string(&mut key, name);
    key.push(':');
    key
}

fn inside_string(text: &str) -> String {
    let mut out = String::new();
    json::write_inside_string(&mut out, text);
    out
}
