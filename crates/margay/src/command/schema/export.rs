//! `margay schema export`: the texts of schemas, byte for byte, as files or one after another.

use std::io::{self, Write};
use std::path::Path;

use margay_runtime::SchemaOrigin;
use margay_runtime::content::built_in_text;
use margay_schema::LogType;

use super::{find, known};
use crate::cli::Global;
use crate::cli::schema::Export;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{ended_early, line, note};

pub(super) async fn run(global: &Global, arguments: &Export) -> Outcome {
    let schemas = chosen(global, arguments).await?;
    match &arguments.output {
        Some(folder) => write_all(folder, &schemas, arguments.force),
        None => print_all(&schemas),
    }
}

/// The schemas that are asked for, with their texts: those that are named, or the built-in ones, or all.
async fn chosen(global: &Global, arguments: &Export) -> Outcome<Vec<(LogType, String)>> {
    let (content, store) = known(global).await?;
    let names: Vec<LogType> = if arguments.names.is_empty() {
        let is_wanted = |origin: SchemaOrigin| arguments.all || origin == SchemaOrigin::BuiltIn;
        let schemas = content.schemas().iter().filter(|known| is_wanted(known.origin));
        let names = schemas.map(|known| known.schema.log_type().clone());
        let broken = content.broken().iter().filter(|_| arguments.all);
        names.chain(broken.map(|broken| broken.log_type.clone())).collect()
    } else {
        let named = arguments.names.iter().map(|name| find(&content, name));
        named.collect::<Outcome<_>>()?
    };
    let mut schemas = Vec::with_capacity(names.len());
    for name in names {
        let text = match (&store, built_in_text(&name)) {
            (_, Some(text)) => Some(text.to_owned()),
            (Some(store), None) => store
                .schema(&name)
                .await
                .or_exit(Exit::Storage)?
                .map(|stored| stored.yaml),
            (None, None) => None,
        };
        let text = text.ok_or_else(|| Failure::new(Exit::Failure, format!("the text of `{name}` is missing")))?;
        if let Some(broken) = content.broken_schema(&name) {
            note(format_args!(
                "warning: `{name}` cannot be used as it is: {}",
                broken.reason
            ));
        }
        schemas.push((name, text));
    }
    Ok(schemas)
}

fn print_all(schemas: &[(LogType, String)]) -> Outcome {
    let mut out = io::stdout().lock();
    let mut print = || {
        for (index, (_, text)) in schemas.iter().enumerate() {
            if index > 0 {
                writeln!(out, "---")?;
            }
            out.write_all(text.as_bytes())?;
            if !text.ends_with('\n') {
                writeln!(out)?;
            }
        }
        out.flush()
    };
    match print() {
        Ok(()) => Ok(()),
        Err(error) => ended_early(error),
    }
}

fn write_all(folder: &Path, schemas: &[(LogType, String)], force: bool) -> Outcome {
    let failed = |path: &Path, error: io::Error| {
        Failure::new(Exit::Usage, format!("could not write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let path_of = |name: &LogType| folder.join(format!("{}.yml", name.table_name()));
    let is_other = |path: &Path, text: &str| std::fs::read(path).is_ok_and(|there| there != text.as_bytes());
    let others: Vec<String> = schemas
        .iter()
        .map(|(name, text)| (path_of(name), text))
        .filter(|(path, text)| is_other(path, text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    // All are looked at before the first is written.
    if !force && !others.is_empty() {
        let message = format!(
            "there already, and something else: {}\nhint: `--force` replaces them",
            others.join(", ")
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    for (name, text) in schemas {
        let path = path_of(name);
        std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
        line(format_args!("{}: {name}", path.display()));
    }
    Ok(())
}
