//! One commit to one table, on disk before the caller hears of it.

use deltalake::kernel::Action;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::protocol::DeltaOperation;
use deltalake::{DeltaTable, DeltaTableError};

use crate::durable;
use crate::failure::LakeError;
use crate::table::Table;

/// Returns how every commit is made: checkpoints as the table says; expired log entries only go during maintenance.
pub(crate) fn commit_properties() -> CommitProperties {
    CommitProperties::default()
        .with_create_checkpoint(true)
        .with_cleanup_expired_logs(Some(false))
}

/// Commits to this view of the table, or to a later one if nothing in between contradicts and `properties` allow it, and returns
/// the version.
///
/// The inner error is the engine's: with [`is_conflict`] nothing of the commit is there, otherwise it may be. With the outer error
/// it is there, unless the table is gone.
pub(crate) async fn commit(
    table: &Table,
    delta: &DeltaTable,
    actions: Vec<Action>,
    operation: DeltaOperation,
    properties: CommitProperties,
) -> Result<Result<u64, DeltaTableError>, LakeError> {
    table.verify_there(delta)?;
    let state = delta.snapshot().map_err(|error| table.failed("read", error))?;
    let commit = CommitBuilder::from(properties)
        .with_actions(actions)
        .build(Some(state), delta.log_store(), operation)
        .await;
    let commit = match commit {
        Ok(commit) => commit,
        Err(error) => return Ok(Err(error)),
    };
    let version = commit.version();
    durable::sync_commit(table.folder(), version).map_err(|source| table.folder_failed(source))?;
    let mut delta = delta.clone();
    delta.state = Some(commit.snapshot());
    table.remember(delta);
    Ok(Ok(version))
}

/// Returns whether a commit lost to another writer's, so that nothing of it is there.
pub(crate) fn is_conflict(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::CommitConflict(_)
                | TransactionError::MaxCommitAttempts(_)
                | TransactionError::VersionAlreadyExists(_)
        ),
        _ => false,
    }
}
