//! Operators between two values.

use std::cmp::Ordering;

use super::{Evaluator, collect};
use crate::builtin::is_searchable;
use crate::compare::{equal, order};
use crate::dict;
use crate::number;
use crate::problem::{Fault, Run};
use crate::syntax::BinaryOperator;
use crate::text::percent;
use crate::value::{TextPlace, Value};

impl Evaluator<'_, '_> {
    pub(super) fn binary(&mut self, operator: BinaryOperator, left: Value, right: Value) -> Run<Value> {
        match operator {
            BinaryOperator::Equal => equal(&self.heap, left, right).map(Value::Boolean),
            BinaryOperator::NotEqual => equal(&self.heap, left, right).map(|equal| Value::Boolean(!equal)),
            BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual => {
                let order = order(&self.heap, left, right)?;
                Ok(Value::Boolean(match operator {
                    BinaryOperator::Less => order == Ordering::Less,
                    BinaryOperator::LessOrEqual => order != Ordering::Greater,
                    BinaryOperator::Greater => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }))
            }
            BinaryOperator::In => self.contains(right, left).map(Value::Boolean),
            BinaryOperator::NotIn => self.contains(right, left).map(|contains| Value::Boolean(!contains)),
            _ => match number::binary(&mut self.heap, operator, left, right)? {
                Some(value) => Ok(value),
                None => self.combine(operator, left, right),
            },
        }
    }

    /// Operators that join or repeat.
    fn combine(&mut self, operator: BinaryOperator, left: Value, right: Value) -> Run<Value> {
        match (operator, left, right) {
            (BinaryOperator::Add, Value::Text(left), Value::Text(right)) => {
                let (left, right) = (self.heap.text(left), self.heap.text(right));
                self.heap.charge_text(left.len() + right.len())?;
                let mut text = String::with_capacity(left.len() + right.len());
                text.push_str(left);
                text.push_str(right);
                Ok(self.heap.add_charged_text(text))
            }
            (BinaryOperator::Add, Value::List(_), Value::List(_)) => {
                let items = self.joined(left, right)?;
                self.heap.add_list(items)
            }
            (BinaryOperator::Add, Value::Tuple(_), Value::Tuple(_)) => {
                let items = self.joined(left, right)?;
                self.heap.add_tuple(items)
            }
            (BinaryOperator::Multiply, Value::Text(text), Value::Integer(times))
            | (BinaryOperator::Multiply, Value::Integer(times), Value::Text(text)) => self.repeat_text(text, times),
            (BinaryOperator::Multiply, list @ (Value::List(_) | Value::Tuple(_)), Value::Integer(times))
            | (BinaryOperator::Multiply, Value::Integer(times), list @ (Value::List(_) | Value::Tuple(_))) => {
                self.repeat_list(list, times)
            }
            (BinaryOperator::Modulo, Value::Text(pattern), _) => {
                let text = percent(&self.heap, pattern, right)?;
                self.heap.charge_text(0)?;
                Ok(self.heap.add_charged_text(text))
            }
            (BinaryOperator::BitOr, Value::Dict(left), Value::Dict(right)) => {
                let joined = self.heap.add_dict()?;
                self.update(joined, left)?;
                self.update(joined, right)?;
                Ok(Value::Dict(joined))
            }
            _ => Err(Fault::operation(format!(
                "`{}` does not go with {} and {}",
                operator.sign(),
                left.described(),
                right.described()
            ))),
        }
    }

    fn joined(&mut self, left: Value, right: Value) -> Run<Vec<Value>> {
        let mut items = collect(&self.heap, left)?;
        items.extend(collect(&self.heap, right)?);
        Ok(items)
    }

    fn repeat_text(&mut self, text: TextPlace, times: i64) -> Run<Value> {
        let text = self.heap.text(text);
        let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
        self.heap.charge_text(text.len().saturating_mul(times))?;
        // An empty text may be repeated more often than there is room for.
        let text = if text.is_empty() {
            String::new()
        } else {
            text.repeat(times)
        };
        Ok(self.heap.add_charged_text(text))
    }

    fn repeat_list(&mut self, list: Value, times: i64) -> Run<Value> {
        let items = collect(&self.heap, list)?;
        let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
        self.heap.charge_items(items.len().saturating_mul(times))?;
        let items = if items.is_empty() { items } else { items.repeat(times) };
        match list {
            Value::List(_) => Ok(self.heap.add_charged_list(items)),
            _ => self.heap.add_tuple(items),
        }
    }

    /// Evaluates `value in container`.
    fn contains(&mut self, container: Value, value: Value) -> Run<bool> {
        match container {
            Value::Dict(place) => dict::get(&self.heap, place, value).map(|found| found.is_some()),
            Value::List(place) => self.holds(&self.heap.list(place).items, value),
            Value::Tuple(place) => self.holds(self.heap.tuple(place), value),
            Value::Range(place) => {
                let range = self.heap.range(place);
                let Value::Integer(number) = value else {
                    return Ok(false);
                };
                let offset = i128::from(number) - i128::from(range.start);
                let step = i128::from(range.step);
                Ok(offset % step == 0 && (0..i128::from(range.count())).contains(&(offset / step)))
            }
            Value::Text(place) => {
                let Value::Text(part) = value else {
                    return Err(Fault::operation(format!(
                        "a string holds strings, not {}",
                        value.described()
                    )));
                };
                let (whole, part) = (self.heap.text(place), self.heap.text(part));
                self.heap.meter.scan(whole.len())?;
                Ok(is_searchable(&self.heap, whole, part)? && whole.contains(part))
            }
            _ => Err(Fault::operation(format!(
                "`in` does not go with {}",
                container.described()
            ))),
        }
    }
}
