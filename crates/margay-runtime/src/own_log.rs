//! Our own log: entries of the audit log are journalled as records of our own log source, so that they become events of the log type
//! `Margay.Audit` and are kept for good, like those of any vendor.
//!
//! ```text
//! audit_log ──▶ journal of our own source ──▶ land
//! ```
//! The source's checkpoint is the number of the last entry that is in its journal, and moves in the transaction that journals it:
//! each entry is journalled once. Several servers on one database take turns by the source's lease.

use std::time::Duration;

use margay_schema::LogType;
use margay_store::{
    ActorKind, AppendError, AuditEntry, CreateSourceError, LeaseToken, LookupError, NewEntry, NewRecord, Progress,
    Source, StorageFault,
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::error_chain::ErrorChain;
use crate::lease::{self, LeaseProblem};
use crate::line::Line;

#[cfg(test)]
mod tests;

/// The log type of our own log.
pub const OWN_LOG_TYPE: &str = "Margay.Audit";
/// How often the audit log is looked at without being rung, for what the command line did.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);
/// So many entries are journalled at once: with all that they may hold they stay far below the limit of a journal entry.
const ENTRIES_AT_ONCE_MAX: usize = 200;

/// Why entries were not journalled. They stay in the audit log.
#[derive(Debug, thiserror::Error)]
pub enum OwnLogError {
    /// Our own source could not be found or added.
    #[error("could not add the log source of the audit log")]
    Source(#[from] CreateSourceError),
    /// Another server journals, or the lease could not be taken.
    #[error(transparent)]
    Lease(#[from] LeaseProblem),
    /// The audit log could not be read.
    #[error("could not read the audit log")]
    Read(#[from] StorageFault),
    /// How far it was journalled could not be read.
    #[error("could not read how far the audit log is journalled")]
    Checkpoint(#[from] LookupError),
    /// They could not be appended.
    #[error("could not journal the audit log")]
    Append(#[from] AppendError),
    /// The checkpoint is no number.
    #[error("the checkpoint of the audit log is `{0}`, which is no number\nhint: restore the database from a backup")]
    CheckpointDamaged(String),
}

/// Journals what is new whenever it is rung, and now and then without, until `stop`; then once more.
pub(crate) async fn keep(line: Line, stop: CancellationToken) {
    loop {
        let is_last = stop.is_cancelled();
        match journal(&line).await {
            Ok(_) => {}
            Err(OwnLogError::Lease(problem)) if problem.is_stand_by() => {}
            Err(error) => tracing::error!(
                error = %ErrorChain(&error),
                "the audit log could not be journalled; its entries stay in the database"
            ),
        }
        if is_last {
            return;
        }
        tokio::select! {
            () = line.audit_log.notified() => {}
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Journals what is in the audit log and not yet in the journal; returns how many entries that were.
///
/// # Errors
/// When another server does it, or the database cannot do its work. What was journalled before stays.
///
/// # Panics
/// Never: the name of our log type is one, which a test shows.
pub async fn journal(line: &Line) -> Result<usize, OwnLogError> {
    let log_type: LogType = OWN_LOG_TYPE.parse().expect("a test shows that it is a log type");
    let source = line.store.own_source(&log_type, line.clock.now()).await?;
    // Taking the lease for nothing would be two commits each time.
    if waiting(line, &source).await?.is_empty() {
        return Ok(0);
    }
    lease::holding(line, &source, async |token| journalled(line, &source, token).await).await?
}

async fn journalled(line: &Line, source: &Source, fence: LeaseToken) -> Result<usize, OwnLogError> {
    let mut total = 0;
    loop {
        let entries = waiting(line, source).await?;
        let Some(last) = entries.last() else {
            return Ok(total);
        };
        let page = NewEntry {
            log_type: source.log_type.clone(),
            progress: Progress::Tail {
                checkpoint: last.number.to_string(),
            },
            claim: None,
            fence,
            newest_event_time: Some(last.at),
            now: line.clock.now(),
            records: entries.iter().map(record).collect(),
        };
        total += entries.len();
        line.store.append(source.id, page).await?;
        line.journalled.notify_one();
    }
}

async fn waiting(line: &Line, source: &Source) -> Result<Vec<AuditEntry>, OwnLogError> {
    let checkpoint = line.store.checkpoint(source.id).await?;
    let number = checkpoint
        .parse()
        .map_err(|_| OwnLogError::CheckpointDamaged(checkpoint))?;
    Ok(line.store.audit_log_after(number, ENTRIES_AT_ONCE_MAX).await?)
}

/// Returns an entry as a record, as `content/margay/schema.yml` describes it.
fn record(entry: &AuditEntry) -> NewRecord {
    let actor = &entry.actor;
    let is_user = actor.kind == ActorKind::User;
    let name = (!actor.name.is_empty()).then_some(&actor.name);
    let body = json!({
        "id": entry.id.to_string(),
        "created_at": entry.at.to_string(),
        "actor": without_nulls(json!({
            "actor_type": actor.kind.as_str(),
            "id": actor.id,
            "name": name,
            "email": name.filter(|_| is_user),
        })),
        "client_ip_address": entry.address,
        "action": entry.action,
        "object": entry.object.as_ref().map(|object| without_nulls(json!({
            "object_type": object.kind,
            "id": object.id,
            "name": object.name,
        }))),
        "outcome": if entry.problem.is_none() { "succeeded" } else { "failed" },
        "status": entry.status,
        "problem": entry.problem,
        "before": entry.before.as_deref().map(parsed),
        "after": entry.after.as_deref().map(parsed),
        "request_id": entry.request_id,
    });
    NewRecord {
        id: entry.id.to_string(),
        body: without_nulls(body).to_string(),
    }
}

/// Returns the JSON, or the text as a string if it is none: nothing of the log is left out.
fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

/// What is not known is absent from a record, as vendors have it.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let known: Map<String, Value> = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
            Value::Object(known)
        }
        value => value,
    }
}
