//! The functions that need no module.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::sort::{Direction, sort};
use super::{Arguments, Function, Method, integer, methods_of, text};
use crate::compare::order;
use crate::evaluate::{Evaluator, collect, count, item};
use crate::number::{self, Number};
use crate::problem::{Fault, Run, RunProblemKind};
use crate::syntax::UnaryOperator;
use crate::text::{Output, integer_of_digits};
use crate::value::{Bound, Range, TextPlace, Value};

/// Calls a function.
pub(crate) fn call(evaluator: &mut Evaluator<'_, '_>, function: Function, arguments: Arguments) -> Run<Value> {
    let name = function.name();
    match function {
        Function::Abs => abs(evaluator, arguments.one(name)?),
        Function::All => some(evaluator, arguments.one(name)?, false).map(|found| Value::Boolean(!found)),
        Function::Any => some(evaluator, arguments.one(name)?, true).map(Value::Boolean),
        Function::Bool => {
            let [value] = arguments.take(name, ["x"], 0)?;
            Ok(Value::Boolean(value.is_some_and(|value| evaluator.is_true(value))))
        }
        Function::Chr => {
            let code = integer(&evaluator.heap, Some(arguments.one(name)?), 0, name)?;
            match u32::try_from(code).ok().and_then(char::from_u32) {
                Some(character) => evaluator.heap.add_text(character.encode_utf8(&mut [0; 4])),
                None => Err(Fault::operation("`chr` wants a character's number")),
            }
        }
        Function::Dict => dict(evaluator, arguments),
        Function::Dir => {
            let mut names = Vec::new();
            for method in methods_of(arguments.one(name)?) {
                names.push(evaluator.heap.add_text(method.name())?);
            }
            evaluator.heap.add_list(names)
        }
        Function::Enumerate => enumerate(evaluator, arguments),
        // What it was called with may be part of the record, so it is not repeated.
        Function::Fail => Err(Fault::new(RunProblemKind::Fail, "the script called `fail`")),
        Function::Float => float(evaluator, arguments),
        Function::Getattr => attribute(evaluator, arguments),
        Function::Hasattr => {
            let [value, attribute] = arguments.take(name, ["x", "name"], 2)?;
            let attribute = Method::of_name(evaluator.heap.text(text(attribute, name)?));
            let known = methods_of(value.unwrap_or(Value::None));
            Ok(Value::Boolean(
                attribute.is_some_and(|attribute| known.contains(&attribute)),
            ))
        }
        Function::Int => int(evaluator, arguments),
        Function::Len => {
            let value = arguments.one(name)?;
            let length = match value {
                Value::Text(place) => evaluator.heap.text(place).len(),
                _ => count(&evaluator.heap, value)?,
            };
            Ok(Value::Integer(i64::try_from(length).unwrap_or(i64::MAX)))
        }
        Function::List | Function::Tuple => {
            let [values] = arguments.take(name, ["x"], 0)?;
            let items = values.map_or(Ok(Vec::new()), |values| collect(&evaluator.heap, values))?;
            if function == Function::List {
                evaluator.heap.add_list(items)
            } else {
                evaluator.heap.add_tuple(items)
            }
        }
        Function::Max => extreme(evaluator, arguments, name, Ordering::Greater),
        Function::Min => extreme(evaluator, arguments, name, Ordering::Less),
        Function::Ord => {
            let value = text(Some(arguments.one(name)?), name)?;
            let mut characters = evaluator.heap.text(value).chars();
            match (characters.next(), characters.next()) {
                (Some(character), None) => Ok(Value::Integer(i64::from(u32::from(character)))),
                _ => Err(Fault::operation("`ord` wants one character")),
            }
        }
        Function::Print => Ok(Value::None),
        Function::Range => range(evaluator, arguments),
        Function::Repr | Function::Str => {
            let value = arguments.one(name)?;
            if let (Function::Str, Value::Text(_)) = (function, value) {
                return Ok(value);
            }
            let mut output = Output::new(&evaluator.heap);
            output.repr(value)?;
            let text = output.text;
            evaluator.heap.charge_text(0)?;
            Ok(evaluator.heap.add_charged_text(text))
        }
        Function::Reversed => {
            let mut items = collect(&evaluator.heap, arguments.one(name)?)?;
            items.reverse();
            Ok(evaluator.heap.add_charged_list(items))
        }
        Function::Sorted => sorted(evaluator, arguments),
        Function::Type => evaluator.heap.add_text(arguments.one(name)?.type_name()),
        Function::Zip => zip(evaluator, arguments),
    }
}

fn abs(evaluator: &mut Evaluator<'_, '_>, value: Value) -> Run<Value> {
    let is_negative = match Number::of(&evaluator.heap, value) {
        Some(number) => {
            evaluator.heap.meter.scan(number.bytes())?;
            number::order(&number, &Number::Small(0)) == Ordering::Less
        }
        None => {
            return Err(Fault::operation(format!(
                "`abs` wants a number, got {}",
                value.described()
            )));
        }
    };
    if is_negative {
        number::unary(&mut evaluator.heap, UnaryOperator::Minus, value)
    } else {
        Ok(value)
    }
}

/// Returns whether some of the values is as true or false as wanted.
fn some(evaluator: &Evaluator<'_, '_>, values: Value, wanted: bool) -> Run<bool> {
    let mut position = 0;
    while let Some(value) = item(&evaluator.heap, values, position)? {
        position += 1;
        evaluator.heap.meter.step()?;
        if evaluator.is_true(value) == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn dict(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let place = evaluator.heap.add_dict()?;
    super::call_method(evaluator, Value::Dict(place), Method::Update, arguments)?;
    Ok(Value::Dict(place))
}

fn enumerate(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let [values, start] = arguments.take("enumerate", ["x", "start"], 1)?;
    let heap = &mut evaluator.heap;
    let mut number = integer(heap, start, 0, "enumerate")?;
    let items = collect(heap, values.unwrap_or(Value::None))?;
    let mut pairs = Vec::with_capacity(items.len());
    for value in items {
        heap.meter.step()?;
        pairs.push(heap.add_tuple(vec![Value::Integer(number), value])?);
        number = number.saturating_add(1);
    }
    Ok(heap.add_charged_list(pairs))
}

fn float(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let [value] = arguments.take("float", ["x"], 0)?;
    let Some(value) = value else {
        return Ok(Value::Float(0.0));
    };
    let heap = &evaluator.heap;
    let number = match value {
        Value::Boolean(value) => f64::from(u8::from(value)),
        Value::Text(place) => {
            let text = heap.text(place);
            heap.meter.scan(text.len())?;
            match text.parse::<f64>() {
                // Digits that are too large for a float are no infinity.
                Ok(number) if number.is_finite() || !text.bytes().any(|byte| byte.is_ascii_digit()) => number,
                _ => return Err(Fault::operation("`float` got a string that is no number")),
            }
        }
        _ => match Number::of(heap, value) {
            Some(number) => number.to_float()?,
            None => {
                return Err(Fault::operation(format!(
                    "`float` wants a number or a string, got {}",
                    value.described()
                )));
            }
        },
    };
    Ok(Value::Float(number))
}

fn attribute(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let [value, name, default] = arguments.take("getattr", ["x", "name", "default"], 2)?;
    let receiver = value.unwrap_or(Value::None);
    let method = Method::of_name(evaluator.heap.text(text(name, "getattr")?));
    match method.filter(|method| methods_of(receiver).contains(method)) {
        Some(method) => evaluator.heap.add_bound(Bound { receiver, method }),
        None => {
            default.ok_or_else(|| Fault::operation(format!("{} has no attribute of that name", receiver.described())))
        }
    }
}

fn int(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let [value, base] = arguments.take("int", ["x", "base"], 1)?;
    let value = value.unwrap_or(Value::None);
    if let Value::Text(place) = value {
        let base = integer(&evaluator.heap, base, 10, "int")?;
        let parsed = int_of_text(evaluator, place, base)?;
        return evaluator.heap.add_integer(parsed);
    }
    if base.is_some() {
        return Err(Fault::operation("`int` takes a base only with a string"));
    }
    match value {
        Value::Integer(_) | Value::Big(_) => Ok(value),
        Value::Boolean(value) => Ok(Value::Integer(i64::from(value))),
        Value::Float(number) => {
            let truncated = number::truncate(number)?;
            evaluator.heap.add_integer(truncated)
        }
        _ => Err(Fault::operation(format!(
            "`int` wants a number or a string, got {}",
            value.described()
        ))),
    }
}

fn int_of_text(evaluator: &Evaluator<'_, '_>, place: TextPlace, base: i64) -> Run<BigInt> {
    let heap = &evaluator.heap;
    let text = heap.text(place);
    let radix = u32::try_from(base)
        .ok()
        .filter(|base| *base == 0 || (2..=36).contains(base));
    let Some(radix) = radix else {
        return Err(Fault::operation("the base of an integer is 0 or from 2 to 36"));
    };
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let found = prefixes.iter().find_map(|(prefix, radix_of_prefix)| {
        let digits = unsigned.strip_prefix(prefix)?;
        (radix == 0 || radix == *radix_of_prefix).then_some((digits, *radix_of_prefix))
    });
    let (digits, radix) = found.unwrap_or((unsigned, if radix == 0 { 10 } else { radix }));
    if digits.starts_with(['+', '-']) {
        return Err(Fault::operation("`int` got a string that is no integer"));
    }
    heap.meter.allocate(digits.len())?;
    integer_of_digits(heap, &format!("{sign}{digits}"), radix)?
        .ok_or_else(|| Fault::operation("`int` got a string that is no integer"))
}

fn extreme(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments, name: &str, wanted: Ordering) -> Run<Value> {
    let mut key = None;
    for (parameter, value) in arguments.named {
        if &*parameter != "key" {
            return Err(Fault::operation(format!("`{name}` has no parameter of that name")));
        }
        key = Some(value).filter(|value| !matches!(value, Value::None));
    }
    let values = match arguments.positional.as_slice() {
        [values] => collect(&evaluator.heap, *values)?,
        several => several.to_vec(),
    };
    let mut best: Option<(Value, Value)> = None;
    for value in values {
        let value_key = key_of(evaluator, key, value)?;
        let is_better = match best {
            Some((best_key, _)) => order(&evaluator.heap, value_key, best_key)? == wanted,
            None => true,
        };
        if is_better {
            best = Some((value_key, value));
        }
    }
    best.map(|(_, value)| value)
        .ok_or_else(|| Fault::operation(format!("`{name}` of no values")))
}

/// Returns what a value is compared by.
fn key_of(evaluator: &mut Evaluator<'_, '_>, key: Option<Value>, value: Value) -> Run<Value> {
    let Some(key) = key else { return Ok(value) };
    let arguments = Arguments {
        positional: vec![value],
        named: Vec::new(),
    };
    evaluator.apply(key, arguments)
}

fn range(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let count = arguments.positional.len();
    let [first, second, third] = arguments.take("range", ["start", "stop", "step"], 1)?;
    let heap = &mut evaluator.heap;
    let (from, to) = if count == 1 && second.is_none() {
        (0, integer(heap, first, 0, "range")?)
    } else {
        (integer(heap, first, 0, "range")?, integer(heap, second, 0, "range")?)
    };
    let step = integer(heap, third, 1, "range")?;
    if step == 0 {
        return Err(Fault::operation("the step of a range is not 0"));
    }
    heap.add_range(Range {
        start: from,
        stop: to,
        step,
    })
}

fn sorted(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    let [values, key, reverse] = arguments.take("sorted", ["x", "key", "reverse"], 1)?;
    let values = collect(&evaluator.heap, values.unwrap_or(Value::None))?;
    let key = key.filter(|key| !matches!(key, Value::None));
    let is_down = reverse.is_some_and(|reverse| evaluator.is_true(reverse));
    let direction = if is_down { Direction::Down } else { Direction::Up };
    evaluator.heap.charge_items(values.len().saturating_mul(2))?;
    let mut pairs = Vec::with_capacity(values.len());
    for value in values {
        pairs.push((key_of(evaluator, key, value)?, value));
    }
    let pairs = sort(&evaluator.heap, pairs, direction)?;
    let sorted = pairs.into_iter().map(|(_, value)| value).collect();
    evaluator.heap.add_list(sorted)
}

fn zip(evaluator: &mut Evaluator<'_, '_>, arguments: Arguments) -> Run<Value> {
    if !arguments.named.is_empty() {
        return Err(Fault::operation("`zip` has no parameter of that name"));
    }
    let lists = arguments.positional;
    let heap = &mut evaluator.heap;
    let mut length = if lists.is_empty() { 0 } else { usize::MAX };
    for list in &lists {
        length = length.min(count(heap, *list)?);
    }
    heap.charge_items(length)?;
    let mut rows = Vec::with_capacity(length);
    for position in 0..length {
        let mut row = Vec::with_capacity(lists.len());
        heap.meter.steps(lists.len() as u64)?;
        for list in &lists {
            row.extend(item(heap, *list, position)?);
        }
        rows.push(heap.add_tuple(row)?);
    }
    Ok(heap.add_charged_list(rows))
}
