//! `margay alert show`: what an alert says, what happened to it, and every try to bring it to its destinations.

use margay_lake::Cell;
use margay_store::{AlertEvent, AlertId, Attempt, Delivery, Store};
use serde_json::{Value, json};

use super::{exit_of, time};
use crate::cli::Global;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, print_object, print_rows};

/// A delivery with its destination's name and its tries.
struct Told {
    delivery: Delivery,
    destination: String,
    attempts: Vec<Attempt>,
}

pub(super) async fn run(global: &Global, id: AlertId, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let alert = store.alert(id).await.map_err(exit_of)?;
    let timeline = store.alert_timeline(id).await.map_err(exit_of)?;
    let deliveries = deliveries(&store, id).await?;
    let text = |text: String| Cell::Text(text);
    let mut fields = vec![
        ("title", text(alert.text.title)),
        ("id", text(alert.id.to_string())),
        ("kind", text(alert.kind)),
        ("alert_type", text(alert.alert_type)),
        ("severity", text(alert.severity)),
        ("source", alert.source_label.map_or(Cell::Null, Cell::Text)),
        ("status", text(alert.status.as_str().to_owned())),
        ("assignee", alert.assignee.map_or(Cell::Null, Cell::Text)),
        ("opened_at", time(alert.opened_at)),
        ("updated_at", time(alert.updated_at)),
        ("recovered_at", alert.recovered_at.map_or(Cell::Null, time)),
        ("cause", text(alert.text.cause)),
        ("evidence", text(alert.text.evidence)),
        ("blind", text(alert.text.blind)),
        ("remedy", text(alert.text.remedy)),
    ];
    if format != Format::Table {
        fields.push(("timeline", Cell::Json(timeline_json(&timeline).to_string())));
        fields.push(("deliveries", Cell::Json(deliveries_json(&deliveries).to_string())));
        return print_object(format, &fields);
    }
    print_object(format, &fields)?;
    line("\nTimeline");
    print_rows(format, &["at", "what", "who", "text"], &timeline_rows(timeline))?;
    if deliveries.is_empty() {
        line("\nNo destination wanted to know: see `margay destination list`");
        return Ok(());
    }
    line("\nDeliveries");
    let names = ["destination", "notice", "state", "next_try_at", "id"];
    let rows: Vec<Vec<Cell>> = deliveries.iter().map(delivery_row).collect();
    print_rows(format, &names, &rows)?;
    line("\nTries");
    let names = ["at", "destination", "notice", "took_ms", "status", "outcome"];
    let rows: Vec<Vec<Cell>> = deliveries.iter().flat_map(attempt_rows).collect();
    print_rows(format, &names, &rows)
}

async fn deliveries(store: &Store, id: AlertId) -> Outcome<Vec<Told>> {
    let mut told = Vec::new();
    for delivery in store.deliveries_of_alert(id).await.or_exit(Exit::Storage)? {
        let destination = store.destination(delivery.destination).await.or_exit(Exit::Storage)?;
        let attempts = store.attempts(delivery.id).await.or_exit(Exit::Storage)?;
        told.push(Told {
            delivery,
            destination: destination.name,
            attempts,
        });
    }
    Ok(told)
}

fn timeline_rows(timeline: Vec<AlertEvent>) -> Vec<Vec<Cell>> {
    let row = |event: AlertEvent| {
        vec![
            time(event.at),
            Cell::Text(event.kind.as_str().to_owned()),
            Cell::Text(event.actor),
            Cell::Text(event.text),
        ]
    };
    timeline.into_iter().map(row).collect()
}

fn delivery_row(told: &Told) -> Vec<Cell> {
    let delivery = &told.delivery;
    let is_finished = delivery.finished_at.is_some();
    vec![
        Cell::Text(told.destination.clone()),
        Cell::Text(delivery.notice.as_str().to_owned()),
        Cell::Text(delivery.state.as_str().to_owned()),
        if is_finished {
            Cell::Null
        } else {
            time(delivery.not_before)
        },
        Cell::Text(delivery.id.to_string()),
    ]
}

fn attempt_rows(told: &Told) -> Vec<Vec<Cell>> {
    let row = |attempt: &Attempt| {
        vec![
            time(attempt.at),
            Cell::Text(told.destination.clone()),
            Cell::Text(told.delivery.notice.as_str().to_owned()),
            Cell::Unsigned(milliseconds(attempt)),
            attempt
                .status
                .map_or(Cell::Null, |status| Cell::Unsigned(status.into())),
            Cell::Text(attempt.outcome.clone()),
        ]
    };
    told.attempts.iter().map(row).collect()
}

fn timeline_json(timeline: &[AlertEvent]) -> Value {
    let event = |event: &AlertEvent| {
        json!({
            "at": event.at.to_string(),
            "what": event.kind.as_str(),
            "who": event.actor,
            "text": event.text,
        })
    };
    timeline.iter().map(event).collect()
}

fn deliveries_json(deliveries: &[Told]) -> Value {
    let attempt = |attempt: &Attempt| {
        json!({
            "at": attempt.at.to_string(),
            "took_ms": milliseconds(attempt),
            "status": attempt.status,
            "outcome": attempt.outcome,
        })
    };
    let delivery = |told: &Told| {
        let delivery = &told.delivery;
        let next = delivery.finished_at.is_none().then(|| delivery.not_before.to_string());
        json!({
            "id": delivery.id.to_string(),
            "destination": told.destination,
            "notice": delivery.notice.as_str(),
            "state": delivery.state.as_str(),
            "created_at": delivery.created_at.to_string(),
            "finished_at": delivery.finished_at.map(|time| time.to_string()),
            "next_try_at": next,
            "attempts": told.attempts.iter().map(attempt).collect::<Value>(),
        })
    };
    deliveries.iter().map(delivery).collect()
}

fn milliseconds(attempt: &Attempt) -> u64 {
    u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX)
}
