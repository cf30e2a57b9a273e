//! `margay schema show`: a schema's text, byte for byte, or all that is known of it.

use std::io::{self, Write};

use margay_lake::Cell;
use margay_runtime::content::{built_in_text, read_schema};
use margay_runtime::{Content, SchemaOrigin};
use margay_schema::{LogType, UnknownKeys};
use margay_store::{SchemaVersion, Store};

use super::{find, known};
use crate::cli::Global;
use crate::cli::schema::{Show, ShowFormat};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Format, ended_early, print_object};

pub(super) async fn run(global: &Global, arguments: &Show) -> Outcome {
    let (content, store) = known(global).await?;
    let log_type = find(&content, &arguments.name)?;
    let built_in = content
        .schema(&log_type)
        .filter(|known| known.origin == SchemaOrigin::BuiltIn);
    let shown = match (built_in, &store) {
        (None, Some(store)) => custom(&content, store, &log_type, arguments.version).await?,
        (built_in, _) => of_binary(&log_type, built_in.map(|known| known.version), arguments.version)?,
    };
    match arguments.format {
        ShowFormat::Yaml => print(&shown.yaml),
        ShowFormat::Json => print_json(&content, &log_type, shown),
    }
}

/// A text, and what the JSON form says beside it.
struct Shown {
    yaml: String,
    version: u32,
    fields: Vec<(&'static str, Cell)>,
}

fn of_binary(log_type: &LogType, version: Option<u32>, asked: Option<u32>) -> Outcome<Shown> {
    let (Some(yaml), Some(version)) = (built_in_text(log_type), version) else {
        return Err(Failure::new(
            Exit::Failure,
            format!("the text of `{log_type}` is missing"),
        ));
    };
    if let Some(asked) = asked.filter(|&asked| asked != version) {
        return Err(no_such_version(log_type, asked, &[version]));
    }
    Ok(Shown {
        yaml: yaml.to_owned(),
        version,
        fields: vec![
            ("kind", text("built-in")),
            ("state", text("active")),
            ("revision", Cell::Null),
            ("created_at", Cell::Null),
            ("updated_at", Cell::Null),
            ("versions", Cell::Json("[]".to_owned())),
        ],
    })
}

async fn custom(content: &Content, store: &Store, log_type: &LogType, asked: Option<u32>) -> Outcome<Shown> {
    let schema = store.schema(log_type).await.or_exit(Exit::Storage)?;
    let schema = schema.ok_or_else(|| Failure::new(Exit::Usage, format!("there is no schema `{log_type}`")))?;
    let versions = store.schema_versions(log_type).await.or_exit(Exit::Storage)?;
    let version = asked.unwrap_or(schema.version);
    let Some(yaml) = store.schema_text(log_type, version).await.or_exit(Exit::Storage)? else {
        let known: Vec<u32> = versions.iter().rev().map(|version| version.version).collect();
        return Err(no_such_version(log_type, version, &known));
    };
    let state = super::state_of(content, &schema);
    Ok(Shown {
        yaml,
        version,
        fields: vec![
            ("kind", text("custom")),
            ("state", text(state)),
            ("revision", Cell::Unsigned(schema.revision.get())),
            ("created_at", Cell::Time(schema.created_at.as_microsecond())),
            ("updated_at", Cell::Time(schema.updated_at.as_microsecond())),
            ("versions", Cell::Json(versions_json(&versions))),
        ],
    })
}

fn versions_json(versions: &[SchemaVersion]) -> String {
    let versions = versions.iter().map(|version| {
        serde_json::json!({
            "version": version.version,
            "saved_at": version.saved_at.to_string(),
            "bytes": version.bytes,
        })
    });
    versions.collect::<serde_json::Value>().to_string()
}

fn no_such_version(log_type: &LogType, asked: u32, known: &[u32]) -> Failure {
    let known = match known {
        [] => "there is none".to_owned(),
        [only] => format!("there is version {only} only"),
        [first, .., last] => format!("there are the versions {first} to {last}"),
    };
    Failure::new(
        Exit::Usage,
        format!("schema `{log_type}` has no version {asked}\nhint: {known}"),
    )
}

fn print(yaml: &str) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(yaml.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) => ended_early(error),
    }
}

fn print_json(content: &Content, log_type: &LogType, shown: Shown) -> Outcome {
    // What is said beside the text is of this text, which need not be the one in force.
    let read = read_schema(&shown.yaml, UnknownKeys::Warn);
    let compiled = read.as_ref().ok().map(|checked| &checked.schema);
    let in_force = content
        .broken_schema(log_type)
        .filter(|broken| broken.version == shown.version);
    let problem = match (&read, in_force) {
        (Err(error), _) => Some(error.to_string()),
        (Ok(_), broken) => broken.map(|broken| broken.reason.clone()),
    };
    let optional = |value: Option<&str>| value.map_or(Cell::Null, text);
    let mut fields = vec![
        ("name", text(log_type.as_str())),
        ("table", text(&log_type.table_name())),
        ("version", Cell::Unsigned(shown.version.into())),
    ];
    fields.extend(shown.fields);
    fields.extend([
        (
            "description",
            optional(compiled.and_then(|schema| schema.description())),
        ),
        (
            "reference_url",
            optional(compiled.and_then(|schema| schema.reference_url())),
        ),
        ("problem", optional(problem.as_deref())),
        ("yaml", Cell::Text(shown.yaml)),
    ]);
    // One schema, one object.
    print_object(Format::Ndjson, &fields)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}
