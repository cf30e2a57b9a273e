//! The fence: every write on behalf of a source's poller first asks whether it still holds the lease.

use margay_schema::SourceId;
use sqlx::SqliteConnection;

use crate::fault::StorageFault;
use crate::lease::LeaseToken;
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};

/// Why a fenced write did not happen.
#[derive(Debug)]
pub(crate) enum FenceError {
    SourceUnknown(SourceId),
    LeaseLost(SourceId),
    Storage(StorageFault),
}

/// What the fence has looked up by the way.
pub(crate) struct Fenced {
    /// The source's short key.
    pub(crate) number: i64,
    /// Its last entry.
    pub(crate) head: Sequence,
}

impl Store {
    /// Lets the holder of a source's lease pass. The transaction holds the write lock, so that the lease stays with it until
    /// the commit.
    pub(crate) async fn fenced(
        &self,
        transaction: &mut SqliteConnection,
        source_id: SourceId,
        fence: LeaseToken,
    ) -> Result<Fenced, FenceError> {
        let row: Option<(i64, i64, i64, bool)> = sqlx::query_as(
            "SELECT source.number, journal.head, lease.token, lease.holder IS NOT NULL \
             FROM source JOIN journal ON journal.source = source.number JOIN lease ON lease.source = source.number \
             WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .fetch_optional(transaction)
        .await
        .or_fault(self)
        .map_err(FenceError::Storage)?;
        let (number, head, token, has_holder) = row.ok_or(FenceError::SourceUnknown(source_id))?;
        if fence.is_current(token, has_holder) {
            let head = Sequence::from_sql(head);
            Ok(Fenced { number, head })
        } else {
            Err(FenceError::LeaseLost(source_id))
        }
    }
}
