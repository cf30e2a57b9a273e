//! Methods of strings.
//!
//! Positions count bytes, as in the Starlark that Panther uses: for plain ASCII they are characters.

use super::lists::clamped;
use super::{Arguments, Method, integer, text};
use crate::evaluate::{Evaluator, collect};
use crate::heap::Heap;
use crate::limits::SOUGHT_BYTES_PER_STEP;
use crate::problem::{Fault, Run};
use crate::text::braces;
use crate::value::{TextPlace, Value};

mod split;

use split::{split, split_lines};

pub(super) const METHODS: &[Method] = &[
    Method::Capitalize,
    Method::CodepointOrds,
    Method::Codepoints,
    Method::Count,
    Method::ElemOrds,
    Method::Elems,
    Method::Endswith,
    Method::Find,
    Method::Format,
    Method::Index,
    Method::Isalnum,
    Method::Isalpha,
    Method::Isdigit,
    Method::Islower,
    Method::Isspace,
    Method::Istitle,
    Method::Isupper,
    Method::Join,
    Method::Lower,
    Method::Lstrip,
    Method::Partition,
    Method::Removeprefix,
    Method::Removesuffix,
    Method::Replace,
    Method::Rfind,
    Method::Rindex,
    Method::Rpartition,
    Method::Rsplit,
    Method::Rstrip,
    Method::Split,
    Method::Splitlines,
    Method::Startswith,
    Method::Strip,
    Method::Title,
    Method::Upper,
];

pub(super) fn call(
    evaluator: &mut Evaluator<'_, '_>,
    place: TextPlace,
    method: Method,
    arguments: Arguments,
) -> Run<Value> {
    let name = method.name();
    let heap = &mut evaluator.heap;
    heap.meter.scan(heap.text(place).len())?;
    match method {
        Method::Capitalize | Method::Lower | Method::Title | Method::Upper => {
            arguments.none(name)?;
            cased(heap, place, method)
        }
        Method::Isalnum
        | Method::Isalpha
        | Method::Isdigit
        | Method::Islower
        | Method::Isspace
        | Method::Istitle
        | Method::Isupper => {
            arguments.none(name)?;
            Ok(Value::Boolean(is(heap.text(place), method)))
        }
        Method::Elems | Method::Codepoints => {
            arguments.none(name)?;
            characters(heap, place)
        }
        Method::ElemOrds | Method::CodepointOrds => {
            arguments.none(name)?;
            let text = heap.text(place);
            heap.charge_items(text.len())?;
            heap.meter.steps(text.len() as u64)?;
            let numbers: Vec<Value> = if method == Method::ElemOrds {
                text.bytes().map(|byte| Value::Integer(i64::from(byte))).collect()
            } else {
                text.chars()
                    .map(|character| Value::Integer(i64::from(u32::from(character))))
                    .collect()
            };
            Ok(heap.add_charged_list(numbers))
        }
        Method::Startswith | Method::Endswith => affix(heap, place, method, arguments),
        Method::Count | Method::Find | Method::Index | Method::Rfind | Method::Rindex => {
            search(heap, place, method, arguments)
        }
        Method::Format => {
            let formatted = braces(heap, place, &arguments.positional, &arguments.named)?;
            heap.charge_text(0)?;
            Ok(heap.add_charged_text(formatted))
        }
        Method::Join => join(heap, place, arguments.one(name)?),
        Method::Partition | Method::Rpartition => partition(heap, place, method, arguments.one(name)?),
        Method::Removeprefix | Method::Removesuffix => {
            let affix = heap.text(text(Some(arguments.one(name)?), name)?);
            let whole = heap.text(place);
            heap.meter.scan(affix.len().min(whole.len()))?;
            let (from, to) = match method {
                Method::Removeprefix if whole.starts_with(affix) => (affix.len(), whole.len()),
                Method::Removesuffix if whole.ends_with(affix) => (0, whole.len() - affix.len()),
                _ => (0, whole.len()),
            };
            heap.add_part(place, from, to)
        }
        Method::Replace => replace(heap, place, arguments),
        Method::Lstrip | Method::Rstrip | Method::Strip => strip(heap, place, method, arguments),
        Method::Split | Method::Rsplit => split(heap, place, method, arguments),
        _ => split_lines(evaluator, place, arguments),
    }
}

fn cased(heap: &mut Heap<'_>, place: TextPlace, method: Method) -> Run<Value> {
    let text = heap.text(place);
    // A character may become three.
    heap.charge_text(text.len().saturating_mul(3))?;
    let mut out = String::with_capacity(text.len());
    match method {
        Method::Lower => out.push_str(&text.to_lowercase()),
        Method::Upper => out.push_str(&text.to_uppercase()),
        _ => {
            let mut starts = true;
            for character in text.chars() {
                if starts {
                    out.extend(character.to_uppercase());
                } else {
                    out.extend(character.to_lowercase());
                }
                starts = method == Method::Title && !character.is_alphabetic();
            }
        }
    }
    Ok(heap.add_charged_text(out))
}

fn is(text: &str, method: Method) -> bool {
    let all = |holds: fn(char) -> bool| !text.is_empty() && text.chars().all(holds);
    match method {
        Method::Isalnum => all(char::is_alphanumeric),
        Method::Isalpha => all(char::is_alphabetic),
        Method::Isdigit => all(char::is_numeric),
        Method::Isspace => all(char::is_whitespace),
        Method::Islower => text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase),
        Method::Isupper => text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase),
        _ => is_title(text),
    }
}

/// Capital letters follow only what has no case, small ones only what has.
fn is_title(text: &str) -> bool {
    let (mut follows_cased, mut has_cased) = (false, false);
    for character in text.chars() {
        if character.is_uppercase() {
            if follows_cased {
                return false;
            }
            (follows_cased, has_cased) = (true, true);
        } else if character.is_lowercase() {
            if !follows_cased {
                return false;
            }
        } else {
            follows_cased = false;
        }
    }
    has_cased
}

fn characters(heap: &mut Heap<'_>, place: TextPlace) -> Run<Value> {
    let length = heap.text(place).len();
    let mut items = Vec::new();
    let mut at = 0;
    while at < length {
        heap.meter.step()?;
        heap.charge_items(1)?;
        let width = heap.text(place)[at..].chars().next().map_or(1, char::len_utf8);
        items.push(heap.add_part(place, at, at + width)?);
        at += width;
    }
    Ok(heap.add_charged_list(items))
}

/// Returns the bytes from one bound to another, and where they start. Bounds within a character move into the part.
fn bounded<'h>(
    heap: &'h Heap<'_>,
    place: TextPlace,
    start: Option<Value>,
    stop: Option<Value>,
) -> Run<(&'h str, usize)> {
    let whole = heap.text(place);
    let mut from = clamped(heap, start, 0, whole.len())?;
    let mut to = clamped(heap, stop, whole.len(), whole.len())?;
    while !whole.is_char_boundary(from) {
        from += 1;
    }
    while !whole.is_char_boundary(to) {
        to -= 1;
    }
    Ok((whole.get(from..to).unwrap_or_default(), from))
}

fn affix(heap: &Heap<'_>, place: TextPlace, method: Method, arguments: Arguments) -> Run<Value> {
    let name = method.name();
    let [wanted, start, stop] = arguments.take(name, ["x", "start", "end"], 1)?;
    let (part, _) = bounded(heap, place, start, stop)?;
    let single = [wanted.unwrap_or(Value::None)];
    let wanted: &[Value] = match single[0] {
        Value::Tuple(place) => heap.tuple(place),
        _ => &single,
    };
    for value in wanted {
        heap.meter.step()?;
        let affix = heap.text(text(Some(*value), name)?);
        heap.meter.scan(affix.len())?;
        let has = if method == Method::Startswith {
            part.starts_with(affix)
        } else {
            part.ends_with(affix)
        };
        if has {
            return Ok(Value::Boolean(true));
        }
    }
    Ok(Value::Boolean(false))
}

fn search(heap: &Heap<'_>, place: TextPlace, method: Method, arguments: Arguments) -> Run<Value> {
    let name = method.name();
    let [wanted, start, stop] = arguments.take(name, ["sub", "start", "end"], 1)?;
    let (part, from) = bounded(heap, place, start, stop)?;
    let wanted = heap.text(text(wanted, name)?);
    let found = if is_searchable(heap, part, wanted)? {
        match method {
            Method::Count => return Ok(number(part.matches(wanted).count())),
            Method::Find | Method::Index => part.find(wanted),
            _ => part.rfind(wanted),
        }
    } else if method == Method::Count {
        return Ok(Value::Integer(0));
    } else {
        None
    };
    match (found, method) {
        (Some(at), _) => Ok(number(from + at)),
        (None, Method::Find | Method::Rfind) => Ok(Value::Integer(-1)),
        (None, _) => Err(Fault::operation(format!(
            "`{name}` of a string that is not there; `find` gives -1 then"
        ))),
    }
}

/// Charges for a search beside the text that is searched, whose bytes were charged for: what is looked for is read before
/// the search begins. Returns whether it can be there at all; if not, a search would be wasted.
pub(crate) fn is_searchable(heap: &Heap<'_>, whole: &str, wanted: &str) -> Run<bool> {
    if wanted.len() > whole.len() {
        return Ok(false);
    }
    heap.meter.steps((wanted.len() / SOUGHT_BYTES_PER_STEP) as u64)?;
    Ok(true)
}

fn number(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn join(heap: &mut Heap<'_>, separator: TextPlace, values: Value) -> Run<Value> {
    let items = collect(heap, values)?;
    let separator = heap.text(separator);
    let mut bytes = separator.len().saturating_mul(items.len());
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        let part = heap.text(text(Some(item), "join")?);
        bytes = bytes.saturating_add(part.len());
        parts.push(part);
    }
    heap.charge_text(bytes)?;
    let joined = parts.join(separator);
    Ok(heap.add_charged_text(joined))
}

fn partition(heap: &mut Heap<'_>, place: TextPlace, method: Method, separator: Value) -> Run<Value> {
    let separator = heap.text(text(Some(separator), method.name())?);
    if separator.is_empty() {
        return Err(empty_separator());
    }
    let whole = heap.text(place);
    let found = if !is_searchable(heap, whole, separator)? {
        None
    } else if method == Method::Partition {
        whole.find(separator)
    } else {
        whole.rfind(separator)
    };
    let (length, width) = (whole.len(), separator.len());
    let bounds = match (found, method) {
        (Some(at), _) => [(0, at), (at, at + width), (at + width, length)],
        (None, Method::Partition) => [(0, length), (length, length), (length, length)],
        (None, _) => [(0, 0), (0, 0), (0, length)],
    };
    let mut parts = Vec::with_capacity(3);
    for (from, to) in bounds {
        parts.push(heap.add_part(place, from, to)?);
    }
    heap.add_tuple(parts)
}

#[cold]
fn empty_separator() -> Fault {
    Fault::operation("a separator has at least one character")
}

fn replace(heap: &mut Heap<'_>, place: TextPlace, arguments: Arguments) -> Run<Value> {
    let [old, new, limit] = arguments.take("replace", ["old", "new", "count"], 2)?;
    let limit = usize::try_from(integer(heap, limit, -1, "replace")?).unwrap_or(usize::MAX);
    let (old, new) = (heap.text(text(old, "replace")?), heap.text(text(new, "replace")?));
    let whole = heap.text(place);
    if !is_searchable(heap, whole, old)? {
        return Ok(Value::Text(place));
    }
    // It is searched twice.
    heap.meter.scan(whole.len())?;
    is_searchable(heap, whole, old)?;
    let count = whole.matches(old).take(limit).count();
    if count == 0 {
        return Ok(Value::Text(place));
    }
    heap.meter.steps(count as u64)?;
    heap.charge_text(whole.len().saturating_add(new.len().saturating_mul(count)))?;
    let replaced = whole.replacen(old, new, limit);
    Ok(heap.add_charged_text(replaced))
}

fn strip(heap: &mut Heap<'_>, place: TextPlace, method: Method, arguments: Arguments) -> Run<Value> {
    let name = method.name();
    let [characters] = arguments.take(name, ["chars"], 0)?;
    let set = match characters {
        None | Some(Value::None) => None,
        given => Some(heap.text(text(given, name)?)),
    };
    let whole = heap.text(place);
    if let Some(set) = set {
        // Each character may be looked for in the whole set.
        heap.meter
            .steps((whole.len() as u64 / 8 + 1).saturating_mul(set.len() as u64 / 8 + 1))?;
    }
    let is_stripped = |character: char| set.map_or(character.is_whitespace(), |set| set.contains(character));
    let (mut from, mut to) = (0, whole.len());
    if method != Method::Rstrip {
        from = whole.len() - whole.trim_start_matches(is_stripped).len();
    }
    if method != Method::Lstrip {
        to = from + whole[from..].trim_end_matches(is_stripped).len();
    }
    heap.add_part(place, from, to)
}
