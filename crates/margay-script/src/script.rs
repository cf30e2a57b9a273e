//! A script, ready to run.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::builtin::json;
use crate::evaluate::{Arguments, Evaluator};
use crate::heap::{Frozen, Heap};
use crate::meter::Meter;
use crate::parse::parse;
use crate::problem::{Fault, Run, RunProblem, RunProblemKind, ScriptProblem};
use crate::resolve::resolve;
use crate::syntax::ParameterKind;
use crate::text::Output;
use crate::token::Place;
use crate::value::{Code, Value};

#[cfg(test)]
pub(crate) mod tests;

/// A script whose function turns a record into an event.
///
/// - **Invariant**: the function can be called with one text. The values of the module cannot change any more, so a
///   script is shared between threads, and each run starts from the same state.
#[derive(Clone)]
pub struct Script(Arc<Compiled>);

struct Compiled {
    source: Box<str>,
    codes: Vec<Code>,
    frozen: Frozen,
    globals: Vec<Option<Value>>,
    function: Value,
    /// Where the function stands.
    at: Place,
}

/// What the function should be called.
const FUNCTION: &str = "parse";

const START: Place = Place { line: 1, column: 1 };

impl Script {
    /// Reads a script, and runs what stands outside its functions.
    ///
    /// The function is the one named `parse`; a script with one function only may call it as it likes.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, and where.
    pub fn compile(source: &str) -> Result<Self, ScriptProblem> {
        let statements = parse(source)?;
        let mut heap = Heap::on(None, Meter::for_record(0));
        let program = resolve(statements, &mut heap)?;
        let globals: Cow<'_, [Option<Value>]> = Cow::Owned(vec![None; program.globals.len()]);
        let mut evaluator = Evaluator::new(&program.codes, heap, globals);
        evaluator.module().map_err(|fault| {
            let problem = fault.into_problem(START);
            let at = Place {
                line: problem.line,
                column: 1,
            };
            ScriptProblem::new(at, problem.message)
        })?;
        let (globals, frozen) = (evaluator.globals.into_owned(), evaluator.heap.freeze());
        let functions: Vec<(&str, Value)> = program
            .globals
            .iter()
            .zip(&globals)
            .filter_map(|(name, value)| value.map(|value| (&**name, value)))
            .filter(|(_, value)| matches!(value, Value::Closure(_)))
            .collect();
        let function = functions
            .iter()
            .find(|(name, _)| *name == FUNCTION)
            .or(if functions.len() == 1 { functions.first() } else { None })
            .map(|(_, function)| *function);
        let Some(function @ Value::Closure(place)) = function else {
            let at = START;
            return Err(
                ScriptProblem::new(at, format!("the script defines no function `{FUNCTION}`"))
                    .hinted("it starts with `def parse(log):` and returns a dict"),
            );
        };
        let code = &program.codes[Heap::on(Some(&frozen), Meter::for_record(0)).closure(place).code];
        check_parameters(code)?;
        let at = code.at;
        Ok(Self(Arc::new(Compiled {
            source: source.into(),
            codes: program.codes,
            frozen,
            globals,
            function,
            at,
        })))
    }

    /// Returns the text that it was made of.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Turns a record into an event, and adds it to `out` as the text of a JSON object with at least one key.
    ///
    /// The same record always gives the same event or the same problem, on any machine.
    ///
    /// # Errors
    ///
    /// Why there is none. What was added to `out` is worthless then.
    ///
    /// # Complexity
    ///
    /// Time and memory are bounded by the record's length, see [`limits`](crate::limits).
    pub fn run(&self, log: &str, out: &mut String) -> Result<(), RunProblem> {
        self.run_inner(log, out).map_err(|fault| fault.into_problem(self.0.at))
    }

    fn run_inner(&self, log: &str, out: &mut String) -> Run<()> {
        let compiled = &*self.0;
        let heap = Heap::on(Some(&compiled.frozen), Meter::for_record(log.len()));
        let mut evaluator = Evaluator::new(&compiled.codes, heap, Cow::Borrowed(&compiled.globals));
        let arguments = Arguments {
            positional: vec![evaluator.heap.add_text(log)?],
            named: Vec::new(),
        };
        let event = evaluator.apply(compiled.function, arguments)?;
        let Value::Dict(place) = event else {
            return Err(Fault::new(
                RunProblemKind::Result,
                format!("the function returned {}, not a dict", event.described()),
            ));
        };
        if evaluator.heap.dict(place).dict.entries().is_empty() {
            return Err(Fault::new(
                RunProblemKind::Result,
                "the function returned an empty dict",
            ));
        }
        let mut output = Output::new(&evaluator.heap);
        output.text = std::mem::take(out);
        let written = json::write(&mut output, event, json::Keys::AsTheyCame);
        *out = output.text;
        written.map_err(Fault::of_result)
    }
}

/// Fails unless a function can be called with one value.
fn check_parameters(code: &Code) -> Result<(), ScriptProblem> {
    let mut takes_one = false;
    for (index, parameter) in code.parameters.iter().enumerate() {
        match &parameter.kind {
            ParameterKind::Plain(default) => {
                if index > 0 && default.is_none() {
                    return Err(one_parameter(parameter.at));
                }
                takes_one = true;
            }
            ParameterKind::Named(None) => return Err(one_parameter(parameter.at)),
            ParameterKind::Named(Some(_)) | ParameterKind::Dict => {}
            ParameterKind::List => takes_one = true,
        }
    }
    if takes_one { Ok(()) } else { Err(one_parameter(code.at)) }
}

fn one_parameter(at: Place) -> ScriptProblem {
    ScriptProblem::new(at, "the function is called with one value: the record's text")
        .hinted("for example `def parse(log):`")
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Script").field(&self.source()).finish()
    }
}

/// Two scripts are equal if their texts are.
impl PartialEq for Script {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for Script {}
