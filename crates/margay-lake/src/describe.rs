//! What can be asked: the tables with their columns, fields of structs included.

use deltalake::arrow::datatypes::{DataType, Field, Fields};
use deltalake::kernel::StructType;

use crate::catalog::{self, ALL_LOGS, DB_NAME, VIEWS};
use crate::cell::{ColumnType, type_of};
use crate::columns;
use crate::failure::LakeError;
use crate::lake::Inner;

/// A table that a statement may name, or the view over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDescription {
    /// The database that it is in.
    pub database: &'static str,
    /// Its name there.
    pub name: String,
    /// Its columns in order, each followed by the fields within it.
    pub columns: Vec<ColumnDescription>,
}

/// A column, or a field within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// As a statement writes it: `actor.email` is the field `email` of the column `actor`.
    pub path: String,
    /// What its values are.
    pub column_type: ColumnType,
}

/// Describes all tables by what is in memory, since nobody else writes them.
pub(crate) fn describe(lake: &Inner) -> Result<Vec<TableDescription>, LakeError> {
    let mut described = Vec::new();
    for table in lake.tables() {
        let delta = table.cached();
        let schema = delta.snapshot().map_err(|error| table.failed("read", error))?.schema();
        let columns = columns_of(&schema).map_err(|error| table.failed("read", error.into()))?;
        described.push(TableDescription {
            database: table.database(),
            name: table.name().to_owned(),
            columns,
        });
    }
    let mut standard = Vec::new();
    let schema = catalog::standard_schema().expect("the names of the standard columns differ");
    add_all(&mut standard, "", schema.fields());
    standard.push(ColumnDescription {
        path: DB_NAME.to_owned(),
        column_type: ColumnType::Text,
    });
    described.push(TableDescription {
        database: VIEWS,
        name: ALL_LOGS.to_owned(),
        columns: standard,
    });
    Ok(described)
}

fn columns_of(schema: &StructType) -> Result<Vec<ColumnDescription>, deltalake::arrow::error::ArrowError> {
    let mut columns = Vec::new();
    add_all(&mut columns, "", columns::to_arrow(schema)?.fields());
    Ok(columns)
}

fn add_all(columns: &mut Vec<ColumnDescription>, before: &str, fields: &Fields) {
    for field in fields {
        add(columns, before, field);
    }
}

fn add(columns: &mut Vec<ColumnDescription>, before: &str, field: &Field) {
    let path = format!("{before}{}", field.name());
    columns.push(ColumnDescription {
        path: path.clone(),
        column_type: type_of(field.data_type()),
    });
    if let DataType::Struct(fields) = field.data_type() {
        add_all(columns, &format!("{path}."), fields);
    }
}
