//! The schemas that come with Margay, compiled from `content/`.

use std::sync::Arc;

use margay_schema::{LogType, Schema, SchemaError};

/// A schema with the revision number that its rows carry as `p_schema_version`.
#[derive(Debug, Clone)]
pub struct VersionedSchema {
    /// The checked schema.
    pub schema: Arc<Schema>,
    /// Counts up with every change of the built-in file.
    pub version: u32,
}

/// The log schemas known to this process.
#[derive(Debug, Clone)]
pub struct Content {
    schemas: Vec<VersionedSchema>,
}

/// A built-in file: raise the number with every change that a row could show.
struct BuiltIn {
    yaml: &'static str,
    version: u32,
}

const BUILT_IN: &[BuiltIn] = &[BuiltIn {
    yaml: include_str!("../../../content/asana/schema.yml"),
    version: 1,
}];

impl Content {
    /// Compiles the built-in schemas.
    ///
    /// # Errors
    /// Never in a released binary: a test compiles the same files.
    pub fn built_in() -> Result<Self, SchemaError> {
        let mut schemas = Vec::with_capacity(BUILT_IN.len());
        for file in BUILT_IN {
            let schema = Arc::new(Schema::from_yaml(file.yaml)?);
            schemas.push(VersionedSchema {
                schema,
                version: file.version,
            });
        }
        Ok(Self { schemas })
    }

    /// All schemas.
    pub fn schemas(&self) -> &[VersionedSchema] {
        &self.schemas
    }

    /// The schema of a log type, if it is known.
    pub fn schema(&self, log_type: &LogType) -> Option<&VersionedSchema> {
        self.schemas.iter().find(|known| known.schema.log_type() == log_type)
    }
}
