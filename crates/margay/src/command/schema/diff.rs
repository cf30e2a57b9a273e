//! `margay schema diff`: what changes from one schema to another, and whether it may.

use margay_schema::evolution::{self, Change, Verdict};
use serde_json::{Value, json};

use super::chosen;
use crate::cli::Global;
use crate::cli::schema::{Diff, ReportFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{display_line, line};

pub(super) async fn run(global: &Global, arguments: &Diff) -> Outcome {
    let unknown_keys = arguments.strictness.unknown_keys();
    let (old, _) = chosen::schema(global, &arguments.old, unknown_keys).await?;
    let (new, _) = chosen::schema(global, &arguments.new, unknown_keys).await?;
    let changes = evolution::compare(&old, &new);
    let is_allowed = evolution::is_allowed(&changes);
    match arguments.report.format {
        ReportFormat::Text => show(arguments, &changes),
        ReportFormat::Json => {
            let changes: Vec<Value> = changes.iter().map(to_json).collect();
            let answer = json!({
                "old": arguments.old,
                "new": arguments.new,
                "is_allowed": is_allowed,
                "changes": changes,
            });
            line(format_args!("{answer:#}"));
        }
    }
    if is_allowed {
        return Ok(());
    }
    let refused = changes.iter().filter(|change| !change.verdict.is_allowed()).count();
    Err(Failure::new(
        Exit::Problems,
        format!(
            "{} may not replace {}: {refused} of {} changes are refused",
            arguments.new,
            arguments.old,
            changes.len()
        ),
    ))
}

fn show(arguments: &Diff, changes: &[Change]) {
    for change in changes {
        let text = change.to_string();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        line(format_args!("{:<8} {}", change.verdict.name(), display_line(first)));
        for more in lines {
            line(format_args!("{:<8} {}", "", display_line(more)));
        }
    }
    let (old, new) = (&arguments.old, &arguments.new);
    if changes.is_empty() {
        line(format_args!("{new} says the same as {old}"));
    } else if evolution::is_allowed(changes) {
        let warnings = changes
            .iter()
            .filter(|change| change.verdict == Verdict::Warning)
            .count();
        line(format_args!(
            "{new} may replace {old}: {} changes, {warnings} with a warning",
            changes.len()
        ));
    }
}

fn to_json(change: &Change) -> Value {
    json!({
        "path": change.path,
        "kind": change.kind.name(),
        "verdict": change.verdict.name(),
        "message": change.message,
        "hint": change.hint,
    })
}
