//! Changing many alerts at once.

use margay_store::{
    ALERTS_PER_EDIT_MAX, AlarmChange, AlertChoice, AlertEdit, AlertError, AlertEventKind, AlertFilter, AlertId,
    AlertStatus, AlertsEdited, NewAlert, Store,
};

use super::alert::{evaluate, opened, text};
use crate::world::{at, leased};

/// Raises an alert about each of these sources.
pub(super) async fn raised(store: &Store, names: &[&str]) -> Vec<AlertId> {
    let mut ids = Vec::new();
    for name in names {
        let (source, _) = leased(store, name).await;
        let raised = evaluate(store, Some(source.id), Some(opened(name)), 0).await.unwrap();
        ids.push(raised.unwrap());
    }
    ids
}

fn of_status(status: AlertStatus) -> AlertFilter {
    AlertFilter {
        statuses: vec![status],
        ..AlertFilter::default()
    }
}

async fn titles(store: &Store, filter: &AlertFilter) -> Vec<String> {
    let alerts = store.alerts(filter, 100).await.unwrap();
    alerts.into_iter().map(|alert| alert.text.title).collect()
}

pub(crate) async fn many_alerts_are_changed_at_once_each_with_its_story(store: &Store) {
    let ids = raised(store, &["a", "b", "c", "d"]).await;
    assert_eq!(store.open_alert_count().await.unwrap(), 4);
    let edit = AlertEdit {
        status: Some(AlertStatus::Triaged),
        assignee: Some(Some("ann")),
    };
    let gone = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let choice = AlertChoice::Ids(vec![ids[0], ids[2], gone]);
    let edited = store.edit_alerts(&choice, edit, "jane", at(5)).await.unwrap();
    let changed = |changed| AlertsEdited {
        changed,
        has_more: false,
    };
    assert_eq!(edited, changed(2));
    assert_eq!(titles(store, &of_status(AlertStatus::Triaged)).await, ["c", "a"]);
    let alert = store.alert(ids[2]).await.unwrap();
    assert_eq!((alert.assignee.as_deref(), alert.updated_at), (Some("ann"), at(5)));
    let events: Vec<_> = store
        .alert_timeline(ids[2])
        .await
        .unwrap()
        .into_iter()
        .map(|event| (event.kind, event.actor, event.text))
        .collect();
    let by_jane = |kind, text: &str| (kind, "jane".to_owned(), text.to_owned());
    assert_eq!(
        events[1..],
        [
            by_jane(AlertEventKind::Assigned, "ann"),
            by_jane(AlertEventKind::Status, "TRIAGED")
        ]
    );

    // The rest, by what they are.
    let open = AlertChoice::Matching(of_status(AlertStatus::Open));
    let close = AlertEdit::status(AlertStatus::Closed);
    assert_eq!(
        store.edit_alerts(&open, close, "jane", at(6)).await.unwrap(),
        changed(2)
    );
    assert_eq!(titles(store, &of_status(AlertStatus::Closed)).await, ["d", "b"]);
    assert_eq!(store.open_alert_count().await.unwrap(), 0);
}

pub(crate) async fn what_is_to_be_already_is_no_change(store: &Store) {
    let ids = raised(store, &["a", "b"]).await;
    let all = AlertChoice::Matching(AlertFilter::default());
    let nothing = AlertsEdited::default();
    for edit in [
        AlertEdit::default(),
        AlertEdit::status(AlertStatus::Open),
        AlertEdit::assignee(None),
    ] {
        assert_eq!(
            store.edit_alerts(&all, edit, "jane", at(5)).await.unwrap(),
            nothing,
            "{edit:?}"
        );
    }
    assert_eq!(store.alert_timeline(ids[0]).await.unwrap().len(), 1);
    store
        .edit_alert(ids[0], AlertEdit::assignee(Some("ann")), "jane", at(6))
        .await
        .unwrap();
    let edited = store
        .edit_alerts(&all, AlertEdit::assignee(Some("ann")), "jane", at(7))
        .await
        .unwrap();
    assert_eq!(edited.changed, 1);
    for (edit, actor) in [
        (AlertEdit::assignee(Some("")), "jane"),
        (AlertEdit::status(AlertStatus::Closed), ""),
    ] {
        let refused = store.edit_alerts(&all, edit, actor, at(8)).await;
        assert!(matches!(refused, Err(AlertError::NameLength(0))), "{refused:?}");
    }
    assert_eq!(store.open_alert_count().await.unwrap(), 2);
}

pub(crate) async fn an_edit_changes_only_so_many_and_goes_on_when_it_is_made_again(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for number in 0..=ALERTS_PER_EDIT_MAX {
        let seconds = i64::try_from(number).unwrap();
        evaluate(store, Some(source.id), Some(opened("x")), seconds)
            .await
            .unwrap()
            .unwrap();
    }
    let all = AlertChoice::Matching(AlertFilter::default());
    let close = AlertEdit::status(AlertStatus::Closed);
    let first = store.edit_alerts(&all, close, "jane", at(9_000)).await.unwrap();
    assert_eq!((first.changed, first.has_more), (ALERTS_PER_EDIT_MAX, true));
    let second = store.edit_alerts(&all, close, "jane", at(9_001)).await.unwrap();
    assert_eq!((second.changed, second.has_more), (1, false));
}

pub(crate) async fn alerts_are_found_by_severity_and_type(store: &Store) {
    for (name, alert_type, severity) in [
        ("a", "SYSTEM_ERROR", "CRITICAL"),
        ("b", "RULE", "HIGH"),
        ("c", "RULE", "LOW"),
    ] {
        let (source, _) = leased(store, name).await;
        let new = NewAlert {
            alert_type: alert_type.to_owned(),
            severity: severity.to_owned(),
            text: text(name),
        };
        evaluate(store, Some(source.id), Some(AlarmChange::Opened(new)), 0)
            .await
            .unwrap()
            .unwrap();
    }
    let filter = |severities: &[&str], alert_types: &[&str]| AlertFilter {
        severities: severities.iter().map(|name| (*name).to_owned()).collect(),
        alert_types: alert_types.iter().map(|name| (*name).to_owned()).collect(),
        ..AlertFilter::default()
    };
    assert_eq!(titles(store, &filter(&[], &[])).await, ["c", "b", "a"]);
    assert_eq!(titles(store, &filter(&["CRITICAL", "LOW"], &[])).await, ["c", "a"]);
    assert_eq!(titles(store, &filter(&[], &["RULE"])).await, ["c", "b"]);
    assert_eq!(titles(store, &filter(&["HIGH"], &["RULE"])).await, ["b"]);
    assert_eq!(titles(store, &filter(&["HIGH"], &["SYSTEM_ERROR"])).await, [""; 0]);
    let low = AlertChoice::Matching(filter(&["LOW"], &[]));
    let close = AlertEdit::status(AlertStatus::Closed);
    assert_eq!(store.edit_alerts(&low, close, "jane", at(1)).await.unwrap().changed, 1);
    assert_eq!(titles(store, &of_status(AlertStatus::Closed)).await, ["c"]);
}
