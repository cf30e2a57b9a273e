//! `json.decode` and `json.encode`, and the event as JSON.

use super::{Arguments, Method, text};
use crate::compare::check_depth;
use crate::dict;
use crate::evaluate::Evaluator;
use crate::heap::{Heap, ITEM_BYTES};
use crate::limits::{BYTES_PER_STEP, INTEGER_BITS_MAX};
use crate::problem::{Fault, Run};
use crate::text::{Output, decimal, integer_of_digits};
use crate::value::{TextPlace, Value};

/// In which order the keys of an object are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// As Go's encoder does.
    Sorted,
    AsTheyCame,
}

pub(super) fn call(evaluator: &mut Evaluator<'_, '_>, method: Method, arguments: Arguments) -> Run<Value> {
    if method == Method::Encode {
        let value = arguments.one("json.encode")?;
        let mut output = Output::new(&evaluator.heap);
        write(&mut output, value, Keys::Sorted)?;
        let text = output.text;
        evaluator.heap.charge_text(0)?;
        return Ok(evaluator.heap.add_charged_text(text));
    }
    let [source, default] = arguments.take("json.decode", ["x", "default"], 1)?;
    let source = text(source, "json.decode")?;
    let mut reader = Reader {
        heap: &mut evaluator.heap,
        source,
        at: 0,
    };
    match (reader.document()?, default) {
        (Some(value), _) | (None, Some(value)) => Ok(value),
        (None, None) => {
            let at = reader.at;
            Err(Fault::operation(format!(
                "`json.decode` got text that is no JSON, at byte {at}"
            )))
        }
    }
}

/// Writes a value as JSON.
pub(crate) fn write(output: &mut Output<'_, '_>, value: Value, keys: Keys) -> Run<()> {
    write_at(output, value, keys, 0)
}

fn write_at(output: &mut Output<'_, '_>, value: Value, keys: Keys, depth: usize) -> Run<()> {
    let heap = output.heap;
    heap.meter.step()?;
    check_depth(depth)?;
    match value {
        Value::None => output.add("null"),
        Value::Boolean(value) => output.add(if value { "true" } else { "false" }),
        Value::Integer(integer) => output.add(&integer.to_string()),
        Value::Big(place) => output.add(&decimal(heap, heap.big(place))?),
        // The shortest digits that read back the same, always with a point or an exponent.
        Value::Float(number) if number.is_finite() => output.add(&format!("{number:?}")),
        Value::Float(_) => Err(Fault::operation("JSON has no number for a float that is not finite")),
        Value::Text(place) => write_text(output, heap.text(place)),
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => {
            output.add("[")?;
            let mut position = 0;
            while let Some(item) = crate::evaluate::item(heap, value, position)? {
                if position > 0 {
                    output.add(",")?;
                }
                position += 1;
                write_at(output, item, keys, depth + 1)?;
            }
            output.add("]")
        }
        Value::Dict(place) => {
            let mut entries = Vec::new();
            heap.charge_items(heap.dict(place).dict.entries().len())?;
            for entry in heap.dict(place).dict.entries() {
                let Value::Text(key) = entry.key else {
                    return Err(Fault::operation(format!(
                        "the keys of a JSON object are strings, found {}",
                        entry.key.described()
                    )));
                };
                entries.push((heap.text(key), entry.value));
            }
            if keys == Keys::Sorted {
                let bytes: usize = entries.iter().map(|(key, _)| key.len() + BYTES_PER_STEP).sum();
                let rounds = entries.len().checked_ilog2().unwrap_or(0) as usize;
                heap.meter.scan(bytes.saturating_mul(rounds))?;
                entries.sort_by_key(|(key, _)| *key);
            }
            output.add("{")?;
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    output.add(",")?;
                }
                write_text(output, key)?;
                output.add(":")?;
                write_at(output, value, keys, depth + 1)?;
            }
            output.add("}")
        }
        Value::Closure(_) | Value::Bound(_) | Value::Function(_) | Value::Module(_) => Err(Fault::operation(format!(
            "{} cannot be written as JSON",
            value.described()
        ))),
    }
}

fn write_text(output: &mut Output<'_, '_>, text: &str) -> Run<()> {
    output.add("\"")?;
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
    {
        output.add(&rest[..at])?;
        match rest.as_bytes()[at] {
            b'"' => output.add("\\\"")?,
            b'\\' => output.add("\\\\")?,
            b'\n' => output.add("\\n")?,
            b'\r' => output.add("\\r")?,
            b'\t' => output.add("\\t")?,
            control => output.add(&format!("\\u{control:04x}"))?,
        }
        rest = &rest[at + 1..];
    }
    output.add(rest)?;
    output.add("\"")
}

/// Reads JSON. Each function returns `None` where the text is no JSON.
struct Reader<'h, 'f> {
    heap: &'h mut Heap<'f>,
    source: TextPlace,
    at: usize,
}

impl Reader<'_, '_> {
    fn rest(&self) -> &[u8] {
        &self.heap.text(self.source).as_bytes()[self.at..]
    }

    fn peek(&mut self) -> Option<u8> {
        let space = self.rest().iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.at += space;
        self.rest().first().copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.peek() == Some(byte);
        self.at += usize::from(takes);
        takes
    }

    fn document(&mut self) -> Run<Option<Value>> {
        self.heap.meter.scan(self.rest().len())?;
        let value = self.value(0)?;
        Ok(value.filter(|_| self.peek().is_none()))
    }

    fn value(&mut self, depth: usize) -> Run<Option<Value>> {
        self.heap.meter.step()?;
        check_depth(depth)?;
        let Some(first) = self.peek() else { return Ok(None) };
        match first {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Ok([
                ("null", Value::None),
                ("true", Value::Boolean(true)),
                ("false", Value::Boolean(false)),
            ]
            .into_iter()
            .find(|(word, _)| self.rest().starts_with(word.as_bytes()))
            .map(|(word, value)| {
                self.at += word.len();
                value
            })),
        }
    }

    fn array(&mut self, depth: usize) -> Run<Option<Value>> {
        self.at += 1;
        let mut items = Vec::new();
        if !self.takes(b']') {
            loop {
                let Some(item) = self.value(depth + 1)? else {
                    return Ok(None);
                };
                self.heap.meter.allocate(ITEM_BYTES)?;
                items.push(item);
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Ok(None);
                }
            }
        }
        self.heap.charge_items(0)?;
        Ok(Some(self.heap.add_charged_list(items)))
    }

    /// Of a key that comes twice the last value counts, as everywhere in Margay.
    fn object(&mut self, depth: usize) -> Run<Option<Value>> {
        self.at += 1;
        let place = self.heap.add_dict()?;
        if self.takes(b'}') {
            return Ok(Some(Value::Dict(place)));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Ok(None);
            }
            let Some(key) = self.string()? else { return Ok(None) };
            if !self.takes(b':') {
                return Ok(None);
            }
            let Some(value) = self.value(depth + 1)? else {
                return Ok(None);
            };
            dict::set(self.heap, place, key, value)?;
            if self.takes(b'}') {
                return Ok(Some(Value::Dict(place)));
            }
            if !self.takes(b',') {
                return Ok(None);
            }
        }
    }

    fn number(&mut self) -> Run<Option<Value>> {
        let rest = self.rest();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte))
            .count();
        let (from, to) = (self.at, self.at + length);
        let text = &self.heap.text(self.source)[from..to];
        let Some(is_integer) = grammar(text) else {
            return Ok(None);
        };
        self.at = to;
        if !is_integer {
            let number = self.heap.text(self.source)[from..to].parse::<f64>();
            return match number {
                Ok(number) if number.is_finite() => Ok(Some(Value::Float(number))),
                _ => Err(Fault::operation(
                    "`json.decode` got a number that is too large for a float",
                )),
            };
        }
        if let Ok(small) = self.heap.text(self.source)[from..to].parse::<i64>() {
            return Ok(Some(Value::Integer(small)));
        }
        if length as u64 > INTEGER_BITS_MAX {
            return Err(Fault::operation(format!(
                "an integer has at most {INTEGER_BITS_MAX} bits"
            )));
        }
        let integer = integer_of_digits(self.heap, &self.heap.text(self.source)[from..to], 10)?;
        match integer {
            Some(integer) => self.heap.add_integer(integer).map(Some),
            None => Ok(None),
        }
    }

    fn string(&mut self) -> Run<Option<Value>> {
        let from = self.at + 1;
        let rest = &self.heap.text(self.source).as_bytes()[from..];
        let mut length = 0;
        let mut has_escapes = false;
        loop {
            match rest.get(length) {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escapes = true;
                    length += 2;
                }
                Some(0..=31) | None => {
                    self.at = from + length.min(rest.len());
                    return Ok(None);
                }
                Some(_) => length += 1,
            }
        }
        self.at = from + length + 1;
        if !has_escapes {
            return self.heap.add_part(self.source, from, from + length).map(Some);
        }
        self.heap.charge_text(length.saturating_mul(2))?;
        let decoded = unescape(&self.heap.text(self.source)[from..from + length]);
        Ok(decoded.map(|decoded| self.heap.add_charged_text(decoded)))
    }
}

/// Returns whether a number is an integer; `None` if it is none of JSON's.
fn grammar(text: &str) -> Option<bool> {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let mut rest = match unsigned.strip_prefix('0') {
        Some(rest) => rest,
        None => digits(unsigned)?,
    };
    let is_integer = rest.is_empty();
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = digits(fraction)?;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?;
    }
    rest.is_empty().then_some(is_integer)
}

/// Decodes escapes. A lone surrogate becomes U+FFFD.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let letter = *after.as_bytes().first()?;
        rest = after.get(1..)?;
        out.push(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = code(rest)?;
                rest = &rest[4..];
                let second = rest.strip_prefix("\\u").and_then(code);
                match (first, second) {
                    (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
                        rest = &rest[6..];
                        let joined = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    _ => char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            _ => return None,
        });
    }
    out.push_str(rest);
    Some(out)
}

/// Returns the number of four hexadecimal digits.
fn code(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}
