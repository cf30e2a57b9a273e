//! One pass over a record: values go to their places, unknown keys to the unmapped text, misfits to the problems.

use super::coerce;
use super::path::{Path, Problems};
use super::unmapped::{Frame, Step};
use crate::event::{Cell, Run, Span, Tree};
use crate::json::{self, JsonError, Kind, Reader, Text};
use crate::limits::{RECORD_BYTES_MAX, RECORD_VALUE_COUNT_MAX};
use crate::plan::{ObjectPlan, ValuePlan};
use crate::validation::Validation;

/// What a record holds.
pub(super) struct Read {
    pub(super) tree: Tree,
    pub(super) unmapped: Option<String>,
}

/// Why a record is not read to its end.
enum Halt {
    NotJson(JsonError),
    TooManyValues,
}

impl From<JsonError> for Halt {
    fn from(error: JsonError) -> Self {
        Self::NotJson(error)
    }
}

/// Reads a record. `parse_time` is in microseconds since 1970. `None` if it could not be read as a whole, the reason for
/// which is among the problems then.
pub(super) fn read(plan: &ObjectPlan, record: &[u8], parse_time: i64, problems: &mut Problems) -> Option<Read> {
    if record.len() > RECORD_BYTES_MAX {
        let expected = format!("at most {RECORD_BYTES_MAX} bytes");
        problems.add(&Path::Root, expected, format!("{} bytes", record.len()));
        return None;
    }
    match read_object(plan, record, parse_time, problems) {
        Ok(read) => read,
        Err(Halt::NotJson(error)) => {
            problems.add(
                &Path::Root,
                "JSON",
                format!("{} at byte {}", error.cause.found(), error.at),
            );
            None
        }
        Err(Halt::TooManyValues) => {
            problems.add(&Path::Root, format!("at most {RECORD_VALUE_COUNT_MAX} values"), "more");
            None
        }
    }
}

fn read_object(
    plan: &ObjectPlan,
    record: &[u8],
    parse_time: i64,
    problems: &mut Problems,
) -> Result<Option<Read>, Halt> {
    let text = json::text(record)?;
    let mut reading = Reading {
        reader: Reader::of_text(text),
        tree: Tree::of_record(text, plan.cell_count),
        elements: Vec::new(),
        unmapped: String::new(),
        problems,
        parse_time,
        value_count: 0,
    };
    let kind = reading.reader.peek()?;
    if kind != Kind::Object {
        reading.reader.skip()?;
        reading.reader.end()?;
        problems.add(&Path::Root, "object", kind.name());
        return Ok(None);
    }
    let root = reading.object(plan, &Path::Root, &Frame::root())?;
    reading.reader.end()?;
    reading.tree.set_root(root);
    reading.unmapped.shrink_to_fit();
    Ok(Some(Read {
        tree: reading.tree,
        unmapped: Some(reading.unmapped).filter(|text| !text.is_empty()),
    }))
}

/// A record half read.
struct Reading<'r, 'p> {
    reader: Reader<'r>,
    tree: Tree,
    /// The elements of the arrays that we are in, the innermost last: their cells stand in a row only once all are read.
    elements: Vec<Cell>,
    /// What the schema does not name.
    unmapped: String,
    problems: &'p mut Problems,
    /// When we read it, microseconds since 1970: what a time without a year is near to.
    parse_time: i64,
    /// Places for values that were made so far, filled or not.
    value_count: usize,
}

impl Reading<'_, '_> {
    /// Reads the object that starts here. Misfits are left empty in it.
    fn object(&mut self, plan: &ObjectPlan, path: &Path<'_>, frame: &Frame<'_>) -> Result<Run, Halt> {
        self.count_values(plan.fields.len())?;
        let run = self.tree.add_nulls(plan.fields.len());
        // Which fields have been reported already; nearly always none.
        let mut misfits: Vec<bool> = Vec::new();
        self.reader.enter()?;
        while let Some(key) = self.reader.next_key()? {
            let found = match key.plain() {
                Some(name) => plan.position(name),
                None => plan.position(&key.decode()),
            };
            let Some(position) = found else {
                let value = self.reader.skip()?;
                self.keep(key.quoted(), value, frame);
                continue;
            };
            let field = &plan.fields[position];
            if let Some(span) = self.plain_text(&field.value)? {
                self.tree.set(run, position, Cell::String(span));
                continue;
            }
            let place = Place {
                path: Path::Field(path, &field.name),
                frame,
                step: Step::Member(key.quoted()),
            };
            let cell = self.value(&field.value, &place)?;
            if cell.is_none() {
                misfits.resize(plan.fields.len(), false);
                misfits[position] = true;
            }
            self.tree.set(run, position, cell.unwrap_or(Cell::Null));
        }
        frame.end_object(&mut self.unmapped);
        for &position in plan.required() {
            if self.tree.is_null(run, position) && !misfits.get(position).is_some_and(|is_misfit| *is_misfit) {
                let field = &plan.fields[position];
                let expected = format!("{} (required)", field.value.expected());
                self.problems.add(&Path::Field(path, &field.name), expected, "nothing");
            }
        }
        Ok(run)
    }

    /// Reads the value that starts here. `None` if it does not fit, which is among the problems then.
    fn value(&mut self, plan: &ValuePlan, place: &Place<'_>) -> Result<Option<Cell>, Halt> {
        let kind = self.reader.peek()?;
        if kind == Kind::Null {
            self.reader.literal()?;
            return Ok(Some(Cell::Null));
        }
        let coerced = match (plan, kind) {
            // An embedded json takes everything, and an embedded array or object only its own kind.
            (ValuePlan::Embedded(inner), _) if kind != Kind::String || matches!(**inner, ValuePlan::Json) => {
                return self.value(inner, place);
            }
            (ValuePlan::Json, _) => {
                let text = self.reader.skip()?;
                Ok(Cell::Json(self.just_read(text)))
            }
            (ValuePlan::Object(object), Kind::Object) => {
                let run = self.object(object, &place.path, &place.frame.inner(place.step))?;
                Ok(Cell::Object(run))
            }
            (ValuePlan::Array(element), Kind::Array) => {
                let run = self.array(element, &place.path, &place.frame.inner(place.step))?;
                Ok(Cell::Array(run))
            }
            (ValuePlan::String { validation, .. }, Kind::String | Kind::Number | Kind::Boolean) => {
                let span = self.text(kind)?;
                return Ok(self.validated(span, validation.as_ref(), place));
            }
            (_, Kind::String) => coerce::from_string(plan, &self.reader.decoded_string()?, self.parse_time),
            (_, Kind::Number) => coerce::from_number(plan, self.reader.number()?),
            (_, Kind::Boolean) => coerce::from_boolean(plan, self.reader.literal()?),
            (_, Kind::Array | Kind::Object | Kind::Null) => {
                self.reader.skip()?;
                Err(kind.name())
            }
        };
        Ok(match coerced {
            Ok(cell) => Some(cell),
            Err(found) => {
                self.problems.add(&place.path, plan.expected(), found);
                None
            }
        })
    }

    /// Reads a string where any string may stand: what most values are, so that these need no more than this. `None` if
    /// something else may or does stand here.
    #[inline]
    fn plain_text(&mut self, plan: &ValuePlan) -> Result<Option<Span>, JsonError> {
        let takes_any = matches!(plan, ValuePlan::String { validation: None, .. });
        if takes_any && self.reader.peek()? == Kind::String {
            let string = self.reader.string()?;
            Ok(Some(self.string(&string)))
        } else {
            Ok(None)
        }
    }

    /// Returns where a string stands, decoded.
    #[inline]
    fn string(&mut self, string: &Text<'_>) -> Span {
        if string.has_escapes() {
            return self.tree.add_text(|out| string.decode_into(out));
        }
        let (from, to) = string.inside();
        Span::of(from, to)
    }

    /// Reads what a field of text takes; numbers and booleans as they stand.
    fn text(&mut self, kind: Kind) -> Result<Span, JsonError> {
        let literal = match kind {
            Kind::String => {
                let string = self.reader.string()?;
                return Ok(self.string(&string));
            }
            Kind::Number => self.reader.number()?,
            _ => self.reader.literal()?,
        };
        Ok(self.just_read(literal))
    }

    /// Returns where a text stands that the reader has just passed.
    fn just_read(&self, text: &str) -> Span {
        let to = self.reader.position();
        Span::of(to - text.len(), to)
    }

    /// Returns the text, unless a rule refuses it.
    fn validated(&mut self, span: Span, validation: Option<&Validation>, place: &Place<'_>) -> Option<Cell> {
        if let Some(validation) = validation
            && let Err(refusal) = validation.check(self.tree.text(span))
        {
            self.problems.add(&place.path, refusal.expected, refusal.found);
            return None;
        }
        Some(Cell::String(span))
    }

    /// Keeps an unknown key of the object that the frame is of, and its value, which has just been read.
    fn keep(&mut self, quoted_key: &str, value: &str, frame: &Frame<'_>) {
        if self.unmapped.is_empty() {
            // Nearly always enough for all that is unknown, so that the text need not move while it grows.
            let rest = self.tree.text_len().saturating_sub(self.reader.position());
            self.unmapped.reserve(quoted_key.len() + value.len() + rest);
        }
        frame.add(quoted_key, value, &mut self.unmapped);
    }

    fn count_values(&mut self, count: usize) -> Result<(), Halt> {
        self.value_count += count;
        if self.value_count > RECORD_VALUE_COUNT_MAX {
            Err(Halt::TooManyValues)
        } else {
            Ok(())
        }
    }

    fn array(&mut self, plan: &ValuePlan, path: &Path<'_>, frame: &Frame<'_>) -> Result<Run, Halt> {
        let first = self.elements.len();
        self.reader.enter()?;
        while self.reader.next_element()? {
            self.count_values(1)?;
            let index = self.elements.len() - first;
            let place = Place {
                path: Path::Element(path, index),
                frame,
                step: Step::Element(index),
            };
            let cell = self.value(plan, &place)?.unwrap_or(Cell::Null);
            self.elements.push(cell);
        }
        frame.end_array(self.elements.len() - first, &mut self.unmapped);
        Ok(self.tree.add_cells(self.elements.drain(first..)))
    }
}

/// Where a value is: for the problems, and for what is unknown in it.
struct Place<'a> {
    path: Path<'a>,
    /// The object or array around it.
    frame: &'a Frame<'a>,
    step: Step<'a>,
}
