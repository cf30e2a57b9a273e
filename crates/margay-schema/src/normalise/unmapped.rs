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

/// The text and where in it we are.
pub(super) struct Unmapped<'r> {
    text: String,
    /// From the record's object down to where we are.
    frames: Vec<Frame<'r>>,
    /// How many of the frames are opened in the text: always the outermost ones.
    opened: usize,
}

/// A value that we are in.
struct Frame<'r> {
    step: Step<'r>,
    container: Container,
}

/// How one comes to a value from the one around it.
#[derive(Clone, Copy)]
enum Step<'r> {
    Root,
    /// The key with its quotes, as the record has it.
    Member(&'r str),
    Element(usize),
}

/// What has been written of a value.
enum Container {
    Nothing,
    Object { members: usize },
    Array { elements: usize },
}

/// Levels that need no second allocation; hardly a schema has more.
const FRAMES_USUAL: usize = 8;

impl Default for Unmapped<'_> {
    fn default() -> Self {
        let mut frames = Vec::with_capacity(FRAMES_USUAL);
        frames.push(Frame {
            step: Step::Root,
            container: Container::Nothing,
        });
        Self {
            text: String::new(),
            frames,
            opened: 0,
        }
    }
}

impl<'r> Unmapped<'r> {
    /// Goes into the value of a named key of the object we are in.
    pub(super) fn enter_member(&mut self, quoted_key: &'r str) {
        self.frames.push(Frame {
            step: Step::Member(quoted_key),
            container: Container::Nothing,
        });
    }

    /// Goes into an element of the array we are in.
    pub(super) fn enter_element(&mut self, index: usize) {
        self.frames.push(Frame {
            step: Step::Element(index),
            container: Container::Nothing,
        });
    }

    /// Goes back to the value around this one.
    pub(super) fn leave(&mut self) {
        let left = self.frames.pop();
        if self.opened > self.frames.len() {
            self.opened = self.frames.len();
            self.text.push(
                if matches!(
                    left,
                    Some(Frame {
                        container: Container::Array { .. },
                        ..
                    })
                ) {
                    ']'
                } else {
                    '}'
                },
            );
        }
    }

    /// Says that the array we are in has ended and how long it was.
    pub(super) fn end_array(&mut self, length: usize) {
        if let Some(Frame {
            container: Container::Array { elements },
            ..
        }) = self.frames.last_mut()
        {
            fill(&mut self.text, elements, length);
        }
    }

    /// Keeps an unknown key of the object we are in, and its value.
    pub(super) fn add(&mut self, quoted_key: &str, value: &str) {
        while self.opened < self.frames.len() {
            self.open();
        }
        if let Some(frame) = self.frames.last_mut() {
            begin_member(&mut self.text, &mut frame.container, Step::Member(quoted_key));
            self.text.push_str(value);
        }
    }

    /// Opens the outermost frame that is not open yet.
    fn open(&mut self) {
        let inner = self.frames.get(self.opened + 1).map(|frame| frame.step);
        let step = self.frames[self.opened].step;
        if self.opened > 0 {
            begin_member(&mut self.text, &mut self.frames[self.opened - 1].container, step);
        }
        let is_array = matches!(inner, Some(Step::Element(_)));
        self.text.push(if is_array { '[' } else { '{' });
        self.frames[self.opened].container = if is_array {
            Container::Array { elements: 0 }
        } else {
            Container::Object { members: 0 }
        };
        self.opened += 1;
    }

    /// Returns the text, if anything was unknown.
    pub(super) fn into_text(mut self) -> Option<String> {
        if self.opened == 0 {
            return None;
        }
        self.leave();
        Some(self.text)
    }
}

/// Writes all that comes before a member's or an element's value.
fn begin_member(text: &mut String, container: &mut Container, step: Step<'_>) {
    match (container, step) {
        (Container::Object { members }, Step::Member(quoted_key)) => {
            if *members > 0 {
                text.push(',');
            }
            *members += 1;
            text.push_str(quoted_key);
            text.push(':');
        }
        (Container::Array { elements }, Step::Element(index)) => {
            fill(text, elements, index);
            if *elements > 0 {
                text.push(',');
            }
            *elements += 1;
        }
        _ => unreachable!("a step fits the container it is taken in"),
    }
}

/// Writes `null` for the elements that hold nothing unknown.
fn fill(text: &mut String, elements: &mut usize, length: usize) {
    while *elements < length {
        text.push_str(if *elements > 0 { ",null" } else { "null" });
        *elements += 1;
    }
}
