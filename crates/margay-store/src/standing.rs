//! How sources stand: all that whoever watches them concludes from, of all of them at once.
//!
//! It is asked a few times a minute. Source by source it would be nine statements for each, and each statement is a message to
//! `SQLite`'s thread and back: most of what an idle server does.

use std::collections::HashMap;

use jiff::Timestamp;
use margay_schema::SourceId;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};

use crate::alarm::{Alarm, AlarmRow, alarm_columns};
use crate::backfill::{Backfill, BackfillRow, backfill_columns};
use crate::consumer::Consumer;
use crate::coverage::{Ledger, LedgerRow, ledger_columns};
use crate::fault::StorageFault;
use crate::health_check::{CheckRow, HealthCheck, check_columns};
use crate::measure::LastReject;
use crate::round::{PollStatus, StatusRow, status_columns};
use crate::row::row;
use crate::source::{has_vendor, list_of};
use crate::store::{OrFault, Store};
use crate::time::from_micros;

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// As [`Store::alarms`].
    pub alarms: Vec<Alarm>,
    /// As [`Store::health_checks`].
    pub checks: Vec<HealthCheck>,
    /// As [`Store::poll_status`].
    pub polls: PollStatus,
    /// As [`Store::ledger`].
    pub ledger: Ledger,
    /// As [`Store::backfills`].
    pub backfills: Vec<Backfill>,
    /// The oldest event time of a window that waits; see [`Store::waiting_windows`].
    pub oldest_waiting: Option<Timestamp>,
    /// As [`Store::waiting_since`], of landing.
    pub unlanded_since: Option<Timestamp>,
    /// The newest event time that came with a page; see [`JournalStatus`](crate::JournalStatus).
    pub newest_event_time: Option<Timestamp>,
    /// As [`Store::last_reject`].
    pub last_reject: Option<LastReject>,
}

impl Store {
    /// Returns how each of these sources stands, all as of one moment. One that is not there, or reads from no vendor, is left out.
    ///
    /// # Errors
    /// If anything of any of them cannot be read.
    pub async fn standings(&self, sources: &[SourceId]) -> Result<HashMap<SourceId, Standing>, StorageFault> {
        let list = list_of(sources);
        let mut snapshot = self.readers().begin().await.or_fault(self)?;
        let places: Vec<Owned<PlaceRow>> = self.owned(&mut snapshot, PLACES, &list).await?;
        let mut alarms = by_source(self.owned::<AlarmRow>(&mut snapshot, ALARMS, &list).await?);
        let mut checks = by_source(self.owned::<CheckRow>(&mut snapshot, CHECKS, &list).await?);
        let mut polls = by_source(self.owned::<StatusRow>(&mut snapshot, POLLS, &list).await?);
        let mut ledgers = by_source(self.owned::<LedgerRow>(&mut snapshot, LEDGERS, &list).await?);
        let mut backfills = by_source(self.owned::<BackfillRow>(&mut snapshot, BACKFILLS, &list).await?);
        snapshot.rollback().await.or_fault(self)?;

        let standing = |Owned { owner, row: place }: Owned<PlaceRow>| {
            let id = owner.parse().map_err(|_| self.damaged("a source's id is no UUID"))?;
            let polls = polls.remove(&owner).unwrap_or_default().pop();
            let standing = Standing {
                alarms: self.alarms_from_rows(alarms.remove(&owner).unwrap_or_default())?,
                checks: self.checks_from_rows(checks.remove(&owner).unwrap_or_default())?,
                polls: polls.map_or_else(|| Ok(PollStatus::default()), |row| self.status_from_row(row))?,
                ledger: self.ledger_from_rows(ledgers.remove(&owner).unwrap_or_default())?,
                backfills: self.backfills_from_rows(backfills.remove(&owner).unwrap_or_default())?,
                oldest_waiting: place.oldest_waiting.map(from_micros),
                unlanded_since: place.unlanded_since.map(from_micros),
                newest_event_time: place.newest_event_at.map(from_micros),
                last_reject: place
                    .rejected_at
                    .zip(place.reject_reason)
                    .map(|(at, reason)| LastReject {
                        at: from_micros(at),
                        reason,
                    }),
            };
            Ok((id, standing))
        };
        places.into_iter().map(standing).collect()
    }

    /// Returns rows of these sources. A statement's first column is `owner`, its ?1 the list of sources, its ?2 the name of landing.
    async fn owned<T>(
        &self,
        connection: &mut SqliteConnection,
        statement: &'static str,
        list: &str,
    ) -> Result<Vec<Owned<T>>, StorageFault>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        sqlx::query_as(statement)
            .bind(list)
            .bind(Consumer::Landing.as_str())
            .fetch_all(connection)
            .await
            .or_fault(self)
    }
}

/// A statement about the sources ?1 that read from a vendor.
macro_rules! of_sources {
    ($columns:expr, $joined:expr, $order:expr) => {
        concat!(
            "SELECT source.id AS owner, ",
            $columns,
            " FROM source ",
            $joined,
            " WHERE source.id IN (SELECT value FROM json_each(?1)) AND ",
            has_vendor!(),
            $order
        )
    };
}

const PLACES: &str = of_sources!(
    "(SELECT min(from_at) FROM backfill_window WHERE backfill_window.source = source.number) AS oldest_waiting, \
     (SELECT journalled_at FROM entry WHERE entry.source = source.number AND entry.sequence > coalesce((SELECT sequence \
     FROM consumer_position WHERE consumer_position.source = source.number AND consumer = ?2), 0) \
     ORDER BY entry.sequence LIMIT 1) AS unlanded_since, \
     newest_event_at, last_reject.at AS rejected_at, last_reject.reason AS reject_reason",
    "JOIN journal ON journal.source = source.number LEFT JOIN last_reject ON last_reject.source = source.number",
    ""
);
const ALARMS: &str = of_sources!(
    alarm_columns!(),
    "JOIN alarm ON alarm.source = source.number LEFT JOIN alert ON alert.number = alarm.alert",
    " ORDER BY alarm.kind"
);
const CHECKS: &str = of_sources!(
    check_columns!(),
    "JOIN health_check ON health_check.source = source.number",
    ""
);
const POLLS: &str = of_sources!(
    status_columns!(),
    "JOIN poll_status ON poll_status.source = source.number",
    ""
);
const LEDGERS: &str = of_sources!(
    ledger_columns!(),
    "JOIN ledger ON ledger.source = source.number LEFT JOIN coverage ON coverage.source = source.number",
    " ORDER BY from_at"
);
const BACKFILLS: &str = of_sources!(
    backfill_columns!(),
    "JOIN backfill ON backfill.source = source.number",
    " ORDER BY backfill.number DESC"
);

row! {
    /// What a source has one of.
    struct PlaceRow {
        oldest_waiting: Option<i64>,
        unlanded_since: Option<i64>,
        newest_event_at: Option<i64>,
        rejected_at: Option<i64>,
        reject_reason: Option<String>,
    }
}

/// A row with the id of the source that it belongs to.
struct Owned<T> {
    owner: String,
    row: T,
}

impl<'r, T: FromRow<'r, SqliteRow>> FromRow<'r, SqliteRow> for Owned<T> {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            owner: row.try_get("owner")?,
            row: T::from_row(row)?,
        })
    }
}

/// Puts together what belongs to one source, in its order.
fn by_source<T>(rows: Vec<Owned<T>>) -> HashMap<String, Vec<T>> {
    let mut by_source: HashMap<String, Vec<T>> = HashMap::new();
    for Owned { owner, row } in rows {
        by_source.entry(owner).or_default().push(row);
    }
    by_source
}
