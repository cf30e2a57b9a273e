//! What the standard fields take from the values: indicators, and the event's time.
//!
//! Fields are visited in the schema's order, parts before what follows, and only those that have something to give.

use jiff::Timestamp;

use crate::event::Value;
use crate::indicator::Found;
use crate::plan::{ObjectPlan, ValuePlan};
use crate::time::GO_ZERO_TIME;

/// What was gathered.
#[derive(Default)]
pub(super) struct Harvest {
    pub(super) found: Found,
    /// The first time marked `isEventTime`, in microseconds.
    pub(super) event_time: Option<i64>,
}

impl Harvest {
    /// Visits an object.
    pub(super) fn object(&mut self, plan: &ObjectPlan, values: &[Option<Value>]) {
        for (field, value) in plan.fields.iter().zip(values) {
            if let (true, Some(value)) = (field.is_harvested, value) {
                self.value(&field.value, value);
            }
        }
    }

    fn value(&mut self, plan: &ValuePlan, value: &Value) {
        match (plan, value) {
            (ValuePlan::String { indicators, .. }, Value::String(text)) => {
                for indicator in indicators {
                    indicator.scan(text, &mut self.found);
                }
            }
            (
                ValuePlan::Timestamp {
                    is_event_time: true, ..
                },
                Value::Timestamp(microseconds),
            ) if self.event_time.is_none()
                && *microseconds != GO_ZERO_TIME
                && Timestamp::from_microsecond(*microseconds).is_ok() =>
            {
                self.event_time = Some(*microseconds);
            }
            (ValuePlan::Embedded(inner), value) => self.value(inner, value),
            (ValuePlan::Array(element), Value::Array(values)) => {
                for value in values.iter().flatten() {
                    self.value(element, value);
                }
            }
            (ValuePlan::Object(object), Value::Object(values)) => self.object(object, values),
            _ => {}
        }
    }
}
