//! The history of a source: what happened to it, as a story for people.

use jiff::Timestamp;
use margay_schema::SourceId;

use crate::fault::LookupError;
use crate::round::shortened;
use crate::source::number_of_journalled;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, count_to_sql, from_micros, to_micros};

#[cfg(test)]
mod tests;

/// How many notes of each source are kept: a source that is troubled every hour is told for weeks.
pub const NOTES_KEPT_MAX: usize = 1_000;

/// What a note is about. Its name is stored, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryKind {
    /// The source was added.
    Added,
    /// The vendor refused the credentials.
    TokenRefused,
    /// It took them, after it had refused some.
    TokenAccepted,
    /// Polling fails until a person acts.
    OperatorNeeded,
    /// The vendor cannot be reached, or answers with errors.
    Unreachable,
    /// It answers again.
    Reachable,
    /// The vendor told us to wait, for longer than a round does.
    RateLimited,
    /// The vendor refused a place marker; reading went on by time.
    OffsetRefused,
    /// A range that nothing proves was found.
    HoleFound,
    /// It was read.
    HoleFilled,
    /// It can never be read: the vendor has deleted it.
    HoleLost,
    /// Somebody asked for a backfill.
    BackfillBegun,
    /// A backfill was finished.
    BackfillFinished,
    /// Events became visible after their time was proven.
    LateEvents,
    /// An audit was made.
    Audited,
    /// What an audit or a check found was mended.
    Repaired,
    /// Another process polls the source; this one waits.
    StandBy,
    /// The database or the lake could not do its work.
    Storage,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// When, by our clock.
    pub at: Timestamp,
    /// What it is about.
    pub kind: HistoryKind,
    /// What happened, for people; never a secret. Cut at [`PROBLEM_BYTES_MAX`](crate::PROBLEM_BYTES_MAX).
    pub text: String,
}

/// Something that happened once, or several times without anything else between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it happened first.
    pub first_at: Timestamp,
    /// When it happened last.
    pub last_at: Timestamp,
    /// What it is about.
    pub kind: HistoryKind,
    /// How many times it happened.
    pub count: u64,
    /// What happened, for people.
    pub text: String,
}

impl HistoryKind {
    const ALL: [HistoryKind; 18] = [
        HistoryKind::Added,
        HistoryKind::TokenRefused,
        HistoryKind::TokenAccepted,
        HistoryKind::OperatorNeeded,
        HistoryKind::Unreachable,
        HistoryKind::Reachable,
        HistoryKind::RateLimited,
        HistoryKind::OffsetRefused,
        HistoryKind::HoleFound,
        HistoryKind::HoleFilled,
        HistoryKind::HoleLost,
        HistoryKind::BackfillBegun,
        HistoryKind::BackfillFinished,
        HistoryKind::LateEvents,
        HistoryKind::Audited,
        HistoryKind::Repaired,
        HistoryKind::StandBy,
        HistoryKind::Storage,
    ];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            HistoryKind::Added => "added",
            HistoryKind::TokenRefused => "token_refused",
            HistoryKind::TokenAccepted => "token_accepted",
            HistoryKind::OperatorNeeded => "operator_needed",
            HistoryKind::Unreachable => "unreachable",
            HistoryKind::Reachable => "reachable",
            HistoryKind::RateLimited => "rate_limited",
            HistoryKind::OffsetRefused => "offset_refused",
            HistoryKind::HoleFound => "hole_found",
            HistoryKind::HoleFilled => "hole_filled",
            HistoryKind::HoleLost => "hole_lost",
            HistoryKind::BackfillBegun => "backfill_begun",
            HistoryKind::BackfillFinished => "backfill_finished",
            HistoryKind::LateEvents => "late_events",
            HistoryKind::Audited => "audited",
            HistoryKind::Repaired => "repaired",
            HistoryKind::StandBy => "stand_by",
            HistoryKind::Storage => "storage",
        }
    }

    fn from_str(name: &str) -> Option<HistoryKind> {
        HistoryKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Store {
    /// Adds a note to a source's history. One that says the same as the newest is counted there instead. The last
    /// [`NOTES_KEPT_MAX`] are kept.
    pub async fn note(&self, source_id: SourceId, note: NewNote) -> Result<(), LookupError> {
        let text = shortened(note.text);
        let mut transaction = self.begin_write().await?;
        let source = number_of_journalled(&mut transaction, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        // The clock may have been set back since the first time.
        let repeated = sqlx::query(
            "UPDATE history SET count = count + 1, first_at = min(first_at, ?4), last_at = max(last_at, ?4) \
             WHERE number = (SELECT max(number) FROM history WHERE source = ?1) AND kind = ?2 AND text = ?3",
        )
        .bind(source)
        .bind(note.kind.as_str())
        .bind(text.as_str())
        .bind(to_micros(note.at))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        if repeated.rows_affected() == 0 {
            sqlx::query(
                "INSERT INTO history (source, first_at, last_at, count, kind, text) VALUES (?1, ?4, ?4, 1, ?2, ?3)",
            )
            .bind(source)
            .bind(note.kind.as_str())
            .bind(text.as_str())
            .bind(to_micros(note.at))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
            sqlx::query(
                "DELETE FROM history WHERE source = ?1 AND number <= \
                 (SELECT number FROM history WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            )
            .bind(source)
            .bind(count_to_sql(NOTES_KEPT_MAX))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns the last notes of a source, at most `limit`, the newest first.
    pub async fn history(&self, source_id: SourceId, limit: usize) -> Result<Vec<Note>, LookupError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        let source = number_of_journalled(&mut connection, source_id)
            .await
            .or_fault(self)?
            .ok_or(LookupError::SourceUnknown(source_id))?;
        let rows: Vec<(i64, i64, String, i64, String)> = sqlx::query_as(
            "SELECT first_at, last_at, kind, count, text FROM history WHERE source = ?1 ORDER BY number DESC LIMIT ?2",
        )
        .bind(source)
        .bind(count_to_sql(limit))
        .fetch_all(&mut *connection)
        .await
        .or_fault(self)?;
        let mut notes = Vec::with_capacity(rows.len());
        for (first_at, last_at, kind, count, text) in rows {
            notes.push(Note {
                first_at: from_micros(first_at),
                last_at: from_micros(last_at),
                kind: HistoryKind::from_str(&kind).ok_or_else(|| self.damaged("a note is of an unknown kind"))?,
                count: count_from_sql(count),
                text,
            });
        }
        Ok(notes)
    }
}
