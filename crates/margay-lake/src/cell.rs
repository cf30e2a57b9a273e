//! Values and columns of a query's answer, free of any engine's types.

use deltalake::arrow::array::{Array, AsArray};
use deltalake::arrow::datatypes::{
    DataType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Schema, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use deltalake::arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::json;

/// One value of a row.
///
/// - **Shape**: what has no plain form (lists, structs, maps) is JSON text, keys in schema order, nulls kept,
///   timestamps as RFC 3339.
/// - **Units**: `Time` is microseconds since the Unix epoch, UTC.
/// - **Invariant**: integers are exact over the whole 64-bit range; decimals, dates, times of day and intervals are `Text`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// SQL `NULL`.
    Null,
    /// True or false.
    Boolean(bool),
    /// A signed whole number.
    Integer(i64),
    /// An unsigned whole number.
    Unsigned(u64),
    /// A floating-point number, possibly not finite.
    Float(f64),
    /// Text.
    Text(String),
    /// A point in time, microseconds since the Unix epoch, UTC.
    Time(i64),
    /// A nested value as JSON text.
    Json(String),
}

impl Cell {
    /// Returns about how many bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        let text = match self {
            Self::Text(text) | Self::Json(text) => text.len(),
            _ => 0,
        };
        size_of::<Self>() + text
    }
}

/// One column of a query's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in the answer.
    pub name: String,
    /// What its cells are.
    pub column_type: ColumnType,
}

/// What the cells of a column are, when they are not null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Nothing but nulls.
    Null,
    /// [`Cell::Boolean`].
    Boolean,
    /// [`Cell::Integer`] or [`Cell::Unsigned`].
    Integer,
    /// [`Cell::Float`].
    Float,
    /// [`Cell::Text`]: a number whose digits all count.
    Decimal,
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Time`].
    Timestamp,
    /// [`Cell::Json`].
    Json,
}

impl ColumnType {
    /// Returns the word for people and machines: `boolean`, `integer`, `float`, `decimal`, `text`, `timestamp`, `json`, `null`.
    pub fn as_str(self) -> &'static str {
        match self {
            ColumnType::Null => "null",
            ColumnType::Boolean => "boolean",
            ColumnType::Integer => "integer",
            ColumnType::Float => "float",
            ColumnType::Decimal => "decimal",
            ColumnType::Text => "text",
            ColumnType::Timestamp => "timestamp",
            ColumnType::Json => "json",
        }
    }
}

/// Returns the columns of an answer.
pub(crate) fn columns_of(schema: &Schema) -> Vec<Column> {
    let names = names_of(
        &schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect::<Vec<_>>(),
    );
    let types = schema.fields().iter().map(|field| type_of(field.data_type()));
    names
        .into_iter()
        .zip(types)
        .map(|(name, column_type)| Column { name, column_type })
        .collect()
}

/// The engine calls `actor.email` by its own `asana_audit.actor[email]`; people get what they wrote, unless two columns
/// would then have one name.
fn names_of(engine_names: &[&str]) -> Vec<String> {
    let written: Vec<String> = engine_names
        .iter()
        .map(|name| path_as_written(name).unwrap_or((*name).to_owned()))
        .collect();
    let is_alone = |name: &String| written.iter().filter(|other| *other == name).count() == 1;
    written
        .iter()
        .zip(engine_names)
        .map(|(name, engine_name)| {
            if is_alone(name) {
                name.clone()
            } else {
                (*engine_name).to_owned()
            }
        })
        .collect()
}

/// Returns `a.b.c` for `table.a[b][c]`, and nothing for any other expression.
fn path_as_written(engine_name: &str) -> Option<String> {
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (column, fields) = engine_name.strip_suffix(']')?.split_once('[')?;
    if !column.split('.').all(is_word) {
        return None;
    }
    let mut path = column.rsplit('.').next()?.to_owned();
    for field in fields.split("][") {
        if !is_word(field) || field.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        path.push('.');
        path.push_str(field);
    }
    Some(path)
}

pub(crate) fn type_of(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Null => ColumnType::Null,
        DataType::Boolean => ColumnType::Boolean,
        data_type if data_type.is_integer() => ColumnType::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Float,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            ColumnType::Decimal
        }
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Dictionary(_, value) => type_of(value),
        DataType::RunEndEncoded(_, value) => type_of(value.data_type()),
        data_type if is_nested(data_type) => ColumnType::Json,
        _ => ColumnType::Text,
    }
}

fn is_nested(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::ListView(_)
            | DataType::Struct(_)
            | DataType::Map(..)
    )
}

/// Returns the value at this row.
pub(crate) fn cell_at(array: &dyn Array, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Null => Cell::Null,
        DataType::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        DataType::Int8 => Cell::Integer(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Cell::Integer(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Cell::Integer(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Cell::Unsigned(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Cell::Unsigned(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Cell::Unsigned(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Cell::Unsigned(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float16 => Cell::Float(array.as_primitive::<Float16Type>().value(row).into()),
        DataType::Float32 => Cell::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Cell::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row).to_owned()),
        DataType::Timestamp(unit, _) => time_at(array, row, *unit),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            cell_at(dictionary.values().as_ref(), dictionary.normalized_keys()[row])
        }
        data_type if is_nested(data_type) => {
            let mut text = String::new();
            json::write(array, row, &mut text);
            Cell::Json(text)
        }
        _ => text_at(array, row),
    }
}

fn time_at(array: &dyn Array, row: usize, unit: TimeUnit) -> Cell {
    let micros = match unit {
        TimeUnit::Second => array
            .as_primitive::<TimestampSecondType>()
            .value(row)
            .checked_mul(1_000_000),
        TimeUnit::Millisecond => array
            .as_primitive::<TimestampMillisecondType>()
            .value(row)
            .checked_mul(1_000),
        TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        TimeUnit::Nanosecond => Some(
            array
                .as_primitive::<TimestampNanosecondType>()
                .value(row)
                .div_euclid(1_000),
        ),
    };
    micros.map_or_else(|| text_at(array, row), Cell::Time)
}

/// Dates, times of day, decimals, intervals and bytes, as Arrow writes them.
fn text_at(array: &dyn Array, row: usize) -> Cell {
    let options = FormatOptions::default();
    let text = ArrayFormatter::try_new(array, &options).and_then(|formatter| formatter.value(row).try_to_string());
    text.map_or(Cell::Null, Cell::Text)
}

#[cfg(test)]
mod tests;
