//! A schema's columns: how fields and standard fields become columns of a Delta table, and how a table may grow.
//!
//! | schema | column |
//! |---|---|
//! | string, json | string |
//! | smallint, int, bigint | 16-, 32-, 64-bit integer |
//! | float | double |
//! | boolean | boolean |
//! | timestamp | timestamp, microseconds, UTC |
//! | array, object | list, struct |
//!
//! Every column may be null: a schema's `required` is checked before an event exists, and may be relaxed later.
//! The last column, `p_event_date`, is the UTC day of `p_event_time`. Delta partitions by columns only, so the day is one.

use std::sync::Arc;

use deltalake::arrow::datatypes::{Schema as ArrowSchema, SchemaRef};
use deltalake::arrow::error::ArrowError;
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake::kernel::{ArrayType, DataType, StructField, StructType};
use margay_schema::{Field, IndicatorColumn, Schema, ValueType};

use crate::failure::LakeError;

/// The day of `p_event_time`, by which every table is partitioned.
pub(crate) const EVENT_DATE: &str = "p_event_date";
/// The time of the event.
pub(crate) const EVENT_TIME: &str = "p_event_time";
/// The columns whose smallest and largest value every file's log entry carries: what scans prune by.
pub(crate) const STATISTICS_COLUMNS: &str = "p_event_time,p_parse_time,p_row_id";

/// Characters that a Parquet column name cannot hold without column mapping, which writers refuse.
const NAME_CHARACTERS_REFUSED: &[char] = &[' ', ',', ';', '{', '}', '(', ')', '\n', '\t', '='];

/// Returns the columns of a log type's table.
pub(crate) fn event_columns(schema: &Schema) -> Result<StructType, LakeError> {
    let table = schema.log_type().table_name();
    let mut columns = fields_to_columns(&table, "", schema.fields())?;
    columns.extend(standard_columns());
    StructType::try_new(columns).map_err(|error| LakeError::ColumnName {
        table,
        column: "…".to_owned(),
        reason: error.to_string(),
    })
}

/// Returns the columns of `classification_failures`. A reject has no event time: its time of parsing stands in. `id` is the
/// schema that refused the record, as Panther's users know it; the vendor's own id is `record_id`.
pub(crate) fn reject_columns() -> StructType {
    let names = ["p_log_type", "p_row_id", "id", "record_id", "error", "payload"];
    let mut columns: Vec<_> = names
        .into_iter()
        .map(|name| StructField::nullable(name, DataType::STRING))
        .collect();
    columns.extend(standard_columns().into_iter().filter(|column| {
        !names.contains(&column.name().as_str())
            && column.name() != "p_unmapped"
            && !column.name().starts_with("p_any_")
    }));
    StructType::try_new(columns).expect("the names differ")
}

/// Returns the columns that every event has, in order.
pub(crate) fn standard_columns() -> Vec<StructField> {
    let mut columns = vec![
        StructField::nullable("p_log_type", DataType::STRING),
        StructField::nullable("p_row_id", DataType::STRING),
        StructField::nullable(EVENT_TIME, DataType::TIMESTAMP),
        StructField::nullable("p_parse_time", DataType::TIMESTAMP),
        StructField::nullable("p_schema_version", DataType::INTEGER),
        StructField::nullable("p_source_id", DataType::STRING),
        StructField::nullable("p_source_label", DataType::STRING),
        StructField::nullable("p_unmapped", DataType::STRING),
    ];
    columns.extend(
        IndicatorColumn::ALL
            .iter()
            .map(|column| StructField::nullable(column.name(), list_of(DataType::STRING))),
    );
    columns.push(StructField::nullable(EVENT_DATE, DataType::DATE));
    columns
}

/// Returns the same columns as Arrow sees them.
pub(crate) fn to_arrow(columns: &StructType) -> Result<SchemaRef, ArrowError> {
    let schema: ArrowSchema = columns.try_into_arrow()?;
    Ok(Arc::new(schema))
}

/// Returns `existing` with what `wanted` adds, or `None` if it adds nothing.
///
/// # Errors
///
/// A column whose type would change, and one that differs from an existing one by case only.
pub(crate) fn merge(table: &str, existing: &StructType, wanted: &StructType) -> Result<Option<StructType>, LakeError> {
    merge_struct(table, "", existing, wanted)
}

fn merge_struct(
    table: &str,
    path: &str,
    existing: &StructType,
    wanted: &StructType,
) -> Result<Option<StructType>, LakeError> {
    let mut merged: Vec<StructField> = existing.fields().cloned().collect();
    let mut grew = false;
    for field in wanted.fields() {
        let path = join(path, field.name());
        match existing
            .fields()
            .position(|column| column.name().eq_ignore_ascii_case(field.name()))
        {
            None => {
                merged.push(field.clone());
                grew = true;
            }
            Some(at) if merged[at].name() != field.name() => {
                return Err(LakeError::ColumnName {
                    table: table.to_owned(),
                    column: path,
                    reason: format!("it differs from the column `{}` by case only", merged[at].name()),
                });
            }
            Some(at) => {
                if let Some(data_type) = merge_type(table, &path, merged[at].data_type(), field.data_type())? {
                    merged[at] = StructField::nullable(field.name(), data_type);
                    grew = true;
                }
            }
        }
    }
    if !grew {
        return Ok(None);
    }
    Ok(Some(
        StructType::try_new(merged).expect("merged names differ without regard to case"),
    ))
}

fn merge_type(table: &str, path: &str, existing: &DataType, wanted: &DataType) -> Result<Option<DataType>, LakeError> {
    match (existing, wanted) {
        (DataType::Struct(existing), DataType::Struct(wanted)) => {
            Ok(merge_struct(table, path, existing, wanted)?.map(|merged| DataType::Struct(Box::new(merged))))
        }
        (DataType::Array(existing), DataType::Array(wanted)) => {
            Ok(merge_type(table, path, existing.element_type(), wanted.element_type())?.map(list_of))
        }
        (existing, wanted) if existing == wanted => Ok(None),
        (existing, wanted) => Err(LakeError::ColumnTypeChanged {
            table: table.to_owned(),
            column: path.to_owned(),
            existing: describe(existing),
            wanted: describe(wanted),
        }),
    }
}

fn fields_to_columns(table: &str, path: &str, fields: &[Field]) -> Result<Vec<StructField>, LakeError> {
    fields
        .iter()
        .map(|field| {
            let path = join(path, &field.name);
            if field.name.is_empty() || field.name.contains(NAME_CHARACTERS_REFUSED) {
                return Err(LakeError::ColumnName {
                    table: table.to_owned(),
                    column: path,
                    reason: "a column's name cannot be empty or hold blanks or any of , ; { } ( ) =".to_owned(),
                });
            }
            Ok(StructField::nullable(
                &field.name,
                column_type(table, &path, &field.value)?,
            ))
        })
        .collect()
}

fn column_type(table: &str, path: &str, value: &ValueType) -> Result<DataType, LakeError> {
    Ok(match value {
        ValueType::String { .. } | ValueType::Json => DataType::STRING,
        ValueType::SmallInt => DataType::SHORT,
        ValueType::Int => DataType::INTEGER,
        ValueType::BigInt => DataType::LONG,
        ValueType::Float => DataType::DOUBLE,
        ValueType::Boolean => DataType::BOOLEAN,
        ValueType::Timestamp { .. } => DataType::TIMESTAMP,
        ValueType::Embedded(inner) => column_type(table, path, inner)?,
        ValueType::Array(element) => list_of(column_type(table, path, element)?),
        ValueType::Object(fields) => {
            DataType::try_struct_type(fields_to_columns(table, path, fields)?).map_err(|error| {
                LakeError::ColumnName {
                    table: table.to_owned(),
                    column: path.to_owned(),
                    reason: error.to_string(),
                }
            })?
        }
    })
}

fn list_of(element: DataType) -> DataType {
    DataType::Array(Box::new(ArrayType::new(element, true)))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Returns a column type in the schema language's words.
fn describe(data_type: &DataType) -> String {
    match data_type {
        DataType::Struct(_) => "an object".to_owned(),
        DataType::Array(array) => format!(
            "an array of {}",
            describe(array.element_type()).trim_start_matches("an ")
        ),
        DataType::Primitive(_) => {
            let word = match data_type {
                &DataType::SHORT => "smallint",
                &DataType::INTEGER => "int",
                &DataType::LONG => "bigint",
                &DataType::DOUBLE => "float",
                other => return other.to_string(),
            };
            word.to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
