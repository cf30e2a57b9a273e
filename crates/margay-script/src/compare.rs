//! Equality, order and hashes. Each value that is visited costs a step, since shared parts can make a small value as
//! large as one likes to whoever walks it.

use std::cmp::Ordering;

use crate::heap::Heap;
use crate::limits::VALUE_DEPTH_MAX;
use crate::number::{self, Number};
use crate::problem::{Fault, Run, RunProblemKind};
use crate::value::Value;

#[cfg(test)]
mod tests;

/// Fails for values that lie too deep inside each other.
pub(crate) fn check_depth(depth: usize) -> Run<()> {
    if depth > VALUE_DEPTH_MAX {
        let message = format!("more than {VALUE_DEPTH_MAX} values inside each other");
        return Err(Fault::new(RunProblemKind::Depth, message));
    }
    Ok(())
}

pub(crate) fn equal(heap: &Heap<'_>, left: Value, right: Value) -> Run<bool> {
    equal_at(heap, left, right, 0)
}

fn equal_at(heap: &Heap<'_>, left: Value, right: Value, depth: usize) -> Run<bool> {
    heap.meter.step()?;
    check_depth(depth)?;
    Ok(match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => {
            let (left, right) = (heap.text(left), heap.text(right));
            if left.len() == right.len() {
                heap.meter.scan(left.len())?;
            }
            left == right
        }
        (Value::List(left), Value::List(right)) => {
            equal_items(heap, &heap.list(left).items, &heap.list(right).items, depth)?
        }
        (Value::Tuple(left), Value::Tuple(right)) => equal_items(heap, heap.tuple(left), heap.tuple(right), depth)?,
        (Value::Dict(left), Value::Dict(right)) => {
            let (entries, others) = (heap.dict(left).dict.entries(), heap.dict(right).dict.entries());
            if entries.len() != others.len() {
                return Ok(false);
            }
            for entry in entries {
                match crate::dict::get(heap, right, entry.key)? {
                    Some(value) if equal_at(heap, entry.value, value, depth + 1)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        (Value::Range(left), Value::Range(right)) => {
            let (left, right) = (heap.range(left), heap.range(right));
            let count = left.count();
            count == right.count()
                && (count == 0 || left.start == right.start && (count == 1 || left.step == right.step))
        }
        (Value::Closure(left), Value::Closure(right)) => left == right,
        (Value::Bound(left), Value::Bound(right)) => left == right,
        (Value::Function(left), Value::Function(right)) => left == right,
        (Value::Module(left), Value::Module(right)) => left == right,
        _ => match (Number::of(heap, left), Number::of(heap, right)) {
            (Some(left), Some(right)) => {
                heap.meter.scan(left.bytes() + right.bytes())?;
                number::order(&left, &right) == Ordering::Equal
            }
            _ => false,
        },
    })
}

fn equal_items(heap: &Heap<'_>, left: &[Value], right: &[Value], depth: usize) -> Run<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !equal_at(heap, *left, *right, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares two values that have an order.
pub(crate) fn order(heap: &Heap<'_>, left: Value, right: Value) -> Run<Ordering> {
    order_at(heap, left, right, 0)
}

fn order_at(heap: &Heap<'_>, left: Value, right: Value, depth: usize) -> Run<Ordering> {
    heap.meter.step()?;
    check_depth(depth)?;
    match (left, right) {
        (Value::Boolean(left), Value::Boolean(right)) => Ok(left.cmp(&right)),
        (Value::Text(left), Value::Text(right)) => {
            let (left, right) = (heap.text(left), heap.text(right));
            heap.meter.scan(left.len().min(right.len()))?;
            Ok(left.cmp(right))
        }
        (Value::List(left), Value::List(right)) => {
            order_items(heap, &heap.list(left).items, &heap.list(right).items, depth)
        }
        (Value::Tuple(left), Value::Tuple(right)) => order_items(heap, heap.tuple(left), heap.tuple(right), depth),
        _ => match (Number::of(heap, left), Number::of(heap, right)) {
            (Some(left), Some(right)) => {
                heap.meter.scan(left.bytes() + right.bytes())?;
                Ok(number::order(&left, &right))
            }
            _ => Err(Fault::operation(format!(
                "{} and {} have no order",
                left.described(),
                right.described()
            ))),
        },
    }
}

fn order_items(heap: &Heap<'_>, left: &[Value], right: &[Value], depth: usize) -> Run<Ordering> {
    for (left, right) in left.iter().zip(right) {
        if !equal_at(heap, *left, *right, depth + 1)? {
            return order_at(heap, *left, *right, depth + 1);
        }
    }
    Ok(left.len().cmp(&right.len()))
}

/// Returns the hash of a value that may be a key. Equal values have equal hashes.
pub(crate) fn hash(heap: &Heap<'_>, value: Value) -> Run<u64> {
    hash_at(heap, value, 0)
}

fn hash_at(heap: &Heap<'_>, value: Value, depth: usize) -> Run<u64> {
    heap.meter.step()?;
    check_depth(depth)?;
    Ok(match value {
        Value::None => mix(1, 0),
        Value::Boolean(value) => mix(2, u64::from(value)),
        Value::Text(place) => {
            let text = heap.text(place);
            heap.meter.scan(text.len())?;
            hash_bytes(text.as_bytes())
        }
        Value::Tuple(place) => {
            let mut hash = mix(3, 0);
            for item in heap.tuple(place) {
                hash = mix(hash, hash_at(heap, *item, depth + 1)?);
            }
            hash
        }
        Value::Range(place) => {
            let range = heap.range(place);
            mix(mix(4, range.count().cast_unsigned()), range.start.cast_unsigned())
        }
        Value::Integer(_) | Value::Big(_) | Value::Float(_) => match Number::of(heap, value) {
            Some(number) => {
                heap.meter.scan(number.bytes())?;
                number.hash()
            }
            None => 0,
        },
        Value::Function(_) | Value::Closure(_) | Value::Bound(_) | Value::Module(_) => mix(5, 0),
        Value::List(_) | Value::Dict(_) => {
            return Err(Fault::operation(format!(
                "{} cannot be the key of a dict",
                value.described()
            )));
        }
    })
}

/// FNV-1a with a last stir, so that the low bits depend on all.
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(6, hash)
}

/// Stirs a number into a hash.
pub(crate) const fn mix(hash: u64, number: u64) -> u64 {
    let mut mixed = (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= mixed >> 32;
    mixed
}
