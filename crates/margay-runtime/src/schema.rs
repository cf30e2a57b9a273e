//! Custom schemas: adding, changing, archiving.
//!
//! Adding is planned first and done then, so that several files can be checked before the first is stored, and so that a
//! plan can be made beside a running server.
//!
//! ```text
//! t0  plan: the text, its name, what it changes, and whether the table can take it     a crash: nothing has happened
//! t1  store: one transaction keeps the text under its version                          before: nothing has happened
//! t2  register: the table is made, or gains columns; no data file is written anew      before: the next start does it
//! t3  take up: a running server normalises by it from the next batch on                before: the next start does it
//! ```
//!
//! Between t1 and t2 nobody writes rows by it: this process holds the data directory, a server goes on with the schemas that it has
//! until t3, and each start registers all schemas before it lands anything. In the other order a crash would leave a table with columns
//! that no schema has.

use jiff::Timestamp;
use margay_lake::{Lake, LakeError};
use margay_schema::evolution::{self, Change, Verdict};
use margay_schema::{LogType, Schema, SchemaError, SchemaProblem, UnknownKeys};
use margay_store::{ChangeSchemaError, CreateSchemaError, CustomSchema, Revision, SchemaState, StorageFault, Store};

use crate::content::{compile_custom, is_conflict, read_schema};
use crate::error_chain::ErrorChain;
use crate::line::Line;

/// What the name of every custom schema begins with.
pub const CUSTOM_PREFIX: &str = "Custom.";

/// What is to be done with a schema file.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The file's text.
    pub yaml: &'a str,
    /// What a key is that the language does not know.
    pub unknown_keys: UnknownKeys,
    /// The revision that the author has read, 0 for a schema that is not there yet. Without it the file replaces whatever is
    /// there.
    pub expected: Option<Revision>,
}

/// A schema that can be added or changed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The checked schema.
    pub schema: Schema,
    /// Its text.
    pub yaml: String,
    /// What is legal in the text but probably not meant.
    pub warnings: Vec<SchemaProblem>,
    /// What adding it comes to.
    pub step: PlanStep,
}

/// What adding a schema comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanStep {
    /// There is none of its name.
    Create,
    /// It replaces the text that is in force.
    Replace {
        /// The version of that text.
        version: u32,
        /// The revision of the schema.
        revision: Revision,
        /// What differs. Empty if that text cannot be read any more, and none of the earlier ones.
        changes: Vec<Change>,
    },
    /// The very text is in force already.
    Nothing {
        /// Its version.
        version: u32,
        /// The revision of the schema.
        revision: Revision,
    },
}

/// Why a schema cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The text is no schema.
    #[error(transparent)]
    Text(#[from] SchemaError),
    /// The name does not begin with [`CUSTOM_PREFIX`].
    #[error(
        "`{0}` cannot be the name of a custom schema\nhint: write `{CUSTOM_PREFIX}` and one to six parts after it, such as `{CUSTOM_PREFIX}{0}`"
    )]
    NotCustom(LogType),
    /// A schema is there whose name differs by case only.
    #[error(
        "there is a schema `{stored}`: a name that differs by case only would share its table\nhint: write `{stored}` to change it, or choose another name"
    )]
    OtherCase {
        /// The name of the schema that is there.
        stored: LogType,
    },
    /// The schema is archived.
    #[error("schema `{0}` is archived\nhint: restore it first with `margay schema restore {0}`")]
    Archived(LogType),
    /// A revision was named, and there is no such schema.
    #[error("there is no schema `{0}`, so it has no revision\nhint: leave the revision out, or check the name")]
    NoSuchRevision(LogType),
    /// The schema is at another revision.
    #[error(
        "schema `{name}` was changed in between: the revision you named is {expected}, and it is at {found}\nhint: look at `margay schema show {name}`, then name revision {found}"
    )]
    RevisionChanged {
        /// The schema.
        name: LogType,
        /// The revision that was named.
        expected: Revision,
        /// The revision that it is at.
        found: Revision,
    },
    /// It would change what must stay.
    #[error("`{name}` cannot replace its version {version}\n{}", listed(refused))]
    NotAllowed {
        /// The schema.
        name: LogType,
        /// The version that it would replace.
        version: u32,
        /// The changes that are not allowed.
        refused: Vec<Change>,
    },
    /// Its table holds columns that it contradicts.
    #[error(transparent)]
    Table(LakeError),
    /// The lake cannot be read.
    #[error(transparent)]
    Lake(LakeError),
    /// The database cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

/// Why a planned schema was not added.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It could not be stored as a new schema.
    #[error(transparent)]
    Create(#[from] CreateSchemaError),
    /// It could not be stored as a change of a schema.
    #[error(transparent)]
    Change(#[from] ChangeSchemaError),
    /// It is stored, but its table could not be made.
    #[error("schema `{name}` is stored, but its table could not be brought up to date; the next start tries again")]
    Register {
        /// The schema.
        name: LogType,
        /// Why.
        #[source]
        cause: LakeError,
    },
}

/// What was done with a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was added, or its text replaced.
    Stored(CustomSchema),
    /// Nothing: its text is in force already.
    Nothing,
}

/// Why a schema was not added or changed beside the loops of this process.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// It cannot be.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The text is of another schema than the one that was to be changed.
    #[error("the text is of schema `{found}`, and `{wanted}` is to be changed\nhint: a schema keeps its name")]
    OtherName {
        /// The schema to change.
        wanted: LogType,
        /// The name in the text.
        found: LogType,
    },
    /// It could not be stored, or its table not be made.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// Finds out whether a file can be added, and what that comes to. Changes nothing, and may run beside a server.
///
/// # Errors
/// When it cannot; see [`PlanError`].
pub async fn plan(store: &Store, lake: &Lake, draft: Draft<'_>) -> Result<Plan, PlanError> {
    let checked = read_schema(draft.yaml, draft.unknown_keys)?;
    let name = checked.schema.log_type();
    if !name.as_str().starts_with(CUSTOM_PREFIX) {
        return Err(PlanError::NotCustom(name.clone()));
    }
    let stored = store.schema(name).await?;
    let step = step_of(store, &checked.schema, stored, draft).await?;
    lake.check(&checked.schema).await.map_err(|error| {
        if is_conflict(&error) {
            PlanError::Table(error)
        } else {
            PlanError::Lake(error)
        }
    })?;
    Ok(Plan {
        schema: checked.schema,
        yaml: draft.yaml.to_owned(),
        warnings: checked.warnings,
        step,
    })
}

/// Does what was planned.
///
/// # Errors
/// When the schema was changed since it was planned, or the database or the lake cannot be written.
pub async fn apply(line: &Line, plan: &Plan) -> Result<Applied, ApplyError> {
    let (name, now) = (plan.schema.log_type(), line.clock.now());
    let stored = match plan.step {
        PlanStep::Create => line.store.create_schema(name, &plan.yaml, now).await?,
        PlanStep::Replace { revision, .. } => line.store.replace_schema(name, revision, &plan.yaml, now).await?,
        PlanStep::Nothing { .. } => return Ok(Applied::Nothing),
    };
    line.lake
        .register(&plan.schema)
        .await
        .map_err(|cause| ApplyError::Register {
            name: name.clone(),
            cause,
        })?;
    Ok(Applied::Stored(stored))
}

/// Adds a schema, or changes the one that is `named`, and lets it be in force at once, beside the loops of this process.
///
/// # Errors
/// See [`PutError`].
pub async fn put(line: &Line, named: Option<&LogType>, draft: Draft<'_>) -> Result<(Plan, Applied), PutError> {
    let _one_at_a_time = line.schema_change.lock().await;
    if let Some(wanted) = named {
        let checked = read_schema(draft.yaml, draft.unknown_keys).map_err(PlanError::from)?;
        let found = checked.schema.log_type();
        if wanted != found {
            return Err(PutError::OtherName {
                wanted: wanted.clone(),
                found: found.clone(),
            });
        }
    }
    let plan = plan(&line.store, &line.lake, draft).await?;
    let found = plan.schema.log_type();
    let applied = apply(line, &plan).await;
    match &applied {
        Ok(Applied::Nothing) | Err(ApplyError::Create(_) | ApplyError::Change(_)) => {}
        // Stored: it is in force whatever became of its table, as it would be after a restart.
        Ok(Applied::Stored(_)) | Err(ApplyError::Register { .. }) => {
            if let Some(stored) = line.store.schema(found).await.map_err(PlanError::from)? {
                take_up(line, &stored).await;
            }
        }
    }
    Ok((plan, applied?))
}

/// As [`set_state`], beside the loops of this process.
///
/// # Errors
/// As [`set_state`].
pub async fn put_state(
    line: &Line,
    name: &LogType,
    expected: Option<Revision>,
    state: SchemaState,
) -> Result<CustomSchema, ChangeSchemaError> {
    let _one_at_a_time = line.schema_change.lock().await;
    let stored = set_state(&line.store, name, expected, state, line.clock.now()).await?;
    take_up(line, &stored).await;
    Ok(stored)
}

/// Lets a stored schema be in force from now on. A table that cannot take it is said where the schema is shown.
async fn take_up(line: &Line, stored: &CustomSchema) {
    let mut content = line.content().as_ref().clone();
    if let Err(error) = content.take_up(stored, &line.lake).await {
        let error = ErrorChain(&error);
        tracing::error!(log_type = %stored.name, %error, "the table of a schema could not be brought up to date");
    }
    line.set_content(content);
    // Records may have waited for it.
    line.journalled.notify_one();
}

/// Moves a schema into the archive or out of it. Without `expected`, whatever its revision is.
///
/// # Errors
/// When there is no such schema, it was changed in between, or sources use it.
pub async fn set_state(
    store: &Store,
    name: &LogType,
    expected: Option<Revision>,
    state: SchemaState,
    now: Timestamp,
) -> Result<CustomSchema, ChangeSchemaError> {
    let expected = if let Some(expected) = expected {
        expected
    } else {
        let stored = store.schema(name).await?;
        stored.ok_or_else(|| ChangeSchemaError::Unknown(name.clone()))?.revision
    };
    match state {
        SchemaState::Archived => store.archive_schema(name, expected, now).await,
        SchemaState::Active => store.restore_schema(name, expected, now).await,
    }
}

async fn step_of(
    store: &Store,
    schema: &Schema,
    stored: Option<CustomSchema>,
    draft: Draft<'_>,
) -> Result<PlanStep, PlanError> {
    let name = schema.log_type();
    let Some(stored) = stored else {
        return match draft.expected {
            Some(expected) if expected.get() > 0 => Err(PlanError::NoSuchRevision(name.clone())),
            _ => Ok(PlanStep::Create),
        };
    };
    if stored.name != *name {
        return Err(PlanError::OtherCase { stored: stored.name });
    }
    if let Some(expected) = draft.expected.filter(|&expected| expected != stored.revision) {
        return Err(PlanError::RevisionChanged {
            name: stored.name,
            expected,
            found: stored.revision,
        });
    }
    if stored.state == SchemaState::Archived {
        return Err(PlanError::Archived(stored.name));
    }
    let (version, revision) = (stored.version, stored.revision);
    if stored.yaml == draft.yaml {
        return Ok(PlanStep::Nothing { version, revision });
    }
    let before = readable_before(store, &stored).await?;
    let changes = before.map_or_else(Vec::new, |before| evolution::compare(&before, schema));
    if evolution::is_allowed(&changes) {
        return Ok(PlanStep::Replace {
            version,
            revision,
            changes,
        });
    }
    Err(PlanError::NotAllowed {
        name: stored.name,
        version,
        refused: changes
            .into_iter()
            .filter(|change| change.verdict == Verdict::Refused)
            .collect(),
    })
}

/// The schema that a new text is compared with: the one in force or, if that cannot be read any more, the newest that can.
/// If none can, the table alone says what must stay.
async fn readable_before(store: &Store, stored: &CustomSchema) -> Result<Option<Schema>, StorageFault> {
    if let Ok(schema) = compile_custom(&stored.yaml) {
        return Ok(Some(schema));
    }
    for version in (1..stored.version).rev() {
        let Some(yaml) = store.schema_text(&stored.name, version).await? else {
            continue;
        };
        if let Ok(schema) = compile_custom(&yaml) {
            return Ok(Some(schema));
        }
    }
    Ok(None)
}

fn listed(changes: &[Change]) -> String {
    let lines: Vec<String> = changes.iter().map(|change| format!("  {change}")).collect();
    lines.join("\n")
}
