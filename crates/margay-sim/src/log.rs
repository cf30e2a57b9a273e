//! The vendor's log: all events in order, and which of them a query finds.
//!
//! Two parts are merged by time: the *stream* (history, then live events), which is computed and never stored, and the
//! events *added* by hand, which are. A [`Position`] names a place between two events and keeps its meaning while
//! events are appended and expire.
//!
//! - **Order**: creation time, ascending (of an event that is delivered late, the time from which on it can be read); within a
//!   millisecond the stream first, then what was added, in its order. The vendor's order of equal times is unconfirmed.
//! - **Absent**: events whose time the clock has not reached, late ones that cannot be read yet, and those beyond the
//!   retention.

mod added;
mod stream;

use std::iter::Peekable;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clock::timestamp_of;
use crate::event::{EventNumber, Generator};

use added::{Added, AddedEvents, Facts, Raw};

pub use added::LateMode;
pub(crate) use stream::Stream;

/// An event that can be read only some time after it was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateEvent {
    /// Its id.
    pub gid: String,
    /// When it was created, which is what it says.
    pub created_at: Timestamp,
    /// From when on it can be read, on the vendor's clock.
    pub visible_at: Timestamp,
    /// What offsets do that have passed it.
    pub mode: LateMode,
}

/// The place of an event in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) time_ms: i64,
    pub(crate) part: Part,
    pub(crate) index: u64,
}

/// Which part of the log an event is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Stream,
    Added,
}

/// Text given as a raw event that is not JSON. For broken bodies use a scripted answer.
#[derive(Debug, thiserror::Error)]
#[error("a raw event must be one JSON value")]
pub struct NotJson {
    /// What the parser said.
    #[source]
    cause: serde_json::Error,
}

/// What a query narrows down besides time; all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Filters {
    pub(crate) event_type: Option<String>,
    pub(crate) actor_type: Option<String>,
    pub(crate) actor_gid: Option<String>,
    pub(crate) resource_gid: Option<String>,
}

/// One reading of the log.
#[derive(Debug)]
pub(crate) struct Reading<'query> {
    /// Only events behind this place.
    pub(crate) after: Option<Position>,
    /// Only events created in `[from_ms, until_ms)`.
    pub(crate) from_ms: i64,
    pub(crate) until_ms: i64,
    pub(crate) filters: &'query Filters,
    pub(crate) count_max: usize,
}

/// What a reading found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The events, as JSON texts with commas between them.
    pub(crate) bodies: String,
    pub(crate) count: usize,
    /// The last event looked at, whether it matched or not: where to go on.
    pub(crate) reached: Option<Position>,
}

/// The log of one organisation.
#[derive(Debug)]
pub(crate) struct EventLog {
    generator: Generator,
    stream: Stream,
    retention_ms: i64,
    /// Nothing is older, whatever the retention.
    floor_ms: i64,
    added: RwLock<AddedEvents>,
}

/// An event in the order, not yet looked at.
enum Item {
    Stream(Position),
    Added(Arc<Added>),
}

impl EventLog {
    pub(crate) fn new(generator: Generator, stream: Stream, retention_ms: i64, floor_ms: i64) -> Self {
        Self {
            generator,
            stream,
            retention_ms,
            floor_ms,
            added: RwLock::default(),
        }
    }

    pub(crate) fn generator(&self) -> &Generator {
        &self.generator
    }

    /// Adds an event of the organisation and returns its id. With `late`, it can be read from that moment on.
    pub(crate) fn add_event(&self, created_ms: i64, late: Option<(i64, LateMode)>) -> String {
        let index = self.added_mut().insert(created_ms, late, None);
        self.generator.gid(EventNumber::Added(index)).to_string()
    }

    /// Adds many events of the organisation.
    pub(crate) fn add_events(&self, moments: impl Iterator<Item = (i64, Option<(i64, LateMode)>)>) {
        self.added_mut().extend(moments);
    }

    /// Adds a JSON text.
    pub(crate) fn add_raw(&self, time_ms: i64, body: &str) -> Result<(), NotJson> {
        let is_json = serde_json::from_str::<&RawValue>(body);
        is_json.map_err(|cause| NotJson { cause })?;
        // Numbers beyond f64 are JSON too but no Value; such a body just matches no filter.
        let value = serde_json::from_str(body).unwrap_or(Value::Null);
        let raw = Raw {
            body: body.to_owned(),
            facts: Facts::of(&value),
        };
        self.added_mut().insert(time_ms, None, Some(raw));
        Ok(())
    }

    /// Reads on.
    pub(crate) fn read(&self, reading: &Reading<'_>, now_ms: i64) -> Found {
        let from_ms = reading.from_ms.max(self.oldest_ms(now_ms));
        let until_ms = reading.until_ms.min(now_ms.saturating_add(1));
        let added = self.added();
        let within = added.between(reading.after, from_ms, until_ms, now_ms);
        let stream = self.stream_between(reading.after, from_ms, until_ms, now_ms);
        let mut found = Found {
            bodies: String::new(),
            count: 0,
            reached: None,
        };
        for item in Merge::of(stream, within.cloned()) {
            if found.count == reading.count_max {
                break;
            }
            found.reached = Some(item.position());
            let length_before = found.bodies.len();
            if length_before > 0 {
                found.bodies.push(',');
            }
            if self.render(&item, reading.filters, &mut found.bodies) {
                found.count += 1;
            } else {
                found.bodies.truncate(length_before);
            }
        }
        found
    }

    /// Returns the texts of all events there are at `now_ms`.
    pub(crate) fn visible_bodies(&self, now_ms: i64) -> impl Iterator<Item = String> {
        self.visible(now_ms).map(|item| {
            let mut body = String::new();
            self.render(&item, &Filters::default(), &mut body);
            body
        })
    }

    /// Returns the ids of all events there are at `now_ms`, of those that have one.
    pub(crate) fn visible_gids(&self, now_ms: i64) -> impl Iterator<Item = String> {
        self.visible_times(now_ms).map(|(gid, _)| gid)
    }

    /// Returns ids and times of all events there are at `now_ms`, of those that have an id.
    pub(crate) fn visible_times(&self, now_ms: i64) -> impl Iterator<Item = (String, i64)> {
        self.visible(now_ms).filter_map(|item| {
            let gid = match &item {
                Item::Stream(position) => self.generator.gid(EventNumber::Stream(position.index)).to_string(),
                Item::Added(added) => self.gid_of_added(added)?,
            };
            Some((gid, item.created_ms()))
        })
    }

    /// Returns the events that are late by plan, visible or not, in order of their places.
    pub(crate) fn late_events(&self) -> Vec<LateEvent> {
        let added = self.added();
        let late = added.late().filter_map(|(event, visible_ms, mode)| {
            Some(LateEvent {
                gid: self.gid_of_added(event)?,
                created_at: timestamp_of(event.created_ms),
                visible_at: timestamp_of(visible_ms),
                mode,
            })
        });
        late.collect()
    }

    fn gid_of_added(&self, added: &Added) -> Option<String> {
        match &added.raw {
            None => Some(self.generator.gid(EventNumber::Added(added.position.index)).to_string()),
            Some(raw) => gid_of(&raw.body),
        }
    }

    /// Returns how many events there are at `now_ms`.
    pub(crate) fn visible_count(&self, now_ms: i64) -> u64 {
        let (from_ms, until_ms) = (self.oldest_ms(now_ms), now_ms.saturating_add(1));
        let stream = self.stream.between(from_ms, until_ms, now_ms);
        let added = self.added().between(None, from_ms, until_ms, now_ms).count() as u64;
        stream.end.saturating_sub(stream.start) + added
    }

    fn visible(&self, now_ms: i64) -> impl Iterator<Item = Item> {
        let (from_ms, until_ms) = (self.oldest_ms(now_ms), now_ms.saturating_add(1));
        let within = self.added();
        let added: Vec<_> = within.between(None, from_ms, until_ms, now_ms).cloned().collect();
        drop(within);
        Merge::of(self.stream_between(None, from_ms, until_ms, now_ms), added.into_iter())
    }

    fn oldest_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.retention_ms).max(self.floor_ms)
    }

    fn added(&self) -> RwLockReadGuard<'_, AddedEvents> {
        self.added.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn added_mut(&self) -> RwLockWriteGuard<'_, AddedEvents> {
        self.added.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn stream_between(
        &self,
        after: Option<Position>,
        from_ms: i64,
        until_ms: i64,
        now_ms: i64,
    ) -> impl Iterator<Item = Position> {
        let mut range = self.stream.between(from_ms, until_ms, now_ms);
        if let Some(after) = after {
            let behind = match after.part {
                Part::Stream => after.index.saturating_add(1),
                // Whatever the stream has in that millisecond comes before what was added.
                Part::Added => {
                    self.stream
                        .between(after.time_ms.saturating_add(1), i64::MAX, now_ms)
                        .start
                }
            };
            range.start = range.start.max(behind);
        }
        range.map(|index| Position {
            time_ms: self.stream.time_ms(index),
            part: Part::Stream,
            index,
        })
    }

    /// Appends the event if it passes the filters; returns whether it did.
    fn render(&self, item: &Item, filters: &Filters, text: &mut String) -> bool {
        let (number, time_ms) = match item {
            Item::Stream(position) => (EventNumber::Stream(position.index), position.time_ms),
            Item::Added(added) => match &added.raw {
                None => (EventNumber::Added(added.position.index), added.created_ms),
                Some(raw) => {
                    let is_match = filters.pass_raw(&raw.facts);
                    if is_match {
                        text.push_str(&raw.body);
                    }
                    return is_match;
                }
            },
        };
        let sketch = self.generator.sketch(number);
        let is_match = filters.pass(&sketch);
        if is_match {
            sketch.render(time_ms, text);
        }
        is_match
    }
}

/// Two parts of the log in one order.
struct Merge<S: Iterator<Item = Position>, A: Iterator<Item = Arc<Added>>> {
    stream: Peekable<S>,
    added: Peekable<A>,
}

impl<S: Iterator<Item = Position>, A: Iterator<Item = Arc<Added>>> Merge<S, A> {
    fn of(stream: S, added: A) -> Self {
        Self {
            stream: stream.peekable(),
            added: added.peekable(),
        }
    }
}

impl<S: Iterator<Item = Position>, A: Iterator<Item = Arc<Added>>> Iterator for Merge<S, A> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let is_added_next = match (self.stream.peek(), self.added.peek()) {
            (Some(stream), Some(added)) => added.position < *stream,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if is_added_next {
            self.added.next().map(Item::Added)
        } else {
            self.stream.next().map(Item::Stream)
        }
    }
}

impl Item {
    fn position(&self) -> Position {
        match self {
            Self::Stream(position) => *position,
            Self::Added(added) => added.position,
        }
    }

    fn created_ms(&self) -> i64 {
        match self {
            Self::Stream(position) => position.time_ms,
            Self::Added(added) => added.created_ms,
        }
    }
}

impl Filters {
    fn pass(&self, sketch: &crate::event::Sketch<'_>) -> bool {
        let is_gid = |wanted: &Option<String>, gid: Option<u64>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| gid.is_some_and(|gid| gid.to_string() == *wanted))
        };
        self.event_type
            .as_ref()
            .is_none_or(|wanted| wanted == sketch.event_type())
            && self
                .actor_type
                .as_ref()
                .is_none_or(|wanted| wanted == sketch.actor_type())
            && is_gid(&self.actor_gid, sketch.actor_gid())
            && is_gid(&self.resource_gid, Some(sketch.resource_gid()))
    }

    fn pass_raw(&self, facts: &Facts) -> bool {
        let holds = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        holds(&self.event_type, &facts.event_type)
            && holds(&self.actor_type, &facts.actor_type)
            && holds(&self.actor_gid, &facts.actor_gid)
            && holds(&self.resource_gid, &facts.resource_gid)
    }
}

fn gid_of(body: &str) -> Option<String> {
    let event: Value = serde_json::from_str(body).ok()?;
    event.get("gid").and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests;
