//! Sorting with comparisons that may fail: a stable merge sort.

use std::cmp::Ordering;

use crate::compare::order;
use crate::heap::Heap;
use crate::problem::Run;
use crate::value::Value;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// Sorts pairs of a key and a value by their keys. Equal ones keep their order, in both directions.
pub(super) fn sort(heap: &Heap<'_>, pairs: Vec<(Value, Value)>, direction: Direction) -> Run<Vec<(Value, Value)>> {
    let length = pairs.len();
    // One more copy of the pairs, each as large as two items.
    heap.charge_items(length.saturating_mul(2))?;
    let (mut from, mut to) = (pairs, Vec::with_capacity(length));
    let mut width = 1;
    while width < length {
        for start in (0..length).step_by(2 * width) {
            let middle = (start + width).min(length);
            let end = (start + 2 * width).min(length);
            merge(heap, &from[start..middle], &from[middle..end], direction, &mut to)?;
        }
        std::mem::swap(&mut from, &mut to);
        to.clear();
        width *= 2;
    }
    Ok(from)
}

fn merge(
    heap: &Heap<'_>,
    mut left: &[(Value, Value)],
    mut right: &[(Value, Value)],
    direction: Direction,
    out: &mut Vec<(Value, Value)>,
) -> Run<()> {
    while let (Some(first), Some(second)) = (left.first(), right.first()) {
        let order = order(heap, first.0, second.0)?;
        let takes_left = match direction {
            Direction::Up => order != Ordering::Greater,
            Direction::Down => order != Ordering::Less,
        };
        if takes_left {
            out.push(*first);
            left = &left[1..];
        } else {
            out.push(*second);
            right = &right[1..];
        }
    }
    heap.meter.steps((left.len() + right.len()) as u64)?;
    out.extend_from_slice(left);
    out.extend_from_slice(right);
    Ok(())
}
