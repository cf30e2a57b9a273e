//! Elements of sequences and dicts: by position, index, key and slice.

use num_traits::ToPrimitive;

use super::Evaluator;
use crate::dict;
use crate::heap::Heap;
use crate::problem::{Fault, Run};
use crate::value::{Range, Value};

/// Returns the value at a position of what a loop runs over; `None` behind the last.
pub(crate) fn item(heap: &Heap<'_>, values: Value, position: usize) -> Run<Option<Value>> {
    Ok(match values {
        Value::List(place) => heap.list(place).items.get(position).copied(),
        Value::Tuple(place) => heap.tuple(place).get(position).copied(),
        Value::Dict(place) => heap.dict(place).dict.entries().get(position).map(|entry| entry.key),
        Value::Range(place) => {
            let range = heap.range(place);
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            (position < range.count()).then(|| Value::Integer(range.at(position)))
        }
        Value::Text(_) => {
            return Err(Fault::operation(
                "a string is not a list of characters; `.elems()` makes one",
            ));
        }
        _ => return Err(Fault::operation(format!("{} is no list", values.described()))),
    })
}

/// Returns how many values a loop would run over.
pub(crate) fn count(heap: &Heap<'_>, values: Value) -> Run<usize> {
    Ok(match values {
        Value::List(place) => heap.list(place).items.len(),
        Value::Tuple(place) => heap.tuple(place).len(),
        Value::Dict(place) => heap.dict(place).dict.entries().len(),
        Value::Range(place) => usize::try_from(heap.range(place).count()).unwrap_or(usize::MAX),
        _ => return item(heap, values, 0).map(|_| 0),
    })
}

/// Returns the values that a loop would run over.
pub(crate) fn collect(heap: &Heap<'_>, values: Value) -> Run<Vec<Value>> {
    let count = count(heap, values)?;
    heap.meter.steps(count as u64)?;
    heap.charge_items(count)?;
    let mut items = Vec::with_capacity(count);
    for position in 0..count {
        items.extend(item(heap, values, position)?);
    }
    Ok(items)
}

impl Evaluator<'_, '_> {
    /// Evaluates `container[index]`.
    pub(super) fn element(&mut self, container: Value, index: Value) -> Run<Value> {
        match container {
            Value::Dict(place) => match dict::get(&self.heap, place, index)? {
                Some(value) => Ok(value),
                None => Err(Fault::operation(
                    "the dict has no such key; `.get(key)` gives None then",
                )),
            },
            Value::Text(place) => {
                let position = Self::position(index, self.heap.text(place).len())?;
                self.heap.add_part(place, position, position + 1)
            }
            Value::List(_) | Value::Tuple(_) | Value::Range(_) => {
                let position = Self::position(index, count(&self.heap, container)?)?;
                item(&self.heap, container, position)?.ok_or_else(out_of_range)
            }
            _ => Err(Fault::operation(format!("{} has no elements", container.described()))),
        }
    }

    /// Evaluates `container[index] = value`.
    pub(super) fn set_element(&mut self, container: Value, index: Value, value: Value) -> Run<()> {
        match container {
            Value::Dict(place) => {
                self.heap.dict_mut(place)?;
                dict::set(&mut self.heap, place, index, value)
            }
            Value::List(place) => {
                let position = Self::position(index, self.heap.list(place).items.len())?;
                self.heap.list_mut(place)?[position] = value;
                Ok(())
            }
            _ => Err(Fault::operation(format!(
                "the elements of {} cannot change",
                container.described()
            ))),
        }
    }

    /// Turns an index into a position; a negative one counts from the end.
    pub(crate) fn position(index: Value, count: usize) -> Run<usize> {
        let Value::Integer(index) = index else {
            return Err(match index {
                Value::Big(_) => out_of_range(),
                _ => Fault::operation(format!("an index is an int, not {}", index.described())),
            });
        };
        let length = i64::try_from(count).unwrap_or(i64::MAX);
        let position = if index < 0 { index.saturating_add(length) } else { index };
        usize::try_from(position)
            .ok()
            .filter(|position| *position < count)
            .ok_or_else(out_of_range)
    }

    /// Evaluates `value[start:end:step]`.
    pub(super) fn slice(
        &mut self,
        value: Value,
        start: Option<Value>,
        end: Option<Value>,
        step: Option<Value>,
    ) -> Run<Value> {
        let length = match value {
            Value::Text(place) => self.heap.text(place).len(),
            Value::List(_) | Value::Tuple(_) | Value::Range(_) => count(&self.heap, value)?,
            _ => return Err(Fault::operation(format!("{} cannot be sliced", value.described()))),
        };
        let picked = self.picked(length, start, end, step)?;
        let taken = usize::try_from(picked.count()).unwrap_or(usize::MAX);
        match value {
            Value::Text(place) if picked.step == 1 || taken == 0 => {
                let from = usize::try_from(picked.start).unwrap_or(0);
                self.heap.add_part(place, from, from + taken)
            }
            Value::Text(place) => {
                self.heap.charge_text(taken.saturating_mul(3))?;
                let bytes = self.heap.text(place).as_bytes();
                let bytes: Vec<u8> = (0..picked.count())
                    .filter_map(|index| bytes.get(usize::try_from(picked.at(index)).ok()?).copied())
                    .collect();
                Ok(self.heap.add_charged_text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            Value::Range(place) => {
                let range = self.heap.range(place);
                self.heap.add_range(Range {
                    start: range.at(picked.start),
                    stop: range.at(picked.stop),
                    step: range.step.saturating_mul(picked.step),
                })
            }
            _ => {
                self.heap.meter.steps(taken as u64)?;
                self.heap.charge_items(taken)?;
                let mut items = Vec::with_capacity(taken);
                for index in 0..picked.count() {
                    let position = usize::try_from(picked.at(index)).unwrap_or(usize::MAX);
                    items.extend(item(&self.heap, value, position)?);
                }
                match value {
                    Value::List(_) => Ok(self.heap.add_charged_list(items)),
                    _ => self.heap.add_tuple(items),
                }
            }
        }
    }

    /// Returns the positions that a slice of something of that length takes.
    fn picked(&self, length: usize, start: Option<Value>, end: Option<Value>, step: Option<Value>) -> Run<Range> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let step = self.bound_of(step, 1)?;
        if step == 0 {
            return Err(Fault::operation("the step of a slice is not 0"));
        }
        let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
        let place = |given: Option<Value>, default: i64| -> Run<i64> {
            match given {
                None | Some(Value::None) => Ok(default),
                Some(_) => {
                    let index = self.bound_of(given, default)?;
                    let position = if index < 0 { index.saturating_add(length) } else { index };
                    Ok(position.clamp(least, most))
                }
            }
        };
        let (from, to) = if step > 0 { (least, most) } else { (most, least) };
        let (start, end) = (place(start, from)?, place(end, to)?);
        Ok(Range { start, stop: end, step })
    }

    fn bound_of(&self, given: Option<Value>, default: i64) -> Run<i64> {
        match given {
            None | Some(Value::None) => Ok(default),
            Some(Value::Integer(index)) => Ok(index),
            Some(Value::Big(place)) => {
                let is_negative = self.heap.big(place).to_f64().is_some_and(|number| number < 0.0);
                Ok(if is_negative { i64::MIN } else { i64::MAX })
            }
            Some(other) => Err(Fault::operation(format!(
                "the bounds of a slice are ints, not {}",
                other.described()
            ))),
        }
    }
}

#[cold]
fn out_of_range() -> Fault {
    Fault::operation("the index is behind the end")
}
