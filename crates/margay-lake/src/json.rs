//! Nested Arrow values as JSON text.

use std::fmt::Write as _;

use deltalake::arrow::array::{Array, AsArray};
use deltalake::arrow::datatypes::DataType;
use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::cell::{Cell, cell_at};

/// What times count from.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Appends the value at this row: keys in the column's order, nulls kept, times as RFC 3339.
pub(crate) fn write(array: &dyn Array, row: usize, out: &mut String) {
    if array.is_null(row) {
        out.push_str("null");
        return;
    }
    match array.data_type() {
        DataType::List(_) => write_list(array.as_list::<i32>().value(row).as_ref(), out),
        DataType::LargeList(_) => write_list(array.as_list::<i64>().value(row).as_ref(), out),
        DataType::FixedSizeList(..) => write_list(array.as_fixed_size_list().value(row).as_ref(), out),
        DataType::ListView(_) => write_list(array.as_list_view::<i32>().value(row).as_ref(), out),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            out.push('{');
            for (at, (field, column)) in fields.iter().zip(columns).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_text(field.name(), out);
                out.push(':');
                write(column.as_ref(), row, out);
            }
            out.push('}');
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            out.push('{');
            for at in 0..entries.len() {
                if at > 0 {
                    out.push(',');
                }
                match cell_at(entries.column(0).as_ref(), at) {
                    Cell::Text(key) => write_text(&key, out),
                    key => write_text(&plain(&key), out),
                }
                out.push(':');
                write(entries.column(1).as_ref(), at, out);
            }
            out.push('}');
        }
        _ => write_cell(&cell_at(array, row), out),
    }
}

fn write_list(items: &dyn Array, out: &mut String) {
    out.push('[');
    for at in 0..items.len() {
        if at > 0 {
            out.push(',');
        }
        write(items, at, out);
    }
    out.push(']');
}

fn write_cell(cell: &Cell, out: &mut String) {
    match cell {
        Cell::Text(text) => write_text(text, out),
        Cell::Time(micros) => {
            let text = jiff::Timestamp::from_microsecond(*micros).map_or_else(
                // The last day of the year 9999 is beyond a `Timestamp`, not beyond a date and a clock.
                |_| format!("{}Z", EPOCH.saturating_add(SignedDuration::from_micros(*micros))),
                |time| time.to_string(),
            );
            write_text(&text, out);
        }
        other => out.push_str(&plain(other)),
    }
}

/// Returns a value that needs no quotes. JSON has no infinities.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Boolean(truth) => truth.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Unsigned(number) => number.to_string(),
        Cell::Float(number) if number.is_finite() => {
            let mut text = String::new();
            if write!(text, "{number:?}").is_err() {
                text.push_str("null");
            }
            text
        }
        Cell::Null | Cell::Float(_) => "null".to_owned(),
        Cell::Text(text) | Cell::Json(text) => text.clone(),
        Cell::Time(micros) => micros.to_string(),
    }
}

fn write_text(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(quoted) => out.push_str(&quoted),
        Err(_) => out.push_str("null"),
    }
}
