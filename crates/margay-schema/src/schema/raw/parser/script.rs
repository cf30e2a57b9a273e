//! `script`: one function in Starlark, whose problems are places in the schema file.

use margay_script::Script;

use super::super::super::keys::Mapping;
use super::super::super::problem::Problems;
use super::super::super::yaml::Position;
use crate::limits::SCHEMA_BYTES_MAX;
use crate::parser::Parser;

/// Reads a script parser.
pub(super) fn script(mapping: &Mapping<'_>, problems: &mut Problems) -> Option<Parser> {
    let path = "parser.script";
    let Some(entry) = mapping.entry("function") else {
        let hint = || Some("its text is a block, after `function: |`".to_owned());
        problems.add_hinted(mapping.at, path, "a script parser needs a `function`", hint);
        return None;
    };
    let source = mapping.text("function", SCHEMA_BYTES_MAX, path, problems)?;
    let problem = match Script::compile(source) {
        Ok(script) => return Some(Parser::Script(script)),
        Err(problem) => problem,
    };
    let path = "parser.script.function";
    if let Some(block_at) = entry.value.block_at {
        let at = Position {
            line: block_at.line + problem.line - 1,
            column: block_at.column + problem.column - 1,
        };
        problems.add_hinted(at, path, problem.message, || problem.hint);
    } else {
        // Folded or quoted text has other lines than the file.
        let message = format!("line {} of the script: {}", problem.line, problem.message);
        problems.add_hinted(entry.value.at, path, message, || problem.hint);
    }
    None
}
