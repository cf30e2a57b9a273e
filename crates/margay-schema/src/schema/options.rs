//! How strictly a schema file is read.

use super::{Schema, SchemaProblem};

/// How a schema file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SchemaOptions<'a> {
    /// What a key that the language does not know is.
    pub unknown_keys: UnknownKeys,
    /// The log types that have a built-in schema: `parser.native.name` may be one of them. The schema's own log type
    /// may stand there in any case.
    pub natives: &'a [&'a str],
}

/// What a key that the language does not know is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownKeys {
    /// An error: right for files of our own, where it is a typing error.
    #[default]
    Refuse,
    /// A warning, and the key is passed over: right for files written for a newer version, or for another product.
    Warn,
}

/// A schema, and what its author may want to look at again.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedSchema {
    /// The schema.
    pub schema: Schema,
    /// What is legal but probably not meant, by place.
    pub warnings: Vec<SchemaProblem>,
}
