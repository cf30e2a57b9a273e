//! Values as text: `str`, `repr`, `%` and `format`; and text as numbers.

use num_bigint::BigInt;

use crate::compare::check_depth;
use crate::heap::Heap;
use crate::number::{self, Number};
use crate::problem::{Fault, Run};
use crate::value::{Range, Value};

mod format;
#[cfg(test)]
mod tests;

pub(crate) use format::{braces, percent};

/// Text that is charged for as it grows.
pub(crate) struct Output<'h, 'f> {
    pub(crate) heap: &'h Heap<'f>,
    pub(crate) text: String,
}

impl<'h, 'f> Output<'h, 'f> {
    pub(crate) const fn new(heap: &'h Heap<'f>) -> Self {
        Self {
            heap,
            text: String::new(),
        }
    }

    /// Adds text. Charged twice: the text may move as it grows, and is copied to its place in the end.
    pub(crate) fn add(&mut self, text: &str) -> Run<()> {
        self.heap.meter.allocate(text.len().saturating_mul(2))?;
        self.text.push_str(text);
        Ok(())
    }

    /// Adds a value as `str` writes it: a string stands for itself.
    pub(crate) fn display(&mut self, value: Value) -> Run<()> {
        match value {
            Value::Text(place) => self.add(self.heap.text(place)),
            _ => self.repr(value),
        }
    }

    /// Adds a value as a script would write it.
    pub(crate) fn repr(&mut self, value: Value) -> Run<()> {
        self.repr_at(value, 0)
    }

    fn repr_at(&mut self, value: Value, depth: usize) -> Run<()> {
        let heap = self.heap;
        heap.meter.step()?;
        check_depth(depth)?;
        match value {
            Value::None => self.add("None"),
            Value::Boolean(true) => self.add("True"),
            Value::Boolean(false) => self.add("False"),
            Value::Integer(integer) => self.add(&integer.to_string()),
            Value::Big(place) => self.add(&decimal(heap, heap.big(place))?),
            Value::Float(number) => {
                let mut text = String::new();
                number::write_float(&mut text, number);
                self.add(&text)
            }
            Value::Text(place) => self.quoted(heap.text(place)),
            Value::List(place) => self.items("[", &heap.list(place).items, "]", depth),
            Value::Tuple(place) => {
                let items = heap.tuple(place);
                let end = if items.len() == 1 { ",)" } else { ")" };
                self.items("(", items, end, depth)
            }
            Value::Dict(place) => {
                self.add("{")?;
                for (index, entry) in heap.dict(place).dict.entries().iter().enumerate() {
                    if index > 0 {
                        self.add(", ")?;
                    }
                    self.repr_at(entry.key, depth + 1)?;
                    self.add(": ")?;
                    self.repr_at(entry.value, depth + 1)?;
                }
                self.add("}")
            }
            Value::Range(place) => {
                let Range { start, stop, step } = heap.range(place);
                self.add(&match (start, step) {
                    (0, 1) => format!("range({stop})"),
                    (_, 1) => format!("range({start}, {stop})"),
                    _ => format!("range({start}, {stop}, {step})"),
                })
            }
            Value::Closure(_) => self.add("<function>"),
            Value::Bound(place) => self.add(&format!("<built-in method {}>", heap.bound(place).method.name())),
            Value::Function(function) => self.add(&format!("<built-in function {}>", function.name())),
            Value::Module(module) => self.add(&format!("<module \"{}\">", module.name())),
        }
    }

    fn items(&mut self, start: &str, items: &[Value], end: &str, depth: usize) -> Run<()> {
        self.add(start)?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.add(", ")?;
            }
            self.repr_at(*item, depth + 1)?;
        }
        self.add(end)
    }

    fn quoted(&mut self, text: &str) -> Run<()> {
        self.heap.meter.allocate(text.len().saturating_mul(8))?;
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                control if control.is_control() => {
                    let code = u32::from(control);
                    self.text.push_str("\\x");
                    for digit in [code >> 4, code & 15] {
                        self.text.extend(char::from_digit(digit, 16));
                    }
                }
                plain => self.text.push(plain),
            }
        }
        self.text.push('"');
        Ok(())
    }
}

/// Returns an integer's digits. Making them takes longer the longer they are, which is charged for.
pub(crate) fn decimal(heap: &Heap<'_>, integer: &BigInt) -> Run<String> {
    let words = integer.bits() / 64;
    heap.meter.steps(words * words / 4)?;
    Ok(integer.to_string())
}

/// Reads digits of a base, with an optional sign, as an integer. `None` if it is none.
pub(crate) fn integer_of_digits(heap: &Heap<'_>, digits: &str, radix: u32) -> Run<Option<BigInt>> {
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let is_number = !unsigned.is_empty() && unsigned.bytes().all(|byte| char::from(byte).is_digit(radix));
    if !is_number {
        return Ok(None);
    }
    let words = digits.len() as u64 / 16;
    heap.meter.steps(words.saturating_mul(words) / 4)?;
    Ok(BigInt::parse_bytes(digits.as_bytes(), radix))
}

/// Returns a value's digits in a base, for an integer or an integral float.
pub(crate) fn integer_of(heap: &Heap<'_>, value: Value) -> Run<BigInt> {
    match Number::of(heap, value) {
        Some(Number::Small(integer)) => Ok(BigInt::from(integer)),
        Some(Number::Big(integer)) => Ok(integer.clone()),
        Some(Number::Float(number)) => number::truncate(number),
        None => Err(Fault::operation(format!(
            "expected a number, got {}",
            value.described()
        ))),
    }
}

/// Returns a hint that names the known word that is closest.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let close = known
        .into_iter()
        .map(|known| (distance(word, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.chars().count().min(word.chars().count()) / 3 + 1)?;
    (close.0 < word.chars().count()).then(|| format!("did you mean `{}`?", close.1))
}

/// Returns how many characters must be added, removed or changed to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (position, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[position + 1];
            row[position + 1] = changed.min(diagonal + 1).min(row[position] + 1);
        }
    }
    row[to.len()]
}
