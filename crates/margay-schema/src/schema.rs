//! A checked schema, and how YAML becomes one.
//!
//! YAML text → tree with positions (`yaml`) → what the file says, key by key (`raw`) → references resolved, limits and
//! names checked (`resolve`) → [`Schema`]. Each step reports into one list, so that a person sees every mistake at once.

use crate::indicator::Indicator;
use crate::log_type::LogType;
use crate::parser::Parser;
use crate::plan::{ObjectPlan, ReshapePlan};
use crate::time::TimeFormat;
use crate::transformations::Transformations;
use crate::validation::Validation;

pub(crate) mod hint;
mod keys;
mod options;
pub(crate) mod problem;
mod raw;
mod resolve;
#[cfg(test)]
mod tests;
mod transform;
pub(crate) mod yaml;

pub use options::{CheckedSchema, SchemaOptions, UnknownKeys};
pub use problem::{SchemaError, SchemaProblem};
pub(crate) use raw::{NAME_CHARACTERS_REFUSED, STANDARD_FIELD_PREFIX};

/// A log type's schema, checked and ready to read records with.
///
/// - **Invariant**: every object has at least one field; names are unique within an object without regard to case, and
///   none at the top starts with `p_`; depth and number of fields are within [`limits`](crate::limits); no references
///   are left.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    log_type: LogType,
    description: Option<String>,
    reference_url: Option<String>,
    field_discovery: FieldDiscovery,
    parser: Option<Parser>,
    fields: Vec<Field>,
    pub(crate) plan: ObjectPlan,
    /// What happens to a record before it is read, if anything does.
    pub(crate) reshape: Option<ReshapePlan>,
}

/// A named value of an event, or of an object in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The key in the record and the column in the table, case-sensitive.
    pub name: String,
    /// Whether a record is rejected where this is null or absent. Inside an optional object it only counts where the
    /// object is there.
    pub required: bool,
    /// What it means, for people.
    pub description: Option<String>,
    /// Its type.
    pub value: ValueType,
    /// What it takes from elsewhere in the record, and how it is changed before it is read.
    pub transformations: Transformations,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueType {
    /// Text; a number or a boolean becomes its text.
    String {
        /// The scanners that look for indicators in it, in the schema's order.
        indicators: Vec<Indicator>,
        /// Which texts it may hold.
        validation: Option<Validation>,
    },
    /// A whole number of 16 bits.
    SmallInt,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A finite number, IEEE 754 double.
    Float,
    /// True or false.
    Boolean,
    /// A moment, to the microsecond.
    Timestamp {
        /// How it may be written, tried in order. Never empty.
        formats: Vec<TimeFormat>,
        /// Whether it may become the event's time.
        is_event_time: bool,
        /// Whether a row of a lookup table is out of date after it. Margay has no lookup tables yet, so it changes
        /// nothing.
        is_expiration: bool,
    },
    /// Any number of values of one type.
    Array(Box<ValueType>),
    /// Named values. Never empty.
    Object(Vec<Field>),
    /// Any JSON, kept as text.
    Json,
    /// An array, object or json that may come as a string with JSON in it. The event holds what the string holds.
    Embedded(Box<ValueType>),
}

/// Whether fields that the schema does not name should be offered as additions to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum FieldDiscovery {
    #[default]
    Off,
    On,
}

impl Schema {
    /// Reads a schema strictly: unknown keys are errors. Warnings are dropped.
    ///
    /// # Errors
    ///
    /// Every problem of the text at once, each with its line and column.
    pub fn from_yaml(text: &str) -> Result<Self, SchemaError> {
        Self::from_yaml_with(text, &SchemaOptions::default()).map(|checked| checked.schema)
    }

    /// Reads a schema as strictly as `options` say.
    ///
    /// # Errors
    ///
    /// Every problem of the text at once, each with its line and column; the warnings are in the error too.
    pub fn from_yaml_with(text: &str, options: &SchemaOptions<'_>) -> Result<CheckedSchema, SchemaError> {
        let mut problems = problem::Problems::new(options.unknown_keys);
        let schema = yaml::parse(text, &mut problems)
            .and_then(|root| raw::read(&root, options.natives, &mut problems))
            .and_then(|raw| resolve::resolve(&raw, &mut problems));
        match schema {
            Some(schema) if problems.is_empty() => Ok(CheckedSchema {
                schema,
                warnings: problems.into_warnings(),
            }),
            _ => Err(problems.into_error()),
        }
    }

    /// Returns the name.
    pub fn log_type(&self) -> &LogType {
        &self.log_type
    }

    /// Returns what the log type is, for people.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns where the vendor describes it.
    pub fn reference_url(&self) -> Option<&str> {
        self.reference_url.as_deref()
    }

    /// Returns whether the author asked for unknown fields to be offered as additions to the schema.
    pub fn is_field_discovery_enabled(&self) -> bool {
        self.field_discovery == FieldDiscovery::On
    }

    /// Returns how records become JSON; `None` if they are JSON.
    pub fn parser(&self) -> Option<&Parser> {
        self.parser.as_ref()
    }

    /// Returns the fields in the schema's order: the order of an event's values and of the table's columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

impl ValueType {
    /// Returns the word that the language uses for the type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::String { .. } => "string",
            Self::SmallInt => "smallint",
            Self::Int => "int",
            Self::BigInt => "bigint",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Timestamp { .. } => "timestamp",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Json => "json",
            Self::Embedded(inner) => inner.name(),
        }
    }

    /// Returns the type of what an event holds: the type itself, but for [`Self::Embedded`] the one inside.
    pub fn held(&self) -> &Self {
        match self {
            Self::Embedded(inner) => inner.held(),
            other => other,
        }
    }
}
