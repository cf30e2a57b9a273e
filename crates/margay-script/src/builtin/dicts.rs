//! Methods of dicts.

use super::{Arguments, Method};
use crate::dict::{self, Entry};
use crate::evaluate::{Evaluator, collect, count, item};
use crate::heap::Heap;
use crate::problem::{Fault, Run};
use crate::value::{DictPlace, Value};

pub(super) const METHODS: &[Method] = &[
    Method::Clear,
    Method::Get,
    Method::Items,
    Method::Keys,
    Method::Pop,
    Method::Popitem,
    Method::Setdefault,
    Method::Update,
    Method::Values,
];

pub(super) fn call(
    evaluator: &mut Evaluator<'_, '_>,
    place: DictPlace,
    method: Method,
    arguments: Arguments,
) -> Run<Value> {
    let name = method.name();
    let heap = &mut evaluator.heap;
    match method {
        Method::Get => {
            let [key, default] = arguments.take(name, ["key", "default"], 1)?;
            let found = dict::get(heap, place, key.unwrap_or(Value::None))?;
            Ok(found.or(default).unwrap_or(Value::None))
        }
        Method::Keys => {
            arguments.none(name)?;
            let keys = collect(heap, Value::Dict(place))?;
            Ok(heap.add_charged_list(keys))
        }
        Method::Values => {
            arguments.none(name)?;
            let entries = heap.dict(place).dict.entries();
            heap.meter.steps(entries.len() as u64)?;
            heap.charge_items(entries.len())?;
            let values = entries.iter().map(|entry| entry.value).collect();
            Ok(heap.add_charged_list(values))
        }
        Method::Items => {
            arguments.none(name)?;
            let entries: Vec<Entry> = copied(heap, place)?;
            let mut items = Vec::with_capacity(entries.len());
            for entry in entries {
                heap.meter.step()?;
                items.push(heap.add_tuple(vec![entry.key, entry.value])?);
            }
            Ok(heap.add_charged_list(items))
        }
        Method::Clear => {
            arguments.none(name)?;
            heap.dict_mut(place)?.clear();
            Ok(Value::None)
        }
        Method::Pop => {
            let [key, default] = arguments.take(name, ["key", "default"], 1)?;
            let found = dict::remove(heap, place, key.unwrap_or(Value::None))?;
            found
                .or(default)
                .ok_or_else(|| Fault::operation("`pop` got a key that the dict does not have, and no default"))
        }
        Method::Popitem => {
            arguments.none(name)?;
            let first = heap.dict(place).dict.entries().first().copied();
            let Some(first) = first else {
                return Err(Fault::operation("`popitem` of an empty dict"));
            };
            dict::remove(heap, place, first.key)?;
            heap.add_tuple(vec![first.key, first.value])
        }
        Method::Setdefault => {
            let [key, default] = arguments.take(name, ["key", "default"], 1)?;
            let (key, default) = (key.unwrap_or(Value::None), default.unwrap_or(Value::None));
            if let Some(value) = dict::get(heap, place, key)? {
                return Ok(value);
            }
            dict::set(heap, place, key, default)?;
            Ok(default)
        }
        _ => {
            let named = arguments.named;
            let [pairs] = Arguments {
                positional: arguments.positional,
                named: Vec::new(),
            }
            .take(name, ["pairs"], 0)?;
            if let Some(pairs) = pairs {
                fill(evaluator, place, pairs)?;
            }
            for (key, value) in named {
                let key = evaluator.heap.add_text(&key)?;
                dict::set(&mut evaluator.heap, place, key, value)?;
            }
            Ok(Value::None)
        }
    }
}

fn copied(heap: &Heap<'_>, place: DictPlace) -> Run<Vec<Entry>> {
    let entries = heap.dict(place).dict.entries();
    heap.charge_items(entries.len().saturating_mul(2))?;
    Ok(entries.to_vec())
}

/// Sets the entries of a dict, or of a list of pairs.
pub(super) fn fill(evaluator: &mut Evaluator<'_, '_>, into: DictPlace, pairs: Value) -> Run<()> {
    if let Value::Dict(from) = pairs {
        return evaluator.update(into, from);
    }
    let heap = &mut evaluator.heap;
    let mut position = 0;
    while let Some(pair) = item(heap, pairs, position)? {
        position += 1;
        heap.meter.step()?;
        if count(heap, pair)? != 2 {
            return Err(Fault::operation("a dict is made of pairs of a key and a value"));
        }
        let (Some(key), Some(value)) = (item(heap, pair, 0)?, item(heap, pair, 1)?) else {
            continue;
        };
        dict::set(heap, into, key, value)?;
    }
    Ok(())
}
