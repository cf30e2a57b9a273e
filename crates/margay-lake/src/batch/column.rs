//! The values of one field, collected at any depth and shaped like the table's column.

use std::collections::HashMap;
use std::sync::Arc;

use deltalake::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int16Builder, Int32Builder, Int64Builder, ListArray, NullBufferBuilder,
    StringBuilder, StructArray, TimestampMicrosecondBuilder, new_null_array,
};
use deltalake::arrow::buffer::OffsetBuffer;
use deltalake::arrow::datatypes::DataType;
use deltalake::arrow::error::ArrowError;
use margay_schema::{Value, ValueType};

/// A value is not of the type its schema says.
pub(super) struct Misfit;

/// Collects the values of one field, at any depth.
pub(super) enum Builder {
    Text(StringBuilder),
    SmallInt(Int16Builder),
    Int(Int32Builder),
    BigInt(Int64Builder),
    Float(Float64Builder),
    Boolean(BooleanBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    List {
        items: Box<Builder>,
        items_len: usize,
        offsets: Vec<i32>,
        validity: NullBufferBuilder,
    },
    Struct {
        fields: Vec<(String, Builder)>,
        validity: NullBufferBuilder,
    },
}

impl Builder {
    pub(super) fn for_type(value: &ValueType) -> Self {
        match value {
            ValueType::String { .. } | ValueType::Json => Self::Text(StringBuilder::new()),
            ValueType::SmallInt => Self::SmallInt(Int16Builder::new()),
            ValueType::Int => Self::Int(Int32Builder::new()),
            ValueType::BigInt => Self::BigInt(Int64Builder::new()),
            ValueType::Float => Self::Float(Float64Builder::new()),
            ValueType::Boolean => Self::Boolean(BooleanBuilder::new()),
            ValueType::Timestamp { .. } => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ValueType::Embedded(inner) => Self::for_type(inner),
            ValueType::Array(element) => Self::List {
                items: Box::new(Self::for_type(element)),
                items_len: 0,
                offsets: vec![0],
                validity: NullBufferBuilder::new(0),
            },
            ValueType::Object(fields) => Self::Struct {
                fields: fields
                    .iter()
                    .map(|field| (field.name.clone(), Self::for_type(&field.value)))
                    .collect(),
                validity: NullBufferBuilder::new(0),
            },
        }
    }

    pub(super) fn append(&mut self, value: Option<Value<'_>>) -> Result<(), Misfit> {
        match (self, value) {
            (Self::Text(builder), Some(Value::String(text) | Value::Json(text))) => builder.append_value(text),
            (Self::Text(builder), None) => builder.append_null(),
            (Self::SmallInt(builder), Some(Value::Integer(number))) => {
                builder.append_value(i16::try_from(number).map_err(|_| Misfit)?);
            }
            (Self::SmallInt(builder), None) => builder.append_null(),
            (Self::Int(builder), Some(Value::Integer(number))) => {
                builder.append_value(i32::try_from(number).map_err(|_| Misfit)?);
            }
            (Self::Int(builder), None) => builder.append_null(),
            (Self::BigInt(builder), Some(Value::Integer(number))) => builder.append_value(number),
            (Self::BigInt(builder), None) => builder.append_null(),
            (Self::Float(builder), Some(Value::Float(number))) => builder.append_value(number),
            (Self::Float(builder), None) => builder.append_null(),
            (Self::Boolean(builder), Some(Value::Boolean(truth))) => builder.append_value(truth),
            (Self::Boolean(builder), None) => builder.append_null(),
            (Self::Timestamp(builder), Some(Value::Timestamp(micros))) => builder.append_value(micros),
            (Self::Timestamp(builder), None) => builder.append_null(),
            (
                Self::List {
                    items,
                    items_len,
                    offsets,
                    validity,
                },
                value,
            ) => {
                if let Some(value) = value {
                    let Value::Array(values) = value else {
                        return Err(Misfit);
                    };
                    for value in values.iter() {
                        items.append(value)?;
                    }
                    *items_len += values.len();
                }
                offsets.push(i32::try_from(*items_len).map_err(|_| Misfit)?);
                validity.append(value.is_some());
            }
            (Self::Struct { fields, validity }, value) => {
                let values = match value {
                    Some(Value::Object(values)) if values.len() == fields.len() => Some(values),
                    Some(_) => return Err(Misfit),
                    None => None,
                };
                for (at, (_, builder)) in fields.iter_mut().enumerate() {
                    builder.append(values.and_then(|values| values.get(at)))?;
                }
                validity.append(values.is_some());
            }
            _ => return Err(Misfit),
        }
        Ok(())
    }

    /// Returns the values in the shape of the table's column.
    pub(super) fn finish(self, wanted: &DataType, rows: usize) -> Result<ArrayRef, ArrowError> {
        Ok(match (self, wanted) {
            (Self::Text(mut builder), _) => Arc::new(builder.finish()),
            (Self::SmallInt(mut builder), _) => Arc::new(builder.finish()),
            (Self::Int(mut builder), _) => Arc::new(builder.finish()),
            (Self::BigInt(mut builder), _) => Arc::new(builder.finish()),
            (Self::Float(mut builder), _) => Arc::new(builder.finish()),
            (Self::Boolean(mut builder), _) => Arc::new(builder.finish()),
            (Self::Timestamp(mut builder), _) => Arc::new(builder.finish().with_timezone("UTC")),
            (
                Self::List {
                    items,
                    items_len,
                    offsets,
                    mut validity,
                },
                DataType::List(item),
            ) => {
                let values = items.finish(item.data_type(), items_len)?;
                let offsets = OffsetBuffer::new(offsets.into());
                Arc::new(ListArray::try_new(
                    Arc::clone(item),
                    offsets,
                    values,
                    validity.finish(),
                )?)
            }
            (Self::Struct { fields, mut validity }, DataType::Struct(wanted)) => {
                let mut fields: HashMap<String, Builder> = fields.into_iter().collect();
                let columns = wanted
                    .iter()
                    .map(|field| match fields.remove(field.name()) {
                        Some(builder) => builder.finish(field.data_type(), rows),
                        None => Ok(new_null_array(field.data_type(), rows)),
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new_with_length(
                    wanted.clone(),
                    columns,
                    validity.finish(),
                    rows,
                )?)
            }
            (_, wanted) => return Err(ArrowError::SchemaError(format!("the table's column is {wanted}"))),
        })
    }
}
