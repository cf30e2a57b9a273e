//! Destinations: where alerts go.
//!
//! What a destination needs to be reached is the shell's affair: its settings are JSON, its secret is sealed under the master key.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::SqliteConnection;

use crate::audit_log::Subject;
use crate::envelope::{self, Purpose};
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::row::row;
use crate::source::{LabelProblem, fold, parse_label};
use crate::store::{OrFault, Store};
use crate::time::{from_micros, to_micros};

/// The most destinations: every alert makes a delivery for each.
pub const DESTINATIONS_MAX: usize = 200;
/// The longest settings of a destination.
pub const DESTINATION_SETTINGS_BYTES_MAX: usize = 16 * 1024;
/// The longest secret of a destination.
pub const DESTINATION_SECRET_BYTES_MAX: usize = 16 * 1024;

/// The columns of a destination, in the order of its row.
macro_rules! destination_columns {
    () => {
        "id, name, kind, settings, secret IS NOT NULL AS has_secret, severities, alert_types, is_enabled, created_at, \
         updated_at, failing_since, given_up_at, problem"
    };
}

ids! {
    /// The key of a destination.
    DestinationId
}

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its key.
    pub id: DestinationId,
    /// Its name, which no other has, whatever the case of its letters.
    pub name: String,
    /// How it is reached: `webhook`, `slack`, …
    pub kind: String,
    /// What that needs, as JSON without secrets.
    pub settings: String,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// Alerts of these severities go there; of all if there is none.
    pub severities: Vec<String>,
    /// Alerts of these types go there; of all if there is none. A system error goes to each that takes system errors, whatever
    /// severities it takes.
    pub alert_types: Vec<String>,
    /// Whether anything goes there.
    pub is_enabled: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// When the first of the tries failed that have failed in a row; nothing if the last one worked.
    pub failing_since: Option<Timestamp>,
    /// When a delivery to it was given up last, since it was changed.
    pub given_up_at: Option<Timestamp>,
    /// What the last try met that failed.
    pub problem: Option<String>,
}

/// A destination to add, or what one is to become.
#[derive(Debug, Clone)]
pub struct NewDestination {
    /// Its name; see [`LABEL_CHARS_MAX`](crate::LABEL_CHARS_MAX).
    pub name: String,
    /// How it is reached.
    pub kind: String,
    /// What that needs, as JSON without secrets.
    pub settings: String,
    /// Its secret. When a destination is changed, nothing leaves the one that it has, if its kind and settings stay as they are.
    pub secret: Option<SecretString>,
    /// Alerts of these severities go there; of all if there is none.
    pub severities: Vec<String>,
    /// Alerts of these types go there; of all if there is none.
    pub alert_types: Vec<String>,
    /// Whether anything goes there.
    pub is_enabled: bool,
    /// The current time.
    pub now: Timestamp,
}

/// Why a destination was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    /// There is none.
    #[error("there is no destination with the id {0}")]
    Unknown(DestinationId),
    /// The name cannot be one.
    #[error("this name cannot be used: {0}")]
    NameInvalid(LabelProblem),
    /// Another destination has that name.
    #[error("there is already a destination with the name \"{0}\"\nhint: choose another name")]
    NameTaken(String),
    /// It is to lead elsewhere with the secret that it has.
    #[error(
        "a destination that is changed needs its secret again\nhint: a secret is never sent to another place than the one it was entered for"
    )]
    SecretNeeded,
    /// The settings are not JSON, or longer than [`DESTINATION_SETTINGS_BYTES_MAX`].
    #[error("the settings of a destination are not JSON of at most {DESTINATION_SETTINGS_BYTES_MAX} bytes")]
    SettingsInvalid,
    /// The secret is empty or longer than [`DESTINATION_SECRET_BYTES_MAX`].
    #[error("the secret of a destination has 1 to {DESTINATION_SECRET_BYTES_MAX} bytes")]
    SecretLength,
    /// The secret could not be sealed or opened.
    #[error(
        "the secret of the destination cannot be read\nhint: enter it again; if that does not help, the master key is another one"
    )]
    SecretUnreadable,
    /// There are [`DESTINATIONS_MAX`] already.
    #[error(
        "there are {DESTINATIONS_MAX} destinations, which is as many as there may be\nhint: delete one that nobody reads"
    )]
    TooMany,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl DestinationError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Adds a destination.
    pub async fn create_destination(&self, new: NewDestination) -> Result<Destination, DestinationError> {
        let checked = Checked::of(&new)?;
        let id = DestinationId(new_uuid(new.now));
        let envelope = self.sealed(id, new.secret.as_ref())?;
        let mut transaction = self
            .begin_change("create_destination", Subject::destination(id))
            .await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM destination")
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if usize::try_from(count).is_ok_and(|count| count >= DESTINATIONS_MAX) {
            return Err(DestinationError::TooMany);
        }
        refuse_taken(self, &mut transaction, checked.name, None).await?;
        sqlx::query(
            "INSERT INTO destination (id, name, name_folded, kind, settings, secret, severities, alert_types, is_enabled, \
             created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        )
        .bind(id.to_string())
        .bind(checked.name)
        .bind(fold(checked.name))
        .bind(&new.kind)
        .bind(&new.settings)
        .bind(envelope)
        .bind(checked.severities)
        .bind(checked.alert_types)
        .bind(new.is_enabled)
        .bind(to_micros(new.now))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        self.destination(id).await
    }

    /// Changes a destination. What waits to be delivered there is delivered as it is now, and how tries went before is forgotten.
    pub async fn change_destination(
        &self,
        id: DestinationId,
        new: NewDestination,
    ) -> Result<Destination, DestinationError> {
        let checked = Checked::of(&new)?;
        let envelope = self.sealed(id, new.secret.as_ref())?;
        let mut transaction = self
            .begin_change("replace_destination", Subject::destination(id))
            .await?;
        refuse_taken(self, &mut transaction, checked.name, Some(id)).await?;
        let old: Option<(bool, String, String)> =
            sqlx::query_as("SELECT secret IS NOT NULL, kind, settings FROM destination WHERE id = ?1")
                .bind(id.to_string())
                .fetch_optional(&mut *transaction)
                .await
                .or_fault(self)?;
        let Some((has_secret, kind, settings)) = old else {
            return Err(DestinationError::Unknown(id));
        };
        let leads_elsewhere = kind != new.kind || !is_same_json(&settings, &new.settings);
        if has_secret && leads_elsewhere && envelope.is_none() {
            return Err(DestinationError::SecretNeeded);
        }
        sqlx::query(
            "UPDATE destination SET name = ?2, name_folded = ?3, kind = ?4, settings = ?5, secret = coalesce(?6, secret), \
             severities = ?7, alert_types = ?8, is_enabled = ?9, updated_at = ?10, failing_since = NULL, \
             given_up_at = NULL, problem = NULL WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(checked.name)
        .bind(fold(checked.name))
        .bind(&new.kind)
        .bind(&new.settings)
        .bind(envelope)
        .bind(checked.severities)
        .bind(checked.alert_types)
        .bind(new.is_enabled)
        .bind(to_micros(new.now))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        self.destination(id).await
    }

    /// Removes a destination with all its deliveries.
    pub async fn delete_destination(&self, id: DestinationId) -> Result<(), DestinationError> {
        let mut transaction = self
            .begin_change("delete_destination", Subject::destination(id))
            .await?;
        let deleted = sqlx::query("DELETE FROM destination WHERE id = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        if deleted.rows_affected() == 0 {
            return Err(DestinationError::Unknown(id));
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns all destinations, ordered by name.
    pub async fn destinations(&self) -> Result<Vec<Destination>, StorageFault> {
        let rows: Vec<DestinationRow> = sqlx::query_as(concat!(
            "SELECT ",
            destination_columns!(),
            " FROM destination ORDER BY name_folded"
        ))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.destination_from_row(row)).collect()
    }

    /// Returns one destination.
    pub async fn destination(&self, id: DestinationId) -> Result<Destination, DestinationError> {
        let row: Option<DestinationRow> = sqlx::query_as(concat!(
            "SELECT ",
            destination_columns!(),
            " FROM destination WHERE id = ?1"
        ))
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(self.destination_from_row(row.ok_or(DestinationError::Unknown(id))?)?)
    }

    /// Notes that something arrived at a destination: a test, say.
    pub async fn destination_works(&self, id: DestinationId) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE destination SET failing_since = NULL, problem = NULL WHERE id = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the secret of a destination, if it has one.
    pub async fn destination_secret(&self, id: DestinationId) -> Result<Option<SecretString>, DestinationError> {
        let row: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT secret FROM destination WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
        let Some(envelope) = row.ok_or(DestinationError::Unknown(id))? else {
            return Ok(None);
        };
        let key = self.master_key().ok_or(DestinationError::SecretUnreadable)?;
        let bytes = envelope::unseal(key, Purpose::Destination(id), &envelope)
            .map_err(|_| DestinationError::SecretUnreadable)?;
        let text: Box<str> = str::from_utf8(&bytes)
            .map_err(|_| DestinationError::SecretUnreadable)?
            .into();
        Ok(Some(SecretString::new(text)))
    }

    fn sealed(&self, id: DestinationId, secret: Option<&SecretString>) -> Result<Option<Vec<u8>>, DestinationError> {
        let Some(secret) = secret else { return Ok(None) };
        let bytes = secret.expose_secret().as_bytes();
        if bytes.is_empty() || bytes.len() > DESTINATION_SECRET_BYTES_MAX {
            return Err(DestinationError::SecretLength);
        }
        let key = self.master_key().ok_or_else(|| self.opened_read_only())?;
        let envelope = envelope::seal(key, Purpose::Destination(id), bytes);
        envelope.map(Some).map_err(|_| DestinationError::SecretUnreadable)
    }

    pub(crate) fn destination_from_row(&self, row: DestinationRow) -> Result<Destination, StorageFault> {
        let list =
            |text: &str| serde_json::from_str(text).map_err(|_| self.damaged("a destination's filter is no list"));
        Ok(Destination {
            id: row
                .id
                .parse()
                .map_err(|_| self.damaged("a destination's id is no UUID"))?,
            name: row.name,
            kind: row.kind,
            settings: row.settings,
            has_secret: row.has_secret,
            severities: list(&row.severities)?,
            alert_types: list(&row.alert_types)?,
            is_enabled: row.is_enabled,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
            failing_since: row.failing_since.map(from_micros),
            given_up_at: row.given_up_at.map(from_micros),
            problem: row.problem,
        })
    }
}

row! {
    pub(crate) struct DestinationRow {
        id: String,
        name: String,
        kind: String,
        settings: String,
        has_secret: bool,
        severities: String,
        alert_types: String,
        is_enabled: bool,
        created_at: i64,
        updated_at: i64,
        failing_since: Option<i64>,
        given_up_at: Option<i64>,
        problem: Option<String>,
    }
}

/// What was checked of a destination, as it is stored.
struct Checked<'a> {
    name: &'a str,
    severities: String,
    alert_types: String,
}

impl<'a> Checked<'a> {
    fn of(new: &'a NewDestination) -> Result<Self, DestinationError> {
        let name = parse_label(&new.name).map_err(DestinationError::NameInvalid)?;
        let settings_fit = new.settings.len() <= DESTINATION_SETTINGS_BYTES_MAX
            && serde_json::from_str::<serde_json::Value>(&new.settings).is_ok();
        if !settings_fit {
            return Err(DestinationError::SettingsInvalid);
        }
        let list = |names: &[String]| serde_json::to_string(names).expect("names are JSON");
        Ok(Self {
            name,
            severities: list(&new.severities),
            alert_types: list(&new.alert_types),
        })
    }
}

/// Whether two texts are the same JSON, however it is written.
pub(crate) fn is_same_json(one: &str, other: &str) -> bool {
    let value = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || value(one).is_some_and(|one| value(other) == Some(one))
}

async fn refuse_taken(
    store: &Store,
    connection: &mut SqliteConnection,
    name: &str,
    own: Option<DestinationId>,
) -> Result<(), DestinationError> {
    let taken: Option<String> =
        sqlx::query_scalar("SELECT name FROM destination WHERE name_folded = ?1 AND (?2 IS NULL OR id <> ?2)")
            .bind(fold(name))
            .bind(own.map(|id| id.to_string()))
            .fetch_optional(connection)
            .await
            .or_fault(store)?;
    taken.map_or(Ok(()), |name| Err(DestinationError::NameTaken(name)))
}
