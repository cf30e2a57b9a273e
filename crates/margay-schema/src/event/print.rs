//! An event as one line of JSON.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::{Event, StandardFields, Value, Values};
use crate::json::write_string;
use crate::schema::{Field, Schema, ValueType};

/// Bytes of an ordinary event, so that the text seldom moves while it grows.
const TEXT_BYTES_USUAL: usize = 1_024;

pub(super) fn event(event: &Event, schema: &Schema) -> String {
    let mut out = Members {
        text: String::with_capacity(TEXT_BYTES_USUAL),
        count: 0,
    };
    out.text.push('{');
    fields(schema.fields(), event.values(), &mut out);
    standard(&event.standard, &mut out);
    out.text.push('}');
    out.text
}

/// Returns an event's own fields as JSON, without the standard ones.
pub(crate) fn own_fields(event: &Event, schema: &Schema) -> String {
    let mut out = Members {
        text: "{".to_owned(),
        count: 0,
    };
    fields(schema.fields(), event.values(), &mut out);
    out.text.push('}');
    out.text
}

/// Returns a value of this type as JSON, as it stands in an event.
pub(crate) fn value(value_type: &ValueType, value: Value<'_>) -> String {
    let mut out = String::new();
    print(value_type, value, &mut out);
    out
}

/// The members of an object, being written.
struct Members {
    text: String,
    count: usize,
}

impl Members {
    /// Writes all that comes before a member's value.
    fn begin(&mut self, name: &str) -> &mut String {
        if self.count > 0 {
            self.text.push(',');
        }
        self.count += 1;
        write_string(&mut self.text, name);
        self.text.push(':');
        &mut self.text
    }

    fn add_string(&mut self, name: &str, text: &str) {
        write_string(self.begin(name), text);
    }
}

fn fields(fields: &[Field], values: Values<'_>, out: &mut Members) {
    assert_eq!(
        fields.len(),
        values.len(),
        "an event is printed by the schema that made it"
    );
    for (field, value) in fields.iter().zip(values.iter()) {
        if let Some(value) = value {
            print(&field.value, value, out.begin(&field.name));
        }
    }
}

fn standard(standard: &StandardFields, out: &mut Members) {
    out.add_string("p_log_type", standard.log_type.as_str());
    out.add_string("p_row_id", &standard.row_id.to_string());
    time(standard.event_time.as_microsecond(), out.begin("p_event_time"));
    time(standard.parse_time.as_microsecond(), out.begin("p_parse_time"));
    number(standard.schema_version, out.begin("p_schema_version"));
    out.add_string("p_source_id", &standard.source_id.to_string());
    out.add_string("p_source_label", &standard.source_label);
    if let Some(unmapped) = &standard.unmapped {
        verbatim(unmapped, out.begin("p_unmapped"));
    }
    for (column, values) in standard.indicators.iter() {
        let text = out.begin(column.name());
        text.push('[');
        for (index, value) in values.enumerate() {
            if index > 0 {
                text.push(',');
            }
            write_string(text, value);
        }
        text.push(']');
    }
}

fn print(value_type: &ValueType, value: Value<'_>, out: &mut String) {
    match (value_type.held(), value) {
        (_, Value::String(text)) => write_string(out, text),
        (_, Value::Integer(integer)) => number(integer, out),
        // `{:?}` is the shortest text that reads back the same, with an exponent where that is shorter.
        (_, Value::Float(float)) => number(format_args!("{float:?}"), out),
        (_, Value::Boolean(boolean)) => number(boolean, out),
        (_, Value::Timestamp(microseconds)) => time(microseconds, out),
        (_, Value::Json(text)) => verbatim(text, out),
        (ValueType::Array(element), Value::Array(values)) => array(element, values, out),
        (ValueType::Object(inner), Value::Object(values)) => {
            let mut members = Members {
                text: std::mem::take(out),
                count: 0,
            };
            members.text.push('{');
            fields(inner, values, &mut members);
            members.text.push('}');
            *out = members.text;
        }
        (_, Value::Array(_) | Value::Object(_)) => unreachable!("an event is printed by the schema that made it"),
    }
}

fn array(element: &ValueType, values: Values<'_>, out: &mut String) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match value {
            Some(value) => print(element, value, out),
            None => out.push_str("null"),
        }
    }
    out.push(']');
}

fn number(number: impl std::fmt::Display, out: &mut String) {
    // Writing into a string cannot fail.
    write!(out, "{number}").unwrap_or_default();
}

/// Writes JSON text on one line: a line break can only stand between tokens, where a space says the same.
fn verbatim(json: &str, out: &mut String) {
    for (index, line) in json.split(['\n', '\r']).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(line);
    }
}

/// Writes `"YYYY-MM-DD HH:MM:SS.fff"`, or six digits if the last three are not zero.
fn time(microseconds: i64, out: &mut String) {
    // A date and a clock reach to the end of the year 9999, a `Timestamp` does not.
    let at = DateTime::constant(1970, 1, 1, 0, 0, 0, 0).saturating_add(SignedDuration::from_micros(microseconds));
    let (date, clock) = (at.date(), at.time());
    let microsecond = clock.subsec_nanosecond() / 1_000;
    let text = format_args!(
        "\"{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    );
    number(text, out);
    if microsecond % 1_000 == 0 {
        number(format_args!(".{:03}\"", microsecond / 1_000), out);
    } else {
        number(format_args!(".{microsecond:06}\""), out);
    }
}
