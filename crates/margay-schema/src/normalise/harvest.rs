//! What the standard fields take from the values: indicators, and the event's time.
//!
//! Fields are visited in the schema's order, parts before what follows, and only those that have something to give.

use jiff::Timestamp;

use crate::event::{Cell, Tree};
use crate::indicator::Found;
use crate::plan::{ObjectPlan, ValuePlan};
use crate::time::GO_ZERO_TIME;

/// What is gathered.
pub(super) struct Harvest<'t> {
    tree: &'t Tree,
    pub(super) found: Found<'t>,
    /// The first time marked `isEventTime`.
    pub(super) event_time: Option<Timestamp>,
}

impl<'t> Harvest<'t> {
    /// Visits all values of an event.
    pub(super) fn of(plan: &ObjectPlan, tree: &'t Tree) -> Self {
        let mut harvest = Self {
            tree,
            found: Found::with_room(plan.scanner_count),
            event_time: None,
        };
        harvest.object(plan, tree.root_cells());
        harvest
    }

    fn object(&mut self, plan: &ObjectPlan, cells: &[Cell]) {
        for &position in plan.harvested() {
            self.value(&plan.fields[position].value, cells[position]);
        }
    }

    fn value(&mut self, plan: &ValuePlan, cell: Cell) {
        match (plan, cell) {
            (ValuePlan::String { indicators, .. }, Cell::String(span)) => {
                let text = self.tree.text(span);
                for indicator in indicators {
                    indicator.scan(text, &mut self.found);
                }
            }
            (
                ValuePlan::Timestamp {
                    is_event_time: true, ..
                },
                Cell::Timestamp(microseconds),
            ) if self.event_time.is_none() && microseconds != GO_ZERO_TIME => {
                self.event_time = Timestamp::from_microsecond(microseconds).ok();
            }
            (ValuePlan::Embedded(inner), cell) => self.value(inner, cell),
            (ValuePlan::Array(element), Cell::Array(run)) => {
                for cell in self.tree.cells(run) {
                    self.value(element, *cell);
                }
            }
            (ValuePlan::Object(object), Cell::Object(run)) => self.object(object, self.tree.cells(run)),
            _ => {}
        }
    }
}
