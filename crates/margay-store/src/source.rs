//! Log sources: configured connections, each with a label, settings and encrypted credentials.

use jiff::Timestamp;
use margay_schema::{LogType, SourceId};
use secrecy::SecretString;
use sqlx::SqliteConnection;

use crate::alarm;
use crate::audit_log::Subject;
use crate::backfill::{self, BackfillProblem, NewBackfill};
use crate::consumer::Consumer;
use crate::credentials::{self, CredentialsError};
use crate::fault::{LookupError, Remedy, StorageFault};
use crate::ids::new_uuid;
use crate::journal::CHECKPOINT_BYTES_MAX;
use crate::schema;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, day_of, from_micros, to_micros};

mod edit;
mod poll_interval;
mod settings;
mod vendorless;

#[cfg(test)]
mod tests;

/// The longest label: what a table column and an alert's title can show.
pub const LABEL_CHARS_MAX: usize = 64;

/// The most sources: each is polled each minute, and has a journal and alarms of its own.
pub const SOURCES_MAX: usize = 1_000;

/// The longest settings: a few hundred bytes are usual; the rest is room for lists that people paste.
pub const SETTINGS_BYTES_MAX: usize = 64 * 1024;

pub use self::edit::{EditSourceError, SourceEdit};
pub use self::poll_interval::{POLL_INTERVAL_MAX, POLL_INTERVAL_MIN, PollInterval, PollIntervalProblem};
pub use self::settings::ChangeSourceError;
pub use self::vendorless::{IMPORT_CONNECTOR, OWN_CONNECTOR};

/// A configured connection to a vendor's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id, which never changes.
    pub id: SourceId,
    /// Its name for people: 1 to [`LABEL_CHARS_MAX`] characters, unique whatever the case of its letters.
    pub label: String,
    /// Which connector reads it.
    pub connector: String,
    /// Which schema its records belong to.
    pub log_type: LogType,
    /// The connector's settings, JSON.
    pub settings: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when it is not polled, if somebody has paused it.
    pub paused_at: Option<Timestamp>,
    /// When it was resumed last, if it ever was paused.
    pub resumed_at: Option<Timestamp>,
    /// When the credentials were entered that it has.
    pub credentials_at: Timestamp,
    /// How long to wait between its polls; nothing if that is the server's to say.
    pub poll_interval: Option<PollInterval>,
}

/// The condition that a row of `source` reads from a vendor: it is neither [`OWN_CONNECTOR`] nor [`IMPORT_CONNECTOR`].
macro_rules! has_vendor {
    () => {
        "connector NOT IN ('margay', 'file')"
    };
}
pub(crate) use has_vendor;

/// The columns of a source, in the order of its row.
macro_rules! source_columns {
    () => {
        "id, label, connector, log_type, settings, created_at, paused_at, resumed_at, \
         (SELECT replaced_at FROM credential WHERE credential.source = source.number), \
         poll_interval_s"
    };
}

impl Source {
    /// Whether it reads from a vendor, as all do but our own log and what was imported.
    pub fn has_vendor(&self) -> bool {
        self.connector != OWN_CONNECTOR && self.connector != IMPORT_CONNECTOR
    }
}

/// What is done about the polling of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// It is polled no more.
    Begin,
    /// It is polled again.
    End,
}

/// A log source to add.
#[derive(Debug)]
pub struct NewSource {
    /// Its name for people; white space around it is taken off.
    pub label: String,
    /// Which connector reads it.
    pub connector: String,
    /// Which schema its records belong to.
    pub log_type: LogType,
    /// The connector's settings, JSON.
    pub settings: String,
    /// What the vendor asks for, as the connector writes it.
    pub credentials: SecretString,
    /// Where the first poll of the live tail starts.
    pub checkpoint: String,
    /// From when on the source is to be complete, if that is known; see [`Ledger::since`](crate::Ledger::since).
    pub since: Option<Timestamp>,
    /// What is to be read beside the live tail from the beginning on.
    pub backfill: Option<NewBackfill>,
    /// How long to wait between its polls; nothing if that is the server's to say.
    pub poll_interval: Option<PollInterval>,
    /// The current time.
    pub now: Timestamp,
}

/// What is wrong with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelProblem {
    /// Nothing, or white space only.
    #[error("it is empty")]
    Empty,
    /// More than [`LABEL_CHARS_MAX`] characters.
    #[error("it has {0} characters; {LABEL_CHARS_MAX} are allowed")]
    TooLong(usize),
    /// A line break or another character that cannot be shown.
    #[error("it holds a character that cannot be shown, such as a line break")]
    ControlCharacter,
}

/// Why a source was not added.
#[derive(Debug, thiserror::Error)]
pub enum CreateSourceError {
    /// The label cannot be one.
    #[error("this name cannot be used: {0}")]
    LabelInvalid(LabelProblem),
    /// Another source has that label.
    #[error(
        "there is already a log source with the name \"{label}\"\nhint: choose another name; `margay source set-token` gives that one a new token"
    )]
    LabelTaken {
        /// The other source's label, as it is written there.
        label: String,
    },
    /// There are [`SOURCES_MAX`] already.
    #[error(
        "there are {SOURCES_MAX} log sources, which is as many as there may be\nhint: delete one that nobody needs"
    )]
    TooMany,
    /// The log type's schema is archived.
    #[error("log type `{0}` is archived: no new log source may use it\nhint: restore its schema first")]
    LogTypeArchived(LogType),
    /// The settings are not JSON, or longer than [`SETTINGS_BYTES_MAX`].
    #[error("the settings are not JSON of at most {SETTINGS_BYTES_MAX} bytes")]
    SettingsInvalid,
    /// The windows of the backfill cannot be used.
    #[error("the range before the live tail cannot be read in windows: {0}")]
    BackfillInvalid(BackfillProblem),
    /// The checkpoint is longer than [`CHECKPOINT_BYTES_MAX`].
    #[error("the checkpoint is longer than {CHECKPOINT_BYTES_MAX} bytes")]
    CheckpointTooLong,
    /// The credentials could not be encrypted.
    #[error("could not keep the credentials of the new log source")]
    Credentials(#[source] CredentialsError),
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl CreateSourceError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            CreateSourceError::Storage(fault) => fault.remedy(),
            CreateSourceError::Credentials(error) => error.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Adds a source: its row, its encrypted credentials, an empty journal with the checkpoint it starts from, a free
    /// lease, a position for each consumer that every source has, and the backfill that it begins with.
    pub async fn create_source(&self, new: NewSource) -> Result<Source, CreateSourceError> {
        let label = parse_label(&new.label).map_err(CreateSourceError::LabelInvalid)?;
        if !settings::fit(&new.settings) {
            return Err(CreateSourceError::SettingsInvalid);
        }
        if new.checkpoint.len() > CHECKPOINT_BYTES_MAX {
            return Err(CreateSourceError::CheckpointTooLong);
        }
        if let Some(backfill) = &new.backfill {
            backfill::check(backfill).map_err(CreateSourceError::BackfillInvalid)?;
        }
        let source = Source {
            id: SourceId::from_uuid(new_uuid(new.now)),
            label: label.to_owned(),
            connector: new.connector,
            log_type: new.log_type,
            settings: new.settings,
            created_at: from_micros(to_micros(new.now)),
            paused_at: None,
            resumed_at: None,
            credentials_at: from_micros(to_micros(new.now)),
            poll_interval: new.poll_interval,
        };
        let master_key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let envelope =
            credentials::seal(master_key, source.id, &new.credentials).map_err(CreateSourceError::Credentials)?;

        let mut transaction = self
            .begin_change("create_log_source", Subject::source(source.id))
            .await?;
        let count: i64 = sqlx::query_scalar(concat!("SELECT count(*) FROM source WHERE ", has_vendor!()))
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if count_from_sql(count) >= SOURCES_MAX as u64 {
            return Err(CreateSourceError::TooMany);
        }
        if let Some(label) = label_taken_by(&mut transaction, &source.label).await.or_fault(self)? {
            return Err(CreateSourceError::LabelTaken { label });
        }
        let is_archived = schema::is_archived(&mut transaction, &source.log_type).await;
        if is_archived.or_fault(self)? {
            return Err(CreateSourceError::LogTypeArchived(source.log_type));
        }
        let number = insert(
            &mut transaction,
            &source,
            &fold(&source.label),
            &envelope,
            &new.checkpoint,
        )
        .await
        .or_fault(self)?;
        insert_ledger(&mut transaction, number, new.since)
            .await
            .or_fault(self)?;
        if let Some(backfill) = &new.backfill {
            backfill::insert(&mut transaction, number, backfill)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        Ok(source)
    }

    /// Returns all sources that read from a vendor, ordered by label.
    pub async fn sources(&self) -> Result<Vec<Source>, StorageFault> {
        let mut sources = self.journalled_sources().await?;
        sources.retain(Source::has_vendor);
        Ok(sources)
    }

    /// Returns everything that has a journal: the sources, this server's own log ([`Self::own_source`]) and what was imported from files
    /// ([`Self::import_source`]).
    pub async fn journalled_sources(&self) -> Result<Vec<Source>, StorageFault> {
        let rows: Vec<SourceRow> = sqlx::query_as(concat!(
            "SELECT ",
            source_columns!(),
            " FROM source ORDER BY label_folded"
        ))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.source_from_row(row)).collect()
    }

    /// Returns what has a journal and that id; see [`Self::journalled_sources`].
    pub async fn journalled_source(&self, id: SourceId) -> Result<Source, LookupError> {
        let all = self.journalled_sources().await?;
        let found = all.into_iter().find(|source| source.id == id);
        found.ok_or(LookupError::SourceUnknown(id))
    }

    /// Returns the source with that id.
    pub async fn source(&self, id: SourceId) -> Result<Source, LookupError> {
        let row: Option<SourceRow> = sqlx::query_as(concat!(
            "SELECT ",
            source_columns!(),
            " FROM source WHERE id = ?1 AND ",
            has_vendor!()
        ))
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let row = row.ok_or(LookupError::SourceUnknown(id))?;
        Ok(self.source_from_row(row)?)
    }

    /// Returns the source with that label, if there is one. White space around it and the case of its letters do not
    /// matter.
    pub async fn source_by_label(&self, label: &str) -> Result<Option<Source>, StorageFault> {
        let row: Option<SourceRow> = sqlx::query_as(concat!(
            "SELECT ",
            source_columns!(),
            " FROM source WHERE label_folded = ?1 AND ",
            has_vendor!()
        ))
        .bind(fold(label.trim()))
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        row.map(|row| self.source_from_row(row)).transpose()
    }

    /// Lets a source not be polled any more, or polled again from where it stopped. What it is already changes nothing.
    pub async fn pause_source(&self, id: SourceId, pause: Pause, now: Timestamp) -> Result<Source, LookupError> {
        let statement = match pause {
            Pause::Begin => "UPDATE source SET paused_at = coalesce(paused_at, ?2) WHERE number = ?1",
            Pause::End => {
                "UPDATE source SET resumed_at = CASE WHEN paused_at IS NULL THEN resumed_at ELSE ?2 END, \
                 paused_at = NULL WHERE number = ?1"
            }
        };
        let action = match pause {
            Pause::Begin => "pause_log_source",
            Pause::End => "resume_log_source",
        };
        let mut transaction = self.begin_change(action, Subject::source(id)).await?;
        let number = number_of(&mut transaction, id).await.or_fault(self)?;
        let number = number.ok_or(LookupError::SourceUnknown(id))?;
        sqlx::query(statement)
            .bind(number)
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        if pause == Pause::End {
            // What failed before says nothing of what comes.
            sqlx::query("UPDATE poll_status SET consecutive_failures = 0, failing_since = NULL WHERE source = ?1")
                .bind(number)
                .execute(&mut *transaction)
                .await
                .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        self.source(id).await
    }

    /// Deletes a source with its credentials, checkpoint, lease, positions, journal, ledger, backfills, history and remembered
    /// ids. What has landed
    /// in the lake stays, and so do its alerts, which are closed.
    ///
    /// The source is gone in one transaction; its entries and ids follow in chunks, so that other sources can go on. If
    /// the process dies in between, the next [`Store::prune`] removes the rest.
    pub async fn delete_source(&self, id: SourceId, now: Timestamp) -> Result<(), LookupError> {
        self.delete(id, Events::Keep, now).await
    }

    /// As [`Self::delete_source`], and writes down that what has landed is to go too; see [`Store::erasures`].
    pub async fn delete_source_and_events(&self, id: SourceId, now: Timestamp) -> Result<(), LookupError> {
        self.delete(id, Events::Erase, now).await
    }

    async fn delete(&self, id: SourceId, events: Events, now: Timestamp) -> Result<(), LookupError> {
        let mut transaction = self.begin_change("delete_log_source", Subject::source(id)).await?;
        if events == Events::Erase {
            transaction.tell(r#"{"events":"erased"}"#);
        }
        let number = number_of(&mut transaction, id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(id))?;
        if events == Events::Erase {
            sqlx::query(
                "INSERT INTO erasure (source_id, log_type, asked_at) SELECT id, log_type, ?2 FROM source WHERE number = ?1",
            )
            .bind(number)
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        }
        sqlx::query("INSERT INTO source_removal (source) VALUES (?1)")
            .bind(number)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        alarm::close_alerts_of(&mut transaction, number, now)
            .await
            .or_fault(self)?;
        // Everything that has one row or a few per source goes with it, by its foreign key.
        sqlx::query("DELETE FROM source WHERE number = ?1")
            .bind(number)
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        self.remove_rest_of(number).await?;
        Ok(())
    }

    fn source_from_row(&self, row: SourceRow) -> Result<Source, StorageFault> {
        let (
            id,
            label,
            connector,
            log_type,
            settings,
            created_at,
            paused_at,
            resumed_at,
            credentials_at,
            poll_interval,
        ) = row;
        Ok(Source {
            id: id.parse().map_err(|_| self.damaged("a source's id is no UUID"))?,
            label,
            connector,
            log_type: log_type
                .parse()
                .map_err(|_| self.damaged("a source's log type is no name of one"))?,
            settings,
            created_at: from_micros(created_at),
            paused_at: paused_at.map(from_micros),
            resumed_at: resumed_at.map(from_micros),
            credentials_at: from_micros(credentials_at),
            poll_interval: poll_interval
                .map(PollInterval::from_sql)
                .transpose()
                .map_err(|_| self.damaged("a source's poll interval is none"))?,
        })
    }
}

/// What becomes of a deleted source's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Events {
    Keep,
    Erase,
}

type SourceRow = (
    String,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    i64,
    Option<i64>,
);

/// Returns ids as a list of JSON, for statements about several sources.
pub(crate) fn list_of(sources: &[SourceId]) -> String {
    let ids: Vec<String> = sources.iter().map(ToString::to_string).collect();
    serde_json::to_string(&ids).expect("a list of texts is JSON")
}

/// Returns the number of a source that reads from a vendor. Our own log and what was imported are none: nobody pauses, changes or
/// deletes them.
pub(crate) async fn number_of(connection: &mut SqliteConnection, id: SourceId) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(concat!("SELECT number FROM source WHERE id = ?1 AND ", has_vendor!()))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
}

/// As [`number_of`], of everything that has a journal.
pub(crate) async fn number_of_journalled(
    connection: &mut SqliteConnection,
    id: SourceId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT number FROM source WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
}

async fn label_taken_by(connection: &mut SqliteConnection, label: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT label FROM source WHERE label_folded = ?1")
        .bind(fold(label))
        .fetch_optional(connection)
        .await
}

async fn insert(
    connection: &mut SqliteConnection,
    source: &Source,
    label_folded: &str,
    envelope: &[u8],
    checkpoint: &str,
) -> Result<i64, sqlx::Error> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO source (id, label, label_folded, connector, log_type, settings, created_at, \
         poll_interval_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING number",
    )
    .bind(source.id.to_string())
    .bind(&source.label)
    .bind(label_folded)
    .bind(&source.connector)
    .bind(source.log_type.as_str())
    .bind(&source.settings)
    .bind(to_micros(source.created_at))
    .bind(source.poll_interval.map(PollInterval::to_sql))
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO credential (source, envelope, replaced_at) VALUES (?1, ?2, ?3)")
        .bind(number)
        .bind(envelope)
        .bind(to_micros(source.created_at))
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO lease (source, token, holder, expires_at) VALUES (?1, 0, NULL, 0)")
        .bind(number)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO journal (source, checkpoint, checkpoint_at, ids_since_day) VALUES (?1, ?2, ?3, ?4)")
        .bind(number)
        .bind(checkpoint)
        .bind(to_micros(source.created_at))
        .bind(day_of(source.created_at))
        .execute(&mut *connection)
        .await?;
    for consumer in Consumer::OF_EVERY_SOURCE {
        sqlx::query("INSERT INTO consumer_position (source, consumer, sequence) VALUES (?1, ?2, 0)")
            .bind(number)
            .bind(consumer.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(number)
}

async fn insert_ledger(
    connection: &mut SqliteConnection,
    number: i64,
    since: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO ledger (source, since) VALUES (?1, ?2)")
        .bind(number)
        .bind(since.map(to_micros))
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns a label as it is kept: without the white space around it.
///
/// # Errors
/// When it cannot be one.
pub fn parse_label(label: &str) -> Result<&str, LabelProblem> {
    let label = label.trim();
    let char_count = label.chars().count();
    if label.is_empty() {
        Err(LabelProblem::Empty)
    } else if char_count > LABEL_CHARS_MAX {
        Err(LabelProblem::TooLong(char_count))
    } else if label.chars().any(char::is_control) {
        Err(LabelProblem::ControlCharacter)
    } else {
        Ok(label)
    }
}

/// Returns a label as labels are compared: two that are the same then are one label.
pub fn fold(label: &str) -> String {
    label.to_lowercase()
}
