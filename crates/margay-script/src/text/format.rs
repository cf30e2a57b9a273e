//! `"…" % values` and `"…".format(…)`.

use super::{Output, decimal, integer_of};
use crate::heap::Heap;
use crate::number::{self, Number};
use crate::problem::{Fault, Run};
use crate::value::{TextPlace, Value};

/// Evaluates `pattern % values`.
pub(crate) fn percent(heap: &Heap<'_>, pattern: TextPlace, values: Value) -> Run<String> {
    let single = [values];
    let items: &[Value] = match values {
        Value::Tuple(place) => heap.tuple(place),
        _ => &single,
    };
    let mut taken = 0;
    let mut out = Output::new(heap);
    let mut rest = heap.text(pattern);
    heap.meter.scan(rest.len())?;
    while let Some((plain, after)) = rest.split_once('%') {
        out.add(plain)?;
        let Some(letter) = after.chars().next() else {
            return Err(Fault::operation("the pattern ends with a single `%`"));
        };
        rest = &after[letter.len_utf8()..];
        if letter == '%' {
            out.add("%")?;
            continue;
        }
        if letter == '(' {
            let (value, letter, after) = named(heap, rest, values)?;
            conversion(&mut out, letter, value)?;
            (rest, taken) = (after, items.len());
            continue;
        }
        let Some(value) = items.get(taken) else {
            return Err(Fault::operation("the pattern wants more values than there are"));
        };
        taken += 1;
        conversion(&mut out, letter, *value)?;
    }
    out.add(rest)?;
    if taken < items.len() && !matches!(values, Value::Dict(_)) {
        return Err(Fault::operation("there are more values than the pattern wants"));
    }
    Ok(out.text)
}

/// Reads `name)` and the letter after it, and looks the name up.
fn named<'t>(heap: &Heap<'_>, rest: &'t str, values: Value) -> Run<(Value, char, &'t str)> {
    let (Some((name, after)), Value::Dict(place)) = (rest.split_once(')'), values) else {
        return Err(Fault::operation("a pattern with names goes with a dict"));
    };
    let entries = heap.dict(place).dict.entries();
    heap.meter.steps(entries.len() as u64)?;
    heap.meter.scan(entries.len().saturating_mul(name.len()))?;
    let found = entries
        .iter()
        .find(|entry| matches!(entry.key, Value::Text(key) if heap.text(key) == name));
    let (Some(entry), Some(letter)) = (found, after.chars().next()) else {
        return Err(Fault::operation("the pattern wants a key that the dict does not have"));
    };
    Ok((entry.value, letter, &after[letter.len_utf8()..]))
}

fn conversion(out: &mut Output<'_, '_>, letter: char, value: Value) -> Run<()> {
    let heap = out.heap;
    match letter {
        's' => out.display(value),
        'r' => out.repr(value),
        'd' | 'i' => {
            let digits = decimal(heap, &integer_of(heap, value)?)?;
            out.add(&digits)
        }
        'o' | 'x' | 'X' => {
            let integer = integer_of(heap, value)?;
            heap.meter.steps(integer.bits() / 64)?;
            let digits = integer.to_str_radix(if letter == 'o' { 8 } else { 16 });
            out.add(&if letter == 'X' { digits.to_uppercase() } else { digits })
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let Some(number) = Number::of(heap, value) else {
                return Err(Fault::operation(format!(
                    "`%{letter}` wants a number, got {}",
                    value.described()
                )));
            };
            let text = float(letter, number.to_float()?);
            out.add(&text)
        }
        'c' => match value {
            Value::Text(place) if heap.text(place).chars().count() == 1 => out.add(heap.text(place)),
            Value::Integer(code) => match u32::try_from(code).ok().and_then(char::from_u32) {
                Some(character) => out.add(character.encode_utf8(&mut [0; 4])),
                None => Err(Fault::operation("`%c` wants a character's number")),
            },
            _ => Err(Fault::operation("`%c` wants a character or its number")),
        },
        _ => Err(Fault::operation(format!(
            "there is no conversion `%{}`",
            letter.escape_debug()
        ))),
    }
}

fn float(letter: char, number: f64) -> String {
    let mut out = String::new();
    match letter {
        _ if !number.is_finite() => number::write_float(&mut out, number),
        'g' | 'G' => number::write_float(&mut out, number),
        'f' | 'F' => out = format!("{number:.6}"),
        _ => {
            let scientific = format!("{number:.6e}");
            let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
            number::write_exponent(&mut out, digits, exponent.parse().unwrap_or(0));
        }
    }
    if letter.is_ascii_uppercase() {
        out.to_uppercase()
    } else {
        out
    }
}

/// Evaluates `pattern.format(…)`.
pub(crate) fn braces(
    heap: &Heap<'_>,
    pattern: TextPlace,
    positional: &[Value],
    named: &[(Box<str>, Value)],
) -> Run<String> {
    let mut out = Output::new(heap);
    let mut rest = heap.text(pattern);
    let mut next = 0;
    // Whether fields count themselves, or are numbered; a pattern does not mix them.
    let mut is_counted = None;
    while let Some(at) = rest.find(['{', '}']) {
        out.add(&rest[..at])?;
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            out.add(brace)?;
            rest = after;
            continue;
        }
        let field = rest.split_once('}').filter(|_| brace == "{");
        let Some((field, after)) = field else {
            return Err(Fault::operation(
                "a single brace in the pattern; a brace is written twice",
            ));
        };
        rest = after;
        let (name, is_repr) = match field.split_once('!') {
            Some((name, "r")) => (name, true),
            Some((name, "s")) => (name, false),
            Some(_) => return Err(Fault::operation("after `!` in a pattern comes `s` or `r`")),
            None => (field, false),
        };
        let value = if name.bytes().all(|byte| byte.is_ascii_digit()) {
            let is_automatic = name.is_empty();
            if *is_counted.get_or_insert(is_automatic) != is_automatic {
                return Err(Fault::operation("a pattern has either `{}` or `{0}`, not both"));
            }
            let index = if is_automatic {
                next
            } else {
                name.parse().unwrap_or(usize::MAX)
            };
            next += 1;
            positional.get(index).copied()
        } else if name.contains(['.', '[', ':', ',']) {
            return Err(Fault::operation("a pattern's field is empty, a number or a name"));
        } else {
            heap.meter.steps(named.len() as u64)?;
            heap.meter.scan(named.len().saturating_mul(name.len()))?;
            named
                .iter()
                .find(|(other, _)| **other == *name)
                .map(|(_, value)| *value)
        };
        let Some(value) = value else {
            return Err(Fault::operation("the pattern wants a value that is not given"));
        };
        if is_repr {
            out.repr(value)?;
        } else {
            out.display(value)?;
        }
    }
    out.add(rest)?;
    Ok(out.text)
}
