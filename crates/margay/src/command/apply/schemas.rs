//! The schemas of a file: planned as `margay schema add` plans them, and done first, since log sources may use them.

use std::path::{Path, PathBuf};

use margay_lake::Lake;
use margay_runtime::content::read_schema;
use margay_runtime::schema::{CUSTOM_PREFIX, PlanError, PlanStep, apply};
use margay_runtime::source::usable_log_type;
use margay_runtime::{Content, Line, schema};
use margay_schema::{LogType, UnknownKeys};
use margay_store::{CUSTOM_SCHEMAS_MAX, Store};
use serde_saphyr::Spanned;

use super::file::Problem;
use crate::command::schema::{add, files, located};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{line, note};

/// The texts of the schema files that a file names.
pub(super) type Texts = Vec<(PathBuf, String)>;

/// What is to be done about schemas.
#[derive(Debug, Default)]
pub(super) struct Schemas(Vec<Planned>);

#[derive(Debug)]
struct Planned {
    name: LogType,
    /// Nothing if there is no database yet.
    plan: Option<schema::Plan>,
}

/// Reads the files; `base` is the folder that their paths are relative to.
///
/// # Errors
/// Everything that cannot be read.
pub(super) fn read(base: &Path, named: &[Spanned<String>]) -> Result<Texts, Vec<Problem>> {
    let (mut texts, mut problems) = (Texts::new(), Vec::new());
    if named.len() > CUSTOM_SCHEMAS_MAX {
        let message = format!(
            "there can be {CUSTOM_SCHEMAS_MAX} custom schemas, and this file names {}",
            named.len()
        );
        return Err(vec![Problem::of_file(message)]);
    }
    for path in named {
        let file = base.join(&path.value);
        match files::read(&file) {
            Ok(text) => texts.push((file, text)),
            Err(problem) => problems.push(Problem::new(path, format!("{}: {problem}", file.display()))),
        }
    }
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}

impl Schemas {
    /// Plans all of them.
    pub(super) async fn plan(store: &Store, lake: &Lake, texts: &Texts) -> Outcome<Self> {
        let terms = add::Terms {
            unknown_keys: UnknownKeys::Refuse,
            expected: None,
        };
        let plans = add::plan_all(store, lake, texts, terms).await?;
        let planned = |(file, plan): (&Path, schema::Plan)| {
            add::warn(file, &plan);
            Planned {
                name: plan.schema.log_type().clone(),
                plan: Some(plan),
            }
        };
        Ok(Self(plans.into_iter().map(planned).collect()))
    }

    /// As [`Self::plan`], where there is no database yet.
    pub(super) fn plan_without_database(texts: &Texts) -> Outcome<Self> {
        let mut planned = Vec::new();
        for (file, text) in texts {
            let name = match read_schema(text, UnknownKeys::Refuse) {
                Ok(checked) => checked.schema.log_type().clone(),
                Err(error) => {
                    note(located(file, &error));
                    continue;
                }
            };
            if name.as_str().starts_with(CUSTOM_PREFIX) {
                planned.push(Planned { name, plan: None });
            } else {
                note(format_args!("{}: {}", file.display(), PlanError::NotCustom(name)));
            }
        }
        if planned.len() == texts.len() {
            Ok(Self(planned))
        } else {
            let bad = texts.len() - planned.len();
            let message = format!("{bad} of {} schema files have problems", texts.len());
            Err(Failure::new(Exit::Problems, message))
        }
    }

    /// Finds a log type that a new source may use: one that is there, or will be.
    pub(super) fn find(&self, content: &Content, name: &str) -> Result<LogType, String> {
        let planned = self.0.iter().map(|planned| &planned.name);
        let found = planned.clone().find(|known| known.as_str().eq_ignore_ascii_case(name));
        found.map_or_else(
            || usable_log_type(content, name).map_err(|refused| refused.to_string()),
            |name| Ok(name.clone()),
        )
    }

    /// The lines that tell what changes.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for planned in &self.0 {
            let name = &planned.name;
            match planned.step() {
                PlanStep::Create => lines.push(format!("+ schema `{name}`")),
                PlanStep::Replace { version, .. } => {
                    lines.push(format!("~ schema `{name}`"));
                    lines.push(format!("    version: {version} -> {}", version + 1));
                }
                PlanStep::Nothing { .. } => {}
            }
        }
        lines
    }

    pub(super) fn added(&self) -> usize {
        self.count(|step| *step == PlanStep::Create)
    }

    pub(super) fn replaced(&self) -> usize {
        self.count(|step| matches!(step, PlanStep::Replace { .. }))
    }

    pub(super) fn unchanged(&self) -> usize {
        self.count(|step| matches!(step, PlanStep::Nothing { .. }))
    }

    fn count(&self, is_counted: impl Fn(&PlanStep) -> bool) -> usize {
        self.0.iter().filter(|planned| is_counted(planned.step())).count()
    }

    /// Stores what changes, and returns how many that were.
    pub(super) async fn carry_out(&self, data: &Line) -> Outcome<usize> {
        let mut done = 0;
        let plans = self.0.iter().filter_map(|planned| planned.plan.as_ref());
        for plan in plans.filter(|plan| !matches!(plan.step, PlanStep::Nothing { .. })) {
            apply(data, plan).await.map_err(|error| {
                let exit = add::exit_of_apply(&error);
                Failure::of(exit, error)
            })?;
            done += 1;
            line(format_args!("done: schema `{}`", plan.schema.log_type()));
        }
        Ok(done)
    }
}

impl Planned {
    fn step(&self) -> &PlanStep {
        self.plan.as_ref().map_or(&PlanStep::Create, |plan| &plan.step)
    }
}
