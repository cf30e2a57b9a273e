//! Evaluating expressions.

use super::{Evaluator, Frame, item};
use crate::dict;
use crate::heap::ITEM_BYTES;
use crate::number;
use crate::problem::{Fault, Run};
use crate::syntax::{Body, Clause, Comprehension, Expression, ExpressionKind};
use crate::value::{Bound, DictPlace, ListPlace, Value};

/// What a comprehension fills.
#[derive(Clone, Copy)]
enum Filled {
    List(ListPlace),
    Dict(DictPlace),
}

impl<'p> Evaluator<'p, '_> {
    pub(super) fn evaluate(&mut self, frame: &mut Frame, expression: &'p Expression) -> Run<Value> {
        self.heap.meter.step()?;
        match &expression.kind {
            ExpressionKind::Constant(value) => Ok(*value),
            ExpressionKind::Name(name) => self.get(frame, name),
            _ => self.nested(|this| this.compound(frame, expression)),
        }
        .map_err(|fault| fault.at(expression.at))
    }

    fn compound(&mut self, frame: &mut Frame, expression: &'p Expression) -> Run<Value> {
        match &expression.kind {
            ExpressionKind::Binary(operator, parts) => {
                let left = self.evaluate(frame, &parts.0)?;
                let right = self.evaluate(frame, &parts.1)?;
                self.binary(*operator, left, right)
            }
            ExpressionKind::Call(call) => self.call(frame, call),
            ExpressionKind::Index(parts) => self.index(frame, parts),
            ExpressionKind::Attribute(receiver, method) => {
                let receiver = self.evaluate(frame, receiver)?;
                method.check(receiver)?;
                self.heap.add_bound(Bound {
                    receiver,
                    method: *method,
                })
            }
            ExpressionKind::And(parts) => {
                let left = self.evaluate(frame, &parts.0)?;
                if self.is_true(left) {
                    self.evaluate(frame, &parts.1)
                } else {
                    Ok(left)
                }
            }
            ExpressionKind::Or(parts) => {
                let left = self.evaluate(frame, &parts.0)?;
                if self.is_true(left) {
                    Ok(left)
                } else {
                    self.evaluate(frame, &parts.1)
                }
            }
            ExpressionKind::Not(value) => {
                let value = self.evaluate(frame, value)?;
                Ok(Value::Boolean(!self.is_true(value)))
            }
            ExpressionKind::Conditional(parts) => {
                let condition = self.evaluate(frame, &parts.condition)?;
                let chosen = if self.is_true(condition) {
                    &parts.then
                } else {
                    &parts.otherwise
                };
                self.evaluate(frame, chosen)
            }
            ExpressionKind::Unary(operator, value) => {
                let value = self.evaluate(frame, value)?;
                number::unary(&mut self.heap, *operator, value)
            }
            ExpressionKind::Slice(slice) => {
                let value = self.evaluate(frame, &slice.value)?;
                let start = self.optional(frame, slice.start.as_ref())?;
                let end = self.optional(frame, slice.stop.as_ref())?;
                let step = self.optional(frame, slice.step.as_ref())?;
                self.slice(value, start, end, step)
            }
            ExpressionKind::List(items) => {
                let items = self.all(frame, items)?;
                self.heap.add_list(items)
            }
            ExpressionKind::Tuple(items) => {
                let items = self.all(frame, items)?;
                self.heap.add_tuple(items)
            }
            ExpressionKind::Dict(entries) => self.dict(frame, entries),
            ExpressionKind::Comprehension(comprehension) => self.comprehension(frame, comprehension),
            ExpressionKind::Closure(code) => self.close(frame, *code),
            ExpressionKind::Constant(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Literal(_)
            | ExpressionKind::Lambda(_) => Ok(Value::None),
        }
    }

    pub(super) fn optional(&mut self, frame: &mut Frame, expression: Option<&'p Expression>) -> Run<Option<Value>> {
        expression
            .map(|expression| self.evaluate(frame, expression))
            .transpose()
    }

    pub(super) fn all(&mut self, frame: &mut Frame, expressions: &'p [Expression]) -> Run<Vec<Value>> {
        let mut values = Vec::with_capacity(expressions.len());
        for expression in expressions {
            values.push(self.evaluate(frame, expression)?);
        }
        Ok(values)
    }

    fn index(&mut self, frame: &mut Frame, parts: &'p (Expression, Expression)) -> Run<Value> {
        let container = self.evaluate(frame, &parts.0)?;
        let index = self.evaluate(frame, &parts.1)?;
        // A key that the script itself names may stand in the message; any other may be part of the record.
        if let (Value::Dict(place), ExpressionKind::Constant(Value::Text(key))) = (container, &parts.1.kind)
            && dict::get(&self.heap, place, index)?.is_none()
        {
            let key = self.heap.text(*key).escape_debug();
            return Err(Fault::operation(format!(
                "the dict has no key `{key}`; `.get(key)` gives None then"
            )));
        }
        self.element(container, index)
    }

    fn dict(&mut self, frame: &mut Frame, entries: &'p [(Expression, Expression)]) -> Run<Value> {
        let place = self.heap.add_dict()?;
        for (key, value) in entries {
            let key_value = self.evaluate(frame, key)?;
            let value = self.evaluate(frame, value)?;
            if dict::get(&self.heap, place, key_value)?.is_some() {
                return Err(Fault::operation("a key stands twice between the braces").at(key.at));
            }
            dict::set(&mut self.heap, place, key_value, value)?;
        }
        Ok(Value::Dict(place))
    }

    fn comprehension(&mut self, frame: &mut Frame, comprehension: &'p Comprehension) -> Run<Value> {
        match comprehension.body {
            Body::List(_) => {
                let list = self.heap.add_list(Vec::new())?;
                if let Value::List(place) = list {
                    self.fill(frame, comprehension, &comprehension.clauses, Filled::List(place))?;
                }
                Ok(list)
            }
            Body::Dict(..) => {
                let place = self.heap.add_dict()?;
                self.fill(frame, comprehension, &comprehension.clauses, Filled::Dict(place))?;
                Ok(Value::Dict(place))
            }
        }
    }

    /// Runs the clauses that are left, and adds to what is filled when none is.
    fn fill(
        &mut self,
        frame: &mut Frame,
        comprehension: &'p Comprehension,
        clauses: &'p [Clause],
        filled: Filled,
    ) -> Run<()> {
        let Some((clause, rest)) = clauses.split_first() else {
            return self.add(frame, &comprehension.body, filled);
        };
        match clause {
            Clause::If(condition) => {
                let condition = self.evaluate(frame, condition)?;
                if self.is_true(condition) {
                    self.nested(|this| this.fill(frame, comprehension, rest, filled))?;
                }
            }
            Clause::For(target, values) => {
                let values = self.evaluate(frame, values)?;
                self.heap.begin_loop(values);
                let mut index = 0;
                while let Some(value) = item(&self.heap, values, index)? {
                    index += 1;
                    self.heap.meter.step()?;
                    self.assign(frame, target, value)?;
                    self.nested(|this| this.fill(frame, comprehension, rest, filled))?;
                }
                self.heap.end_loop(values);
            }
        }
        Ok(())
    }

    fn add(&mut self, frame: &mut Frame, body: &'p Body, filled: Filled) -> Run<()> {
        match (body, filled) {
            (Body::List(value), Filled::List(place)) => {
                let value = self.evaluate(frame, value)?;
                self.heap.meter.allocate(ITEM_BYTES)?;
                self.heap.list_mut(place)?.push(value);
            }
            (Body::Dict(key, value), Filled::Dict(place)) => {
                let key = self.evaluate(frame, key)?;
                let value = self.evaluate(frame, value)?;
                dict::set(&mut self.heap, place, key, value)?;
            }
            _ => {}
        }
        Ok(())
    }
}
