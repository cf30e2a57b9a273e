//! `margay schema export`: the texts of schemas, byte for byte, as files or one after another.

use std::io::{self, Write};
use std::path::Path;

use margay_runtime::SchemaOrigin;
use margay_runtime::content::{built_in_names, built_in_text};
use margay_schema::LogType;

use super::{find, known};
use crate::cli::Global;
use crate::cli::schema::Export;
use crate::command::query::ended_early;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::line;

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
        schemas.map(|known| known.schema.log_type().clone()).collect()
    } else {
        let named = arguments.names.iter().map(|name| find(&content, name));
        named.collect::<Outcome<_>>()?
    };
    let mut schemas = Vec::with_capacity(names.len());
    for name in names {
        let is_built_in = built_in_names().contains(&name.as_str());
        let text = match (&store, built_in_text(&name)) {
            (_, Some(text)) if is_built_in => text.to_owned(),
            (Some(store), _) => {
                let stored = store.schema(&name).await.or_exit(Exit::Storage)?;
                stored.map(|stored| stored.yaml).unwrap_or_default()
            }
            (None, _) => String::new(),
        };
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
    for (name, text) in schemas {
        let path = folder.join(format!("{}.yml", name.table_name()));
        match std::fs::read(&path) {
            Ok(there) if there == text.as_bytes() => {
                line(format_args!("{}: {name}, as it was", path.display()));
                continue;
            }
            Ok(_) if !force => {
                let message = format!(
                    "{} is there already and says something else\nhint: `--force` replaces it",
                    path.display()
                );
                return Err(Failure::new(Exit::Usage, message));
            }
            _ => {}
        }
        std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
        line(format_args!("{}: {name}", path.display()));
    }
    Ok(())
}
