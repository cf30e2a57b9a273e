//! A plan for people. What stands in a file is foreign text: it does not move the cursor.

use super::plan::Plan;
use super::schemas::Schemas;
use crate::output::{display_line, line};

/// Prints what would be done, what stays, and how much of each.
pub(super) fn show(schemas: &Schemas, plan: &Plan) {
    for told in schemas.lines() {
        line(display_line(&told));
    }
    for step in &plan.steps {
        let sign = if step.action.is_new() { '+' } else { '~' };
        line(display_line(&format!("{sign} {}", step.what)));
        for change in &step.changes {
            line(display_line(&format!("    {change}")));
        }
    }
    if !plan.left.is_empty() {
        let left = plan.left.join(", ");
        line(display_line(&format!("not in the file, and left alone: {left}")));
    }
    let added = plan.steps.iter().filter(|step| step.action.is_new()).count() + schemas.added();
    let changed = plan.steps.iter().filter(|step| !step.action.is_new()).count() + schemas.replaced();
    if added + changed > 0 {
        let unchanged = plan.unchanged + schemas.unchanged();
        line(format_args!(
            "{added} to add, {changed} to change, {unchanged} unchanged"
        ));
    }
}
