//! Asana's audit log: `GET /workspaces/{id}/audit_log_events`, a stream that is polled with an opaque offset.
//!
//! ```text
//! no offset, start_at ──▶ page, offset a ──▶ page, offset b ──▶ empty page, offset c      the round ends; c is stored
//!                                                                     c ──▶ page …        the next round
//! ```
//! What the vendor documents (Asana reference, "Get audit log events", read 2026-11-23) and the poller relies on: pages come
//! oldest first; an empty `data` is the only end; offsets keep coming and change even on empty pages; an offset expires
//! after an unpublished time.
//!
//! [`Poller`] reads the log, [`Check`] tries credentials, [`Diagnosis`] tells a person what a refusal means.

mod check;
mod checkpoint;
mod diagnose;
mod diagnosis;
mod endpoint;
mod envelope;
mod owner;
mod poller;
mod problem;
mod settings;
mod token;
mod vendor_error;

pub use check::{CHECK_DEADLINE, Check, CheckAction, CheckInput, CheckReport, Verdict};
pub use checkpoint::{CHECKPOINT_VERSION, Checkpoint, CheckpointError};
pub use diagnosis::{Cause, CredentialField, Diagnosis, Observed};
pub use endpoint::OFFSET_BYTES_MAX;
pub use envelope::EnvelopeProblem;
pub use owner::Organization;
pub use poller::{Action, Input, OVERLAP, PollLimits, Poller, RETENTION, RoundEnd, WaitReason};
pub use problem::{PollProblem, PollProblemKind};
pub use settings::{
    API_URL_DEFAULT, ApiUrl, ApiUrlError, OrganizationId, OrganizationIdError, PAGE_RECORDS_DEFAULT, PAGE_RECORDS_MAX,
    PageRecords, PageRecordsError, REQUESTS_IN_FLIGHT_DEFAULT, REQUESTS_IN_FLIGHT_MAX, REQUESTS_PER_MINUTE_DEFAULT,
    REQUESTS_PER_MINUTE_MAX, RequestLimits, RequestLimitsError, SETTINGS_VERSION, Settings, SettingsError,
};
pub use token::{TOKEN_BYTES_MAX, TokenProblem, check_token_text};
