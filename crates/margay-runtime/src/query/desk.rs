//! What is held of queries, and when it goes. No time passes here, and nothing is waited for.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use margay_lake::Cell;
use tokio_util::sync::CancellationToken;

use super::{
    BeginError, Cut, LookError, Order, QUERIES_RUNNING_MAX, QUERIES_RUNNING_PER_ASKER_MAX, QUERY_PAGE_BYTES_MAX,
    QUERY_ROWS_MAX, Query, QueryId, QueryPage, QueryPurpose, QueryState, RESULTS_BYTES_MAX, results_until,
};

/// A query with its rows.
#[derive(Debug)]
pub(super) struct Held {
    asker: String,
    pub(super) query: Query,
    /// None once they are forgotten.
    rows: Option<Vec<Arc<[Cell]>>>,
    pub(super) cancel: CancellationToken,
    /// Whether the engine is at work on it. It may be for a moment after the query was cancelled.
    pub(super) is_working: bool,
}

impl Held {
    pub(super) fn new(asker: &str, query: Query, cancel: CancellationToken) -> Self {
        Self {
            asker: asker.to_owned(),
            query,
            rows: Some(Vec::new()),
            cancel,
            is_working: true,
        }
    }

    /// Ends it unless it has ended.
    pub(super) fn end(&mut self, state: QueryState, now: Timestamp) {
        if self.query.state == QueryState::Running {
            self.query.state = state;
            self.query.ended_at = Some(now);
            self.query.results_until = self.rows.is_some().then(|| results_until(now));
        }
    }

    pub(super) fn is_cut(&mut self) {
        self.query.cut = Some(if self.query.row_count >= QUERY_ROWS_MAX {
            Cut::Rows
        } else {
            Cut::Bytes
        });
    }

    pub(super) fn forget_rows(&mut self) {
        self.rows = None;
        self.query.results_until = None;
    }

    pub(super) fn page(&self, from: usize, limit: usize) -> Result<QueryPage, LookError> {
        let rows = self.rows.as_ref().ok_or(LookError::Forgotten)?;
        let mut bytes = 0_usize;
        let fits = |row: &&Arc<[Cell]>| {
            let is_first = bytes == 0;
            bytes = bytes.saturating_add(row.iter().map(Cell::bytes).sum());
            is_first || bytes <= QUERY_PAGE_BYTES_MAX
        };
        Ok(QueryPage {
            query: self.query.clone(),
            rows: rows.iter().skip(from).take(limit).take_while(fits).cloned().collect(),
        })
    }

    fn is_aid(&self) -> bool {
        self.query.purpose == QueryPurpose::Aid
    }

    fn bytes(&self) -> usize {
        self.rows.as_ref().map_or(0, |_| self.query.bytes)
    }
}

/// All that is held.
#[derive(Debug, Default)]
pub(super) struct Desk {
    next: u64,
    held: Order,
}

impl Desk {
    /// Takes a query in if there is a slot for it.
    pub(super) fn take(&mut self, held: Held) -> Result<(), BeginError> {
        let working = || self.held.values().filter(|held| held.is_working);
        if working().filter(|other| other.asker == held.asker).count() >= QUERIES_RUNNING_PER_ASKER_MAX {
            return Err(BeginError::TooManyOfAsker);
        }
        if working().count() >= QUERIES_RUNNING_MAX {
            return Err(BeginError::TooMany);
        }
        self.held.insert(self.next, held);
        self.next += 1;
        self.trim();
        Ok(())
    }

    pub(super) fn held(&self, asker: &str, id: QueryId) -> Result<&Held, LookError> {
        let found = self
            .held
            .values()
            .find(|held| held.query.id == id && held.asker == asker);
        found.ok_or(LookError::Unknown(id))
    }

    pub(super) fn held_mut(&mut self, asker: &str, id: QueryId) -> Result<&mut Held, LookError> {
        let mut all = self.held.values_mut();
        let found = all.find(|held| held.query.id == id && held.asker == asker);
        found.ok_or(LookError::Unknown(id))
    }

    pub(super) fn of_asker(&self, asker: &str) -> Vec<Query> {
        let newest_first = self.held.values().rev();
        newest_first
            .filter(|held| held.asker == asker)
            .map(|held| held.query.clone())
            .collect()
    }

    /// Changes what is held of a query, if it is still.
    pub(super) fn change(&mut self, id: QueryId, change: impl FnOnce(&mut Held)) {
        if let Some(held) = self.held.values_mut().find(|held| held.query.id == id) {
            change(held);
        }
    }

    pub(super) fn forget(&mut self, id: QueryId) {
        self.held.retain(|_, held| held.query.id != id);
    }

    /// Keeps rows that came, unless nobody wants them any more.
    pub(super) fn keep(&mut self, id: QueryId, batch: Vec<Vec<Cell>>) {
        self.change(id, |held| {
            if held.query.state != QueryState::Running {
                return;
            }
            let Some(rows) = &mut held.rows else { return };
            held.query.row_count += batch.len();
            held.query.bytes += batch.iter().flatten().map(Cell::bytes).sum::<usize>();
            rows.extend(batch.into_iter().map(Arc::from));
        });
        self.trim();
    }

    /// Lets go of what is too much, the oldest first: queries, searches and aids each by their own limits, then rows. Nothing goes that
    /// is at work.
    pub(super) fn trim(&mut self) {
        let mut counts: HashMap<(&str, QueryPurpose), usize> = HashMap::new();
        let mut doomed = Vec::new();
        for (number, held) in self.held.iter().rev() {
            let purpose = held.query.purpose;
            let of_asker = counts.entry((&held.asker, purpose)).or_default();
            *of_asker += 1;
            if *of_asker > purpose.kept_per_asker_max() && !held.is_working {
                doomed.push(*number);
            }
        }
        for number in doomed {
            self.held.remove(&number);
        }
        for purpose in QueryPurpose::ALL {
            let of_purpose = || self.held.iter().filter(move |(_, held)| held.query.purpose == purpose);
            let too_many = of_purpose().count().saturating_sub(purpose.kept_max());
            let idle = of_purpose().filter(|(_, held)| !held.is_working);
            let doomed: Vec<u64> = idle.take(too_many).map(|(number, _)| *number).collect();
            for number in doomed {
                self.held.remove(&number);
            }
        }
        while self.held.values().map(Held::bytes).sum::<usize>() > RESULTS_BYTES_MAX {
            if !self.forget_rows_of_greediest() {
                break;
            }
        }
    }

    /// Forgets the oldest rows of who has the most, those of aids first, so that nobody pushes out what others look at. Whether there
    /// were any.
    fn forget_rows_of_greediest(&mut self) -> bool {
        let mut bytes: HashMap<&str, usize> = HashMap::new();
        for held in self.held.values().filter(|held| !held.is_working) {
            *bytes.entry(&held.asker).or_default() += held.bytes();
        }
        let greediest = bytes.into_iter().max_by_key(|(_, bytes)| *bytes);
        let Some(asker) = greediest.map(|(asker, _)| asker.to_owned()) else {
            return false;
        };
        let candidates = || {
            let with_rows = |held: &Held| held.asker == asker && !held.is_working && held.bytes() > 0;
            self.held.iter().filter(move |(_, held)| with_rows(held))
        };
        let oldest = candidates()
            .find(|(_, held)| held.is_aid())
            .or_else(|| candidates().next());
        let number = oldest.map(|(number, _)| *number);
        match number.and_then(|number| self.held.get_mut(&number)) {
            Some(held) => {
                held.forget_rows();
                true
            }
            None => false,
        }
    }
}
