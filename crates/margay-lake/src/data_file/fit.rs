//! Rows of an older or wider table, in the columns that the table has now, at every depth.

use std::sync::Arc;

use deltalake::arrow::array::{Array, ArrayRef, AsArray, ListArray, RecordBatch, StructArray, new_null_array};
use deltalake::arrow::compute::{CastOptions, cast_with_options};
use deltalake::arrow::datatypes::{DataType, SchemaRef};
use deltalake::arrow::error::ArrowError;

#[cfg(test)]
mod tests;

/// A value that the table's type cannot hold is an error, not a null.
const EXACT: CastOptions<'static> = CastOptions {
    safe: false,
    format_options: deltalake::arrow::util::display::FormatOptions::new(),
};

/// Returns the rows with exactly these columns: by name, null where there is none.
pub(crate) fn batch(rows: &RecordBatch, wanted: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = wanted
        .fields()
        .iter()
        .map(|field| match rows.column_by_name(field.name()) {
            Some(column) => fit(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), rows.num_rows())),
        });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(wanted), columns)
}

fn fit(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == wanted {
        return Ok(Arc::clone(column));
    }
    match (column.data_type(), wanted) {
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let column = column.as_struct();
            let members = fields.iter().map(|field| match column.column_by_name(field.name()) {
                Some(member) => fit(member, field.data_type()),
                None => Ok(new_null_array(field.data_type(), column.len())),
            });
            let members = members.collect::<Result<Vec<_>, _>>()?;
            let nulls = column.nulls().cloned();
            let fitted = StructArray::try_new_with_length(fields.clone(), members, nulls, column.len())?;
            Ok(Arc::new(fitted))
        }
        (DataType::List(_), DataType::List(item)) => {
            let column = column.as_list::<i32>();
            let items = fit(column.values(), item.data_type())?;
            let fitted = ListArray::try_new(
                Arc::clone(item),
                column.offsets().clone(),
                items,
                column.nulls().cloned(),
            )?;
            Ok(Arc::new(fitted))
        }
        _ => cast_with_options(column, wanted, &EXACT),
    }
}
