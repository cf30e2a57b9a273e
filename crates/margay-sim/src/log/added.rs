//! The stored part of the log: events added by hand or by a scenario, and when each of them can be read.
//!
//! ```text
//! t0 created ──────── t1 visible ─────────▶
//!    nobody can read it   a query that covers t0 finds it
//!                         an offset that has passed t0: `Skipped` never does, `DeliveredLate` does
//! ```
//!
//! - **Order**: by creation, but an event that is delivered late by the moment at which it became visible: no offset has passed
//!   that before. A window that covers its creation has it at its end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Part, Position};

/// What happens to an event that becomes visible when offsets have passed its time already. The vendor says neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateMode {
    /// Offsets that have passed it never deliver it; a query for its time does.
    Skipped,
    /// Offsets deliver it when it has become visible, behind events that were created after it.
    DeliveredLate,
}

/// An event that is not in the computed stream.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) position: Position,
    pub(super) created_ms: i64,
    visible_ms: i64,
    late: Option<LateMode>,
    /// The text as given; an event of the organisation has none and is rendered.
    pub(super) raw: Option<Raw>,
}

#[derive(Debug)]
pub(super) struct Raw {
    pub(super) body: String,
    pub(super) facts: Facts,
}

/// What filters ask of a raw event; only strings in the right places count.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) event_type: Option<String>,
    pub(super) actor_type: Option<String>,
    pub(super) actor_gid: Option<String>,
    pub(super) resource_gid: Option<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct AddedEvents {
    /// Sorted by position.
    events: Vec<Arc<Added>>,
    /// The most by which the place of one lies behind its creation.
    displaced_ms_max: i64,
}

impl AddedEvents {
    /// Adds one and returns its index. With `late`, it can be read from that moment on.
    pub(super) fn insert(&mut self, created_ms: i64, late: Option<(i64, LateMode)>, raw: Option<Raw>) -> u64 {
        let added = self.make(created_ms, late, raw);
        let index = added.position.index;
        let place = self.events.partition_point(|known| known.position < added.position);
        self.events.insert(place, Arc::new(added));
        index
    }

    /// Adds many at once: sorted once, where one by one would move all that follow for each.
    pub(super) fn extend(&mut self, moments: impl Iterator<Item = (i64, Option<(i64, LateMode)>)>) {
        for (created_ms, late) in moments {
            let added = self.make(created_ms, late, None);
            self.events.push(Arc::new(added));
        }
        self.events.sort_by_key(|added| added.position);
    }

    fn make(&mut self, created_ms: i64, late: Option<(i64, LateMode)>, raw: Option<Raw>) -> Added {
        let visible_ms = late.map_or(created_ms, |(visible_ms, _)| visible_ms.max(created_ms));
        let mode = late.map(|(_, mode)| mode);
        let order_ms = match mode {
            Some(LateMode::DeliveredLate) => visible_ms,
            Some(LateMode::Skipped) | None => created_ms,
        };
        self.displaced_ms_max = self.displaced_ms_max.max(order_ms.saturating_sub(created_ms));
        Added {
            position: Position {
                time_ms: order_ms,
                part: Part::Added,
                index: self.events.len() as u64,
            },
            created_ms,
            visible_ms,
            late: mode,
            raw,
        }
    }

    /// Returns what was created within `[from_ms, until_ms)` and can be read at `now_ms`, behind `after`, in order.
    pub(super) fn between(
        &self,
        after: Option<Position>,
        from_ms: i64,
        until_ms: i64,
        now_ms: i64,
    ) -> impl Iterator<Item = &Arc<Added>> {
        // No event stands before its creation, so nothing before this place was created from `from_ms` on.
        let is_before = |known: &Arc<Added>| known.position.time_ms < from_ms || Some(known.position) <= after;
        let start = self.events.partition_point(is_before);
        let end_ms = until_ms.saturating_add(self.displaced_ms_max);
        let end = self.events.partition_point(|known| known.position.time_ms < end_ms);
        let slice = self.events.get(start..end).unwrap_or_default();
        slice
            .iter()
            .filter(move |added| (from_ms..until_ms).contains(&added.created_ms) && added.visible_ms <= now_ms)
    }

    /// Returns all that are late by plan, visible or not.
    pub(super) fn late(&self) -> impl Iterator<Item = (&Arc<Added>, i64, LateMode)> {
        self.events
            .iter()
            .filter_map(|added| Some((added, added.visible_ms, added.late?)))
    }
}

impl Facts {
    pub(super) fn of(event: &Value) -> Self {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            event_type: text("/event_type"),
            actor_type: text("/actor/actor_type"),
            actor_gid: text("/actor/gid"),
            resource_gid: text("/resource/gid"),
        }
    }
}
