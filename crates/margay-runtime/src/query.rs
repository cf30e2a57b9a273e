//! Queries that are begun, looked at while they run, cancelled, and whose rows are kept for a while.
//!
//! ```text
//! t0  begin   a slot is taken, or there is none        the statement is planned: what is wrong with it is told at once
//! t1  rows    come in, up to the limits                 they can be read from here on
//! t2  end     at the last row, an error, or a cancel    the engine has let go: only now the slot is free
//! t3          the rows are forgotten                    RESULTS_KEPT after the end, or when there are too many
//! ```
//! All of it is in memory: a restart forgets it. What always holds: a query is seen by who began it and by nobody else, and everything
//! that is kept is bounded, for each asker and for all together; what aids a search never pushes one out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_lake::{Cell, Column, Lake, Multipliers, QueryContext, QueryError, Rows};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Clock;

mod desk;
#[cfg(test)]
mod tests;

use desk::{Desk, Held};

/// Queries at work at once: each may use a core, which landing needs too.
pub const QUERIES_RUNNING_MAX: usize = 4;
/// Queries of one asker at work at once: nobody takes all slots.
pub const QUERIES_RUNNING_PER_ASKER_MAX: usize = 2;
/// Rows of one answer: as many as a person may scroll through. An export of more is the command line's, which streams.
pub const QUERY_ROWS_MAX: usize = 50_000;
/// Bytes of one answer, as [`Cell::bytes`] counts them.
pub const QUERY_BYTES_MAX: usize = 32 << 20;
/// Bytes of the rows that are handed out at once, as [`Cell::bytes`] counts them; a row that is larger comes alone. Many may ask for rows
/// at the same time, and as JSON they are several times as large.
pub const QUERY_PAGE_BYTES_MAX: usize = 1 << 20;
/// Bytes of all answers together. More than all that may run at once can have.
pub const RESULTS_BYTES_MAX: usize = 192 << 20;
/// Memory of one query for sorting, grouping and joining, beyond which it spills to disk: all that may run together have as much as
/// one of the command line.
pub const QUERY_MEMORY_BYTES_MAX: usize = 128 << 20;
/// How long rows are kept after the query's end.
pub const RESULTS_KEPT: Duration = Duration::from_secs(10 * 60);
/// Searches of one asker that are remembered, without their rows after [`RESULTS_KEPT`].
pub const QUERIES_PER_ASKER_MAX: usize = 50;
/// Aids of one asker that are remembered, beside the searches. Their rows are read at once and never looked for again; so many are far
/// more than [`QUERIES_RUNNING_PER_ASKER_MAX`], so that none goes before it was read.
pub const AIDS_PER_ASKER_MAX: usize = 10;
/// Searches of all askers that are remembered. A statement has 64 KiB at most.
pub const QUERIES_MAX: usize = 500;
/// Aids of all askers that are remembered, beside the searches: in the same proportion.
pub const AIDS_MAX: usize = QUERIES_MAX / QUERIES_PER_ASKER_MAX * AIDS_PER_ASKER_MAX;
/// How long a query may run unless its asker says otherwise.
pub const QUERY_TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);
/// How long a query may run at most.
pub const QUERY_TIMEOUT_MAX: Duration = Duration::from_secs(10 * 60);
/// How long the asker waits for the plan; what is wrong with a statement is found within milliseconds.
const PLAN_PATIENCE: Duration = Duration::from_secs(5);

/// The name of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(Uuid);

impl std::fmt::Display for QueryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for QueryId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryPurpose {
    /// Somebody wants to see its rows, and may want to find it again.
    Search,
    /// A client asks it to show more of a search, such as the counts of its bars: nobody looks for it again.
    Aid,
}

impl QueryPurpose {
    const ALL: [Self; 2] = [Self::Search, Self::Aid];

    /// Returns how many of one asker are remembered.
    fn kept_per_asker_max(self) -> usize {
        match self {
            Self::Search => QUERIES_PER_ASKER_MAX,
            Self::Aid => AIDS_PER_ASKER_MAX,
        }
    }

    /// Returns how many of all askers are remembered.
    fn kept_max(self) -> usize {
        match self {
            Self::Search => QUERIES_MAX,
            Self::Aid => AIDS_MAX,
        }
    }
}

/// How a query stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryState {
    /// It is at work.
    Running,
    /// It has come to its end, or to the limit of its rows.
    Succeeded,
    /// It has not; the rows that came before are there.
    Failed(QueryError),
    /// Its asker did not want to wait for the rest.
    Cancelled,
}

/// Which limit cut an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// [`QUERY_ROWS_MAX`].
    Rows,
    /// [`QUERY_BYTES_MAX`].
    Bytes,
}

/// A query, without its rows.
#[derive(Debug, Clone)]
pub struct Query {
    /// Its name.
    pub id: QueryId,
    /// The statement.
    pub sql: Arc<str>,
    /// What it is for.
    pub purpose: QueryPurpose,
    /// How it stands.
    pub state: QueryState,
    /// The columns of its answer, once it is planned.
    pub columns: Option<Arc<[Column]>>,
    /// Rows that have come.
    pub row_count: usize,
    /// Bytes of these, as [`Cell::bytes`] counts them.
    pub bytes: usize,
    /// Which limit cut it, if one did.
    pub cut: Option<Cut>,
    /// How long it may run.
    pub timeout: Duration,
    /// When it was begun.
    pub began_at: Timestamp,
    /// When its plan was made.
    pub planned_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Until when its rows can be read; nothing while it runs, and once they are forgotten.
    pub results_until: Option<Timestamp>,
}

/// Rows of an answer.
#[derive(Debug, Clone)]
pub struct QueryPage {
    /// The query as it is now.
    pub query: Query,
    /// The rows asked for, as many as there are.
    pub rows: Vec<Arc<[Cell]>>,
}

/// Why a query was not begun.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// All slots are taken.
    #[error("{QUERIES_RUNNING_MAX} queries are at work, and no more can be\nhint: try again in a moment")]
    TooMany,
    /// The asker's slots are taken.
    #[error(
        "{QUERIES_RUNNING_PER_ASKER_MAX} queries of yours are at work, and no more can be\nhint: wait for one, or cancel one"
    )]
    TooManyOfAsker,
    /// There is something wrong with it.
    #[error(transparent)]
    Refused(QueryError),
}

/// Why a query or its rows cannot be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// There is none, or none any more, or somebody else's.
    #[error(
        "there is no query with the id {0}\nhint: the server remembers a query until it restarts, or has had many others"
    )]
    Unknown(QueryId),
    /// The rows are forgotten.
    #[error("the rows of this query are forgotten\nhint: run it again; rows are kept for ten minutes")]
    Forgotten,
}

/// The queries of this process. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Queries {
    lake: Lake,
    clock: Clock,
    desk: Arc<Mutex<Desk>>,
}

impl Queries {
    /// Queries over a lake; none yet.
    pub fn new(lake: Lake, clock: Clock) -> Self {
        Self {
            lake,
            clock,
            desk: Arc::default(),
        }
    }

    /// Begins a query and waits for its plan, not for its rows. `timeout` is cut to [`QUERY_TIMEOUT_MAX`].
    ///
    /// # Errors
    /// When no slot is free, or the statement cannot be planned; such a query is not remembered.
    pub async fn begin(
        &self,
        asker: &str,
        sql: &str,
        purpose: QueryPurpose,
        timeout: Duration,
    ) -> Result<Query, BeginError> {
        let timeout = timeout.min(QUERY_TIMEOUT_MAX);
        let now = self.clock.now();
        let cancel = CancellationToken::new();
        let query = Query {
            id: QueryId(Uuid::new_v4()),
            sql: sql.into(),
            purpose,
            state: QueryState::Running,
            columns: None,
            row_count: 0,
            bytes: 0,
            cut: None,
            timeout,
            began_at: now,
            planned_at: None,
            ended_at: None,
            results_until: None,
        };
        let (id, sql) = (query.id, Arc::clone(&query.sql));
        self.desk().take(Held::new(asker, query.clone(), cancel.clone()))?;
        let context = QueryContext {
            timeout,
            rows_max: QUERY_ROWS_MAX,
            bytes_max: QUERY_BYTES_MAX,
            memory_bytes_max: QUERY_MEMORY_BYTES_MAX,
            multipliers: Multipliers::Refused,
            ..QueryContext::at(now)
        };
        let (planned, is_planned) = oneshot::channel();
        tokio::spawn(self.clone().work(id, sql, context, cancel, planned));
        match tokio::time::timeout(PLAN_PATIENCE, is_planned).await {
            Ok(Ok(Err(refused))) => Err(BeginError::Refused(refused)),
            _ => Ok(self.look(asker, id).unwrap_or(query)),
        }
    }

    /// Returns a query of the asker.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn look(&self, asker: &str, id: QueryId) -> Result<Query, LookError> {
        Ok(self.desk().held(asker, id)?.query.clone())
    }

    /// Returns the queries of the asker that are remembered, the newest first.
    pub fn list(&self, asker: &str) -> Vec<Query> {
        self.desk().of_asker(asker)
    }

    /// Returns rows of a query from the row number `from` on, counted from 0: at most `limit`, and at most [`QUERY_PAGE_BYTES_MAX`] of
    /// them, but one if there is one.
    ///
    /// # Errors
    /// When there is no such query, or its rows are forgotten.
    pub fn rows(&self, asker: &str, id: QueryId, from: usize, limit: usize) -> Result<QueryPage, LookError> {
        self.desk().held(asker, id)?.page(from, limit)
    }

    /// Stops a query. One that has ended stays as it is. The rows that have come can be read.
    ///
    /// # Errors
    /// When there is no such query.
    pub fn cancel(&self, asker: &str, id: QueryId) -> Result<Query, LookError> {
        let now = self.clock.now();
        let mut desk = self.desk();
        let held = desk.held_mut(asker, id)?;
        held.end(QueryState::Cancelled, now);
        held.cancel.cancel();
        Ok(held.query.clone())
    }

    /// Runs a query to its end, and forgets its rows when their time is over.
    async fn work(
        self,
        id: QueryId,
        sql: Arc<str>,
        context: QueryContext,
        cancel: CancellationToken,
        planned: oneshot::Sender<Result<(), QueryError>>,
    ) {
        // Planning is not interrupted: it ends by itself, and the slot is to be free only when the engine is.
        match self.lake.query(&sql, context).await {
            Err(error) => {
                self.desk().change(id, |held| held.is_working = false);
                let Err(unheard) = planned.send(Err(error)) else {
                    self.desk().forget(id);
                    return;
                };
                // The asker did not wait: it reads what was wrong where the query is.
                if let Err(error) = unheard {
                    self.ended(id, QueryState::Failed(error));
                }
            }
            Ok(rows) => {
                let columns: Arc<[Column]> = rows.columns().into();
                let now = self.clock.now();
                self.desk().change(id, |held| {
                    held.query.columns = Some(columns);
                    held.query.planned_at = Some(now);
                });
                // Nobody may be waiting for it.
                drop(planned.send(Ok(())));
                let state = self.gather(id, rows, &cancel).await;
                self.ended(id, state);
            }
        }
        tokio::time::sleep(RESULTS_KEPT).await;
        self.desk().change(id, Held::forget_rows);
    }

    /// Takes in rows until there are no more. When it returns the engine has let go of the query.
    async fn gather(&self, id: QueryId, mut rows: Rows, cancel: &CancellationToken) -> QueryState {
        let state = loop {
            let next = tokio::select! {
                biased;
                () = cancel.cancelled() => break QueryState::Cancelled,
                next = rows.next() => next,
            };
            match next {
                Ok(Some(batch)) => self.desk().keep(id, batch),
                Ok(None) => {
                    if rows.is_cut() {
                        self.desk().change(id, Held::is_cut);
                    }
                    break QueryState::Succeeded;
                }
                Err(error) => break QueryState::Failed(error),
            }
        };
        rows.stop().await;
        state
    }

    fn ended(&self, id: QueryId, state: QueryState) {
        let now = self.clock.now();
        let mut desk = self.desk();
        desk.change(id, |held| {
            held.end(state, now);
            held.is_working = false;
        });
        desk.trim();
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns until when the rows of a query are kept that ended then.
fn results_until(ended_at: Timestamp) -> Timestamp {
    let kept = SignedDuration::try_from(RESULTS_KEPT).unwrap_or(SignedDuration::MAX);
    ended_at.saturating_add(kept).unwrap_or(Timestamp::MAX)
}

/// By how many queries were begun before, which is the order of time.
type Order = BTreeMap<u64, Held>;
