//! Alarms: what was set of each, how it stands, and the alert that it raised.
//!
//! What an alarm means is decided elsewhere; here its state, the alert, its timeline and the deliveries are changed in **one
//! transaction**, so that whoever dies in between neither forgets an alert nor raises it twice.
//!
//! ```text
//! BEGIN IMMEDIATE
//! alarm      its new state
//! alert      a new one, or what changed of the one that it raised
//! timeline   what happened
//! outbox     a delivery for each destination that wants to know
//! COMMIT
//! ```

use std::collections::HashMap;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::alert::{AlertEventKind, AlertId, AlertStatus, AlertText, SYSTEM_ACTOR, happens};
use crate::audit_log::Subject;
use crate::delivery::{self, DeliveryNotice};
use crate::destination::is_same_json;
use crate::fault::{Remedy, StorageFault};
use crate::row::{Joined, row};
use crate::source::{has_vendor, list_of, number_of};
use crate::store::{OrFault, Store};
use crate::time::{from_micros, to_micros};

/// The longest settings of an alarm. A calendar with a thousand holidays fits.
pub const ALARM_SETTINGS_BYTES_MAX: usize = 64 * 1024;

/// Alarms of this server stand under a number that no source has: `SQLite` counts from 1.
const SERVER: i64 = 0;

/// How an alarm stands, as its evaluation left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmStatus {
    /// The name of its state.
    pub state: AlarmState,
    /// Since when.
    pub since: Timestamp,
    /// When its incident began, if there was one.
    pub opened_at: Option<Timestamp>,
    /// Whether that incident is open.
    pub is_open: bool,
    /// When it was last told of.
    pub told_at: Option<Timestamp>,
}

/// The state of an alarm. Its name is stored and stands in the API, so it never changes; the words are Panther's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlarmState {
    /// What it watches is as it should be.
    Ok,
    /// It is not.
    Alarm,
    /// Nobody can say.
    InsufficientData,
}

impl AlarmState {
    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// What is kept of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The name of its kind.
    pub kind: String,
    /// What was set of it, as JSON; nothing if it has its defaults.
    pub settings: Option<String>,
    /// When that was changed last; nothing if nobody ever did.
    pub settings_at: Option<Timestamp>,
    /// How it stands; nothing before it was evaluated.
    pub status: Option<AlarmStatus>,
    /// One sentence about how it stood when it was written.
    pub summary: String,
    /// When that or the status was written last: what says the same is not written again.
    pub evaluated_at: Option<Timestamp>,
    /// The alert of its last incident.
    pub alert: Option<AlertId>,
}

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// The source that it is about; nothing for an alarm of this server.
    pub source_id: Option<SourceId>,
    /// The name of its kind.
    pub kind: String,
    /// How it stood when it was evaluated, as it was read.
    pub before: Option<AlarmStatus>,
    /// How it stands now.
    pub status: AlarmStatus,
    /// One sentence about it.
    pub summary: String,
    /// What changes for people, if anything does.
    pub change: Option<AlarmChange>,
    /// The current time.
    pub now: Timestamp,
}

/// What an evaluation changes for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlarmChange {
    /// A new alert.
    Opened(NewAlert),
    /// Its last alert is open again, and says this.
    Reopened(AlertText),
    /// Its alert is told of again, and says this.
    Reminded(AlertText),
    /// Its alert is about something that is over.
    Recovered,
    /// Nobody watches any more.
    Unwatched,
}

/// An alert to raise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// What sort of alert it is.
    pub alert_type: String,
    /// How grave it is.
    pub severity: String,
    /// What it says.
    pub text: AlertText,
}

/// Why an alarm was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AlarmError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The settings are not JSON, or longer than [`ALARM_SETTINGS_BYTES_MAX`].
    #[error("the settings of an alarm are not JSON of at most {ALARM_SETTINGS_BYTES_MAX} bytes")]
    SettingsInvalid,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AlarmError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::SourceUnknown(_) => Remedy::StandDown,
            Self::SettingsInvalid => Remedy::AskOperator,
            Self::Storage(fault) => fault.remedy(),
        }
    }
}

impl Store {
    /// Returns what is kept of the alarms of a source, or of this server, ordered by kind. One that nobody has set and that was
    /// never evaluated is not among them.
    pub async fn alarms(&self, source_id: Option<SourceId>) -> Result<Vec<Alarm>, AlarmError> {
        let alarms = match source_id {
            None => concat!(
                "SELECT ",
                alarm_columns!(),
                " FROM alarm LEFT JOIN alert ON alert.number = alarm.alert WHERE alarm.source = ?1 ORDER BY alarm.kind"
            ),
            Some(_) => concat!(
                "SELECT ",
                alarm_columns!(),
                " FROM source LEFT JOIN alarm ON alarm.source = source.number \
                 LEFT JOIN alert ON alert.number = alarm.alert WHERE source.id = ?2 AND ",
                has_vendor!(),
                " ORDER BY alarm.kind"
            ),
        };
        let rows: Vec<Joined<AlarmRow>> = sqlx::query_as(alarms)
            .bind(SERVER)
            .bind(source_id.map(|id| id.to_string()))
            .fetch_all(self.readers())
            .await
            .or_fault(self)?;
        match (Joined::found(rows), source_id) {
            (Some(rows), _) => Ok(self.alarms_from_rows(rows)?),
            (None, Some(id)) => Err(AlarmError::SourceUnknown(id)),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Returns what is set of the alarms of one kind, of those of these sources of which something is.
    pub async fn alarm_settings_of(
        &self,
        sources: &[SourceId],
        kind: &str,
    ) -> Result<HashMap<SourceId, String>, StorageFault> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT source.id, alarm.settings FROM source JOIN alarm ON alarm.source = source.number \
             WHERE source.id IN (SELECT value FROM json_each(?1)) AND kind = ?2 AND alarm.settings IS NOT NULL",
        )
        .bind(list_of(sources))
        .bind(kind)
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        let parsed = |(id, settings): (String, String)| {
            let id = id.parse().map_err(|_| self.damaged("a source's id is no UUID"))?;
            Ok((id, settings))
        };
        rows.into_iter().map(parsed).collect()
    }

    /// Sets an alarm, or gives it its defaults again. How it stands stays as it is until it is evaluated. What is set already is no
    /// change: somebody may declare it every hour.
    pub async fn set_alarm(
        &self,
        source_id: Option<SourceId>,
        kind: &str,
        settings: Option<&str>,
        now: Timestamp,
    ) -> Result<(), AlarmError> {
        let fits = |text: &str| {
            text.len() <= ALARM_SETTINGS_BYTES_MAX && serde_json::from_str::<serde_json::Value>(text).is_ok()
        };
        if settings.is_some_and(|text| !fits(text)) {
            return Err(AlarmError::SettingsInvalid);
        }
        let action = match (source_id, settings) {
            (Some(_), Some(_)) => "set_alarm",
            (Some(_), None) => "reset_alarm",
            (None, Some(_)) => "set_system_alarm",
            (None, None) => "reset_system_alarm",
        };
        let subject = Subject::alarm(source_id, kind);
        let mut transaction = self.begin_change(action, subject).await?;
        let owner = self.owner(&mut transaction, source_id).await?;
        let before: Option<Option<String>> =
            sqlx::query_scalar("SELECT settings FROM alarm WHERE source = ?1 AND kind = ?2")
                .bind(owner)
                .bind(kind)
                .fetch_optional(&mut *transaction)
                .await
                .or_fault(self)?;
        let is_set = match (before.flatten(), settings) {
            (None, None) => true,
            (Some(before), Some(settings)) => is_same_json(&before, settings),
            _ => false,
        };
        if is_set {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO alarm (source, kind, settings, settings_at, state, since, is_open, summary) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?4, 0, '') \
             ON CONFLICT (source, kind) DO UPDATE SET settings = ?3, settings_at = ?4",
        )
        .bind(owner)
        .bind(kind)
        .bind(settings)
        .bind(to_micros(now))
        .bind(AlarmState::InsufficientData.as_str())
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Keeps what an evaluation came to: the alarm's state, and what it changes for people. Returns the alert that it is about, if
    /// anything changed.
    ///
    /// Nothing is kept if the alarm stands otherwise by now than it was read: another server has evaluated it meanwhile.
    ///
    /// # Errors
    /// If the source is gone, or the database cannot do its work: nothing happened then, and the next evaluation finds the same.
    pub async fn keep_alarm(&self, evaluated: Evaluated) -> Result<Option<AlertId>, AlarmError> {
        let mut transaction = self.begin_write().await?;
        let owner = self.owner(&mut transaction, evaluated.source_id).await?;
        let before: Option<StateRow> = sqlx::query_as(
            "SELECT alert, state, is_open, opened_at, told_at, evaluated_at FROM alarm WHERE source = ?1 AND kind = ?2",
        )
        .bind(owner)
        .bind(&evaluated.kind)
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let Some(last_alert) = unchanged(before, evaluated.before) else {
            // Somebody else has evaluated it meanwhile.
            return Ok(None);
        };
        let changed = match &evaluated.change {
            None => None,
            Some(change) => change_alert(&mut transaction, owner, last_alert, &evaluated, change)
                .await
                .or_fault(self)?,
        };
        keep_state(&mut transaction, owner, changed.or(last_alert), &evaluated)
            .await
            .or_fault(self)?;
        let id: Option<String> = match changed {
            None => None,
            Some(number) => sqlx::query_scalar("SELECT id FROM alert WHERE number = ?1")
                .bind(number)
                .fetch_optional(&mut *transaction)
                .await
                .or_fault(self)?,
        };
        transaction.commit().await.or_fault(self)?;
        let id = id.map(|id| id.parse()).transpose();
        Ok(id.map_err(|_| self.damaged("an alert's id is no UUID"))?)
    }

    async fn owner(&self, connection: &mut SqliteConnection, source_id: Option<SourceId>) -> Result<i64, AlarmError> {
        let Some(id) = source_id else { return Ok(SERVER) };
        let number = number_of(connection, id).await.or_fault(self)?;
        number.ok_or(AlarmError::SourceUnknown(id))
    }

    pub(crate) fn alarms_from_rows(
        &self,
        rows: impl IntoIterator<Item = AlarmRow>,
    ) -> Result<Vec<Alarm>, StorageFault> {
        rows.into_iter().map(|row| self.alarm_from_row(row)).collect()
    }

    fn alarm_from_row(&self, row: AlarmRow) -> Result<Alarm, StorageFault> {
        let state = AlarmState::of_name(&row.state).ok_or_else(|| self.damaged("an alarm's state is unknown"))?;
        let alert = row.alert.map(|id| id.parse()).transpose();
        let evaluated_at = row.evaluated_at.map(from_micros);
        Ok(Alarm {
            kind: row.kind,
            settings: row.settings,
            settings_at: row.settings_at.map(from_micros),
            status: evaluated_at.map(|_| AlarmStatus {
                state,
                since: from_micros(row.since),
                opened_at: row.opened_at.map(from_micros),
                is_open: row.is_open,
                told_at: row.told_at.map(from_micros),
            }),
            summary: row.summary,
            evaluated_at,
            alert: alert.map_err(|_| self.damaged("an alert's id is no UUID"))?,
        })
    }
}

/// The columns of an alarm, with the alert that it raised.
macro_rules! alarm_columns {
    () => {
        "alarm.kind, alarm.settings, settings_at, state, since, alarm.opened_at, is_open, told_at, summary, evaluated_at, \
         alert.id AS alert"
    };
}
pub(crate) use alarm_columns;

row! {
    pub(crate) struct AlarmRow {
        kind: String,
        settings: Option<String>,
        settings_at: Option<i64>,
        state: String,
        since: i64,
        opened_at: Option<i64>,
        is_open: bool,
        told_at: Option<i64>,
        summary: String,
        evaluated_at: Option<i64>,
        alert: Option<String>,
    }
}

row! {
    struct StateRow {
        alert: Option<i64>,
        state: String,
        is_open: bool,
        opened_at: Option<i64>,
        told_at: Option<i64>,
        evaluated_at: Option<i64>,
    }
}

/// Whether an alarm stands as it was read; if so, the alert of its last incident.
#[expect(clippy::option_option, reason = "there may be no alert")]
fn unchanged(row: Option<StateRow>, read: Option<AlarmStatus>) -> Option<Option<i64>> {
    let Some(row) = row else {
        return read.is_none().then_some(None);
    };
    let is_same = match read {
        None => row.evaluated_at.is_none(),
        Some(read) => {
            row.evaluated_at.is_some()
                && row.state == read.state.as_str()
                && row.is_open == read.is_open
                && row.opened_at == read.opened_at.map(to_micros)
                && row.told_at == read.told_at.map(to_micros)
        }
    };
    is_same.then_some(row.alert)
}

/// Closes what is open about a source that is about to be deleted, and tells those that were told.
pub(crate) async fn close_alerts_of(
    connection: &mut SqliteConnection,
    source: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let open: Vec<i64> =
        sqlx::query_scalar("SELECT alert FROM alarm WHERE source = ?1 AND is_open = 1 AND alert IS NOT NULL")
            .bind(source)
            .fetch_all(&mut *connection)
            .await?;
    for alert in open {
        resolve(connection, alert, now).await?;
        let text = "its log source was deleted";
        happens(connection, alert, AlertEventKind::Unwatched, SYSTEM_ACTOR, text, now).await?;
        delivery::enqueue(connection, alert, DeliveryNotice::Recovered, now).await?;
    }
    Ok(())
}

async fn keep_state(
    connection: &mut SqliteConnection,
    owner: i64,
    alert: Option<i64>,
    evaluated: &Evaluated,
) -> Result<(), sqlx::Error> {
    let status = &evaluated.status;
    sqlx::query(
        "INSERT INTO alarm (source, kind, state, since, opened_at, is_open, told_at, alert, summary, evaluated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         ON CONFLICT (source, kind) DO UPDATE SET state = ?3, since = ?4, opened_at = ?5, is_open = ?6, told_at = ?7, \
         alert = ?8, summary = ?9, evaluated_at = ?10",
    )
    .bind(owner)
    .bind(&evaluated.kind)
    .bind(status.state.as_str())
    .bind(to_micros(status.since))
    .bind(status.opened_at.map(to_micros))
    .bind(status.is_open)
    .bind(status.told_at.map(to_micros))
    .bind(alert)
    .bind(&evaluated.summary)
    .bind(to_micros(evaluated.now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the alert, its timeline and the outbox; returns the alert's number. None if there is no alert to change: it was removed.
async fn change_alert(
    connection: &mut SqliteConnection,
    owner: i64,
    last_alert: Option<i64>,
    evaluated: &Evaluated,
    change: &AlarmChange,
) -> Result<Option<i64>, sqlx::Error> {
    let now = evaluated.now;
    let number = match change {
        AlarmChange::Opened(new) => Some(insert_alert(connection, owner, evaluated, new).await?),
        _ => last_alert,
    };
    let Some(number) = number else { return Ok(None) };
    let (event, notice) = match change {
        AlarmChange::Opened(_) => (AlertEventKind::Opened, DeliveryNotice::Opened),
        AlarmChange::Reopened(text) => {
            say(connection, number, text).await?;
            reopen(connection, number).await?;
            (AlertEventKind::Reopened, DeliveryNotice::Opened)
        }
        AlarmChange::Reminded(text) => {
            say(connection, number, text).await?;
            (AlertEventKind::Reminded, DeliveryNotice::Reminded)
        }
        AlarmChange::Recovered => {
            resolve(connection, number, now).await?;
            (AlertEventKind::Recovered, DeliveryNotice::Recovered)
        }
        AlarmChange::Unwatched => {
            resolve(connection, number, now).await?;
            (AlertEventKind::Unwatched, DeliveryNotice::Recovered)
        }
    };
    happens(connection, number, event, SYSTEM_ACTOR, &evaluated.summary, now).await?;
    delivery::enqueue(connection, number, notice, now).await?;
    Ok(Some(number))
}

async fn insert_alert(
    connection: &mut SqliteConnection,
    owner: i64,
    evaluated: &Evaluated,
    new: &NewAlert,
) -> Result<i64, sqlx::Error> {
    let AlertText {
        title,
        cause,
        evidence,
        blind,
        remedy,
    } = &new.text;
    sqlx::query_scalar(
        "INSERT INTO alert (id, kind, alert_type, severity, source, source_label, title, cause, evidence, blind, remedy, \
         status, opened_at, updated_at) SELECT ?1, ?2, ?3, ?4, (SELECT id FROM source WHERE number = ?5), \
         (SELECT label FROM source WHERE number = ?5), ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12 RETURNING number",
    )
    .bind(AlertId::new(evaluated.now).to_string())
    .bind(&evaluated.kind)
    .bind(&new.alert_type)
    .bind(&new.severity)
    .bind(owner)
    .bind(title)
    .bind(cause)
    .bind(evidence)
    .bind(blind)
    .bind(remedy)
    .bind(AlertStatus::Open.as_str())
    .bind(to_micros(evaluated.now))
    .fetch_one(connection)
    .await
}

async fn say(connection: &mut SqliteConnection, alert: i64, text: &AlertText) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE alert SET title = ?2, cause = ?3, evidence = ?4, blind = ?5, remedy = ?6 WHERE number = ?1")
        .bind(alert)
        .bind(&text.title)
        .bind(&text.cause)
        .bind(&text.evidence)
        .bind(&text.blind)
        .bind(&text.remedy)
        .execute(connection)
        .await?;
    Ok(())
}

/// What somebody has called resolved is open again; what somebody looks at, or has called nothing, stays as it is.
async fn reopen(connection: &mut SqliteConnection, alert: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE alert SET recovered_at = NULL, status = CASE status WHEN 'RESOLVED' THEN 'OPEN' ELSE status END \
         WHERE number = ?1",
    )
    .bind(alert)
    .execute(connection)
    .await?;
    Ok(())
}

/// What is over is resolved, unless somebody has looked and keeps it.
async fn resolve(connection: &mut SqliteConnection, alert: i64, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE alert SET recovered_at = ?2, status = CASE status WHEN 'OPEN' THEN 'RESOLVED' ELSE status END \
         WHERE number = ?1",
    )
    .bind(alert)
    .bind(to_micros(now))
    .execute(connection)
    .await?;
    Ok(())
}
