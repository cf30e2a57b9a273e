//! Macros: function calls that are rewritten in the parsed statement, before anything is planned.
//!
//! They work on the syntax tree, so text in strings and comments stays what it is, and they may stand wherever an
//! expression may.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::parser::Statement;
use deltalake::datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectNamePart, visit_expressions_mut,
};
use jiff::Timestamp;

mod length;
mod moment;
mod occurs;
#[cfg(test)]
mod tests;

/// A macro was called in a way that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MacroError {
    /// What is wrong.
    pub(crate) message: String,
    /// How it is called.
    pub(crate) hint: String,
}

/// Rewrites every macro in the statement.
pub(crate) fn expand(statement: &mut Statement, now: Timestamp) -> Result<(), MacroError> {
    match statement {
        Statement::Statement(statement) => {
            let outcome = visit_expressions_mut(statement.as_mut(), |expression| match expand_one(expression, now) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(error),
            });
            match outcome {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(error) => Err(error),
            }
        }
        Statement::Explain(explain) => expand(&mut explain.statement, now),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => Ok(()),
    }
}

fn expand_one(expression: &mut Expr, now: Timestamp) -> Result<(), MacroError> {
    let Expr::Function(function) = expression else {
        return Ok(());
    };
    let Some(name) = name_of(function) else { return Ok(()) };
    let Some(occurs) = occurs::Occurs::named(&name) else {
        if name.starts_with("p_occurs_") {
            return Err(MacroError {
                message: format!("there is no macro `{name}`"),
                hint:
                    "the macros are p_occurs_since, p_occurs_between, p_occurs_around, p_occurs_after, p_occurs_before"
                        .to_owned(),
            });
        }
        return Ok(());
    };
    let arguments = arguments_of(function).ok_or_else(|| occurs.misuse("it takes plain arguments"))?;
    *expression = occurs.expand(&arguments, now)?;
    Ok(())
}

/// Returns the function's name in lower case, if it is a plain one.
fn name_of(function: &Function) -> Option<String> {
    match function.name.0.as_slice() {
        [ObjectNamePart::Identifier(name)] => Some(name.value.to_ascii_lowercase()),
        _ => None,
    }
}

/// Returns the call's arguments, if they are nothing but a list of expressions.
fn arguments_of(function: &Function) -> Option<Vec<Expr>> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let is_plain = list.duplicate_treatment.is_none()
        && list.clauses.is_empty()
        && function.over.is_none()
        && function.filter.is_none()
        && function.within_group.is_empty();
    if !is_plain {
        return None;
    }
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression.clone()),
            _ => None,
        })
        .collect()
}
