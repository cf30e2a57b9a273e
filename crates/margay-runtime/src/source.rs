//! Log sources: checking credentials, adding, and binding a stored source to its connector.

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_connector::asana::{Check, CheckAction, CheckInput, CheckReport, Checkpoint, Settings, SettingsError};
use margay_schema::LogType;
use margay_store::{
    BackfillReason, CreateSourceError, CredentialsError, NewSource, PollInterval, SchemaState, Source, StorageFault,
    Store,
};
use secrecy::SecretString;

use crate::backfill::in_days;
use crate::content::{Content, SchemaOrigin};
use crate::http::HttpClient;
use crate::line::Line;
use crate::own_log::OWN_LOG_TYPE;

/// Returns what people call the vendor of a connector; its own name if it is not known.
pub fn vendor_name(connector: &str) -> &str {
    match connector {
        ASANA => "Asana",
        other => other,
    }
}

/// The name of the Asana connector in stored sources. A promise: it never changes.
pub const ASANA: &str = "asana";
/// The log type of an Asana source unless the user names another.
pub const ASANA_LOG_TYPE: &str = "Asana.Audit";
/// How far back a new source begins unless the user says otherwise: all that Asana keeps (API reference,
/// "Get audit log events", read 2026-11-23: events are deleted after 90 days).
pub const LOOK_BACK_DEFAULT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How far before the present a new live tail begins: events may become visible late, and the backfill that ends there asks only
/// once.
const TAIL_OVERLAP: SignedDuration = margay_connector::asana::OVERLAP;
/// A source that begins with all that the vendor keeps promises what is left after this long: the vendor goes on deleting while
/// the oldest is read, and that is no hole.
const OLDEST_MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// What a person gives to add an Asana log source.
#[derive(Debug)]
pub struct AsanaDraft {
    /// What to call it.
    pub label: String,
    /// Which schema its records belong to; see [`usable_log_type`].
    pub log_type: LogType,
    /// Where and what to pull.
    pub settings: Settings,
    /// The Service Account Token, checked and trimmed.
    pub token: SecretString,
    /// From when on; all that the vendor keeps unless given.
    pub start_at: Option<Timestamp>,
    /// How long to wait between its polls; as the server does unless given.
    pub poll_interval: Option<PollInterval>,
}

/// A stored source with its settings understood and its token decrypted: ready to poll.
#[derive(Debug, Clone)]
pub struct BoundSource {
    /// The stored source.
    pub source: Source,
    /// Its connector's settings.
    pub settings: Settings,
    /// Its token.
    pub token: SecretString,
}

/// Why a log type cannot be that of a new source.
#[derive(Debug, thiserror::Error)]
pub enum LogTypeRefused {
    /// There is no such schema.
    #[error("there is no schema `{name}`\nhint: {hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// It is our own log's: whoever could write into it could make things up that were never done here.
    #[error("`{OWN_LOG_TYPE}` is this server's own log, and no log source may use it\nhint: choose another schema")]
    Own,
    /// It is archived.
    #[error(
        "schema `{0}` is archived: no new log source may use it\nhint: restore it with `margay schema restore {0}`, or choose another"
    )]
    Archived(LogType),
    /// It cannot be used.
    #[error("{problem}\nhint: mend it with `margay schema add`, or choose another")]
    Broken {
        /// Which one, and why.
        problem: String,
    },
}

/// Why a source was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddSourceError {
    /// Its log type cannot be used.
    #[error(transparent)]
    LogType(#[from] LogTypeRefused),
    /// It could not be stored.
    #[error(transparent)]
    Create(#[from] CreateSourceError),
}

/// Why a stored source cannot be polled.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// A connector that this version does not have.
    #[error(
        "source `{label}` uses the connector `{connector}`, which this version does not have\nhint: was it added by a newer Margay?"
    )]
    UnknownConnector {
        /// The source.
        label: String,
        /// The connector that it names.
        connector: String,
    },
    /// Its settings are not valid.
    #[error("the settings of source `{label}` cannot be understood")]
    Settings {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: SettingsError,
    },
    /// Its token cannot be read.
    #[error("the credentials of source `{label}` cannot be read")]
    Credentials {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: CredentialsError,
    },
}

/// Asks the vendor whether the credentials work. Stores nothing.
pub async fn check(http: &HttpClient, settings: Settings, token: &SecretString, now: Timestamp) -> CheckReport {
    let mut check = Check::new(settings);
    let mut input = CheckInput::Begin { now };
    loop {
        let (next, action) = check.step(input);
        check = next;
        match action {
            CheckAction::Fetch(request) => {
                input = CheckInput::Fetched {
                    outcome: http.get(&request, token).await,
                }
            }
            CheckAction::Finish(report) => return report,
        }
    }
}

/// Returns the log type that a person means by `name`, if a new source may use it.
///
/// # Errors
/// When there is no such schema, or it is archived or broken.
pub fn usable_log_type(content: &Content, name: &str) -> Result<LogType, LogTypeRefused> {
    let log_type = content.find(name).map_err(|hint| LogTypeRefused::Unknown {
        name: name.to_owned(),
        hint,
    })?;
    if log_type.as_str() == OWN_LOG_TYPE {
        return Err(LogTypeRefused::Own);
    }
    if let Some(problem) = content.problem_of(log_type) {
        return Err(LogTypeRefused::Broken { problem });
    }
    let is_archived = content
        .schema(log_type)
        .is_some_and(|known| known.origin == SchemaOrigin::Custom(SchemaState::Archived));
    if is_archived {
        return Err(LogTypeRefused::Archived(log_type.clone()));
    }
    Ok(log_type.clone())
}

/// Returns the log source that reads the same log into the same table, if there is one: with another beside it each event is there twice.
///
/// # Errors
/// When the database cannot do its work.
pub async fn same_log(store: &Store, settings: &Settings, log_type: &LogType) -> Result<Option<Source>, StorageFault> {
    let reads_the_same = |source: &Source| {
        source.connector == ASANA
            && source.log_type == *log_type
            && Settings::from_json(&source.settings).is_ok_and(|theirs| {
                theirs.organization_id == settings.organization_id && theirs.api_url == settings.api_url
            })
    };
    Ok(store.sources().await?.into_iter().find(reads_the_same))
}

/// Stores a new Asana log source. Pulling begins with the next round: the live tail from now on, and beside it, day by day, the
/// past.
///
/// # Errors
/// When the name is taken or not valid, the log type cannot be used, or the database cannot be written.
pub async fn add_asana(line: &Line, draft: AsanaDraft) -> Result<Source, AddSourceError> {
    let log_type = usable_log_type(&line.content(), draft.log_type.as_str())?;
    let now = line.clock.now();
    let oldest_kept = now.saturating_sub(LOOK_BACK_DEFAULT).unwrap_or(Timestamp::MIN);
    let start_at = draft.start_at.unwrap_or(oldest_kept).min(now);
    let since = draft
        .start_at
        .unwrap_or_else(|| oldest_kept.saturating_add(OLDEST_MARGIN).unwrap_or(now))
        .min(now);
    let tail_start = now.saturating_sub(TAIL_OVERLAP).unwrap_or(now).max(start_at);
    // What the vendor has deleted is not asked for, and what the live tail begins with is not asked for twice.
    let past = Window::new(start_at.max(oldest_kept), tail_start);
    let source = NewSource {
        label: draft.label,
        connector: ASANA.to_owned(),
        log_type,
        settings: draft.settings.to_json(),
        credentials: draft.token,
        checkpoint: Checkpoint::start_at(tail_start).to_json(),
        since: Some(since),
        backfill: past.map(|past| in_days(past, BackfillReason::Initial, now)),
        poll_interval: draft.poll_interval,
        now,
    };
    Ok(line.store.create_source(source).await?)
}

/// Makes a stored source ready to poll.
///
/// # Errors
/// When its connector, settings or credentials cannot be understood.
pub async fn bind(store: &Store, source: Source) -> Result<BoundSource, BindError> {
    if source.connector != ASANA {
        return Err(BindError::UnknownConnector {
            label: source.label,
            connector: source.connector,
        });
    }
    let settings = Settings::from_json(&source.settings).map_err(|cause| BindError::Settings {
        label: source.label.clone(),
        cause,
    })?;
    let token = store.credentials(source.id).await;
    let token = token.map_err(|cause| BindError::Credentials {
        label: source.label.clone(),
        cause,
    })?;
    Ok(BoundSource {
        source,
        settings,
        token,
    })
}
