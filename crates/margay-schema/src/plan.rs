//! A schema compiled for reading records.
//!
//! It mirrors [`Field`] and [`ValueType`], with what reading needs ready at hand: a lookup table for each object, the
//! range of each integer, and marks for the parts that a second pass need not visit.

mod names;
mod reshape;

use names::Names;
pub(crate) use reshape::{
    Edit, PhasePlan, ReshapePlan, SourceTree, Target, TargetObject, TargetValue, Unfold, UnfoldObject,
};

use crate::indicator::Indicator;
use crate::schema::{Field, ValueType};
use crate::time::TimeFormat;
use crate::validation::Validation;

/// How to read an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObjectPlan {
    /// In the schema's order.
    pub(crate) fields: Box<[FieldPlan]>,
    by_name: Names,
    /// Positions of the fields that may not be null or absent.
    required: Box<[usize]>,
    /// Positions of the fields that hold, at any depth, indicators or candidates for the event's time.
    harvested: Box<[usize]>,
    /// Places that an event has for this object and those in it; the elements of arrays aside.
    pub(crate) cell_count: usize,
    /// Scanners that run over an event, those of an array's elements counted once.
    pub(crate) scanner_count: usize,
}

/// How to read one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldPlan {
    pub(crate) name: Box<str>,
    pub(crate) value: ValuePlan,
}

/// How to read a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValuePlan {
    String {
        indicators: Box<[Indicator]>,
        validation: Option<Validation>,
    },
    Integer(Width),
    Float,
    Boolean,
    Timestamp {
        formats: Box<[TimeFormat]>,
        is_event_time: bool,
    },
    Array(Box<ValuePlan>),
    Object(ObjectPlan),
    Json,
    /// What may come as a string with JSON in it. Such strings have given way to what they hold before the record is
    /// read; one that is still there holds no JSON.
    Embedded(Box<ValuePlan>),
}

/// The width of a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Bits16,
    Bits32,
    Bits64,
}

impl Width {
    pub(crate) fn fits(self, number: i64) -> bool {
        match self {
            Self::Bits16 => i16::try_from(number).is_ok(),
            Self::Bits32 => i32::try_from(number).is_ok(),
            Self::Bits64 => true,
        }
    }

    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::Bits16 => "smallint",
            Self::Bits32 => "int",
            Self::Bits64 => "bigint",
        }
    }
}

impl ObjectPlan {
    /// Compiles the fields of an object.
    pub(crate) fn of(fields: &[Field]) -> Self {
        let names = fields.iter().map(|field| field.name.as_str());
        let by_name = Names::of(names);
        let required = positions(fields, |field| field.required);
        let fields: Box<[FieldPlan]> = fields.iter().map(FieldPlan::of).collect();
        let harvested = positions(&fields, |field| field.value.is_harvested());
        Self {
            by_name,
            required,
            harvested,
            cell_count: fields.iter().map(|field| 1 + field.value.cell_count()).sum(),
            scanner_count: fields.iter().map(|field| field.value.scanner_count()).sum(),
            fields,
        }
    }

    /// Returns the position of a field.
    #[inline]
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.find(name)
    }

    pub(crate) fn required(&self) -> &[usize] {
        &self.required
    }

    pub(crate) fn harvested(&self) -> &[usize] {
        &self.harvested
    }
}

fn positions<T>(fields: &[T], is_wanted: impl Fn(&T) -> bool) -> Box<[usize]> {
    (0..fields.len()).filter(|&at| is_wanted(&fields[at])).collect()
}

impl FieldPlan {
    fn of(field: &Field) -> Self {
        Self {
            name: field.name.as_str().into(),
            value: ValuePlan::of(&field.value),
        }
    }
}

impl ValuePlan {
    fn of(value: &ValueType) -> Self {
        match value {
            ValueType::String { indicators, validation } => Self::String {
                indicators: indicators.as_slice().into(),
                validation: validation.clone(),
            },
            ValueType::SmallInt => Self::Integer(Width::Bits16),
            ValueType::Int => Self::Integer(Width::Bits32),
            ValueType::BigInt => Self::Integer(Width::Bits64),
            ValueType::Float => Self::Float,
            ValueType::Boolean => Self::Boolean,
            ValueType::Timestamp {
                formats, is_event_time, ..
            } => Self::Timestamp {
                formats: formats.as_slice().into(),
                is_event_time: *is_event_time,
            },
            ValueType::Array(element) => Self::Array(Box::new(Self::of(element))),
            ValueType::Object(fields) => Self::Object(ObjectPlan::of(fields)),
            ValueType::Json => Self::Json,
            ValueType::Embedded(inner) => Self::Embedded(Box::new(Self::of(inner))),
        }
    }

    fn is_harvested(&self) -> bool {
        match self {
            Self::String { indicators, .. } => !indicators.is_empty(),
            Self::Timestamp { is_event_time, .. } => *is_event_time,
            Self::Array(inner) | Self::Embedded(inner) => inner.is_harvested(),
            Self::Object(object) => !object.harvested.is_empty(),
            Self::Integer(_) | Self::Float | Self::Boolean | Self::Json => false,
        }
    }

    fn cell_count(&self) -> usize {
        match self {
            Self::Object(object) => object.cell_count,
            Self::Embedded(inner) => inner.cell_count(),
            _ => 0,
        }
    }

    fn scanner_count(&self) -> usize {
        match self {
            Self::String { indicators, .. } => indicators.len(),
            Self::Array(inner) | Self::Embedded(inner) => inner.scanner_count(),
            Self::Object(object) => object.scanner_count,
            Self::Integer(_) | Self::Float | Self::Boolean | Self::Timestamp { .. } | Self::Json => 0,
        }
    }
}
