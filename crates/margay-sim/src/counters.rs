//! What the server has done so far, and what its clients have.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::scenario::Decision;
use crate::scenario::{FaultKind, Scenario};
use crate::token::TokenKind;

/// What has been served up to some moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Served {
    /// Requests that arrived, whether they were answered or not.
    pub received: u64,
    /// Requests answered, whatever the answer, scripted ones included. Those that a fault left without an answer are not.
    pub requests: u64,
    /// Requests to the audit endpoint that got a page.
    pub pages: u64,
    /// Of those, the pages without an event.
    pub pages_empty: u64,
    /// Events on all pages; one that was sent twice counts twice.
    pub events: u64,
    /// Requests that got a scripted answer.
    pub scripted: u64,
    /// Requests by the status of their answer.
    pub by_status: BTreeMap<u16, u64>,
    /// Faults that the scenario gave, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
    /// Requests that arrived with a token which a `Retry-After` still told to wait. A client with several requests in flight
    /// may not have read the answer yet when it sends the next one.
    pub calls_while_told_to_wait: u64,
    /// Requests in flight now, of all tokens. A request ends when the headers of its answer are ready or its client is gone.
    pub in_flight: u32,
    /// The most that were in flight at once.
    pub in_flight_max: u32,
    /// The most requests that arrived within 60 seconds of the vendor's clock, counted in whole seconds, of all tokens.
    pub requests_per_minute_max: u32,
}

/// Keeps count. Also of how often each fault of the scenario happened, which decides whether it may again.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    served: Served,
    /// Arrivals by second, oldest first, of the last minute.
    arrivals: VecDeque<(i64, u32)>,
    /// Until when a token was told to wait.
    waits_ms: BTreeMap<TokenKind, i64>,
    /// How often each fault happened, by its index in the scenario.
    given: Vec<u64>,
}

/// A request that has arrived; it is in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct Call<'counters> {
    counters: &'counters Counters,
    /// Counted from 1.
    pub(crate) number: u64,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Served {
        self.books().served.clone()
    }

    /// Counts a request that arrives, by its token if that is known.
    pub(crate) fn begin(&self, kind: Option<TokenKind>, now_ms: i64) -> Call<'_> {
        let mut books = self.books();
        let per_minute = books.count_arrival(now_ms.div_euclid(1000));
        let is_told_to_wait = kind
            .and_then(|kind| books.waits_ms.get(&kind))
            .is_some_and(|until_ms| now_ms < *until_ms);
        let served = &mut books.served;
        served.received += 1;
        served.in_flight += 1;
        served.calls_while_told_to_wait += u64::from(is_told_to_wait);
        served.in_flight_max = served.in_flight_max.max(served.in_flight);
        served.requests_per_minute_max = served.requests_per_minute_max.max(per_minute);
        Call {
            counters: self,
            number: served.received,
        }
    }

    /// Notes that a token was told to wait.
    pub(crate) fn tell_to_wait(&self, kind: TokenKind, until_ms: i64) {
        let mut books = self.books();
        let wait_ms = books.waits_ms.entry(kind).or_insert(until_ms);
        *wait_ms = until_ms.max(*wait_ms);
    }

    /// Returns until when a token was told to wait, if it ever was.
    pub(crate) fn told_to_wait_until_ms(&self, kind: TokenKind) -> Option<i64> {
        self.books().waits_ms.get(&kind).copied()
    }

    /// Decides which faults of the scenario meet a request.
    pub(crate) fn decide(&self, scenario: &Scenario, number: u64, elapsed_ms: u64) -> Decision {
        scenario.decide(number, elapsed_ms, &self.books().given)
    }

    /// Counts a fault that is about to happen; returns whether it may. Requests that were decided at the same time may have used
    /// up what was left of it.
    pub(crate) fn give(&self, scenario: &Scenario, index: usize) -> bool {
        let Some(planned) = scenario.faults.get(index) else {
            return false;
        };
        let mut books = self.books();
        if books.given.len() <= index {
            books.given.resize(index + 1, 0);
        }
        let given = &mut books.given[index];
        if planned.count_max.is_some_and(|count_max| *given >= count_max) {
            return false;
        }
        *given += 1;
        books.count_fault(planned.fault.kind());
        true
    }

    /// Counts a fault that comes from the vendor's habits in a scenario and not from its list.
    pub(crate) fn count_fault(&self, kind: FaultKind) {
        self.books().count_fault(kind);
    }

    pub(crate) fn count_answer(&self, status: u16) {
        let served = &mut self.books().served;
        served.requests += 1;
        *served.by_status.entry(status).or_default() += 1;
    }

    pub(crate) fn count_page(&self, events: usize) {
        let served = &mut self.books().served;
        served.pages += 1;
        served.pages_empty += u64::from(events == 0);
        served.events += events as u64;
    }

    pub(crate) fn count_scripted(&self) {
        self.books().served.scripted += 1;
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Counts an arrival and returns how many there were in the minute up to it.
    fn count_arrival(&mut self, now_s: i64) -> u32 {
        // A clock that was set back starts a new minute.
        self.arrivals
            .retain(|(second, _)| (now_s - 59..=now_s).contains(second));
        match self.arrivals.back_mut() {
            Some((second, arrivals)) if *second == now_s => *arrivals = arrivals.saturating_add(1),
            _ => self.arrivals.push_back((now_s, 1)),
        }
        self.arrivals
            .iter()
            .fold(0, |sum, (_, arrivals)| sum.saturating_add(*arrivals))
    }

    fn count_fault(&mut self, kind: FaultKind) {
        *self.served.faults.entry(kind).or_default() += 1;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let served = &mut self.counters.books().served;
        served.in_flight = served.in_flight.saturating_sub(1);
    }
}
