//! `margay schema add`: custom schemas into the metadata database. All files are planned before the first is stored, so that a
//! folder is added whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use margay_lake::Lake;
use margay_runtime::schema::{Applied, ApplyError, Draft, Plan, PlanError, PlanStep, apply, plan};
use margay_schema::UnknownKeys;
use margay_schema::evolution::Verdict;
use margay_store::{CUSTOM_SCHEMAS_MAX, ChangeSchemaError, CreateSchemaError, Revision, SCHEMA_VERSIONS_MAX, Store};

use super::{files, located};
use crate::cli::Global;
use crate::cli::schema::Add;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, note};

pub(super) async fn run(global: &Global, arguments: &Add) -> Outcome {
    let files = files::find_schemas(&arguments.files)?;
    if arguments.revision.is_some() && files.len() != 1 {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "--revision is of one schema, and here are {} files\nhint: add them one by one, or without --revision",
                files.len()
            ),
        ));
    }
    let texts = read_all(files)?;
    let terms = Terms {
        unknown_keys: arguments.strictness.unknown_keys(),
        expected: arguments.revision.map(Revision::new),
    };
    if arguments.dry_run {
        let store = open::store_for_reading(global).await?;
        let lake = open::lake_for_reading(global).await?;
        for (file, plan) in plan_all(&store, &lake, &texts, terms).await? {
            warn(file, &plan);
            line(would(&plan));
        }
        return Ok(());
    }
    let writable = open::for_writing(global, "margay schema add").await?;
    let plans = plan_all(&writable.line.store, &writable.line.lake, &texts, terms).await?;
    for (file, plan) in plans {
        warn(file, &plan);
        let applied = apply(&writable.line, &plan).await.map_err(|error| {
            let exit = exit_of_apply(&error);
            Failure::of(exit, error)
        })?;
        line(done(&plan, &applied));
    }
    Ok(())
}

/// On which terms schemas are added.
#[derive(Debug, Clone, Copy)]
pub(in crate::command) struct Terms {
    /// What a key is that the language does not know.
    pub(in crate::command) unknown_keys: UnknownKeys,
    /// The revision that the author of the one file has read.
    pub(in crate::command) expected: Option<Revision>,
}

/// Plans every file, so that a person sees every problem at once. Any problem ends it.
pub(in crate::command) async fn plan_all<'a>(
    store: &Store,
    lake: &Lake,
    texts: &'a [(PathBuf, String)],
    terms: Terms,
) -> Outcome<Vec<(&'a Path, Plan)>> {
    let mut plans: Vec<(&Path, Plan)> = Vec::with_capacity(texts.len());
    let mut file_of: BTreeMap<String, &Path> = BTreeMap::new();
    let mut exits = Vec::new();
    for (file, yaml) in texts {
        match plan_one(store, lake, file, yaml, terms).await? {
            Ok(plan) => {
                let name = plan.schema.log_type().clone();
                if let Some(other) = file_of.insert(name.as_str().to_ascii_lowercase(), file) {
                    exits.push(Exit::Problems);
                    note(format_args!(
                        "{}: {} is a file of `{name}` too",
                        file.display(),
                        other.display()
                    ));
                }
                plans.push((file, plan));
            }
            Err((exit, problem)) => {
                exits.push(exit);
                note(problem);
            }
        }
    }
    if exits.is_empty() {
        check_limits(store, &plans).await?;
    }
    match exits.first() {
        None => Ok(plans),
        Some(&exit) => Err(Failure::new(
            exit,
            format!(
                "nothing was added: {} of {} schema files have problems",
                exits.len(),
                texts.len()
            ),
        )),
    }
}

/// Whether there is room for all that is planned.
async fn check_limits(store: &Store, plans: &[(&Path, Plan)]) -> Outcome {
    let there = store.schemas().await.or_exit(Exit::Storage)?.len();
    let is_new = |(_, plan): &&(&Path, Plan)| plan.step == PlanStep::Create;
    let new = plans.iter().filter(is_new).count();
    if there + new > CUSTOM_SCHEMAS_MAX {
        let message = format!(
            "nothing was added: there are {there} custom schemas, these files would add {new}, and there can be {CUSTOM_SCHEMAS_MAX}"
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    let is_full = |(_, plan): &&(&Path, Plan)| matches!(plan.step, PlanStep::Replace { version, .. } if version >= SCHEMA_VERSIONS_MAX);
    if let Some((_, plan)) = plans.iter().find(is_full) {
        let message = format!(
            "nothing was added: `{}` has had {SCHEMA_VERSIONS_MAX} versions, and there can be no more",
            plan.schema.log_type()
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// A file's plan, or its problem; the failure of the whole is the database's or the lake's.
async fn plan_one(
    store: &Store,
    lake: &Lake,
    file: &Path,
    yaml: &str,
    terms: Terms,
) -> Outcome<Result<Plan, (Exit, String)>> {
    let draft = Draft {
        yaml,
        unknown_keys: terms.unknown_keys,
        expected: terms.expected,
    };
    match plan(store, lake, draft).await {
        Ok(plan) => Ok(Ok(plan)),
        Err(error @ (PlanError::Storage(_) | PlanError::Lake(_))) => Err(Failure::of(Exit::Storage, error)),
        Err(PlanError::Text(error)) => Ok(Err((Exit::Problems, located(file, &error)))),
        Err(error) => Ok(Err((exit_of_plan(&error), format!("{}: {error}", file.display())))),
    }
}

fn exit_of_plan(error: &PlanError) -> Exit {
    match error {
        PlanError::Archived(_) | PlanError::NoSuchRevision(_) | PlanError::RevisionChanged { .. } => Exit::Usage,
        _ => Exit::Problems,
    }
}

pub(in crate::command) fn exit_of_apply(error: &ApplyError) -> Exit {
    match error {
        ApplyError::Create(CreateSchemaError::Storage(_))
        | ApplyError::Change(ChangeSchemaError::Storage(_))
        | ApplyError::Register { .. } => Exit::Storage,
        ApplyError::Create(_) | ApplyError::Change(_) => Exit::Usage,
    }
}

pub(in crate::command) fn warn(file: &Path, plan: &Plan) {
    for warning in &plan.warnings {
        note(format_args!("warning: {}", located(file, warning)));
    }
    if let PlanStep::Replace { changes, .. } = &plan.step {
        for change in changes.iter().filter(|change| change.verdict == Verdict::Warning) {
            note(format_args!("warning: {}: {change}", plan.schema.log_type()));
        }
    }
}

fn would(plan: &Plan) -> String {
    let name = plan.schema.log_type();
    match &plan.step {
        PlanStep::Create => format!("{name}: would be added"),
        PlanStep::Replace { version, .. } => format!("{name}: version {} would replace version {version}", version + 1),
        PlanStep::Nothing { version, revision } => unchanged(name.as_str(), *version, *revision),
    }
}

fn done(plan: &Plan, applied: &Applied) -> String {
    let name = plan.schema.log_type();
    match (&plan.step, applied) {
        (PlanStep::Nothing { version, revision }, _) => unchanged(name.as_str(), *version, *revision),
        (PlanStep::Replace { version, .. }, Applied::Stored(schema)) => format!(
            "{name}: version {} replaces version {version} (revision {})",
            schema.version, schema.revision
        ),
        (_, Applied::Stored(schema)) => format!(
            "{name}: added, version {} (revision {})",
            schema.version, schema.revision
        ),
        // Somebody stored the very text in between.
        (_, Applied::Nothing) => format!("{name}: unchanged"),
    }
}

fn unchanged(name: &str, version: u32, revision: Revision) -> String {
    format!("{name}: unchanged, this is version {version} (revision {revision})")
}

fn read_all(files: Vec<PathBuf>) -> Outcome<Vec<(PathBuf, String)>> {
    if files.len() > CUSTOM_SCHEMAS_MAX {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "here are {} files; there can be {CUSTOM_SCHEMAS_MAX} custom schemas",
                files.len()
            ),
        ));
    }
    let read = |file: PathBuf| match files::read(&file) {
        Ok(text) => Ok((file, text)),
        Err(problem) => Err(Failure::new(Exit::Usage, format!("{}: {problem}", file.display()))),
    };
    files.into_iter().map(read).collect()
}
