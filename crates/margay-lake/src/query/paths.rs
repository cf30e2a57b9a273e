//! Paths into nested values: `actor.visits[1].nth`.
//!
//! After an index the parser takes a name for an expression, and the engine then wants a text. A name is what is meant.

use std::ops::ControlFlow;

use deltalake::datafusion::sql::parser::Statement;
use deltalake::datafusion::sql::sqlparser::ast::{AccessExpr, Expr, Value, visit_expressions_mut};

/// Makes every name that follows an index a text.
pub(super) fn rewrite(statement: &mut Statement) {
    match statement {
        Statement::Statement(statement) => {
            let outcome: ControlFlow<()> = visit_expressions_mut(statement.as_mut(), |expression| {
                if let Expr::CompoundFieldAccess { access_chain, .. } = expression {
                    let is_index = |access: &AccessExpr| matches!(access, AccessExpr::Subscript(_));
                    let index = access_chain.iter().position(is_index).unwrap_or(access_chain.len());
                    access_chain[index..].iter_mut().for_each(name_to_text);
                }
                ControlFlow::Continue(())
            });
            debug_assert!(outcome.is_continue(), "nothing breaks the walk");
        }
        Statement::Explain(explain) => rewrite(&mut explain.statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => {}
    }
}

fn name_to_text(access: &mut AccessExpr) {
    if let AccessExpr::Dot(Expr::Identifier(name)) = access {
        let text = if name.quote_style.is_some() {
            name.value.clone()
        } else {
            name.value.to_ascii_lowercase()
        };
        *access = AccessExpr::Dot(Expr::Value(Value::SingleQuotedString(text).into()));
    }
}
