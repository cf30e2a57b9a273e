//! What the schema does not name, as one JSON object.
//!
//! The text is written as the record is read. We walk down into the record's named objects and arrays; only when one of
//! them turns out to hold an unknown key is it opened in the text too, with all those around it. So a record without
//! unknown keys writes nothing. Keys and values are copied as they stand.
//!
//! An array keeps the length of the record's: an element in which nothing is unknown is `null`. Hence the path to a
//! value in the text is its path in the record.
//!
//! An unknown key that comes twice in one object is kept twice. The same may happen to a named object that comes twice:
//! only the last one's values count, but what is unknown in either is kept.

use std::cell::Cell;

/// An object or array of the record that we are in. Each points to the one around it, on the stack, so that a record
/// without unknown keys costs nothing here.
pub(super) struct Frame<'f> {
    around: Option<(&'f Frame<'f>, Step<'f>)>,
    written: Cell<Written>,
}

/// How one comes to a value from the one around it.
#[derive(Clone, Copy)]
pub(super) enum Step<'r> {
    /// The key with its quotes, as the record has it.
    Member(&'r str),
    Element(usize),
}

/// What has been written of an object or array.
#[derive(Clone, Copy)]
enum Written {
    Nothing,
    Object,
    Array { elements: usize },
}

impl<'f> Frame<'f> {
    /// The record itself.
    pub(super) const fn root() -> Self {
        Self {
            around: None,
            written: Cell::new(Written::Nothing),
        }
    }

    /// Goes into a value of this one.
    pub(super) const fn inner(&'f self, step: Step<'f>) -> Self {
        Self {
            around: Some((self, step)),
            written: Cell::new(Written::Nothing),
        }
    }

    /// Keeps an unknown key of this object, and its value.
    pub(super) fn add(&self, quoted_key: &str, value: &str, text: &mut String) {
        self.begin(Step::Member(quoted_key), text);
        text.push_str(value);
    }

    /// Says that this object has ended.
    pub(super) fn end_object(&self, text: &mut String) {
        if matches!(self.written.get(), Written::Object) {
            text.push('}');
        }
    }

    /// Says that this array has ended, and how long it was.
    pub(super) fn end_array(&self, length: usize, text: &mut String) {
        if let Written::Array { elements } = self.written.get() {
            fill(text, elements, length);
            text.push(']');
        }
    }

    /// Writes all that comes before a value of this one, from the outermost that is not open yet.
    #[cold]
    fn begin(&self, step: Step<'_>, text: &mut String) {
        if let (Written::Nothing, Some((around, own_step))) = (self.written.get(), self.around) {
            around.begin(own_step, text);
        }
        let written = match (self.written.get(), step) {
            (Written::Nothing, Step::Member(quoted_key)) => {
                text.push('{');
                begin_member(quoted_key, text);
                Written::Object
            }
            (Written::Object, Step::Member(quoted_key)) => {
                text.push(',');
                begin_member(quoted_key, text);
                Written::Object
            }
            (Written::Nothing, Step::Element(index)) => {
                text.push('[');
                begin_element(0, index, text)
            }
            (Written::Array { elements }, Step::Element(index)) => begin_element(elements, index, text),
            _ => unreachable!("a step fits the value it is taken in"),
        };
        self.written.set(written);
    }
}

fn begin_member(quoted_key: &str, text: &mut String) {
    text.push_str(quoted_key);
    text.push(':');
}

fn begin_element(written: usize, index: usize, text: &mut String) -> Written {
    fill(text, written, index);
    if index > 0 {
        text.push(',');
    }
    Written::Array { elements: index + 1 }
}

/// Writes `null` for the elements that hold nothing unknown.
fn fill(text: &mut String, written: usize, length: usize) {
    for index in written..length {
        text.push_str(if index > 0 { ",null" } else { "null" });
    }
}
