//! A record becomes the record that its schema's attributes ask for: JSON in, JSON out.
//!
//! The phases, each over the whole record, each seeing what the one before left:
//!
//! ```text
//! unfold   renames, and strings with JSON in them give way to what they hold
//! copy     ┐
//! concat   │ what they read is looked up first, all of it; then it is written
//! split    ┘
//! mask
//! ```
//!
//! A phase copies what its plan does not name as it stands, so numbers, escapes and unknown keys keep their text. What it
//! names is written anew without the white space between tokens.
//!
//! A text that is no JSON is handed on as it came: reading it says what is wrong, and where.

use std::borrow::Cow;
use std::ops::Range;

use super::path::{Path, Problems};
use crate::json::{JsonError, Kind, Reader, Text};
use crate::limits::{JSON_DEPTH_MAX, RECORD_BYTES_MAX, RECORD_VALUE_COUNT_MAX};
use crate::plan::ReshapePlan;

mod edit;
mod source;
mod unfold;

/// Why a phase does not come to its end.
enum Stop {
    NotJson,
    TooLong,
    TooManyValues,
}

impl From<JsonError> for Stop {
    fn from(_: JsonError) -> Self {
        Self::NotJson
    }
}

/// Reshapes a record. `None` if it grows beyond its limits, which is among the problems then.
pub(super) fn reshape<'r>(plan: &ReshapePlan, record: &'r [u8], problems: &mut Problems) -> Option<Cow<'r, [u8]>> {
    let as_it_came = Some(Cow::Borrowed(record));
    if record.len() > RECORD_BYTES_MAX {
        return as_it_came;
    }
    let Ok(text) = std::str::from_utf8(record) else {
        return as_it_came;
    };
    if !matches!(Reader::of_text(text).peek(), Ok(Kind::Object)) {
        return as_it_came;
    }
    let mut text = Cow::Borrowed(text);
    match run(plan, &mut text, problems) {
        Ok(()) => {}
        // The text that came is at fault.
        Err(Stop::NotJson) if matches!(text, Cow::Borrowed(_)) => {}
        // What a phase wrote is JSON, so it can only be too deep.
        Err(Stop::NotJson) => {
            let expected = format!("at most {JSON_DEPTH_MAX} values inside each other");
            problems.add(&Path::Root, expected, "more once it is transformed");
            return None;
        }
        Err(Stop::TooLong) => {
            let expected = format!("at most {RECORD_BYTES_MAX} bytes");
            problems.add(&Path::Root, expected, "more once it is transformed");
            return None;
        }
        Err(Stop::TooManyValues) => {
            let expected = format!("at most {RECORD_VALUE_COUNT_MAX} values");
            problems.add(&Path::Root, expected, "more once it is transformed");
            return None;
        }
    }
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

fn run(plan: &ReshapePlan, text: &mut Cow<'_, str>, problems: &mut Problems) -> Result<(), Stop> {
    if let Some(object) = &plan.unfold {
        let mut out = Out::default();
        unfold::object(object, text, 0, &mut out)?;
        *text = Cow::Owned(out.text);
    }
    for phase in &plan.phases {
        let mut out = Out::default();
        edit::run(phase, text, &mut out, problems)?;
        *text = Cow::Owned(out.text);
    }
    if !plan.phases.is_empty() {
        // A copy may stand deeper than what it is a copy of.
        Reader::of_text(text).skip()?;
    }
    Ok(())
}

/// The text that a phase writes, which is no longer than a record may be.
#[derive(Default)]
struct Out {
    text: String,
}

impl Out {
    fn push(&mut self, text: &str) -> Result<(), Stop> {
        if self.text.len() + text.len() > RECORD_BYTES_MAX {
            return Err(Stop::TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Writes once more what has been written.
    fn repeat(&mut self, written: Range<usize>) -> Result<(), Stop> {
        if self.text.len() + written.len() > RECORD_BYTES_MAX {
            return Err(Stop::TooLong);
        }
        self.text.extend_from_within(written);
        Ok(())
    }

    /// Writes all that comes before an object's member or an array's element.
    fn begin(&mut self, is_first: &mut bool, quoted_key: Option<&str>) -> Result<(), Stop> {
        if !std::mem::replace(is_first, false) {
            self.push(",")?;
        }
        if let Some(quoted_key) = quoted_key {
            self.push(quoted_key)?;
            self.push(":")?;
        }
        Ok(())
    }
}

/// The members of an object, one after the other, and nothing after it.
struct Members<'t> {
    reader: Reader<'t>,
}

impl<'t> Members<'t> {
    /// `depth` is how many containers are around the object.
    fn of(object: &'t str, depth: usize) -> Result<Self, JsonError> {
        let mut reader = Reader::inside(object, depth);
        reader.peek()?;
        reader.enter()?;
        Ok(Self { reader })
    }

    fn next(&mut self) -> Result<Option<(Text<'t>, &'t str)>, JsonError> {
        match self.reader.next_key()? {
            Some(key) => Ok(Some((key, self.reader.skip()?))),
            None => self.reader.end().map(|()| None),
        }
    }
}

/// The elements of an array, one after the other.
struct Elements<'t> {
    reader: Reader<'t>,
}

impl<'t> Elements<'t> {
    /// `depth` is how many containers are around the array.
    fn of(array: &'t str, depth: usize) -> Result<Self, JsonError> {
        let mut reader = Reader::inside(array, depth);
        reader.enter()?;
        Ok(Self { reader })
    }

    fn next(&mut self) -> Result<Option<&'t str>, JsonError> {
        if self.reader.next_element()? {
            self.reader.skip().map(Some)
        } else {
            Ok(None)
        }
    }
}
