//! What an entry of the audit log is about, and how it stood.

use std::fmt::Display;

use margay_schema::{LogType, SourceId};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::alert::AlertId;
use crate::api_token::ApiTokenId;
use crate::delivery::DeliveryId;
use crate::destination::DestinationId;
use crate::saved_search::SavedSearchId;
use crate::session::SessionId;
use crate::user::UserId;

/// The thing that something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditObject {
    /// What it is: the stored name of an [`ObjectKind`], or what a path of the API calls it.
    pub kind: String,
    /// Its id, or its name if it has no id.
    pub id: String,
    /// What it was called.
    pub name: Option<String>,
}

/// What can be changed. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A log source.
    LogSource,
    /// An alarm of a log source; its id is the source's, a slash and the alarm's type.
    LogSourceAlarm,
    /// An alarm of the server; its id is the alarm's type.
    SystemAlarm,
    /// An alert.
    Alert,
    /// A delivery of an alert.
    Delivery,
    /// A destination.
    Destination,
    /// A custom schema; its id is its name.
    Schema,
    /// A user.
    User,
    /// Where a user is signed in.
    Session,
    /// An API token.
    ApiToken,
    /// A search that is kept under a name.
    SavedSearch,
}

impl ObjectKind {
    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogSource => "log_source",
            Self::LogSourceAlarm => "log_source_alarm",
            Self::SystemAlarm => "system_alarm",
            Self::Alert => "alert",
            Self::Delivery => "delivery",
            Self::Destination => "destination",
            Self::Schema => "schema",
            Self::User => "user",
            Self::Session => "session",
            Self::ApiToken => "api_token",
            Self::SavedSearch => "saved_search",
        }
    }
}

/// The thing that a transaction changes.
#[derive(Debug)]
pub(crate) struct Subject {
    kind: ObjectKind,
    id: String,
}

/// How a thing stands.
#[derive(Debug)]
pub(super) struct State {
    pub(super) name: Option<String>,
    /// What of it may be seen: no secret, and nothing that changes by itself.
    pub(super) json: String,
}

/// A time of the database as RFC 3339.
macro_rules! time {
    ($column:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%fZ', ", $column, " / 1000000.0, 'unixepoch')")
    };
}

/// A flag of the database as JSON's.
macro_rules! flag {
    ($condition:literal) => {
        concat!("json(iif(", $condition, ", 'true', 'false'))")
    };
}

impl Subject {
    pub(crate) fn source(id: SourceId) -> Self {
        Self::of(ObjectKind::LogSource, id)
    }

    /// The alarm of a source, or one of the server.
    pub(crate) fn alarm(source: Option<SourceId>, kind: &str) -> Self {
        match source {
            Some(source) => Self::of(ObjectKind::LogSourceAlarm, format_args!("{source}/{kind}")),
            None => Self::of(ObjectKind::SystemAlarm, kind),
        }
    }

    pub(crate) fn alert(id: AlertId) -> Self {
        Self::of(ObjectKind::Alert, id)
    }

    pub(crate) fn delivery(id: DeliveryId) -> Self {
        Self::of(ObjectKind::Delivery, id)
    }

    pub(crate) fn destination(id: DestinationId) -> Self {
        Self::of(ObjectKind::Destination, id)
    }

    pub(crate) fn schema(name: &LogType) -> Self {
        Self::of(ObjectKind::Schema, name)
    }

    pub(crate) fn user(id: UserId) -> Self {
        Self::of(ObjectKind::User, id)
    }

    pub(crate) fn session(id: SessionId) -> Self {
        Self::of(ObjectKind::Session, id)
    }

    pub(crate) fn api_token(id: ApiTokenId) -> Self {
        Self::of(ObjectKind::ApiToken, id)
    }

    pub(crate) fn saved_search(id: SavedSearchId) -> Self {
        Self::of(ObjectKind::SavedSearch, id)
    }

    fn of(kind: ObjectKind, id: impl Display) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }

    pub(super) fn object(&self, name: Option<String>) -> AuditObject {
        AuditObject {
            kind: self.kind.as_str().to_owned(),
            id: self.id.clone(),
            name,
        }
    }

    /// Reads how it stands; nothing if there is none.
    pub(super) async fn state(&self, connection: &mut SqliteConnection) -> Result<Option<State>, sqlx::Error> {
        let row: Option<(Option<String>, String)> = sqlx::query_as(self.statement())
            .bind(&self.id)
            .fetch_optional(connection)
            .await?;
        Ok(row.map(|(name, json)| State {
            name,
            json: without_paths(json),
        }))
    }

    /// Selects its name and what of it may be seen. Columns are named one by one: a secret is never among them by accident.
    fn statement(&self) -> &'static str {
        match self.kind {
            ObjectKind::LogSource => concat!(
                "SELECT label, json_object('label', label, 'connector', connector, 'logType', log_type, \
                 'settings', json(settings), 'paused', ",
                flag!("paused_at IS NOT NULL"),
                ", 'pollIntervalSeconds', poll_interval_s, 'credentialsSetAt', (SELECT ",
                time!("replaced_at"),
                " FROM credential WHERE source = source.number), 'backfills', (SELECT json_group_array(json_object('from', ",
                time!("from_at"),
                ", 'to', ",
                time!("to_at"),
                ")) FROM backfill WHERE source = source.number AND finished_at IS NULL)) FROM source WHERE id = ?1"
            ),
            ObjectKind::LogSourceAlarm => {
                "SELECT label, json_object('settings', json(alarm.settings)) FROM alarm \
                 JOIN source ON source.number = alarm.source WHERE source.id || '/' || alarm.kind = ?1"
            }
            ObjectKind::SystemAlarm => {
                "SELECT NULL, json_object('settings', json(settings)) FROM alarm WHERE source = 0 AND kind = ?1"
            }
            ObjectKind::Alert => {
                "SELECT title, json_object('status', status, 'assignee', assignee, 'comments', (SELECT count(*) \
                 FROM alert_event WHERE alert = alert.number AND kind = 'comment')) FROM alert WHERE id = ?1"
            }
            ObjectKind::Delivery => {
                "SELECT destination.name, json_object('alert', alert.id, 'destination', destination.name, \
                 'state', delivery.state) FROM delivery JOIN alert ON alert.number = delivery.alert \
                 JOIN destination ON destination.number = delivery.destination WHERE delivery.id = ?1"
            }
            ObjectKind::Destination => concat!(
                "SELECT name, json_object('name', name, 'kind', kind, 'settings', json(settings), \
                 'severities', json(severities), 'alertTypes', json(alert_types), 'enabled', ",
                flag!("is_enabled"),
                ", 'hasSecret', ",
                flag!("secret IS NOT NULL"),
                ") FROM destination WHERE id = ?1"
            ),
            ObjectKind::Schema => concat!(
                "SELECT name, json_object('name', name, 'revision', revision, 'version', custom_schema.version, \
                 'archived', ",
                flag!("is_archived"),
                ", 'yaml', yaml) FROM custom_schema LEFT JOIN custom_schema_text \
                 ON custom_schema_text.schema = number AND custom_schema_text.version = custom_schema.version \
                 WHERE name = ?1"
            ),
            ObjectKind::User => concat!(
                "SELECT email, json_object('email', email, 'role', role, 'enabled', ",
                flag!("disabled_at IS NULL"),
                ", 'sessions', (SELECT count(*) FROM session WHERE user = user.number)) FROM user WHERE id = ?1"
            ),
            ObjectKind::Session => {
                "SELECT email, json_object('user', email, 'address', address, 'agent', agent) FROM session \
                 JOIN user ON user.number = session.user WHERE session.id = ?1"
            }
            ObjectKind::ApiToken => concat!(
                "SELECT name, json_object('name', name, 'permissions', json(permissions), \
                 'allowedNetworks', json(allowed_networks), 'expiresAt', ",
                time!("expires_at"),
                ", 'rotatedAt', ",
                time!("rotated_at"),
                ") FROM api_token WHERE id = ?1"
            ),
            ObjectKind::SavedSearch => {
                "SELECT name, json_object('name', name, 'sql', sql, 'view', view) FROM saved_search WHERE id = ?1"
            }
        }
    }
}

/// Shortens addresses to their host, with a mark that tells one path from another: the path of a webhook is often its secret.
fn without_paths(json: String) -> String {
    if !json.contains("://") {
        return json;
    }
    match serde_json::from_str(&json) {
        Ok(mut value) => {
            shorten(&mut value);
            serde_json::Value::to_string(&value)
        }
        // Not JSON: then it is not told at all.
        Err(_) => "null".to_owned(),
    }
}

fn shorten(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if let Some(short) = host_of(text) {
                *text = short;
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(shorten),
        serde_json::Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Returns `https://host/…#1f2e3d4c` for an address that has more than a host; nothing for one that has not, or is none.
fn host_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if matches!(path, "" | "/") && host == authority {
        return None;
    }
    let digest = Sha256::digest(text.as_bytes());
    let mark = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    Some(format!("{scheme}://{host}/…#{mark:08x}"))
}
