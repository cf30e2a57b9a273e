//! One pass over a record: values go to their places, unknown keys to the unmapped text, misfits to the problems.

use super::coerce;
use super::path::{Path, Problems};
use super::unmapped::Unmapped;
use crate::event::Value;
use crate::json::{JsonError, Kind, Reader};
use crate::limits::{RECORD_BYTES_MAX, RECORD_VALUE_COUNT_MAX};
use crate::plan::{ObjectPlan, Presence, ValuePlan};

/// What a record holds.
pub(super) struct Read {
    pub(super) values: Vec<Option<Value>>,
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
    let reader = Reader::new(record)?;
    let mut reading = Reading {
        reader,
        unmapped: Unmapped::default(),
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
    let values = reading.object(plan, &Path::Root)?;
    reading.reader.end()?;
    Ok(Some(Read {
        values,
        unmapped: reading.unmapped.into_text(),
    }))
}

/// What became of a value.
pub(super) enum Fit {
    Value(Value),
    Null,
    /// It does not fit, which is among the problems.
    Misfit,
}

/// A record half read.
struct Reading<'r, 'p> {
    reader: Reader<'r>,
    unmapped: Unmapped<'r>,
    problems: &'p mut Problems,
    /// When we read it, microseconds since 1970: what a time without a year is near to.
    parse_time: i64,
    /// Places for values that were made so far, filled or not.
    value_count: usize,
}

impl Reading<'_, '_> {
    /// Reads the object that starts here. Misfits are left empty in it.
    fn object(&mut self, plan: &ObjectPlan, path: &Path<'_>) -> Result<Vec<Option<Value>>, Halt> {
        self.count_values(plan.fields.len())?;
        let mut values: Vec<Option<Value>> = Vec::new();
        values.resize_with(plan.fields.len(), || None);
        // Which fields have been reported already; nearly always none.
        let mut misfits: Vec<bool> = Vec::new();
        let mut guess = 0;
        self.reader.enter()?;
        while let Some(key) = self.reader.next_key()? {
            let Some(position) = plan.position(&key.decode(), guess) else {
                let value = self.reader.skip()?;
                self.unmapped.add(key.quoted(), value);
                continue;
            };
            guess = position + 1;
            let field = &plan.fields[position];
            self.unmapped.enter_member(key.quoted());
            let fit = self.value(&field.value, &Path::Field(path, &field.name))?;
            self.unmapped.leave();
            values[position] = match fit {
                Fit::Value(value) => Some(value),
                Fit::Null => None,
                Fit::Misfit => {
                    misfits.resize(plan.fields.len(), false);
                    misfits[position] = true;
                    None
                }
            };
        }
        for (position, field) in plan.fields.iter().enumerate() {
            let is_missing = field.presence == Presence::Required && values[position].is_none();
            if is_missing && !misfits.get(position).is_some_and(|is_misfit| *is_misfit) {
                let expected = format!("{} (required)", field.value.expected());
                self.problems.add(&Path::Field(path, &field.name), expected, "nothing");
            }
        }
        Ok(values)
    }

    fn value(&mut self, plan: &ValuePlan, path: &Path<'_>) -> Result<Fit, Halt> {
        let kind = self.reader.peek()?;
        if kind == Kind::Null {
            self.reader.literal()?;
            return Ok(Fit::Null);
        }
        let coerced = match (plan, kind) {
            // An embedded json takes everything, and an embedded array or object only its own kind.
            (ValuePlan::Embedded(inner), _) if kind != Kind::String || matches!(**inner, ValuePlan::Json) => {
                return self.value(inner, path);
            }
            (ValuePlan::Json, _) => return Ok(Fit::Value(Value::Json(self.reader.skip()?.to_owned()))),
            (ValuePlan::Object(object), Kind::Object) => {
                return Ok(Fit::Value(Value::Object(self.object(object, path)?)));
            }
            (ValuePlan::Array(element), Kind::Array) => return self.array(element, path),
            (ValuePlan::String { .. }, Kind::String) => {
                Ok(Some(Value::String(self.reader.decoded_string()?.into_owned())))
            }
            (_, Kind::String) => coerce::from_string(plan, &self.reader.decoded_string()?, self.parse_time),
            (_, Kind::Number) => coerce::from_number(plan, self.reader.number()?),
            (_, Kind::Boolean) => coerce::from_boolean(plan, self.reader.literal()?),
            (_, Kind::Array | Kind::Object | Kind::Null) => {
                self.reader.skip()?;
                Err(kind.name())
            }
        };
        if let (
            ValuePlan::String {
                validation: Some(validation),
                ..
            },
            Ok(Some(Value::String(text))),
        ) = (plan, &coerced)
            && let Err(refusal) = validation.check(text)
        {
            self.problems.add(path, refusal.expected, refusal.found);
            return Ok(Fit::Misfit);
        }
        Ok(match coerced {
            Ok(Some(value)) => Fit::Value(value),
            Ok(None) => Fit::Null,
            Err(found) => {
                self.problems.add(path, plan.expected(), found);
                Fit::Misfit
            }
        })
    }

    fn count_values(&mut self, count: usize) -> Result<(), Halt> {
        self.value_count += count;
        if self.value_count > RECORD_VALUE_COUNT_MAX {
            Err(Halt::TooManyValues)
        } else {
            Ok(())
        }
    }

    fn array(&mut self, plan: &ValuePlan, path: &Path<'_>) -> Result<Fit, Halt> {
        let mut elements = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            self.count_values(1)?;
            self.unmapped.enter_element(elements.len());
            let fit = self.value(plan, &Path::Element(path, elements.len()))?;
            self.unmapped.leave();
            elements.push(if let Fit::Value(value) = fit { Some(value) } else { None });
        }
        self.unmapped.end_array(elements.len());
        Ok(Fit::Value(Value::Array(elements)))
    }
}
