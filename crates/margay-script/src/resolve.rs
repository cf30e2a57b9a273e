//! Names → slots.
//!
//! A function's names have slots in its frame; those of the module are global. What an inner function uses of an outer
//! one is captured: both share a cell. Literals become values, and functions move out into a list.

use std::collections::HashMap;

use crate::builtin::{Function, Module};
use crate::heap::Heap;
use crate::problem::ScriptProblem;
use crate::syntax::{
    Body, Clause, Definition, Expression, ExpressionKind, Literal, Name, ParameterKind, Slot, Statement, StatementKind,
    Target,
};
use crate::text::did_you_mean;
use crate::token::Place;
use crate::value::{Code, Value};

#[cfg(test)]
mod tests;

/// A script with its names resolved.
pub(crate) struct Program {
    /// The functions, and as the last the module itself.
    pub(crate) codes: Vec<Code>,
    /// The module's names, in the order of their slots.
    pub(crate) globals: Vec<Box<str>>,
}

/// Resolves a script. Its literals are added to the heap.
pub(crate) fn resolve(mut statements: Vec<Statement>, heap: &mut Heap<'_>) -> Result<Program, ScriptProblem> {
    let mut names = Vec::new();
    bindings(&statements, &mut names);
    let mut resolver = Resolver {
        heap,
        codes: Vec::new(),
        scopes: vec![Scope::default()],
        globals: HashMap::new(),
        texts: HashMap::new(),
    };
    let mut globals = Vec::new();
    for name in names {
        if !resolver.globals.contains_key(&name) {
            resolver.globals.insert(name.clone(), globals.len());
            globals.push(name);
        }
    }
    resolver.block(&mut statements)?;
    let module = resolver.scopes.pop().unwrap_or_default();
    let mut codes = resolver.codes;
    codes.push(module.into_code("module".into(), Place { line: 1, column: 1 }, Vec::new(), statements));
    Ok(Program { codes, globals })
}

/// Collects the names that statements bind, without those of inner functions.
fn bindings(statements: &[Statement], names: &mut Vec<Box<str>>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Assign(target, _) | StatementKind::Augment(target, ..) => target_names(target, names),
            StatementKind::For(target, _, block) => {
                target_names(target, names);
                bindings(block, names);
            }
            StatementKind::If(branches, otherwise) => {
                for (_, block) in branches {
                    bindings(block, names);
                }
                bindings(otherwise, names);
            }
            StatementKind::Define(name, _) | StatementKind::Bind(name, _) => names.push(name.text.clone()),
            StatementKind::Expression(_)
            | StatementKind::Return(_)
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Pass => {}
        }
    }
}

fn target_names(target: &Target, names: &mut Vec<Box<str>>) {
    match target {
        Target::Name(name) => names.push(name.text.clone()),
        Target::Tuple(targets, _) => targets.iter().for_each(|target| target_names(target, names)),
        Target::Index(_) => {}
    }
}

/// The names of one function, or of the module's comprehensions.
#[derive(Default)]
struct Scope {
    names: HashMap<Box<str>, usize>,
    /// Names of the comprehensions that are open, outermost first.
    comprehension_names: Vec<(Box<str>, usize)>,
    local_count: usize,
    cells: Vec<usize>,
    captures: Vec<(usize, usize)>,
}

impl Scope {
    fn slot(&mut self) -> usize {
        self.local_count += 1;
        self.local_count - 1
    }

    fn bind(&mut self, name: &str) {
        if !self.names.contains_key(name) {
            let slot = self.slot();
            self.names.insert(name.into(), slot);
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let inner = self
            .comprehension_names
            .iter()
            .rev()
            .find(|(other, _)| **other == *name);
        inner.map(|(_, slot)| *slot).or_else(|| self.names.get(name).copied())
    }

    fn into_code(
        self,
        name: Box<str>,
        at: Place,
        parameters: Vec<crate::syntax::Parameter>,
        body: Vec<Statement>,
    ) -> Code {
        Code {
            name,
            at,
            parameters,
            body,
            local_count: self.local_count,
            cells: self.cells,
            captures: self.captures,
        }
    }
}

struct Resolver<'h, 'f> {
    heap: &'h mut Heap<'f>,
    codes: Vec<Code>,
    /// The module's, then those of the functions that are open, innermost last.
    scopes: Vec<Scope>,
    globals: HashMap<Box<str>, usize>,
    /// Texts that are in the heap already.
    texts: HashMap<Box<str>, Value>,
}

impl Resolver<'_, '_> {
    fn scope(&mut self) -> &mut Scope {
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Returns the slot of a name in the scope at a level, captured from an outer one if need be.
    fn local(&mut self, level: usize, name: &str) -> Option<usize> {
        if let Some(slot) = self.scopes[level].find(name) {
            return Some(slot);
        }
        let outer = self.local(level.checked_sub(1)?, name)?;
        let cells = &mut self.scopes[level - 1].cells;
        if !cells.contains(&outer) {
            cells.push(outer);
        }
        let scope = &mut self.scopes[level];
        let slot = scope.slot();
        scope.names.insert(name.into(), slot);
        scope.captures.push((outer, slot));
        Some(slot)
    }

    /// Resolves a name that is assigned to.
    fn bound(&mut self, name: &mut Name) {
        let scope = self.scope();
        let slot = scope.find(&name.text);
        name.slot = match slot {
            Some(slot) => Slot::Local(slot),
            None => self
                .globals
                .get(&name.text)
                .map_or(Slot::Unresolved, |slot| Slot::Global(*slot)),
        };
    }

    /// Resolves a use of a name to what replaces the expression.
    fn used(&mut self, name: Name, at: Place) -> Result<ExpressionKind, ScriptProblem> {
        let slot = if let Some(slot) = self.local(self.scopes.len() - 1, &name.text) {
            Slot::Local(slot)
        } else if let Some(slot) = self.globals.get(&name.text) {
            Slot::Global(*slot)
        } else if let Some(function) = Function::of_name(&name.text) {
            return Ok(ExpressionKind::Constant(Value::Function(function)));
        } else if let Some(module) = Module::of_name(&name.text) {
            return Ok(ExpressionKind::Constant(Value::Module(module)));
        } else {
            return Err(self.unknown(&name.text, at));
        };
        Ok(ExpressionKind::Name(Name { text: name.text, slot }))
    }

    fn unknown(&self, name: &str, at: Place) -> ScriptProblem {
        let problem = ScriptProblem::new(at, format!("`{name}` is not defined"));
        let known = self.scopes.iter().flat_map(|scope| scope.names.keys());
        let known = known.chain(self.globals.keys()).map(|name| &**name);
        let hint = match name {
            "set" => Some("there are no sets; the keys of a dict are unique".to_owned()),
            "open" | "exec" | "eval" | "os" | "sys" | "re" | "time" | "datetime" => {
                Some("there are `json` and `base64`, and the functions of Starlark".to_owned())
            }
            _ => {
                let builtin = Function::names().chain(Module::names());
                let known: Vec<&str> = known.chain(builtin.map(|name| -> &str { name })).collect();
                did_you_mean(name, known)
            }
        };
        match hint {
            Some(hint) => problem.hinted(hint),
            None => problem,
        }
    }

    fn block(&mut self, statements: &mut [Statement]) -> Result<(), ScriptProblem> {
        statements
            .iter_mut()
            .try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &mut Statement) -> Result<(), ScriptProblem> {
        match &mut statement.kind {
            StatementKind::Expression(value) => self.expression(value),
            StatementKind::Assign(target, value) | StatementKind::Augment(target, _, value) => {
                self.expression(value)?;
                self.target(target)
            }
            StatementKind::If(branches, otherwise) => {
                for (condition, block) in branches {
                    self.expression(condition)?;
                    self.block(block)?;
                }
                self.block(otherwise)
            }
            StatementKind::For(target, values, block) => {
                self.expression(values)?;
                self.target(target)?;
                self.block(block)
            }
            StatementKind::Return(value) => value.iter_mut().try_for_each(|value| self.expression(value)),
            StatementKind::Define(name, definition) => {
                self.bound(name);
                let code = self.definition(definition)?;
                let name = Name {
                    text: std::mem::take(&mut name.text),
                    slot: name.slot,
                };
                statement.kind = StatementKind::Bind(name, code);
                Ok(())
            }
            StatementKind::Bind(..) | StatementKind::Break | StatementKind::Continue | StatementKind::Pass => Ok(()),
        }
    }

    fn target(&mut self, target: &mut Target) -> Result<(), ScriptProblem> {
        match target {
            Target::Name(name) => {
                self.bound(name);
                Ok(())
            }
            Target::Tuple(targets, _) => targets.iter_mut().try_for_each(|target| self.target(target)),
            Target::Index(parts) => {
                self.expression(&mut parts.0)?;
                self.expression(&mut parts.1)
            }
        }
    }

    /// Resolves a function, moves it to the list and returns its place there.
    fn definition(&mut self, definition: &mut Definition) -> Result<usize, ScriptProblem> {
        for parameter in &mut definition.parameters {
            if let ParameterKind::Plain(Some(default)) | ParameterKind::Named(Some(default)) = &mut parameter.kind {
                self.expression(default)?;
            }
        }
        let mut scope = Scope::default();
        let mut names = Vec::new();
        bindings(&definition.body, &mut names);
        let parameters = definition.parameters.iter().map(|parameter| &parameter.name);
        for name in parameters.chain(&names) {
            scope.bind(name);
        }
        self.scopes.push(scope);
        let mut body = std::mem::take(&mut definition.body);
        self.block(&mut body)?;
        let scope = self.scopes.pop().unwrap_or_default();
        let parameters = std::mem::take(&mut definition.parameters);
        let name = std::mem::take(&mut definition.name);
        self.codes.push(scope.into_code(name, definition.at, parameters, body));
        Ok(self.codes.len() - 1)
    }

    fn expressions<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e mut Expression>,
    ) -> Result<(), ScriptProblem> {
        expressions
            .into_iter()
            .try_for_each(|expression| self.expression(expression))
    }

    fn expression(&mut self, expression: &mut Expression) -> Result<(), ScriptProblem> {
        match &mut expression.kind {
            ExpressionKind::Literal(literal) => {
                let value = self.literal(literal, expression.at)?;
                expression.kind = ExpressionKind::Constant(value);
                Ok(())
            }
            ExpressionKind::Name(name) => {
                let name = Name {
                    text: std::mem::take(&mut name.text),
                    slot: name.slot,
                };
                expression.kind = self.used(name, expression.at)?;
                Ok(())
            }
            ExpressionKind::Constant(_) | ExpressionKind::Closure(_) => Ok(()),
            ExpressionKind::List(items) | ExpressionKind::Tuple(items) => self.expressions(items),
            ExpressionKind::Dict(entries) => self.expressions(entries.iter_mut().flat_map(|(key, value)| [key, value])),
            ExpressionKind::Comprehension(comprehension) => {
                let outer_count = self.scope().comprehension_names.len();
                self.clauses(&mut comprehension.clauses)?;
                match &mut comprehension.body {
                    Body::List(item) => self.expression(item)?,
                    Body::Dict(key, value) => self.expressions([key, value])?,
                }
                self.scope().comprehension_names.truncate(outer_count);
                Ok(())
            }
            ExpressionKind::Conditional(parts) => {
                self.expressions([&mut parts.condition, &mut parts.then, &mut parts.otherwise])
            }
            ExpressionKind::And(parts)
            | ExpressionKind::Or(parts)
            | ExpressionKind::Binary(_, parts)
            | ExpressionKind::Index(parts) => self.expressions([&mut parts.0, &mut parts.1]),
            ExpressionKind::Not(value) | ExpressionKind::Unary(_, value) | ExpressionKind::Attribute(value, _) => {
                self.expression(value)
            }
            ExpressionKind::Slice(slice) => {
                self.expression(&mut slice.value)?;
                let parts = slice.start.iter_mut().chain(&mut slice.stop).chain(&mut slice.step);
                self.expressions(parts)
            }
            ExpressionKind::Call(call) => {
                self.expression(&mut call.function)?;
                self.expressions(&mut call.positional)?;
                self.expressions(call.named.iter_mut().map(|(_, value)| value))?;
                self.expressions(call.list.iter_mut().chain(&mut call.dict))
            }
            ExpressionKind::Lambda(definition) => {
                let code = self.definition(definition)?;
                expression.kind = ExpressionKind::Closure(code);
                Ok(())
            }
        }
    }

    /// Resolves the clauses of a comprehension. The first list is outside of its names.
    fn clauses(&mut self, clauses: &mut [Clause]) -> Result<(), ScriptProblem> {
        for clause in clauses {
            match clause {
                Clause::If(condition) => self.expression(condition)?,
                Clause::For(target, values) => {
                    self.expression(values)?;
                    let mut names = Vec::new();
                    target_names(target, &mut names);
                    let scope = self.scope();
                    for name in names {
                        let slot = scope.slot();
                        scope.comprehension_names.push((name, slot));
                    }
                    self.target(target)?;
                }
            }
        }
        Ok(())
    }

    fn literal(&mut self, literal: &mut Literal, at: Place) -> Result<Value, ScriptProblem> {
        let added = match literal {
            Literal::None => return Ok(Value::None),
            Literal::Boolean(value) => return Ok(Value::Boolean(*value)),
            Literal::Float(number) => return Ok(Value::Float(*number)),
            Literal::Integer(integer) => self.heap.add_integer(std::mem::take(integer)),
            Literal::Text(text) => match self.texts.get(text) {
                Some(value) => return Ok(*value),
                None => self.heap.add_text(text).inspect(|value| {
                    self.texts.insert(std::mem::take(text), *value);
                }),
            },
        };
        added.map_err(|fault| ScriptProblem::new(at, fault.into_problem(at).message))
    }
}
