//! `margay destination`: adds, lists, shows, tries, changes and deletes destinations, beside a server that may be running.

mod add;
mod set;
mod test;

use std::io::{self, BufRead, IsTerminal};

use jiff::Timestamp;
use margay_lake::Cell;
use margay_runtime::deliver::route::Route;
use margay_store::{Destination, DestinationError, NewDestination, Store};
use secrecy::SecretString;

use crate::cli::Global;
use crate::cli::destination::{self as cli, AlertType, Filter, Severity};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_object, print_rows};

pub(super) async fn run(global: &Global, arguments: cli::Destination) -> Outcome {
    match arguments {
        cli::Destination::Add(arguments) => add::run(global, arguments).await,
        cli::Destination::List { format } => list(global, format).await,
        cli::Destination::Show { name, format } => show(global, &name, format).await,
        cli::Destination::Test(arguments) => test::run(global, &arguments).await,
        cli::Destination::Set(arguments) => set::run(global, arguments).await,
        cli::Destination::Delete { name, yes } => delete(global, &name, yes).await,
    }
}

async fn list(global: &Global, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let mut rows = Vec::new();
    for destination in store.destinations().await.or_exit(Exit::Storage)? {
        let last = store.deliveries_to(destination.id, 1).await.or_exit(Exit::Storage)?;
        let last = last.first();
        rows.push(vec![
            Cell::Text(destination.name),
            Cell::Text(destination.kind),
            Cell::Boolean(destination.is_enabled),
            names_of(&destination.severities, format),
            names_of(&destination.alert_types, format),
            last.map_or(Cell::Null, |delivery| Cell::Text(delivery.state.as_str().to_owned())),
            last.map_or(Cell::Null, |delivery| {
                time(delivery.finished_at.unwrap_or(delivery.created_at))
            }),
            Cell::Text(destination.id.to_string()),
        ]);
    }
    if rows.is_empty() && format == Format::Table {
        note("no destinations yet: alerts go nowhere. Add one with `margay destination add --help`");
        return Ok(());
    }
    let names = [
        "name",
        "kind",
        "enabled",
        "severities",
        "alert_types",
        "last_delivery",
        "last_delivery_at",
        "id",
    ];
    print_rows(format, &names, &rows)
}

async fn show(global: &Global, name: &str, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let destination = find(&store, name).await?;
    let last = store.deliveries_to(destination.id, 1).await.or_exit(Exit::Storage)?;
    let last = last.first();
    let fields = [
        ("name", Cell::Text(destination.name)),
        ("id", Cell::Text(destination.id.to_string())),
        ("kind", Cell::Text(destination.kind)),
        ("enabled", Cell::Boolean(destination.is_enabled)),
        ("settings", Cell::Json(destination.settings)),
        ("has_secret", Cell::Boolean(destination.has_secret)),
        ("severities", names_of(&destination.severities, format)),
        ("alert_types", names_of(&destination.alert_types, format)),
        ("created_at", time(destination.created_at)),
        ("updated_at", time(destination.updated_at)),
        (
            "last_delivery",
            last.map_or(Cell::Null, |delivery| Cell::Text(delivery.state.as_str().to_owned())),
        ),
        (
            "last_delivery_at",
            last.map_or(Cell::Null, |delivery| {
                time(delivery.finished_at.unwrap_or(delivery.created_at))
            }),
        ),
        (
            "last_delivery_id",
            last.map_or(Cell::Null, |delivery| Cell::Text(delivery.id.to_string())),
        ),
    ];
    print_object(format, &fields)
}

async fn delete(global: &Global, name: &str, yes: bool) -> Outcome {
    let store = open::store_beside(global).await?;
    let destination = find(&store, name).await?;
    if !yes && !confirm(&destination)? {
        return Err(Failure::new(Exit::Usage, "nothing was deleted"));
    }
    store.delete_destination(destination.id).await.map_err(exit_of)?;
    line(format_args!("deleted destination `{}`", destination.name));
    Ok(())
}

fn confirm(destination: &Destination) -> Outcome<bool> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::Usage,
            "will not delete without being asked to\nhint: add --yes",
        ));
    }
    note(format_args!(
        "this deletes `{}` with its secret and deliveries. Type its name to go on:",
        destination.name
    ));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).or_exit(Exit::Usage)?;
    Ok(answer.trim() == destination.name)
}

/// Finds a destination by its name, in any case, or by its id.
async fn find(store: &Store, name: &str) -> Outcome<Destination> {
    let all = store.destinations().await.or_exit(Exit::Storage)?;
    let wanted = name.trim().to_lowercase();
    let is_wanted = |one: &&Destination| one.id.to_string() == wanted || one.name.to_lowercase() == wanted;
    if let Some(found) = all.iter().find(is_wanted) {
        return Ok(found.clone());
    }
    let known: Vec<String> = all.iter().map(|one| format!("`{}`", one.name)).collect();
    let hint = if known.is_empty() {
        "there are none yet; `margay destination add --help`".to_owned()
    } else {
        format!("there are {}", known.join(", "))
    };
    Err(Failure::new(
        Exit::Usage,
        format!("there is no destination `{name}`\nhint: {hint}"),
    ))
}

/// Refuses what could never be reached, before it is stored.
fn check(new: &NewDestination, has_secret: bool) -> Outcome {
    let route = Route::parse(&new.kind, &new.settings, has_secret).or_exit(Exit::Usage)?;
    if let Some(secret) = &new.secret {
        route.check_secret(secret).or_exit(Exit::Usage)?;
    }
    Ok(())
}

/// Reads the secret of a destination, without the new line at its end.
fn read_secret(file: &std::path::Path, what: &str) -> Outcome<SecretString> {
    let text = crate::secret::read(file, what)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no {what} in {}", file.display()),
        ));
    }
    Ok(text.into())
}

/// The lists that a filter stands for, as they are stored.
fn lists(filter: &Filter) -> (Vec<String>, Vec<String>) {
    let severity = |severity: &Severity| match severity {
        Severity::Info => "INFO",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    };
    let alert_type = |alert_type: &AlertType| match alert_type {
        AlertType::SystemError => margay_runtime::watch::SYSTEM_ERROR,
        AlertType::Rule => "RULE",
    };
    (
        filter.severities.iter().map(severity).map(str::to_owned).collect(),
        filter.alert_types.iter().map(alert_type).map(str::to_owned).collect(),
    )
}

pub(super) fn exit_of(error: DestinationError) -> Failure {
    let exit = match &error {
        DestinationError::Storage(_) | DestinationError::SecretUnreadable => Exit::Storage,
        _ => Exit::Usage,
    };
    Failure::of(exit, error)
}

/// A list: for people as they write one, for machines as JSON.
fn names_of(names: &[String], format: Format) -> Cell {
    if format == Format::Table {
        Cell::Text(names.join(", "))
    } else {
        Cell::Json(serde_json::Value::from(names).to_string())
    }
}

fn time(time: Timestamp) -> Cell {
    Cell::Time(time.as_microsecond())
}
