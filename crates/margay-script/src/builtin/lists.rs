//! Methods of lists.

use super::{Arguments, Method, integer};
use crate::compare::equal;
use crate::evaluate::{Evaluator, collect};
use crate::heap::{Heap, ITEM_BYTES};
use crate::problem::{Fault, Run};
use crate::value::{ListPlace, Value};

pub(super) const METHODS: &[Method] = &[
    Method::Append,
    Method::Clear,
    Method::Extend,
    Method::Index,
    Method::Insert,
    Method::Pop,
    Method::Remove,
];

pub(super) fn call(
    evaluator: &mut Evaluator<'_, '_>,
    place: ListPlace,
    method: Method,
    arguments: Arguments,
) -> Run<Value> {
    let name = method.name();
    match method {
        Method::Append => {
            let value = arguments.one(name)?;
            evaluator.heap.meter.allocate(ITEM_BYTES)?;
            evaluator.heap.list_mut(place)?.push(value);
        }
        Method::Clear => {
            arguments.none(name)?;
            evaluator.heap.list_mut(place)?.clear();
        }
        Method::Extend => {
            let items = collect(&evaluator.heap, arguments.one(name)?)?;
            evaluator.heap.list_mut(place)?.extend(items);
        }
        Method::Index => {
            let [value, start, stop] = arguments.take(name, ["x", "start", "end"], 1)?;
            let length = evaluator.heap.list(place).items.len();
            let from = clamped(&evaluator.heap, start, 0, length)?;
            let to = clamped(&evaluator.heap, stop, length, length)?;
            let found = find(&evaluator.heap, place, value.unwrap_or(Value::None), from, to)?;
            let position = found.ok_or_else(|| Fault::operation("`index` of a value that the list does not have"))?;
            return Ok(Value::Integer(i64::try_from(position).unwrap_or(i64::MAX)));
        }
        Method::Insert => {
            let [index, value] = arguments.take(name, ["index", "x"], 2)?;
            let length = evaluator.heap.list(place).items.len();
            let position = clamped(&evaluator.heap, index, length, length)?;
            evaluator.heap.meter.allocate(ITEM_BYTES)?;
            evaluator.heap.meter.steps(moved(length - position))?;
            let items = evaluator.heap.list_mut(place)?;
            items.insert(position, value.unwrap_or(Value::None));
        }
        Method::Pop => {
            let [index] = arguments.take(name, ["index"], 0)?;
            let length = evaluator.heap.list(place).items.len();
            let position = Evaluator::position(index.unwrap_or(Value::Integer(-1)), length)?;
            evaluator.heap.meter.steps(moved(length - position))?;
            return Ok(evaluator.heap.list_mut(place)?.remove(position));
        }
        _ => {
            let value = arguments.one(name)?;
            let length = evaluator.heap.list(place).items.len();
            let found = find(&evaluator.heap, place, value, 0, length)?;
            let position = found.ok_or_else(|| Fault::operation("`remove` of a value that the list does not have"))?;
            evaluator.heap.meter.steps(moved(length - position))?;
            evaluator.heap.list_mut(place)?.remove(position);
        }
    }
    Ok(Value::None)
}

/// Steps for moving that many items by one place.
const fn moved(count: usize) -> u64 {
    (count / 4) as u64
}

fn find(heap: &Heap<'_>, place: ListPlace, value: Value, from: usize, to: usize) -> Run<Option<usize>> {
    let items = &heap.list(place).items;
    for (offset, item) in items.get(from..to).unwrap_or_default().iter().enumerate() {
        if equal(heap, *item, value)? {
            return Ok(Some(from + offset));
        }
    }
    Ok(None)
}

/// Turns a bound into a position within a length; a negative one counts from the end.
pub(super) fn clamped(heap: &Heap<'_>, bound: Option<Value>, default: usize, length: usize) -> Run<usize> {
    if matches!(bound, None | Some(Value::None)) {
        return Ok(default);
    }
    let limit = i64::try_from(length).unwrap_or(i64::MAX);
    let index = integer(heap, bound, 0, "a bound")?;
    let position = if index < 0 { index.saturating_add(limit) } else { index };
    Ok(usize::try_from(position.clamp(0, limit)).unwrap_or(length))
}
