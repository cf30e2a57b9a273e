//! The log schemas that this process knows: those that come with Margay, compiled from `content/`, and the custom ones of
//! the metadata database.
//!
//! A custom schema was checked when it was added. It may still not be usable later: a newer Margay is stricter, the database
//! was edited, or its table comes from another backup. That stops nothing else. It is set aside ([`BrokenSchema`]), and the
//! records of its sources are journalled and wait there until it is mended.

use std::sync::Arc;

use margay_lake::{Lake, LakeError};
use margay_schema::{CheckedSchema, LogType, Schema, SchemaError, SchemaOptions, UnknownKeys, did_you_mean};
use margay_store::{CustomSchema, SchemaState, StorageFault, Store};

use crate::error_chain::ErrorChain;
use crate::own_log::OWN_LOG_TYPE;

#[cfg(test)]
mod tests;

/// A schema with the version that its rows carry as `p_schema_version`.
#[derive(Debug, Clone)]
pub struct VersionedSchema {
    /// The checked schema.
    pub schema: Arc<Schema>,
    /// Counts up with every change of its text.
    pub version: u32,
    /// Where it comes from.
    pub origin: SchemaOrigin,
}

/// Where a schema comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOrigin {
    /// It comes with Margay.
    BuiltIn,
    /// It is in the metadata database.
    Custom(SchemaState),
}

/// A custom schema that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSchema {
    /// Its name.
    pub log_type: LogType,
    /// The version of its text.
    pub version: u32,
    /// Whether sources may use it, once it is mended.
    pub state: SchemaState,
    /// Why it cannot be used, for people; may have several lines.
    pub reason: String,
}

/// The log schemas known to this process.
///
/// - **Invariant**: no two of the usable schemas have one log type.
#[derive(Debug, Clone)]
pub struct Content {
    schemas: Vec<VersionedSchema>,
    broken: Vec<BrokenSchema>,
}

/// Why the schemas could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// A built-in schema does not compile; a defect of this binary.
    #[error("a built-in schema is not valid")]
    BuiltIn(#[from] SchemaError),
    /// The custom schemas could not be read.
    #[error("could not read the custom schemas")]
    Storage(#[from] StorageFault),
}

/// A built-in file: raise the number with every change that a row could show.
struct BuiltIn {
    log_type: &'static str,
    yaml: &'static str,
    version: u32,
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        log_type: "Asana.Audit",
        yaml: include_str!("../../../content/asana/schema.yml"),
        version: 1,
    },
    BuiltIn {
        log_type: OWN_LOG_TYPE,
        yaml: include_str!("../../../content/margay/schema.yml"),
        version: 1,
    },
];

/// Returns the names of the built-in schemas: what `parser.native.name` may be.
fn built_in_names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|file| file.log_type).collect()
}

/// Returns the text of a built-in schema, if it is one.
pub fn built_in_text(log_type: &LogType) -> Option<&'static str> {
    BUILT_IN
        .iter()
        .find(|file| file.log_type == log_type.as_str())
        .map(|file| file.yaml)
}

impl Content {
    /// Compiles the built-in schemas.
    ///
    /// # Errors
    /// Never in a released binary: a test compiles the same files.
    pub fn built_in() -> Result<Self, SchemaError> {
        let mut schemas = Vec::with_capacity(BUILT_IN.len());
        for file in BUILT_IN {
            let checked = read_schema(file.yaml, UnknownKeys::Refuse)?;
            schemas.push(VersionedSchema {
                schema: Arc::new(checked.schema),
                version: file.version,
                origin: SchemaOrigin::BuiltIn,
            });
        }
        Ok(Self {
            schemas,
            broken: Vec::new(),
        })
    }

    /// Compiles the built-in schemas and all custom ones, archived ones too: they still read what is there.
    ///
    /// # Errors
    /// When the database cannot be read. A custom schema that does not compile is set aside.
    pub async fn load(store: &Store) -> Result<Self, ContentError> {
        Ok(Self::with_custom(&store.schemas().await?)?)
    }

    /// As [`Self::load`], of schemas that were read already.
    ///
    /// # Errors
    /// As [`Self::built_in`].
    pub fn with_custom(stored: &[CustomSchema]) -> Result<Self, SchemaError> {
        let mut content = Self::built_in()?;
        for stored in stored {
            content.add(stored);
        }
        Ok(content)
    }

    /// Makes the tables of the active custom schemas, or gives them the columns that they lack. A schema whose table cannot
    /// take it is set aside.
    ///
    /// # Errors
    /// When the lake cannot be read or written.
    pub async fn register_custom(&mut self, lake: &Lake) -> Result<(), LakeError> {
        for active in self.active_custom() {
            let registered = lake.register(&active.schema).await;
            self.set_aside_unless(&active, registered)?;
        }
        Ok(())
    }

    /// As [`Self::register_custom`], but changes nothing in the lake.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn check_custom(&mut self, lake: &Lake) -> Result<(), LakeError> {
        for active in self.active_custom() {
            let checked = lake.check(&active.schema).await;
            self.set_aside_unless(&active, checked)?;
        }
        Ok(())
    }

    /// All schemas that can be used, archived ones too.
    pub fn schemas(&self) -> &[VersionedSchema] {
        &self.schemas
    }

    /// The custom schemas that cannot be used.
    pub fn broken(&self) -> &[BrokenSchema] {
        &self.broken
    }

    /// The schema of a log type, if it is known and can be used.
    pub fn schema(&self, log_type: &LogType) -> Option<&VersionedSchema> {
        self.schemas.iter().find(|known| known.schema.log_type() == log_type)
    }

    /// The custom schema of a log type, if it is one that cannot be used.
    pub fn broken_schema(&self, log_type: &LogType) -> Option<&BrokenSchema> {
        self.broken.iter().find(|broken| broken.log_type == *log_type)
    }

    /// Why the records of a log type cannot be normalised now; `None` if they can.
    pub fn problem_of(&self, log_type: &LogType) -> Option<String> {
        if self.schema(log_type).is_some() {
            return None;
        }
        Some(match self.broken_schema(log_type) {
            Some(broken) => format!(
                "schema `{log_type}` (version {}) cannot be used: {}",
                broken.version, broken.reason
            ),
            None => format!(
                "there is no schema `{log_type}`; did a newer Margay, or one with another database, add the log source?"
            ),
        })
    }

    /// The log type that a person means by `name`: the case of its letters does not matter.
    ///
    /// # Errors
    /// A hint for the person, if there is none.
    pub fn find(&self, name: &str) -> Result<&LogType, String> {
        let names = || {
            let known = self.schemas.iter().map(|known| known.schema.log_type());
            known.chain(self.broken.iter().map(|broken| &broken.log_type))
        };
        names()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                let known: Vec<&str> = names().map(LogType::as_str).collect();
                did_you_mean(name, &known)
                    .unwrap_or_else(|| "`margay schema list --all` shows what there is".to_owned())
            })
    }

    /// Puts a schema in the place of the one with its name: as [`Self::load`] and [`Self::register_custom`] would find it.
    ///
    /// # Errors
    /// When the lake cannot be read or written; the schema is in place all the same.
    pub async fn take_up(&mut self, stored: &CustomSchema, lake: &Lake) -> Result<(), LakeError> {
        let has_origin = |known: &VersionedSchema| matches!(known.origin, SchemaOrigin::Custom(_));
        self.schemas
            .retain(|known| *known.schema.log_type() != stored.name || !has_origin(known));
        self.broken.retain(|broken| broken.log_type != stored.name);
        self.add(stored);
        let active = self.active_custom();
        match active.iter().find(|known| *known.schema.log_type() == stored.name) {
            Some(known) => {
                let registered = lake.register(&known.schema).await;
                self.set_aside_unless(known, registered)
            }
            None => Ok(()),
        }
    }

    fn add(&mut self, stored: &CustomSchema) {
        match self.compile(stored) {
            Ok(schema) => self.schemas.push(VersionedSchema {
                schema: Arc::new(schema),
                version: stored.version,
                origin: SchemaOrigin::Custom(stored.state),
            }),
            Err(reason) => self.broken.push(BrokenSchema {
                log_type: stored.name.clone(),
                version: stored.version,
                state: stored.state,
                reason,
            }),
        }
    }

    fn compile(&self, stored: &CustomSchema) -> Result<Schema, String> {
        if self.schema(&stored.name).is_some() {
            return Err("a built-in schema has its name".to_owned());
        }
        let schema = compile_custom(&stored.yaml).map_err(|error| error.to_string())?;
        if *schema.log_type() == stored.name {
            Ok(schema)
        } else {
            Err(format!("its text is of another log type, `{}`", schema.log_type()))
        }
    }

    fn active_custom(&self) -> Vec<VersionedSchema> {
        let is_active = |known: &&VersionedSchema| known.origin == SchemaOrigin::Custom(SchemaState::Active);
        self.schemas.iter().filter(is_active).cloned().collect()
    }

    /// What is wrong with one table is the problem of its schema, and stops nothing else.
    fn set_aside_unless(&mut self, active: &VersionedSchema, result: Result<(), LakeError>) -> Result<(), LakeError> {
        let Err(error) = result else { return Ok(()) };
        if !is_of_one_table(&error) {
            return Err(error);
        }
        let log_type = active.schema.log_type();
        self.schemas.retain(|known| known.schema.log_type() != log_type);
        self.broken.push(BrokenSchema {
            log_type: log_type.clone(),
            version: active.version,
            state: SchemaState::Active,
            reason: ErrorChain(&error).to_string(),
        });
        Ok(())
    }
}

/// Reads a schema's text; a native parser may name any built-in schema.
///
/// # Errors
/// Every problem of the text, with its place.
pub fn read_schema(yaml: &str, unknown_keys: UnknownKeys) -> Result<CheckedSchema, SchemaError> {
    let natives = built_in_names();
    let options = SchemaOptions {
        unknown_keys,
        natives: &natives,
    };
    Schema::from_yaml_with(yaml, &options)
}

/// Compiles a text that was accepted once: what was a warning then must not become an error by being read again.
pub(crate) fn compile_custom(yaml: &str) -> Result<Schema, SchemaError> {
    read_schema(yaml, UnknownKeys::Warn).map(|checked| checked.schema)
}

/// Returns whether the error is of one table, and not of the lake.
fn is_of_one_table(error: &LakeError) -> bool {
    let is_of_a_table = matches!(
        error,
        LakeError::Table { .. }
            | LakeError::TableGone { .. }
            | LakeError::LogMissing { .. }
            | LakeError::LogUnreadable { .. }
    );
    is_conflict(error) || is_of_a_table
}

/// Returns whether the lake refuses the schema itself, as opposed to not being able to read or write.
pub(crate) fn is_conflict(error: &LakeError) -> bool {
    matches!(
        error,
        LakeError::ColumnTypeChanged { .. } | LakeError::ColumnName { .. }
    )
}
