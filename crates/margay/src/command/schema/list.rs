//! `margay schema list`: the built-in and the custom schemas, and which of them cannot be used.

use margay_lake::{Cell, Lake};
use margay_runtime::{Content, DataDir, ErrorChain, SchemaOrigin, VersionedSchema};
use margay_store::{CustomSchema, SchemaState};

use super::known;
use crate::cli::Global;
use crate::cli::schema::List;
use crate::exit::{Exit, OrExit, Outcome};
use crate::output::{Format, note, print_rows};

/// The columns of the answer; the last one is not for a table.
const COLUMNS: [&str; 8] = [
    "name",
    "kind",
    "version",
    "revision",
    "state",
    "fields",
    "updated_at",
    "problem",
];

pub(super) async fn run(global: &Global, arguments: &List) -> Outcome {
    let (mut content, store) = known(global).await?;
    let stored = match &store {
        Some(store) => store.schemas().await.or_exit(Exit::Storage)?,
        None => Vec::new(),
    };
    if !stored.is_empty() {
        check_tables(global, &mut content).await;
    }
    let mut rows: Vec<Vec<Cell>> = content
        .schemas()
        .iter()
        .filter(|known| known.origin == SchemaOrigin::BuiltIn)
        .map(row_of_built_in)
        .collect();
    let is_listed = |schema: &&CustomSchema| arguments.all || schema.state == SchemaState::Active;
    rows.extend(
        stored
            .iter()
            .filter(is_listed)
            .map(|schema| row_of_custom(&content, schema)),
    );

    let mut names = &COLUMNS[..];
    if arguments.format == Format::Table {
        // A reason has several lines, which a table cannot show.
        names = &COLUMNS[..COLUMNS.len() - 1];
        for row in &mut rows {
            row.truncate(names.len());
        }
    }
    print_rows(arguments.format, names, &rows)?;
    if arguments.format == Format::Table {
        for schema in stored.iter().filter(is_listed) {
            if let Some(broken) = content.broken_schema(&schema.name) {
                note(format_args!("\n{} is broken: {}", broken.log_type, broken.reason));
            }
        }
    }
    Ok(())
}

/// Whether the tables can take the schemas. A lake that cannot be opened is for the commands that need it to tell.
async fn check_tables(global: &Global, content: &mut Content) {
    let data_dir = DataDir::new(&global.data_dir);
    let checked = match Lake::open_read_only(&data_dir.lake(), &[]).await {
        Ok(lake) => content.check_custom(&lake).await,
        Err(error) => Err(error),
    };
    if let Err(error) = checked {
        note(format_args!(
            "warning: the schemas were not compared with their tables: {}",
            ErrorChain(&error)
        ));
    }
}

fn row_of_built_in(known: &VersionedSchema) -> Vec<Cell> {
    vec![
        text(known.schema.log_type().as_str()),
        text("built-in"),
        Cell::Unsigned(known.version.into()),
        Cell::Null,
        text("active"),
        Cell::Unsigned(known.schema.fields().len() as u64),
        Cell::Null,
        Cell::Null,
    ]
}

fn row_of_custom(content: &Content, schema: &CustomSchema) -> Vec<Cell> {
    let broken = content.broken_schema(&schema.name);
    let usable = content.schema(&schema.name).filter(|_| broken.is_none());
    vec![
        text(schema.name.as_str()),
        text("custom"),
        Cell::Unsigned(schema.version.into()),
        Cell::Unsigned(schema.revision.get()),
        text(super::state_of(content, schema)),
        usable.map_or(Cell::Null, |known| Cell::Unsigned(known.schema.fields().len() as u64)),
        Cell::Time(schema.updated_at.as_microsecond()),
        broken.map_or(Cell::Null, |broken| text(&broken.reason)),
    ]
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}
