//! The metadata database: log sources, their credentials and leases, custom schemas, the journal and its consumers' positions.
//!
//! This is the only home of SQL. Today it is one `SQLite` file, `margay.db`; the statements are static and plain, so that
//! a second database can sit behind the same contract tests.
//!
//! The heart is [`Store::append`]: **one transaction** that keeps a page's new records, remembers their ids, gives the
//! entry its sequence, moves the checkpoint and enters what the page proves into the coverage ledger. Before it nothing happened; after it nothing can be lost. Everything
//! else in Margay restarts from what that transaction left behind.
//!
//! What always holds in the database:
//!
//! - A source's entries have the sequences 1, 2, 3, … up to its head, without gaps; retention only removes a prefix.
//! - An id that is remembered for a source stands in exactly one entry, unless retention removed that entry.
//! - The checkpoint is the one that came with the last page of the live tail, whether or not it had new records.
//! - The rows of a source's coverage ledger are disjoint, and none says more than what was proven; see [`Ledger`].
//! - A window of a backfill is waiting, or counted as done, or was split or cancelled; see [`Backfill`].
//! - Only the current holder of a source's lease appends to it; see [`LeaseToken`].
//! - A consumer's position never moves backwards and never past the head.
//! - A custom schema's name is taken for ever, and every text that it had is kept; see [`CustomSchema`].
//! - Credentials are encrypted; the key is not in the database.
//!
//! No function reads the clock: `now` is always an argument. Every function may be cancelled by dropping its future: a
//! transaction that did not reach its commit leaves nothing behind.
//!
//! ```
//! # use margay_store::{MasterKey, NewEntry, NewRecord, NewSource, Progress, Sequence, Store};
//! # use std::time::Duration;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! let now: jiff::Timestamp = "2026-01-02T03:04:05Z".parse()?;
//! let key = MasterKey::load_or_create(&directory.path().join("master.key"), None)?;
//! let store = Store::open(&directory.path().join("margay.db"), key).await?;
//! let source = store
//!     .create_source(NewSource {
//!         label: "our Asana".to_owned(),
//!         connector: "asana".to_owned(),
//!         log_type: "Asana.Audit".parse()?,
//!         settings: "{}".to_owned(),
//!         credentials: "secret".into(),
//!         checkpoint: "start".to_owned(),
//!         since: None,
//!         backfill: None,
//!         poll_interval: None,
//!         now,
//!     })
//!     .await?;
//!
//! let lease = store.acquire_lease(source.id, "this process", now, Duration::from_mins(1)).await?;
//! let appended = store
//!     .append(
//!         source.id,
//!         NewEntry {
//!             log_type: source.log_type,
//!             records: vec![NewRecord { id: "1".to_owned(), body: r#"{"gid":"1"}"#.to_owned() }],
//!             progress: Progress::Tail { checkpoint: "after 1".to_owned() },
//!             claim: None,
//!             fence: lease.token,
//!             newest_event_time: None,
//!             now,
//!         },
//!     )
//!     .await?;
//! assert_eq!(appended.records_new(), 1);
//! assert_eq!(store.entries(source.id, Sequence::ZERO, 1 << 20).await?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Modules, in the order of a source's life:
//!
//! | module | what it holds |
//! |---|---|
//! | `store` | opening the file, its checks and migrations; the two pools |
//! | `master_key`, `envelope`, `credentials` | what is secret, and how it is kept |
//! | `schema` | custom log schemas, all their versions |
//! | `source` | log sources |
//! | `lease`, `fence` | who may append |
//! | `journal`, `entry`, `record_id` | appending and reading entries; their stored form; which ids are known |
//! | `coverage` | which event time is proven complete |
//! | `backfill` | what is read beside the live tail |
//! | `consumer` | how far each consumer has come |
//! | `round`, `history` | how the last polls went; what happened, as a story |
//! | `health_check`, `measure` | what of a source works; what flowed through it over time |
//! | `alarm`, `alert` | how alarms stand; what they told people, and what became of it |
//! | `destination`, `delivery` | where alerts go; each try to bring them there |
//! | `api_token`, `idempotency` | who may use the API; what was answered to requests that may come twice |
//! | `audit_log` | what was done to this server, by whom |
//! | `saved_search` | searches that are kept under a name |
//! | `lateness`, `audit` | how late events came; what audits found |
//! | `reclaim` | what is asked for again since the lake lost it |
//! | `erasure` | deleted sources whose events are to go |
//! | `retention` | what is removed, and when |
//! | `examine` | what does not hold, though it should; mending it |
//! | `backup` | a copy of the database, made while it is in use |
//! | `fault` | what can go wrong with the database under every operation |

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on should stop"))]

mod alarm;
mod alert;
mod api_token;
mod audit;
mod audit_log;
mod backfill;
mod backup;
mod blocking;
mod consumer;
mod coverage;
mod credentials;
mod delivery;
mod destination;
mod entry;
mod envelope;
mod erasure;
mod examine;
mod fault;
mod fence;
mod health_check;
mod history;
mod idempotency;
mod ids;
mod journal;
mod lateness;
mod lease;
mod master_key;
mod measure;
#[cfg(test)]
mod one_source;
mod password;
mod private_file;
mod random;
mod reclaim;
mod record_id;
mod retention;
mod round;
mod row;
mod saved_search;
mod schema;
mod sequence;
mod session;
mod source;
mod standing;
mod store;
mod time;
mod user;

pub use alarm::{
    ALARM_SETTINGS_BYTES_MAX, Alarm, AlarmChange, AlarmError, AlarmState, AlarmStatus, Evaluated, NewAlert,
};
pub use alert::{
    ACTOR_BYTES_MAX, ALERTS_KEPT, ALERTS_PER_EDIT_MAX, ALERTS_PER_LIST_MAX, Alert, AlertChoice, AlertEdit, AlertError,
    AlertEvent, AlertEventKind, AlertFilter, AlertId, AlertStatus, AlertText, AlertsEdited, COMMENT_BYTES_MAX,
    OPERATOR_ACTOR, SETUP_ACTOR, SYSTEM_ACTOR, TIMELINE_MAX,
};
pub use api_token::{
    API_TOKENS_MAX, ApiToken, ApiTokenError, ApiTokenId, Grantor, IssuedToken, NETWORKS_PER_TOKEN_MAX, NewApiToken,
    Permission, TOKEN_PREFIX, TokenRefused,
};
pub use audit::{AUDIT_DETAILS_BYTES_MAX, AUDITS_KEPT_MAX, AuditError, AuditRecord};
pub use audit_log::{
    AUDIT_ENTRIES_KEPT_MAX, AUDIT_STATE_BYTES_MAX, Acting, ActorKind, AskedFor, AuditActor, AuditEntry, AuditEntryId,
    AuditFilter, AuditObject, ObjectKind, acting, acting_now,
};
pub use backfill::{
    BACKFILLS_KEPT_MAX, BACKFILLS_OPEN_MAX, Backfill, BackfillError, BackfillId, BackfillProblem, BackfillReason,
    BackfillWindow, NewBackfill, WINDOWS_PER_BACKFILL_MAX, WINDOWS_WAITING_MAX, WindowId,
};
pub use backup::BackupError;
pub use consumer::{AdvanceError, Backlog, Consumer};
pub use coverage::{COVERAGE_ROWS_MAX, Claim, Coverage, Evidence, Ledger};
pub use credentials::{CREDENTIALS_BYTES_MAX, CredentialsError};
pub use delivery::{
    Attempt, DELIVERIES_PER_LIST_MAX, DELIVERY_LOCK, DELIVERY_WAIT_MAX, Delivery, DeliveryError, DeliveryId,
    DeliveryNotice, DeliveryState, Followed,
};
pub use destination::{
    DESTINATION_SECRET_BYTES_MAX, DESTINATION_SETTINGS_BYTES_MAX, DESTINATIONS_MAX, Destination, DestinationError,
    DestinationId, NewDestination,
};
pub use entry::{ENTRY_RAW_BYTES_MAX, Entry, EntryProblem, EntryRecord, EntryText};
pub use erasure::Erasure;
pub use examine::{FINDINGS_PER_KIND_MAX, Finding, FindingKind, RepairError};
pub use fault::{FaultKind, LookupError, Remedy, StorageFault};
pub use health_check::{CheckName, HEALTH_CHANGES_KEPT_MAX, HealthChange, HealthCheck, Looked};
pub use history::{HistoryKind, NOTES_KEPT_MAX, NewNote, Note};
pub use idempotency::{
    Answer, IDEMPOTENCY_KEPT, IDEMPOTENCY_KEY_BYTES_MAX, IDEMPOTENCY_KEYS_MAX, IdempotencyError, Idempotent, Request,
};
pub use journal::{
    AppendError, Appended, CHECKPOINT_BYTES_MAX, ENTRIES_PER_READ_MAX, EntriesError, JournalSize, JournalStatus,
    NewEntry, NewRecord, Progress, RECORDS_PER_PAGE_MAX,
};
pub use lease::{LEASE_TTL_MAX, Lease, LeaseError, LeaseToken};
pub use master_key::{KeyOrigin, MASTER_KEY_FILE_NAME, MasterKey, MasterKeyError};
pub use measure::{COARSE_KEPT, FINE_KEPT, LastReject, MeasureStep, Measures, STEPS_PER_READ_MAX};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, PasswordHash, PasswordProblem};
pub use reclaim::{KEPT_IDS_MAX, Reclaim, ReclaimError, Reclaimed};
pub use retention::{DEDUP_HORIZON, JOURNAL_KEEP_DEFAULT, Pruned};
pub use round::{
    EndedRound, PAUSE_MAX, PROBLEM_BYTES_MAX, PROBLEMS_KEPT_MAX, PollStatus, Round, RoundKind, RoundOutcome,
};
pub use saved_search::{
    NewSavedSearch, SAVED_SEARCHES_MAX, SAVED_SQL_BYTES_MAX, SAVED_VIEW_BYTES_MAX, SavedSearch, SavedSearchError,
    SavedSearchId,
};
pub use schema::{
    CUSTOM_SCHEMAS_MAX, ChangeSchemaError, CreateSchemaError, CustomSchema, Revision, SCHEMA_VERSIONS_MAX, SchemaState,
    SchemaVersion,
};
pub use sequence::Sequence;
pub use session::{
    IssuedSession, SESSION_IDLE_MAX, SESSION_LASTS_MAX, SESSION_PREFIX, SESSIONS_PER_USER_MAX, Session, SessionEnd,
    SessionId, SessionRefused,
};
pub use source::{
    ChangeSourceError, CreateSourceError, EditSourceError, IMPORT_CONNECTOR, LABEL_CHARS_MAX, LabelProblem, NewSource,
    OWN_CONNECTOR, POLL_INTERVAL_MAX, POLL_INTERVAL_MIN, Pause, PollInterval, PollIntervalProblem, SETTINGS_BYTES_MAX,
    SOURCES_MAX, Source, SourceEdit, fold as fold_label, parse_label,
};
pub use standing::Standing;
pub use store::{DATABASE_FILE_NAME, OpenError, Store};
pub use user::{EMAIL_BYTES_MAX, NewUser, Role, USERS_MAX, User, UserEdit, UserError, UserId};
