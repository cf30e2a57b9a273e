//! Consumers of the journal, each with its own position in every source.

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::{LookupError, Remedy, StorageFault};
use crate::sequence::Sequence;
use crate::source::number_of;
use crate::store::{OrFault, Store};
use crate::time::from_micros;

/// A stage that reads the journal. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consumer {
    /// Writes events and rejects into the lake.
    Landing,
    /// Runs rules over events.
    Detection,
}

/// What a consumer has yet to read of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// The source.
    pub source_id: SourceId,
    /// The last entry the consumer is done with.
    pub position: Sequence,
    /// The last entry there is; beyond `position`.
    pub head: Sequence,
}

/// Why a position was not moved.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// There is no such source.
    #[error("there is no log source with the id {0}")]
    SourceUnknown(SourceId),
    /// The consumer has been further already.
    #[error("{consumer:?} cannot go back from entry {position} to {to} of the log source {source_id}")]
    Backwards {
        /// The source.
        source_id: SourceId,
        /// Who was to move.
        consumer: Consumer,
        /// Where it is.
        position: Sequence,
        /// Where it was to go.
        to: Sequence,
    },
    /// There is no such entry yet.
    #[error(
        "{consumer:?} cannot go to entry {to} of the log source {source_id}, whose last entry is {head}\nhint: if the database was restored from a backup, the lake is ahead of it"
    )]
    BeyondHead {
        /// The source.
        source_id: SourceId,
        /// Who was to move.
        consumer: Consumer,
        /// The last entry.
        head: Sequence,
        /// Where it was to go.
        to: Sequence,
    },
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl AdvanceError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            AdvanceError::SourceUnknown(_) => Remedy::StandDown,
            AdvanceError::Backwards { .. } | AdvanceError::BeyondHead { .. } => Remedy::AskOperator,
            AdvanceError::Storage(fault) => fault.remedy(),
        }
    }
}

impl Consumer {
    /// Every consumer.
    pub const ALL: [Consumer; 2] = [Consumer::Landing, Consumer::Detection];

    /// Consumers that every source has from its beginning, so that retention waits for them. Others are registered.
    pub(crate) const OF_EVERY_SOURCE: [Consumer; 1] = [Consumer::Landing];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Consumer::Landing => "landing",
            Consumer::Detection => "detection",
        }
    }
}

impl Store {
    /// Makes retention wait for a consumer of a source. It starts at the oldest entry that is kept; one that is
    /// registered already stays where it is.
    pub async fn register_consumer(&self, consumer: Consumer, source_id: SourceId) -> Result<(), LookupError> {
        let mut transaction = self.begin_write().await?;
        let number = number_of(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        sqlx::query(
            "INSERT INTO consumer_position (source, consumer, sequence) \
             SELECT source, ?2, pruned_through FROM journal WHERE source = ?1 ON CONFLICT DO NOTHING",
        )
        .bind(number)
        .bind(consumer.as_str())
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the last entry of a source that a consumer is done with; zero if it has not begun.
    pub async fn position(&self, consumer: Consumer, source_id: SourceId) -> Result<Sequence, LookupError> {
        let position: Option<Option<i64>> = sqlx::query_scalar(
            "SELECT consumer_position.sequence FROM source LEFT JOIN consumer_position \
             ON consumer_position.source = source.number AND consumer_position.consumer = ?2 WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .bind(consumer.as_str())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let position = position.ok_or(LookupError::SourceUnknown(source_id))?;
        Ok(position.map_or(Sequence::ZERO, Sequence::from_sql))
    }

    /// Notes that a consumer is done with all entries up to `to`. Where it already is, is a fine place to go; a consumer
    /// that was not registered now is.
    pub async fn advance(&self, consumer: Consumer, source_id: SourceId, to: Sequence) -> Result<(), AdvanceError> {
        let mut transaction = self.begin_write().await?;
        let row: Option<(i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT source.number, journal.head, consumer_position.sequence \
             FROM source JOIN journal ON journal.source = source.number LEFT JOIN consumer_position \
             ON consumer_position.source = source.number AND consumer_position.consumer = ?2 WHERE source.id = ?1",
        )
        .bind(source_id.to_string())
        .bind(consumer.as_str())
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let (number, head, position) = row.ok_or(AdvanceError::SourceUnknown(source_id))?;
        let head = Sequence::from_sql(head);
        let position = position.map(Sequence::from_sql);
        if to > head {
            return Err(AdvanceError::BeyondHead {
                source_id,
                consumer,
                head,
                to,
            });
        }
        if let Some(position) = position.filter(|&position| position >= to) {
            let is_there = position == to;
            return if is_there {
                Ok(())
            } else {
                Err(AdvanceError::Backwards {
                    source_id,
                    consumer,
                    position,
                    to,
                })
            };
        }
        sqlx::query(
            "INSERT INTO consumer_position (source, consumer, sequence) VALUES (?1, ?2, ?3) \
             ON CONFLICT (source, consumer) DO UPDATE SET sequence = excluded.sequence",
        )
        .bind(number)
        .bind(consumer.as_str())
        .bind(to.to_sql())
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns when the oldest entry of a source was journalled that a consumer is not done with, if one waits.
    pub async fn waiting_since(
        &self,
        consumer: Consumer,
        source_id: SourceId,
    ) -> Result<Option<Timestamp>, StorageFault> {
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT entry.journalled_at FROM source JOIN entry ON entry.source = source.number \
             WHERE source.id = ?1 AND entry.sequence > coalesce((SELECT sequence FROM consumer_position \
             WHERE consumer_position.source = source.number AND consumer = ?2), 0) ORDER BY entry.sequence LIMIT 1",
        )
        .bind(source_id.to_string())
        .bind(consumer.as_str())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(oldest.map(from_micros))
    }

    /// Returns the sources in which a consumer has something to read, ordered by id.
    pub async fn backlog(&self, consumer: Consumer) -> Result<Vec<Backlog>, StorageFault> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT source.id, coalesce(consumer_position.sequence, 0), journal.head \
             FROM source JOIN journal ON journal.source = source.number LEFT JOIN consumer_position \
             ON consumer_position.source = source.number AND consumer_position.consumer = ?1 \
             WHERE journal.head > coalesce(consumer_position.sequence, 0) ORDER BY source.id",
        )
        .bind(consumer.as_str())
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter()
            .map(|(id, position, head)| {
                Ok(Backlog {
                    source_id: id.parse().map_err(|_| self.damaged("a source's id is no UUID"))?,
                    position: Sequence::from_sql(position),
                    head: Sequence::from_sql(head),
                })
            })
            .collect()
    }
}
