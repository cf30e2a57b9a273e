//! A schema compiled for reading records.
//!
//! It mirrors [`Field`] and [`ValueType`], with what reading needs ready at hand: a lookup table for each object, the
//! range of each integer, and marks for the parts that a second pass need not visit.

mod reshape;

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
    /// Positions in `fields`, sorted by the length of the name, then its bytes.
    by_name: Box<[usize]>,
}

/// How to read one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldPlan {
    pub(crate) name: Box<str>,
    pub(crate) presence: Presence,
    pub(crate) value: ValuePlan,
    /// Whether it holds, at any depth, indicators or candidates for the event's time.
    pub(crate) is_harvested: bool,
}

/// Whether a field may be null or absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
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
        let fields: Box<[FieldPlan]> = fields.iter().map(FieldPlan::of).collect();
        let mut by_name: Box<[usize]> = (0..fields.len()).collect();
        by_name.sort_unstable_by_key(|&index| order(&fields[index].name));
        Self { fields, by_name }
    }

    /// Returns the position of a field.
    ///
    /// `guess` is where it should be if the record has the schema's order; vendors mostly keep one order, so a right
    /// guess saves the search.
    pub(crate) fn position(&self, name: &str, guess: usize) -> Option<usize> {
        if self.fields.get(guess).is_some_and(|field| *field.name == *name) {
            return Some(guess);
        }
        let found = self
            .by_name
            .binary_search_by_key(&order(name), |&index| order(&self.fields[index].name));
        found.ok().map(|found| self.by_name[found])
    }
}

/// Comparing lengths first settles nearly every comparison without touching the bytes.
const fn order(name: &str) -> (usize, &[u8]) {
    (name.len(), name.as_bytes())
}

impl FieldPlan {
    fn of(field: &Field) -> Self {
        let value = ValuePlan::of(&field.value);
        Self {
            name: field.name.as_str().into(),
            presence: if field.required {
                Presence::Required
            } else {
                Presence::Optional
            },
            is_harvested: value.is_harvested(),
            value,
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
            Self::Object(object) => object.fields.iter().any(|field| field.is_harvested),
            Self::Integer(_) | Self::Float | Self::Boolean | Self::Json => false,
        }
    }
}
