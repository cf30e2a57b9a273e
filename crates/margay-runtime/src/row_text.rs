//! Rows as text: CSV and JSON objects, for the command line and the API alike.
//!
//! Always holds: integers are written digit by digit, never through a float; times are UTC, in CSV `YYYY-MM-DD HH:MM:SS.fff`, in JSON
//! RFC 3339.

use std::io::{self, Write};

use jiff::SignedDuration;
use jiff::civil::DateTime;
use margay_lake::Cell;

/// Writes one record of CSV, RFC 4180.
///
/// # Errors
/// When it cannot be written.
pub fn write_csv<T: AsRef<[u8]>>(out: &mut dyn Write, fields: &[T]) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(fields).map_err(io::Error::other)?;
    writer.flush()
}

/// Writes one row as a JSON object.
///
/// # Errors
/// When it cannot be written.
pub fn write_object<T: AsRef<str>>(out: &mut dyn Write, names: &[T], cells: &[Cell]) -> io::Result<()> {
    write!(out, "{{")?;
    for (index, (name, cell)) in names.iter().zip(cells).enumerate() {
        if index > 0 {
            write!(out, ",")?;
        }
        serde_json::to_writer(&mut *out, name.as_ref())?;
        write!(out, ":")?;
        write_json(out, cell)?;
    }
    write!(out, "}}")
}

/// A cell for people and for CSV: null is empty, nested values are JSON.
pub fn plain_text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Unsigned(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Text(value) | Cell::Json(value) => value.clone(),
        Cell::Time(microseconds) => time_text(*microseconds, "%Y-%m-%d %H:%M:%S%.3f"),
    }
}

/// A time, in microseconds since the epoch, as RFC 3339.
pub fn rfc_3339(microseconds: i64) -> String {
    time_text(microseconds, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn write_json(out: &mut dyn Write, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Null => write!(out, "null"),
        Cell::Boolean(value) => write!(out, "{value}"),
        Cell::Integer(value) => write!(out, "{value}"),
        Cell::Unsigned(value) => write!(out, "{value}"),
        // JSON has no word for these; a text loses nothing.
        Cell::Float(value) if !value.is_finite() => write!(out, "\"{value}\""),
        Cell::Float(value) => serde_json::to_writer(out, value).map_err(io::Error::from),
        Cell::Text(value) => serde_json::to_writer(out, value).map_err(io::Error::from),
        Cell::Json(value) => write!(out, "{value}"),
        Cell::Time(microseconds) => write!(out, "\"{}\"", rfc_3339(*microseconds)),
    }
}

/// `0.1` is not what the clock said: microseconds are shown only where there are any.
fn time_text(microseconds: i64, pattern: &str) -> String {
    // A date and a clock reach to the end of the year 9999, a `Timestamp` does not.
    let time = DateTime::constant(1970, 1, 1, 0, 0, 0, 0).saturating_add(SignedDuration::from_micros(microseconds));
    let pattern = if microseconds % 1_000 == 0 {
        pattern.to_owned()
    } else {
        pattern.replace("%.3f", "%.6f")
    };
    time.strftime(&pattern).to_string()
}
