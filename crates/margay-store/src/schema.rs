//! Custom log schemas: the text of each, every earlier text, and whether sources may use it.
//!
//! The store knows no YAML: it keeps text that the caller has checked.
//!
//! | number | counts, from 1 | who asks for it |
//! |---|---|---|
//! | version | the texts | every row of the lake carries it as `p_schema_version` |
//! | revision | every change, archiving and restoring too | whoever changes a schema names the revision they have read |
//!
//! What always holds: a name is unique whatever the case of its letters, and taken for ever; every text that was in force is
//! kept under its version; no source that reads from a vendor uses an archived schema.

use std::fmt;

use jiff::Timestamp;
use margay_schema::LogType;
use margay_schema::limits::SCHEMA_BYTES_MAX;
use sqlx::SqliteConnection;

use crate::audit_log::Subject;
use crate::fault::StorageFault;
use crate::source::has_vendor;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

mod error;

pub use error::{ChangeSchemaError, CreateSchemaError};

/// Custom schemas, archived ones included: each has a table in the lake, and all tables are opened at every start.
pub const CUSTOM_SCHEMAS_MAX: usize = 1_000;

/// Texts of one schema. A change a day for almost three years; all are kept, and at most a megabyte each.
pub const SCHEMA_VERSIONS_MAX: u32 = 1_000;

/// Counts the changes of a schema, so that two people who change it at the same time find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u64);

impl Revision {
    /// Wraps a number.
    pub const fn new(number: u64) -> Revision {
        Revision(number)
    }

    /// Returns the number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Whether new sources may use a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// They may.
    Active,
    /// They may not, and none does. Its name stays taken, its events stay in the lake.
    Archived,
}

/// A custom schema as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomSchema {
    /// Its name, as its first text writes it.
    pub name: LogType,
    /// The number of its text: what rows carry as `p_schema_version`. At most [`SCHEMA_VERSIONS_MAX`].
    pub version: u32,
    /// The number of its last change.
    pub revision: Revision,
    /// Whether new sources may use it.
    pub state: SchemaState,
    /// Its text, at most [`SCHEMA_BYTES_MAX`] bytes.
    pub yaml: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// One of a schema's texts; [`Store::schema_text`] reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion {
    /// Its number.
    pub version: u32,
    /// When it came into force.
    pub saved_at: Timestamp,
    /// How long it is.
    pub bytes: u64,
}

impl Store {
    /// Adds a schema: its first text becomes version 1, at revision 1.
    pub async fn create_schema(
        &self,
        name: &LogType,
        yaml: &str,
        now: Timestamp,
    ) -> Result<CustomSchema, CreateSchemaError> {
        if yaml.len() > SCHEMA_BYTES_MAX {
            return Err(CreateSchemaError::TextTooLong { bytes: yaml.len() });
        }
        let mut transaction = self.begin_change("create_schema", Subject::schema(name)).await?;
        if let Some(stored) = stored(&mut transaction, name).await.or_fault(self)? {
            let name = self.schema_from_row(stored)?.1.name;
            return Err(CreateSchemaError::NameTaken { name });
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM custom_schema")
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if count_from_sql(count) >= CUSTOM_SCHEMAS_MAX as u64 {
            return Err(CreateSchemaError::TooMany);
        }
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO custom_schema (name, name_folded, revision, version, is_archived, created_at, updated_at) \
             VALUES (?1, ?2, 1, 1, 0, ?3, ?3) RETURNING number",
        )
        .bind(name.as_str())
        .bind(fold(name))
        .bind(to_micros(now))
        .fetch_one(&mut *transaction)
        .await
        .or_fault(self)?;
        insert_text(&mut transaction, number, 1, yaml, now)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        let now = from_micros(to_micros(now));
        Ok(CustomSchema {
            name: name.clone(),
            version: 1,
            revision: Revision(1),
            state: SchemaState::Active,
            yaml: yaml.to_owned(),
            created_at: now,
            updated_at: now,
        })
    }

    /// Gives a schema a new text, whose version is the next one. The very text that is in force changes nothing.
    pub async fn replace_schema(
        &self,
        name: &LogType,
        expected: Revision,
        yaml: &str,
        now: Timestamp,
    ) -> Result<CustomSchema, ChangeSchemaError> {
        if yaml.len() > SCHEMA_BYTES_MAX {
            return Err(ChangeSchemaError::TextTooLong { bytes: yaml.len() });
        }
        let mut transaction = self.begin_change("replace_schema", Subject::schema(name)).await?;
        let (number, mut schema) = self.at_revision(&mut transaction, name, expected).await?;
        if schema.state == SchemaState::Archived {
            return Err(ChangeSchemaError::Archived(schema.name));
        }
        if schema.yaml == yaml {
            return Ok(schema);
        }
        if schema.version >= SCHEMA_VERSIONS_MAX {
            return Err(ChangeSchemaError::TooManyVersions(schema.name));
        }
        schema.version += 1;
        yaml.clone_into(&mut schema.yaml);
        insert_text(&mut transaction, number, schema.version, yaml, now)
            .await
            .or_fault(self)?;
        let changed = changed(&mut transaction, number, schema, now).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(changed)
    }

    /// Archives a schema that no source with a vendor uses. What was imported from files does not hold it: that is at rest, and an archived
    /// schema still reads what is there. One that is archived already stays as it is.
    pub async fn archive_schema(
        &self,
        name: &LogType,
        expected: Revision,
        now: Timestamp,
    ) -> Result<CustomSchema, ChangeSchemaError> {
        let mut transaction = self.begin_change("archive_schema", Subject::schema(name)).await?;
        let (number, mut schema) = self.at_revision(&mut transaction, name, expected).await?;
        if schema.state == SchemaState::Archived {
            return Ok(schema);
        }
        let sources: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT label FROM source WHERE log_type = ?1 AND ",
            has_vendor!(),
            " ORDER BY label_folded"
        ))
        .bind(schema.name.as_str())
        .fetch_all(&mut *transaction)
        .await
        .or_fault(self)?;
        if !sources.is_empty() {
            return Err(ChangeSchemaError::InUse {
                name: schema.name,
                sources,
            });
        }
        schema.state = SchemaState::Archived;
        let changed = changed(&mut transaction, number, schema, now).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(changed)
    }

    /// Takes a schema out of the archive. One that is not in it stays as it is.
    pub async fn restore_schema(
        &self,
        name: &LogType,
        expected: Revision,
        now: Timestamp,
    ) -> Result<CustomSchema, ChangeSchemaError> {
        let mut transaction = self.begin_change("restore_schema", Subject::schema(name)).await?;
        let (number, mut schema) = self.at_revision(&mut transaction, name, expected).await?;
        if schema.state == SchemaState::Active {
            return Ok(schema);
        }
        schema.state = SchemaState::Active;
        let changed = changed(&mut transaction, number, schema, now).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(changed)
    }

    /// Returns all custom schemas, archived ones too, ordered by name.
    pub async fn schemas(&self) -> Result<Vec<CustomSchema>, StorageFault> {
        let rows: Vec<SchemaRow> = sqlx::query_as(
            "SELECT number, name, custom_schema.version, revision, is_archived, created_at, updated_at, yaml \
             FROM custom_schema LEFT JOIN custom_schema_text \
             ON custom_schema_text.schema = number AND custom_schema_text.version = custom_schema.version \
             ORDER BY name_folded",
        )
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter()
            .map(|row| self.schema_from_row(row).map(|(_, schema)| schema))
            .collect()
    }

    /// Returns the custom schema with that name, if there is one. The case of its letters does not matter.
    pub async fn schema(&self, name: &LogType) -> Result<Option<CustomSchema>, StorageFault> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let row = stored(&mut connection, name).await.or_fault(self)?;
        row.map(|row| self.schema_from_row(row).map(|(_, schema)| schema))
            .transpose()
    }

    /// Returns what texts a schema has had, the newest first; none if there is no such schema.
    pub async fn schema_versions(&self, name: &LogType) -> Result<Vec<SchemaVersion>, StorageFault> {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT custom_schema_text.version, saved_at, octet_length(yaml) \
             FROM custom_schema JOIN custom_schema_text ON custom_schema_text.schema = number \
             WHERE name_folded = ?1 ORDER BY custom_schema_text.version DESC",
        )
        .bind(fold(name))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter()
            .map(|(version, saved_at, bytes)| {
                Ok(SchemaVersion {
                    version: self.schema_version_from_sql(version)?,
                    saved_at: from_micros(saved_at),
                    bytes: count_from_sql(bytes),
                })
            })
            .collect()
    }

    /// Returns one of a schema's texts, if there is a schema of that name and it has had that version.
    pub async fn schema_text(&self, name: &LogType, version: u32) -> Result<Option<String>, StorageFault> {
        sqlx::query_scalar(
            "SELECT yaml FROM custom_schema JOIN custom_schema_text ON custom_schema_text.schema = number \
             WHERE name_folded = ?1 AND custom_schema_text.version = ?2",
        )
        .bind(fold(name))
        .bind(i64::from(version))
        .fetch_optional(self.readers())
        .await
        .or_fault(self)
    }

    /// Returns a schema and its key, once it is sure that nobody changed it since the caller read it.
    async fn at_revision(
        &self,
        connection: &mut SqliteConnection,
        name: &LogType,
        expected: Revision,
    ) -> Result<(i64, CustomSchema), ChangeSchemaError> {
        let row = stored(connection, name).await.or_fault(self)?;
        let row = row.ok_or_else(|| ChangeSchemaError::Unknown(name.clone()))?;
        let (number, schema) = self.schema_from_row(row)?;
        if schema.revision == expected {
            Ok((number, schema))
        } else {
            Err(ChangeSchemaError::RevisionChanged {
                name: schema.name,
                expected,
                found: schema.revision,
            })
        }
    }

    fn schema_from_row(&self, row: SchemaRow) -> Result<(i64, CustomSchema), StorageFault> {
        let (number, name, version, revision, is_archived, created_at, updated_at, yaml) = row;
        let schema = CustomSchema {
            name: name
                .parse()
                .map_err(|_| self.damaged("a custom schema's name is no log type"))?,
            version: self.schema_version_from_sql(version)?,
            revision: Revision(count_from_sql(revision)),
            state: if is_archived {
                SchemaState::Archived
            } else {
                SchemaState::Active
            },
            yaml: yaml.ok_or_else(|| self.damaged("a custom schema's text is missing"))?,
            created_at: from_micros(created_at),
            updated_at: from_micros(updated_at),
        };
        Ok((number, schema))
    }

    fn schema_version_from_sql(&self, version: i64) -> Result<u32, StorageFault> {
        version
            .try_into()
            .map_err(|_| self.damaged("a custom schema's version is out of range"))
    }
}

type SchemaRow = (i64, String, i64, i64, bool, i64, i64, Option<String>);

/// Returns the row of a schema with its text, if there is such a schema.
async fn stored(connection: &mut SqliteConnection, name: &LogType) -> Result<Option<SchemaRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT number, name, custom_schema.version, revision, is_archived, created_at, updated_at, yaml \
         FROM custom_schema LEFT JOIN custom_schema_text \
         ON custom_schema_text.schema = number AND custom_schema_text.version = custom_schema.version \
         WHERE name_folded = ?1",
    )
    .bind(fold(name))
    .fetch_optional(connection)
    .await
}

/// Returns whether a log type is the name of an archived schema.
pub(crate) async fn is_archived(connection: &mut SqliteConnection, name: &LogType) -> Result<bool, sqlx::Error> {
    let is_archived: Option<bool> = sqlx::query_scalar("SELECT is_archived FROM custom_schema WHERE name_folded = ?1")
        .bind(fold(name))
        .fetch_optional(connection)
        .await?;
    Ok(is_archived.unwrap_or(false))
}

async fn insert_text(
    connection: &mut SqliteConnection,
    number: i64,
    version: u32,
    yaml: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO custom_schema_text (schema, version, saved_at, yaml) VALUES (?1, ?2, ?3, ?4)")
        .bind(number)
        .bind(i64::from(version))
        .bind(to_micros(now))
        .bind(yaml)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes a change of a schema under its next revision, and returns it as it is then.
async fn changed(
    connection: &mut SqliteConnection,
    number: i64,
    mut schema: CustomSchema,
    now: Timestamp,
) -> Result<CustomSchema, sqlx::Error> {
    schema.revision = Revision(schema.revision.0 + 1);
    schema.updated_at = from_micros(to_micros(now));
    sqlx::query(
        "UPDATE custom_schema SET revision = ?2, version = ?3, is_archived = ?4, updated_at = ?5 WHERE number = ?1",
    )
    .bind(number)
    .bind(count_to_sql(schema.revision.0))
    .bind(i64::from(schema.version))
    .bind(schema.state == SchemaState::Archived)
    .bind(to_micros(now))
    .execute(connection)
    .await?;
    Ok(schema)
}

/// A log type is ASCII.
fn fold(name: &LogType) -> String {
    name.as_str().to_ascii_lowercase()
}
