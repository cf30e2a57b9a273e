//! `margay alert`: lists alerts and changes what people change of them, beside a server that may be running.

mod show;

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_store::{
    AlertEdit, AlertError, AlertFilter, AlertId, AlertStatus, DeliveryError, DeliveryId, DeliveryState, OPERATOR_ACTOR,
};

use crate::cli::Global;
use crate::cli::alert::{self as cli, List, Status};
use crate::command::source::find;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_rows};

pub(super) async fn run(global: &Global, arguments: cli::Alert) -> Outcome {
    match arguments {
        cli::Alert::List(arguments) => list(global, &arguments).await,
        cli::Alert::Show { id, format } => show::run(global, alert_id(&id)?, format).await,
        cli::Alert::Status { id, status } => set_status(global, alert_id(&id)?, stored(status)).await,
        cli::Alert::Assign { id, name, .. } => assign(global, alert_id(&id)?, name.as_deref()).await,
        cli::Alert::Comment { id, text } => comment(global, alert_id(&id)?, &text).await,
        cli::Alert::Resend { delivery } => resend(global, delivery_id(&delivery)?).await,
    }
}

async fn list(global: &Global, arguments: &List) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = match &arguments.source {
        Some(name) => Some(find(&store, name).await?.id),
        None => None,
    };
    let filter = AlertFilter {
        statuses: arguments.statuses.iter().copied().map(stored).collect(),
        source_id: source,
        ..AlertFilter::default()
    };
    let alerts = store.alerts(&filter, arguments.last).await.or_exit(Exit::Storage)?;
    if alerts.is_empty() && arguments.format == Format::Table {
        note("no alerts");
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = alerts
        .into_iter()
        .map(|alert| {
            vec![
                time(alert.opened_at),
                Cell::Text(alert.status.as_str().to_owned()),
                Cell::Text(alert.severity),
                Cell::Text(alert.kind),
                alert.source_label.map_or(Cell::Null, Cell::Text),
                Cell::Text(alert.text.title),
                alert.assignee.map_or(Cell::Null, Cell::Text),
                alert.recovered_at.map_or(Cell::Null, time),
                Cell::Text(alert.id.to_string()),
            ]
        })
        .collect();
    let names = [
        "opened_at",
        "status",
        "severity",
        "kind",
        "source",
        "title",
        "assignee",
        "recovered_at",
        "id",
    ];
    print_rows(arguments.format, &names, &rows)
}

async fn set_status(global: &Global, id: AlertId, status: AlertStatus) -> Outcome {
    let store = open::store_beside(global).await?;
    let alert = store
        .edit_alert(id, AlertEdit::status(status), OPERATOR_ACTOR, Clock::system().now())
        .await
        .map_err(exit_of)?;
    line(format_args!("alert {id} is {}", alert.status.as_str()));
    Ok(())
}

async fn assign(global: &Global, id: AlertId, name: Option<&str>) -> Outcome {
    let store = open::store_beside(global).await?;
    let alert = store
        .edit_alert(id, AlertEdit::assignee(name), OPERATOR_ACTOR, Clock::system().now())
        .await
        .map_err(exit_of)?;
    let who = alert
        .assignee
        .map_or_else(|| "nobody".to_owned(), |name| format!("`{name}`"));
    line(format_args!("{who} looks after alert {id}"));
    Ok(())
}

async fn comment(global: &Global, id: AlertId, text: &str) -> Outcome {
    let store = open::store_beside(global).await?;
    store
        .comment_alert(id, text, OPERATOR_ACTOR, Clock::system().now())
        .await
        .map_err(exit_of)?;
    line(format_args!("alert {id} has a new comment"));
    Ok(())
}

async fn resend(global: &Global, id: DeliveryId) -> Outcome {
    let store = open::store_beside(global).await?;
    let delivery = store
        .resend(id, OPERATOR_ACTOR, Clock::system().now())
        .await
        .map_err(|error| match error {
            DeliveryError::Storage(_) => Failure::of(Exit::Storage, error),
            // The id of an alert is nearer at hand than that of a delivery.
            DeliveryError::Unknown(_) => Failure::new(
                Exit::Usage,
                format!("{error}\nhint: `margay alert show` lists the deliveries of an alert with their ids"),
            ),
            error => Failure::of(Exit::Usage, error),
        })?;
    if delivery.state == DeliveryState::Delivered {
        line(format_args!("delivery {id} has arrived already; nothing is sent again"));
    } else if delivery.id == id {
        line(format_args!(
            "delivery {id} is tried again: a running server does it within seconds"
        ));
    } else {
        line(format_args!(
            "delivery {id} is sent again as {}: a running server does it within seconds",
            delivery.id
        ));
    }
    Ok(())
}

fn stored(status: Status) -> AlertStatus {
    match status {
        Status::Open => AlertStatus::Open,
        Status::Triaged => AlertStatus::Triaged,
        Status::Resolved => AlertStatus::Resolved,
        Status::Closed => AlertStatus::Closed,
    }
}

fn alert_id(text: &str) -> Outcome<AlertId> {
    id(text, "an alert", "`margay alert list` has them")
}

fn delivery_id(text: &str) -> Outcome<DeliveryId> {
    id(text, "a delivery", "`margay alert show` has them")
}

fn id<T: FromStr>(text: &str, what: impl Display, hint: &str) -> Outcome<T> {
    text.trim()
        .parse()
        .map_err(|_| Failure::new(Exit::Usage, format!("`{text}` is not the id of {what}\nhint: {hint}")))
}

fn exit_of(error: AlertError) -> Failure {
    let exit = match &error {
        AlertError::Storage(_) => Exit::Storage,
        _ => Exit::Usage,
    };
    Failure::of(exit, error)
}

fn time(time: Timestamp) -> Cell {
    Cell::Time(time.as_microsecond())
}
