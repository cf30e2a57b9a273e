//! `split`, `rsplit` and `splitlines`.

use super::super::{Arguments, Method, integer, text};
use super::{empty_separator, is_searchable};
use crate::evaluate::Evaluator;
use crate::heap::Heap;
use crate::problem::Run;
use crate::value::{TextPlace, Value};

pub(super) fn split(heap: &mut Heap<'_>, place: TextPlace, method: Method, arguments: Arguments) -> Run<Value> {
    let name = method.name();
    let [separator, limit] = arguments.take(name, ["sep", "maxsplit"], 0)?;
    let limit = usize::try_from(integer(heap, limit, -1, name)?).unwrap_or(usize::MAX);
    let whole = heap.text(place);
    let is_from_right = method == Method::Rsplit;
    let bounds = match separator {
        None | Some(Value::None) => words(heap, whole, limit, is_from_right)?,
        given => {
            let separator = heap.text(text(given, name)?);
            if separator.is_empty() {
                return Err(empty_separator());
            }
            pieces(heap, whole, separator, limit, is_from_right)?
        }
    };
    let mut parts = Vec::with_capacity(bounds.len());
    for (from, to) in bounds {
        parts.push(heap.add_part(place, from, to)?);
    }
    Ok(heap.add_charged_list(parts))
}

/// Where the parts between separators lie.
fn pieces(
    heap: &Heap<'_>,
    whole: &str,
    separator: &str,
    limit: usize,
    is_from_right: bool,
) -> Run<Vec<(usize, usize)>> {
    let mut bounds = Vec::new();
    let mut add = |from: usize, to: usize| -> Run<()> {
        heap.meter.step()?;
        heap.charge_items(1)?;
        bounds.push((from, to));
        Ok(())
    };
    if !is_searchable(heap, whole, separator)? {
        add(0, whole.len())?;
    } else if is_from_right {
        let mut end = whole.len();
        for (at, _) in whole.rmatch_indices(separator).take(limit) {
            add(at + separator.len(), end)?;
            end = at;
        }
        add(0, end)?;
        bounds.reverse();
    } else {
        let mut start = 0;
        for (at, _) in whole.match_indices(separator).take(limit) {
            add(start, at)?;
            start = at + separator.len();
        }
        add(start, whole.len())?;
    }
    Ok(bounds)
}

/// Where the parts between white space lie; the last one, or the first from the right, holds what is left as it is.
fn words(heap: &Heap<'_>, whole: &str, limit: usize, is_from_right: bool) -> Run<Vec<(usize, usize)>> {
    let mut bounds = Vec::new();
    let (mut from, mut to) = (0, whole.len());
    loop {
        heap.meter.step()?;
        let rest = &whole[from..to];
        let trimmed = if is_from_right {
            rest.trim_end()
        } else {
            rest.trim_start()
        };
        if trimmed.is_empty() {
            break;
        }
        heap.charge_items(1)?;
        if is_from_right {
            to = from + trimmed.len();
        } else {
            from = to - trimmed.len();
        }
        let split_at = if bounds.len() == limit {
            None
        } else if is_from_right {
            trimmed
                .char_indices()
                .rev()
                .find(|(_, character)| character.is_whitespace())
                .map(|(at, character)| at + character.len_utf8())
        } else {
            trimmed.find(char::is_whitespace)
        };
        match (split_at, is_from_right) {
            (Some(at), false) => {
                bounds.push((from, from + at));
                from += at;
            }
            (Some(at), true) => {
                bounds.push((from + at, to));
                to = from + at;
            }
            (None, _) => {
                bounds.push((from, to));
                break;
            }
        }
    }
    if is_from_right {
        bounds.reverse();
    }
    Ok(bounds)
}

pub(super) fn split_lines(evaluator: &mut Evaluator<'_, '_>, place: TextPlace, arguments: Arguments) -> Run<Value> {
    let [keep] = arguments.take("splitlines", ["keepends"], 0)?;
    let keeps_ends = keep.is_some_and(|keep| evaluator.is_true(keep));
    let heap = &mut evaluator.heap;
    let mut parts = Vec::new();
    let (mut from, length) = (0, heap.text(place).len());
    while from < length {
        heap.meter.step()?;
        heap.charge_items(1)?;
        let rest = &heap.text(place)[from..];
        let (to, next) = match rest.find(['\n', '\r']) {
            None => (length, length),
            Some(at) => {
                let width = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
                (from + at, from + at + width)
            }
        };
        parts.push(heap.add_part(place, from, if keeps_ends { next } else { to })?);
        from = next;
    }
    Ok(heap.add_charged_list(parts))
}
