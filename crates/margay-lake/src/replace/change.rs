//! What is to become of which rows.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use margay_schema::SourceId;

use super::RowKey;
use crate::incoming::Incoming;

/// What is to become of a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// It becomes the incoming row of the same number, which is added if there is none.
    Become,
    /// Of the rows that are equal to the incoming one of the same number, one stays. Nothing is added.
    Single,
    /// It goes.
    Vanish,
    /// It stays; whether it is there is the question.
    Stay,
}

/// What is to become of which rows, by their ids.
///
/// - **Invariant**: the wishes of the incoming rows come first, in their order.
pub(super) struct Change {
    pub(super) incoming: Incoming,
    pub(super) wishes: Vec<Wish>,
    /// The number of each row's wish.
    numbers: HashMap<String, usize>,
    /// The times, in microseconds, between which all the rows were journalled; `None` if there are none.
    parse_times: Option<RangeInclusive<i64>>,
    /// The source of which every row goes.
    doomed_source: Option<String>,
}

impl Change {
    /// Begins a change by the rows that come in.
    pub(super) fn new(incoming: Incoming) -> Self {
        Self::of(incoming, Wish::Become)
    }

    /// Makes of every row that is there more than once, equal to the one that comes in, a single one.
    pub(super) fn single(incoming: Incoming) -> Self {
        Self::of(incoming, Wish::Single)
    }

    fn of(incoming: Incoming, wish: Wish) -> Self {
        let mut change = Self {
            wishes: Vec::with_capacity(incoming.keys().len()),
            numbers: HashMap::with_capacity(incoming.keys().len()),
            parse_times: None,
            doomed_source: None,
            incoming,
        };
        for key in change.incoming.take_keys() {
            change.wish(wish, key);
        }
        change
    }

    /// Adds rows that go.
    pub(super) fn remove(mut self, keys: impl IntoIterator<Item = RowKey>) -> Self {
        keys.into_iter().for_each(|key| self.wish(Wish::Vanish, key));
        self
    }

    /// Adds that every row of a source goes.
    pub(super) fn erase(mut self, source_id: SourceId) -> Self {
        self.doomed_source = Some(source_id.to_string());
        self
    }

    /// Adds rows to look for.
    pub(super) fn seek(mut self, keys: impl IntoIterator<Item = RowKey>) -> Self {
        keys.into_iter().for_each(|key| self.wish(Wish::Stay, key));
        self
    }

    /// Notes a wish, unless there is one for the row.
    fn wish(&mut self, wish: Wish, key: RowKey) {
        let number = self.wishes.len();
        if *self.numbers.entry(key.row_id.to_string()).or_insert(number) != number {
            return;
        }
        self.wishes.push(wish);
        let micros = key.parse_time.as_microsecond();
        self.parse_times = Some(match self.parse_times.take() {
            Some(times) => micros.min(*times.start())..=micros.max(*times.end()),
            None => micros..=micros,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wishes.is_empty() && self.doomed_source.is_none()
    }

    /// Returns the source of which every row goes, if there is one.
    pub(super) fn doomed_source(&self) -> Option<&str> {
        self.doomed_source.as_deref()
    }

    /// Returns the number of the row's wish.
    pub(super) fn number_of(&self, row_id: &str) -> Option<usize> {
        self.numbers.get(row_id).copied()
    }

    /// Returns the ids of the rows with these numbers.
    pub(super) fn ids_of(&self, is_wanted: impl Fn(usize) -> bool) -> HashSet<String> {
        let wanted = self.numbers.iter().filter(|(_, number)| is_wanted(**number));
        wanted.map(|(id, _)| id.clone()).collect()
    }

    /// Returns whether rows that were journalled between these times, in microseconds, can be among those of the change.
    pub(super) fn may_concern(&self, from: i64, through: i64) -> bool {
        let times = self.parse_times.as_ref();
        self.doomed_source.is_some() || times.is_some_and(|times| from <= *times.end() && through >= *times.start())
    }
}
