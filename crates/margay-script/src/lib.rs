//! Starlark for script parsers: `def parse(log)` turns a record into a dict, which becomes the event.
//!
//! ```
//! use margay_script::Script;
//!
//! let script = Script::compile(
//!     "def parse(log):
//!     user, _, action = log.partition(' ')
//!     return {'user': user, 'action': action.upper()}
//! ",
//! )?;
//! let mut event = String::new();
//! script.run("mara login", &mut event)?;
//! assert_eq!(event, r#"{"user":"mara","action":"LOGIN"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The evaluator is our own, because a script must not be able to hang the line or to fill the memory, and the
//! evaluators there are count calls but not what one operation costs: thirty lines of `t = (t, t)` and one comparison
//! take them centuries. Here nothing is done before it is paid for:
//!
//! - every visited expression and element, and every [`BYTES_PER_STEP`](limits::BYTES_PER_STEP) bytes, cost a step;
//! - every allocation is charged before it is made, and a run frees nothing until it ends, so that a run's memory is
//!   bounded by what was charged;
//! - nesting is counted wherever our code calls itself, for syntax, evaluation and values alike.
//!
//! There is no IO, clock, randomness or `load`, so a script gives the same event for the same record, always.
//!
//! Modules, in the order a script meets them:
//!
//! | module | what it holds |
//! |---|---|
//! | [`limits`] | every limit, with its reason |
//! | `token` | source → tokens, with indentation |
//! | `syntax`, `parse` | tokens → tree |
//! | `resolve` | names → places; functions flat in a list |
//! | `value`, `heap`, `meter`, `dict` | values, where they live, what they cost |
//! | `number`, `compare`, `text` | arithmetic, order and equality, values as text |
//! | `evaluate` | statements, expressions and calls |
//! | `builtin` | functions, methods and modules |
//! | `script` | [`Script`] |
//! | `problem` | [`ScriptProblem`], [`RunProblem`] |

#![cfg_attr(
    test,
    expect(
        clippy::needless_pass_by_value,
        reason = "`check(input, expect![..])` reads best with the expectation by value"
    )
)]

mod builtin;
mod compare;
mod dict;
mod evaluate;
mod heap;
pub mod limits;
mod meter;
mod number;
mod parse;
mod problem;
mod resolve;
mod script;
mod syntax;
mod text;
mod token;
mod value;

pub use problem::{RunProblem, RunProblemKind, ScriptProblem};
pub use script::Script;
