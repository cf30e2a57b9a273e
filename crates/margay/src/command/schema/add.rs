//! `margay schema add`: custom schemas into the metadata database. All files are planned before the first is stored, so that a
//! folder is added whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use margay_lake::Lake;
use margay_runtime::schema::{Applied, ApplyError, Draft, Plan, PlanError, PlanStep, apply, plan};
use margay_schema::UnknownKeys;
use margay_schema::evolution::Verdict;
use margay_schema::limits::SCHEMA_BYTES_MAX;
use margay_store::{CUSTOM_SCHEMAS_MAX, ChangeSchemaError, CreateSchemaError, Revision, Store};

use super::located;
use crate::cli::Global;
use crate::cli::schema::Add;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, note};

/// Folders inside each other; a schema does not lie deeper, and a link may lead in a circle.
const FOLDER_DEPTH_MAX: usize = 16;

pub(super) async fn run(global: &Global, arguments: &Add) -> Outcome {
    let files = schema_files(&arguments.files)?;
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
    if arguments.dry_run {
        let store = open::store_for_reading(global).await?;
        let lake = open::lake_for_reading(global).await?;
        for (file, plan) in plan_all(&store, &lake, &texts, arguments).await? {
            warn(file, &plan);
            line(would(&plan));
        }
        return Ok(());
    }
    let writable = open::for_writing(global, "margay schema add").await?;
    let plans = plan_all(&writable.line.store, &writable.line.lake, &texts, arguments).await?;
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

/// Plans every file, so that a person sees every problem at once. Any problem ends it.
async fn plan_all<'a>(
    store: &Store,
    lake: &Lake,
    texts: &'a [(PathBuf, String)],
    arguments: &Add,
) -> Outcome<Vec<(&'a Path, Plan)>> {
    let mut plans: Vec<(&Path, Plan)> = Vec::with_capacity(texts.len());
    let mut file_of: BTreeMap<String, &Path> = BTreeMap::new();
    let mut exits = Vec::new();
    for (file, yaml) in texts {
        match plan_one(store, lake, file, yaml, arguments).await? {
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

/// A file's plan, or its problem; the failure of the whole is the database's or the lake's.
async fn plan_one(
    store: &Store,
    lake: &Lake,
    file: &Path,
    yaml: &str,
    arguments: &Add,
) -> Outcome<Result<Plan, (Exit, String)>> {
    let draft = Draft {
        yaml,
        unknown_keys: if arguments.lenient {
            UnknownKeys::Warn
        } else {
            UnknownKeys::Refuse
        },
        expected: arguments.revision.map(Revision::new),
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

fn exit_of_apply(error: &ApplyError) -> Exit {
    match error {
        ApplyError::Create(CreateSchemaError::Storage(_))
        | ApplyError::Change(ChangeSchemaError::Storage(_))
        | ApplyError::Register { .. } => Exit::Storage,
        ApplyError::Create(_) | ApplyError::Change(_) => Exit::Usage,
    }
}

fn warn(file: &Path, plan: &Plan) {
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
    files
        .into_iter()
        .map(|file| {
            let failed = |problem: String| Failure::new(Exit::Usage, format!("{}: {problem}", file.display()));
            // A file that was named by mistake may be of any size.
            let length = std::fs::metadata(&file)
                .map_err(|error| failed(format!("could not be read: {error}")))?
                .len();
            if length > SCHEMA_BYTES_MAX as u64 {
                return Err(failed(format!(
                    "has {length} bytes; a schema has at most {SCHEMA_BYTES_MAX}"
                )));
            }
            let text = std::fs::read_to_string(&file).map_err(|error| failed(format!("could not be read: {error}")))?;
            Ok((file, text))
        })
        .collect()
}

/// Returns the files that are named, and the schema files in the folders that are, in order of their names.
fn schema_files(named: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            let before = files.len();
            collect(path, FOLDER_DEPTH_MAX, &mut files).or_exit(Exit::Usage)?;
            if files.len() == before {
                return Err(Failure::new(
                    Exit::Usage,
                    format!(
                        "there is no schema file in {}\nhint: they end in `.yml` or `.yaml`",
                        path.display()
                    ),
                ));
            }
        } else {
            files.push(path.clone());
        }
    }
    if files.len() > CUSTOM_SCHEMAS_MAX {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "here are {} files; there can be {CUSTOM_SCHEMAS_MAX} custom schemas",
                files.len()
            ),
        ));
    }
    Ok(files)
}

fn collect(folder: &Path, depth_left: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth_left > 0 {
                collect(&path, depth_left - 1, files)?;
            }
        } else if is_schema_file(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_schema_file(path: &Path) -> bool {
    let is_yaml = path
        .extension()
        .is_some_and(|extension| extension == "yml" || extension == "yaml");
    let is_test = path
        .file_stem()
        .is_some_and(|stem| stem.to_string_lossy().ends_with("_tests"));
    is_yaml && !is_test
}
