//! Running a script: a walk over its tree.

use std::borrow::Cow;

use crate::compare::equal;
use crate::dict;
use crate::heap::Heap;
use crate::limits::EVALUATION_DEPTH_MAX;
use crate::problem::{Fault, Run, RunProblemKind};
use crate::syntax::{BinaryOperator, Expression, Name, Slot, Statement, StatementKind, Target};
use crate::value::{CellPlace, Code, Value};

mod call;
mod element;
mod expression;
mod operator;
#[cfg(test)]
mod tests;

pub(crate) use call::Arguments;
pub(crate) use element::{collect, count, item};

/// A slot of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Local {
    Unset,
    Value(Value),
    /// Shared with an inner function.
    Cell(CellPlace),
}

/// The slots of a function that runs.
type Frame = [Local];

/// Where a statement leads.
enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

/// A script that runs.
pub(crate) struct Evaluator<'p, 'f> {
    pub(crate) codes: &'p [Code],
    pub(crate) heap: Heap<'f>,
    /// The module's names. Only the module itself sets them.
    pub(crate) globals: Cow<'f, [Option<Value>]>,
    /// Evaluations inside each other.
    depth: usize,
    /// The functions that run, outermost first.
    running: Vec<usize>,
}

impl<'p, 'f> Evaluator<'p, 'f> {
    pub(crate) const fn new(codes: &'p [Code], heap: Heap<'f>, globals: Cow<'f, [Option<Value>]>) -> Self {
        Self {
            codes,
            heap,
            globals,
            depth: 0,
            running: Vec::new(),
        }
    }

    /// Runs the module.
    pub(crate) fn module(&mut self) -> Run<()> {
        let Some(code) = self.codes.last() else { return Ok(()) };
        let mut frame = self.frame(code)?;
        self.make_cells(code, &mut frame)?;
        self.block(&mut frame, &code.body).map(drop)
    }

    /// Evaluates something that may hold more of its kind.
    fn nested<T>(&mut self, evaluate: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.depth == EVALUATION_DEPTH_MAX {
            return Err(Fault::new(
                RunProblemKind::Depth,
                format!("more than {EVALUATION_DEPTH_MAX} expressions, blocks and calls inside each other"),
            ));
        }
        self.depth += 1;
        let result = evaluate(self);
        self.depth -= 1;
        result
    }

    fn block(&mut self, frame: &mut Frame, statements: &'p [Statement]) -> Run<Flow> {
        for statement in statements {
            self.heap.meter.step()?;
            let flow = self
                .statement(frame, statement)
                .map_err(|fault| fault.at(statement.at))?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, frame: &mut Frame, statement: &'p Statement) -> Run<Flow> {
        match &statement.kind {
            StatementKind::Expression(value) => {
                self.evaluate(frame, value)?;
            }
            StatementKind::Assign(target, value) => {
                let value = self.evaluate(frame, value)?;
                self.assign(frame, target, value)?;
            }
            StatementKind::Augment(target, operator, value) => self.augment(frame, target, *operator, value)?,
            StatementKind::If(branches, otherwise) => {
                for (condition, block) in branches {
                    let condition = self.evaluate(frame, condition)?;
                    if self.is_true(condition) {
                        return self.nested(|this| this.block(frame, block));
                    }
                }
                return self.nested(|this| this.block(frame, otherwise));
            }
            StatementKind::For(target, values, block) => return self.repeat(frame, target, values, block),
            StatementKind::Return(None) => return Ok(Flow::Return(Value::None)),
            StatementKind::Return(Some(value)) => return self.evaluate(frame, value).map(Flow::Return),
            StatementKind::Break => return Ok(Flow::Break),
            StatementKind::Continue => return Ok(Flow::Continue),
            StatementKind::Bind(name, code) => {
                let closure = self.close(frame, *code)?;
                self.set(frame, name, closure)?;
            }
            StatementKind::Pass | StatementKind::Define(..) => {}
        }
        Ok(Flow::Next)
    }

    fn repeat(
        &mut self,
        frame: &mut Frame,
        target: &'p Target,
        values: &'p Expression,
        block: &'p [Statement],
    ) -> Run<Flow> {
        let values = self.evaluate(frame, values)?;
        self.heap.begin_loop(values);
        let mut index = 0;
        let mut end = Flow::Next;
        while let Some(value) = item(&self.heap, values, index)? {
            index += 1;
            self.heap.meter.step()?;
            self.assign(frame, target, value)?;
            match self.nested(|this| this.block(frame, block))? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                Flow::Return(value) => {
                    end = Flow::Return(value);
                    break;
                }
            }
        }
        self.heap.end_loop(values);
        Ok(end)
    }

    fn assign(&mut self, frame: &mut Frame, target: &'p Target, value: Value) -> Run<()> {
        match target {
            Target::Name(name) => self.set(frame, name, value),
            Target::Index(parts) => {
                let container = self.evaluate(frame, &parts.0)?;
                let index = self.evaluate(frame, &parts.1)?;
                self.set_element(container, index, value)
            }
            Target::Tuple(targets, at) => {
                let found = count(&self.heap, value).map_err(|fault| fault.at(*at))?;
                if found != targets.len() {
                    return Err(Fault::operation(format!(
                        "there are {found} values for {} names",
                        targets.len()
                    )));
                }
                for (position, target) in targets.iter().enumerate() {
                    let value = item(&self.heap, value, position)?.unwrap_or(Value::None);
                    self.nested(|this| this.assign(frame, target, value))?;
                }
                Ok(())
            }
        }
    }

    fn set(&mut self, frame: &mut Frame, name: &Name, value: Value) -> Run<()> {
        match name.slot {
            Slot::Global(slot) => self.globals.to_mut()[slot] = Some(value),
            Slot::Local(slot) => match frame[slot] {
                Local::Cell(cell) => return self.heap.set_cell(cell, value),
                Local::Unset | Local::Value(_) => frame[slot] = Local::Value(value),
            },
            Slot::Unresolved => return Err(unset(&name.text)),
        }
        Ok(())
    }

    fn get(&self, frame: &Frame, name: &Name) -> Run<Value> {
        let value = match name.slot {
            Slot::Global(slot) => self.globals[slot],
            Slot::Local(slot) => match frame[slot] {
                Local::Value(value) => Some(value),
                Local::Cell(cell) => self.heap.cell(cell),
                Local::Unset => None,
            },
            Slot::Unresolved => None,
        };
        value.ok_or_else(|| unset(&name.text))
    }

    /// `target operator= value`: lists and dicts are changed in place.
    fn augment(
        &mut self,
        frame: &mut Frame,
        target: &'p Target,
        operator: BinaryOperator,
        value: &'p Expression,
    ) -> Run<()> {
        match target {
            Target::Name(name) => {
                let left = self.get(frame, name)?;
                let right = self.evaluate(frame, value)?;
                let result = self.augmented(operator, left, right)?;
                self.set(frame, name, result)
            }
            Target::Index(parts) => {
                let container = self.evaluate(frame, &parts.0)?;
                let index = self.evaluate(frame, &parts.1)?;
                let left = self.element(container, index)?;
                let right = self.evaluate(frame, value)?;
                let result = self.augmented(operator, left, right)?;
                self.set_element(container, index, result)
            }
            Target::Tuple(..) => Ok(()),
        }
    }

    fn augmented(&mut self, operator: BinaryOperator, left: Value, right: Value) -> Run<Value> {
        match (operator, left, right) {
            (BinaryOperator::Add, Value::List(list), _) => {
                let items = collect(&self.heap, right)?;
                self.heap.charge_items(items.len())?;
                self.heap.list_mut(list)?.extend(items);
                Ok(left)
            }
            (BinaryOperator::BitOr, Value::Dict(into), Value::Dict(from)) => {
                self.update(into, from)?;
                Ok(left)
            }
            _ => self.binary(operator, left, right),
        }
    }

    /// Sets the entries of one dict in another.
    pub(crate) fn update(&mut self, into: crate::value::DictPlace, from: crate::value::DictPlace) -> Run<()> {
        let mut index = 0;
        while let Some(entry) = self.heap.dict(from).dict.entries().get(index).copied() {
            index += 1;
            self.heap.meter.step()?;
            dict::set(&mut self.heap, into, entry.key, entry.value)?;
        }
        Ok(())
    }

    /// Returns whether a condition with that value holds.
    pub(crate) fn is_true(&self, value: Value) -> bool {
        match value {
            Value::None => false,
            Value::Boolean(value) => value,
            Value::Integer(integer) => integer != 0,
            Value::Float(number) => number != 0.0,
            Value::Text(place) => !self.heap.text(place).is_empty(),
            Value::List(place) => !self.heap.list(place).items.is_empty(),
            Value::Tuple(place) => !self.heap.tuple(place).is_empty(),
            Value::Dict(place) => !self.heap.dict(place).dict.entries().is_empty(),
            Value::Range(place) => self.heap.range(place).count() > 0,
            Value::Big(_) | Value::Closure(_) | Value::Bound(_) | Value::Function(_) | Value::Module(_) => true,
        }
    }

    /// Returns whether a list or tuple holds a value.
    fn holds(&self, items: &[Value], value: Value) -> Run<bool> {
        for item in items {
            if equal(&self.heap, *item, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cold]
fn unset(name: &str) -> Fault {
    Fault::operation(format!("`{name}` has no value yet"))
}
