//! Calls, and functions that remember.

use super::{Evaluator, Flow, Frame, Local, collect};
use crate::builtin;
use crate::heap::ITEM_BYTES;
use crate::problem::{Fault, Run};
use crate::syntax::{Call, ExpressionKind, ParameterKind};
use crate::value::{CellPlace, Closure, ClosurePlace, Code, Value};

/// The values of a call.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Value>,
    pub(crate) named: Vec<(Box<str>, Value)>,
}

impl<'p> Evaluator<'p, '_> {
    pub(super) fn call(&mut self, frame: &mut Frame, call: &'p Call) -> Run<Value> {
        // A method that is called at once needs no value of its own.
        if let ExpressionKind::Attribute(receiver, method) = &call.function.kind {
            let receiver = self.evaluate(frame, receiver)?;
            method.check(receiver)?;
            let arguments = self.arguments(frame, call)?;
            return builtin::call_method(self, receiver, *method, arguments);
        }
        let function = self.evaluate(frame, &call.function)?;
        let arguments = self.arguments(frame, call)?;
        self.apply(function, arguments)
    }

    fn arguments(&mut self, frame: &mut Frame, call: &'p Call) -> Run<Arguments> {
        let mut arguments = Arguments {
            positional: self.all(frame, &call.positional)?,
            named: Vec::new(),
        };
        for (name, value) in &call.named {
            self.heap.meter.scan(name.len())?;
            arguments.named.push((name.clone(), self.evaluate(frame, value)?));
        }
        if let Some(list) = self.optional(frame, call.list.as_ref())? {
            arguments.positional.extend(collect(&self.heap, list)?);
        }
        if let Some(dict) = self.optional(frame, call.dict.as_ref())? {
            let Value::Dict(place) = dict else {
                return Err(Fault::operation(format!("`**` takes a dict, not {}", dict.described())));
            };
            for entry in self.heap.dict(place).dict.entries() {
                let Value::Text(key) = entry.key else {
                    return Err(Fault::operation("the keys of a dict after `**` are strings"));
                };
                let name = self.heap.text(key);
                self.heap.meter.steps(1 + arguments.named.len() as u64)?;
                self.heap.meter.allocate(ITEM_BYTES + name.len())?;
                if arguments.named.iter().any(|(other, _)| **other == *name) {
                    return Err(Fault::operation("an argument is given twice"));
                }
                arguments.named.push((name.into(), entry.value));
            }
        }
        Ok(arguments)
    }

    /// Calls a value.
    pub(crate) fn apply(&mut self, function: Value, arguments: Arguments) -> Run<Value> {
        self.heap.meter.step()?;
        match function {
            Value::Closure(place) => self.nested(|this| this.enter(place, arguments)),
            Value::Function(function) => builtin::call(self, function, arguments),
            Value::Bound(place) => {
                let bound = self.heap.bound(place);
                builtin::call_method(self, bound.receiver, bound.method, arguments)
            }
            _ => Err(Fault::operation(format!("{} cannot be called", function.described()))),
        }
    }

    fn enter(&mut self, place: ClosurePlace, arguments: Arguments) -> Run<Value> {
        let index = self.heap.closure(place).code;
        let code = &self.codes[index];
        if self.running.contains(&index) {
            return Err(Fault::operation(format!(
                "`{}` calls itself, which Starlark has not",
                code.name
            )));
        }
        let mut frame = self.frame(code)?;
        self.bind(code, place, arguments, &mut frame)?;
        for ((_, slot), cell) in code.captures.iter().zip(&self.heap.closure(place).captures) {
            frame[*slot] = Local::Cell(*cell);
        }
        self.make_cells(code, &mut frame)?;
        self.running.push(index);
        let flow = self.block(&mut frame, &code.body);
        self.running.pop();
        Ok(match flow? {
            Flow::Return(value) => value,
            Flow::Next | Flow::Break | Flow::Continue => Value::None,
        })
    }

    /// Makes the slots of a function, all empty. They go when it ends, and no function runs twice at a time, so all
    /// that there are at once are bounded by the script's length.
    pub(super) fn frame(&self, code: &Code) -> Run<Vec<Local>> {
        self.heap.meter.steps(code.local_count as u64 / 4)?;
        Ok(vec![Local::Unset; code.local_count])
    }

    /// Turns the slots that inner functions share into cells.
    pub(super) fn make_cells(&mut self, code: &Code, frame: &mut Frame) -> Run<()> {
        for slot in &code.cells {
            let value = match frame[*slot] {
                Local::Cell(_) => continue,
                Local::Value(value) => Some(value),
                Local::Unset => None,
            };
            frame[*slot] = Local::Cell(self.heap.add_cell(value)?);
        }
        Ok(())
    }

    /// Makes a function of a `def` or `lambda`.
    pub(super) fn close(&mut self, frame: &mut Frame, index: usize) -> Run<Value> {
        let code = &self.codes[index];
        let mut defaults = Vec::new();
        for parameter in &code.parameters {
            if let ParameterKind::Plain(Some(default)) | ParameterKind::Named(Some(default)) = &parameter.kind {
                defaults.push(self.evaluate(frame, default)?);
            }
        }
        let mut captures: Vec<CellPlace> = Vec::with_capacity(code.captures.len());
        for (outer, _) in &code.captures {
            captures.push(match frame[*outer] {
                Local::Cell(cell) => cell,
                Local::Value(value) => self.heap.add_cell(Some(value))?,
                Local::Unset => self.heap.add_cell(None)?,
            });
        }
        self.heap.add_closure(Closure {
            code: index,
            defaults: defaults.into(),
            captures: captures.into(),
        })
    }

    /// Puts the values of a call into the slots of the parameters.
    fn bind(&mut self, code: &Code, place: ClosurePlace, arguments: Arguments, frame: &mut Frame) -> Run<()> {
        let mut positional = arguments.positional.into_iter();
        let mut named = arguments.named;
        let mut default_index = 0;
        for (slot, parameter) in code.parameters.iter().enumerate() {
            // Each parameter looks for its name among those given.
            self.heap.meter.steps(named.len() as u64 / 4)?;
            let by_name = named.iter().position(|(name, _)| *name == parameter.name);
            let value = match &parameter.kind {
                ParameterKind::List => self.heap.add_tuple(positional.by_ref().collect())?,
                ParameterKind::Dict => {
                    let dict = self.heap.add_dict()?;
                    for (name, value) in named.drain(..) {
                        let key = self.heap.add_text(&name)?;
                        crate::dict::set(&mut self.heap, dict, key, value)?;
                    }
                    Value::Dict(dict)
                }
                ParameterKind::Plain(default) | ParameterKind::Named(default) => {
                    let given = if matches!(parameter.kind, ParameterKind::Plain(_)) {
                        positional.next()
                    } else {
                        None
                    };
                    let default_value = default.as_ref().and_then(|_| {
                        default_index += 1;
                        self.heap.closure(place).defaults.get(default_index - 1).copied()
                    });
                    match (given, by_name) {
                        (Some(_), Some(_)) => {
                            return Err(Fault::operation(format!(
                                "`{}` gets its parameter `{}` twice",
                                code.name, parameter.name
                            )));
                        }
                        (Some(value), None) => value,
                        (None, Some(position)) => named.remove(position).1,
                        (None, None) => default_value.ok_or_else(|| {
                            Fault::operation(format!(
                                "`{}` is called without its parameter `{}`",
                                code.name, parameter.name
                            ))
                        })?,
                    }
                }
            };
            frame[slot] = Local::Value(value);
        }
        if positional.next().is_some() {
            return Err(Fault::operation(format!("`{}` takes fewer arguments", code.name)));
        }
        if !named.is_empty() {
            // Its name may come from a dict of the record.
            return Err(Fault::operation(format!(
                "`{}` has no parameter of that name",
                code.name
            )));
        }
        Ok(())
    }
}
