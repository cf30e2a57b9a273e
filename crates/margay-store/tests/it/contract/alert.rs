use std::time::Duration;

use margay_schema::SourceId;
use margay_store::{
    AlarmChange, AlarmError, AlarmState, AlarmStatus, AlertEdit, AlertError, AlertEventKind, AlertFilter, AlertId,
    AlertStatus, AlertText, Attempt, COMMENT_BYTES_MAX, DELIVERY_LOCK, DeliveryError, DeliveryNotice, DeliveryState,
    Destination, DestinationError, Evaluated, Followed, JOURNAL_KEEP_DEFAULT, NewAlert, NewDestination, Remedy,
    SYSTEM_ACTOR, Store,
};
use secrecy::ExposeSecret;

use crate::world::{SECRET, at, days, leased};

const KIND: &str = "SOURCE_CANNOT_POLL";

pub(super) fn text(title: &str) -> AlertText {
    AlertText {
        title: title.to_owned(),
        cause: "polls fail".to_owned(),
        evidence: "HTTP 503".to_owned(),
        blind: "everything".to_owned(),
        remedy: "wait".to_owned(),
    }
}

pub(super) fn opened(title: &str) -> AlarmChange {
    AlarmChange::Opened(NewAlert {
        alert_type: "SYSTEM_ERROR".to_owned(),
        severity: "CRITICAL".to_owned(),
        text: text(title),
    })
}

/// What an evaluation at that time comes to, of an alarm that stands as it was kept.
pub(super) async fn evaluate(
    store: &Store,
    source_id: Option<SourceId>,
    change: Option<AlarmChange>,
    seconds: i64,
) -> Result<Option<AlertId>, AlarmError> {
    let alarms = store.alarms(source_id).await?;
    let before = alarms
        .into_iter()
        .find(|alarm| alarm.kind == KIND)
        .and_then(|alarm| alarm.status);
    let evaluated = Evaluated {
        before,
        ..evaluated(source_id, change, seconds)
    };
    store.keep_alarm(evaluated).await
}

fn evaluated(source_id: Option<SourceId>, change: Option<AlarmChange>, seconds: i64) -> Evaluated {
    let is_open = matches!(
        change,
        Some(AlarmChange::Opened(_) | AlarmChange::Reopened(_) | AlarmChange::Reminded(_))
    );
    Evaluated {
        source_id,
        kind: KIND.to_owned(),
        before: None,
        status: AlarmStatus {
            state: if is_open { AlarmState::Alarm } else { AlarmState::Ok },
            since: at(seconds),
            opened_at: is_open.then(|| at(seconds)),
            is_open,
            told_at: Some(at(seconds)),
        },
        summary: format!("at {seconds}"),
        change,
        now: at(seconds),
    }
}

fn new_destination(name: &str) -> NewDestination {
    NewDestination {
        name: name.to_owned(),
        kind: "webhook".to_owned(),
        settings: r#"{"url":"https://example.com/hook"}"#.to_owned(),
        secret: None,
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        now: at(0),
    }
}

async fn destination(store: &Store, name: &str) -> Destination {
    store.create_destination(new_destination(name)).await.unwrap()
}

async fn raise(store: &Store, source_id: Option<SourceId>, seconds: i64) -> AlertId {
    let raised = evaluate(store, source_id, Some(opened("it is ill")), seconds).await;
    raised.unwrap().unwrap()
}

async fn timeline(store: &Store, id: AlertId) -> Vec<(AlertEventKind, String)> {
    let events = store.alert_timeline(id).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.text)).collect()
}

pub(crate) async fn an_alarm_is_set_evaluated_and_read_back(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let id = Some(source.id);
    assert_eq!(store.alarms(id).await.unwrap(), []);
    store
        .set_alarm(id, KIND, Some(r#"{"threshold_minutes":30}"#), at(1))
        .await
        .unwrap();
    let set = store.alarms(id).await.unwrap().remove(0);
    assert_eq!(
        (set.status, set.evaluated_at, set.settings_at),
        (None, None, Some(at(1)))
    );
    assert_eq!(set.settings.as_deref(), Some(r#"{"threshold_minutes":30}"#));

    assert_eq!(evaluate(store, id, None, 5).await.unwrap(), None);
    let kept = store.alarms(id).await.unwrap().remove(0);
    assert_eq!(kept.settings, set.settings, "an evaluation changes no settings");
    assert_eq!(kept.status, Some(evaluated(id, None, 5).status));
    assert_eq!((kept.summary.as_str(), kept.evaluated_at), ("at 5", Some(at(5))));

    store.set_alarm(id, KIND, None, at(6)).await.unwrap();
    let reset = store.alarms(id).await.unwrap().remove(0);
    assert_eq!((reset.settings, reset.status), (None, kept.status));
    assert_eq!(reset.settings_at, Some(at(6)));
    store.set_alarm(id, KIND, None, at(7)).await.unwrap();
    store
        .set_alarm(id, KIND, Some(r#"{"a":1,"b":2}"#), at(8))
        .await
        .unwrap();
    store
        .set_alarm(id, KIND, Some(r#"{"b":2, "a":1}"#), at(9))
        .await
        .unwrap();
    let same = store.alarms(id).await.unwrap().remove(0);
    assert_eq!(same.settings_at, Some(at(8)), "what is set already is no change");
    assert_eq!(store.alarms(None).await.unwrap(), [], "the server's are others");
    evaluate(store, None, None, 7).await.unwrap();
    assert_eq!(store.alarms(None).await.unwrap().len(), 1);
}

pub(crate) async fn settings_that_are_no_json_and_sources_that_are_gone_are_refused(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let error = store
        .set_alarm(Some(source.id), KIND, Some("{"), at(1))
        .await
        .unwrap_err();
    assert!(matches!(error, AlarmError::SettingsInvalid), "{error:?}");
    store.set_alarm(Some(source.id), KIND, Some("{}"), at(1)).await.unwrap();
    let alert = raise(store, Some(source.id), 2).await;
    store.delete_source(source.id, at(3)).await.unwrap();
    let error = evaluate(store, Some(source.id), None, 3).await.unwrap_err();
    assert!(matches!(error, AlarmError::SourceUnknown(_)), "{error:?}");
    assert_eq!(error.remedy(), Remedy::StandDown);
    let kept = store.alert(alert).await.unwrap();
    assert_eq!(kept.source_label.as_deref(), Some("a"), "its alerts stay, by its label");
    assert!(store.examine(at(4)).await.unwrap().is_empty());
}

pub(crate) async fn an_incident_is_one_alert_with_its_story(store: &Store) {
    use AlertEventKind::{Opened, Recovered, Reminded, Reopened};

    let (source, _lease) = leased(store, "a").await;
    let id = Some(source.id);
    let change = |change, seconds| evaluate(store, id, Some(change), seconds);
    let alert = change(opened("it is ill"), 10).await.unwrap().unwrap();
    let again = [
        change(AlarmChange::Reminded(text("it is ill for an hour")), 20).await,
        change(AlarmChange::Recovered, 30).await,
        change(AlarmChange::Reopened(text("it is ill again")), 40).await,
        change(AlarmChange::Recovered, 50).await,
    ];
    for same in again {
        assert_eq!(same.unwrap(), Some(alert));
    }
    let kept = store.alert(alert).await.unwrap();
    assert_eq!((kept.kind.as_str(), kept.status), (KIND, AlertStatus::Resolved));
    assert_eq!(
        (kept.opened_at, kept.updated_at, kept.recovered_at),
        (at(10), at(50), Some(at(50)))
    );
    assert_eq!((kept.source_id, kept.text.title.as_str()), (id, "it is ill again"));
    let kinds: Vec<_> = timeline(store, alert).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [Opened, Reminded, Recovered, Reopened, Recovered]);

    let next = change(opened("another day"), days(1)).await.unwrap().unwrap();
    assert_ne!(next, alert);
    assert_eq!(store.alarms(id).await.unwrap()[0].alert, Some(next));
}

pub(crate) async fn people_change_an_alert_and_what_they_decided_stays(store: &Store) {
    let alert = raise(store, None, 10).await;
    let triaged = store
        .edit_alert(alert, AlertEdit::status(AlertStatus::Triaged), "jane", at(20))
        .await
        .unwrap();
    assert_eq!((triaged.status, triaged.updated_at), (AlertStatus::Triaged, at(20)));
    store
        .edit_alert(alert, AlertEdit::status(AlertStatus::Triaged), "jane", at(21))
        .await
        .unwrap();
    let assigned = store
        .edit_alert(alert, AlertEdit::assignee(Some("joe")), "jane", at(22))
        .await
        .unwrap();
    assert_eq!(assigned.assignee.as_deref(), Some("joe"));
    store
        .comment_alert(alert, " it was the proxy \n", "joe", at(23))
        .await
        .unwrap();
    store
        .edit_alert(alert, AlertEdit::assignee(None), "joe", at(24))
        .await
        .unwrap();
    evaluate(store, None, Some(AlarmChange::Recovered), 30).await.unwrap();
    let kept = store.alert(alert).await.unwrap();
    assert_eq!(kept.status, AlertStatus::Triaged, "somebody looks at it still");
    assert_eq!((kept.assignee, kept.recovered_at), (None, Some(at(30))));
    let told = store.alert_timeline(alert).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|event| (event.kind.as_str(), event.actor.as_str(), event.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("opened", SYSTEM_ACTOR, "at 10"),
            ("status", "jane", "TRIAGED"),
            ("assigned", "jane", "joe"),
            ("comment", "joe", "it was the proxy"),
            ("assigned", "joe", ""),
            ("recovered", SYSTEM_ACTOR, "at 30"),
        ]
    );
}

pub(crate) async fn what_cannot_be_said_of_an_alert_is_refused(store: &Store) {
    let alert = raise(store, None, 10).await;
    for length in [0, COMMENT_BYTES_MAX + 1] {
        let error = store.comment_alert(alert, &"x".repeat(length), "jane", at(20)).await;
        assert!(matches!(error, Err(AlertError::CommentLength(found)) if found == length));
    }
    let error = store
        .edit_alert(alert, AlertEdit::assignee(Some("")), "jane", at(20))
        .await
        .unwrap_err();
    assert!(matches!(error, AlertError::NameLength(0)), "{error:?}");
    let unknown: AlertId = "01900000-0000-7000-8000-000000000000".parse().unwrap();
    let error = store.alert(unknown).await.unwrap_err();
    assert!(matches!(error, AlertError::Unknown(id) if id == unknown), "{error:?}");
    assert_eq!(timeline(store, alert).await.len(), 1, "nothing happened to it");
}

pub(crate) async fn alerts_are_listed_newest_first_in_pages(store: &Store) {
    let (source, _lease) = leased(store, "a").await;
    let mut ids = Vec::new();
    for seconds in 0..5 {
        ids.push(raise(store, (seconds % 2 == 0).then_some(source.id), seconds).await);
    }
    ids.reverse();
    let listed = async |filter: AlertFilter, limit| -> Vec<AlertId> {
        let alerts = store.alerts(&filter, limit).await.unwrap();
        alerts.into_iter().map(|alert| alert.id).collect()
    };
    assert_eq!(listed(AlertFilter::default(), 100).await, ids);
    let second = AlertFilter {
        before: Some(ids[1]),
        ..AlertFilter::default()
    };
    assert_eq!(listed(second, 2).await, ids[2..4]);
    let of_source = AlertFilter {
        source_id: Some(source.id),
        ..AlertFilter::default()
    };
    assert_eq!(listed(of_source, 100).await, [ids[0], ids[2], ids[4]]);
    let late = AlertFilter {
        since: Some(at(3)),
        ..AlertFilter::default()
    };
    assert_eq!(listed(late, 100).await, ids[..2]);
    store
        .edit_alert(ids[3], AlertEdit::status(AlertStatus::Closed), "jane", at(9))
        .await
        .unwrap();
    let closed = AlertFilter {
        statuses: vec![AlertStatus::Closed, AlertStatus::Resolved],
        ..AlertFilter::default()
    };
    assert_eq!(listed(closed, 100).await, [ids[3]]);
}

pub(crate) async fn a_destination_is_kept_with_its_secret_sealed(store: &Store) {
    let mut new = new_destination(" On call ");
    new.secret = Some(SECRET.into());
    new.severities = vec!["HIGH".to_owned()];
    let added = store.create_destination(new.clone()).await.unwrap();
    assert_eq!((added.name.as_str(), added.has_secret), ("On call", true));
    assert_eq!(added.severities, ["HIGH"]);
    let secret = store.destination_secret(added.id).await.unwrap().unwrap();
    assert_eq!(secret.expose_secret(), SECRET);
    let taken = store.create_destination(new_destination("ON CALL")).await.unwrap_err();
    assert!(
        matches!(&taken, DestinationError::NameTaken(name) if name == "On call"),
        "{taken:?}"
    );

    let changed = NewDestination {
        is_enabled: false,
        now: at(9),
        ..new_destination("on CALL")
    };
    let changed = store.change_destination(added.id, changed).await.unwrap();
    assert!(
        changed.has_secret && !changed.is_enabled,
        "a secret that is not named stays"
    );
    assert_eq!(
        (changed.name.as_str(), changed.created_at, changed.updated_at),
        ("on CALL", at(0), at(9))
    );
    assert_eq!(store.destinations().await.unwrap(), [changed]);

    let invalid = NewDestination {
        settings: "{".to_owned(),
        ..new_destination("b")
    };
    let invalid = store.create_destination(invalid).await.unwrap_err();
    assert!(matches!(invalid, DestinationError::SettingsInvalid), "{invalid:?}");
    let empty = NewDestination {
        secret: Some(String::new().into()),
        ..new_destination("b")
    };
    let empty = store.create_destination(empty).await.unwrap_err();
    assert!(matches!(empty, DestinationError::SecretLength), "{empty:?}");
    store.delete_destination(added.id).await.unwrap();
    let gone = store.destination_secret(added.id).await.unwrap_err();
    assert!(matches!(gone, DestinationError::Unknown(_)), "{gone:?}");
}

pub(crate) async fn a_system_error_goes_to_each_destination_that_takes_system_errors(store: &Store) {
    let wants = |name: &str, severities: &[&str], alert_types: &[&str], is_enabled| NewDestination {
        severities: severities.iter().map(|&name| name.to_owned()).collect(),
        alert_types: alert_types.iter().map(|&name| name.to_owned()).collect(),
        is_enabled,
        ..new_destination(name)
    };
    let mut ids = Vec::new();
    for new in [
        wants("everything", &[], &[], true),
        wants("low system errors", &["LOW"], &["SYSTEM_ERROR"], true),
        wants("rules", &[], &["RULE"], true),
        wants("off", &[], &[], false),
    ] {
        ids.push(store.create_destination(new).await.unwrap().id);
    }
    let alert = raise(store, None, 10).await;
    let deliveries = store.deliveries_of_alert(alert).await.unwrap();
    let wanted: Vec<_> = deliveries.iter().map(|delivery| delivery.destination).collect();
    assert_eq!(wanted, ids[..2]);
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Waiting && delivery.attempts == 0)
    );
}

pub(crate) async fn a_delivery_is_tried_with_the_same_id_until_it_arrives(store: &Store) {
    let destination = destination(store, "on call").await;
    let alert = raise(store, None, 10).await;
    assert_eq!(store.next_delivery_at(&[]).await.unwrap(), Some(at(10)));
    assert_eq!(
        store.take_deliveries(at(9), 10, &[]).await.unwrap(),
        [],
        "it is not due yet"
    );
    let first = store.take_deliveries(at(10), 10, &[]).await.unwrap().remove(0);
    assert_eq!((first.alert, first.destination), (alert, destination.id));
    assert_eq!((first.notice, first.attempts), (DeliveryNotice::Opened, 1));
    assert_eq!(
        store.take_deliveries(at(11), 10, &[]).await.unwrap(),
        [],
        "somebody has it"
    );
    // Whoever had it died.
    let lock = i64::try_from(DELIVERY_LOCK.as_secs()).unwrap();
    let second = store.take_deliveries(at(10 + lock), 10, &[]).await.unwrap().remove(0);
    assert_eq!((second.id, second.attempts), (first.id, 2));

    let attempt = |status, outcome: &str, seconds| Attempt {
        at: at(seconds),
        took: Duration::from_millis(70),
        status,
        outcome: outcome.to_owned(),
    };
    let failed = attempt(Some(503), "HTTP 503", 200);
    store
        .keep_attempt(first.id, failed.clone(), Followed::Again(at(300)), at(201))
        .await
        .unwrap();
    assert_eq!(store.take_deliveries(at(299), 10, &[]).await.unwrap(), []);
    let third = store.take_deliveries(at(300), 10, &[]).await.unwrap().remove(0);
    let arrived = attempt(Some(200), "HTTP 200", 301);
    store
        .keep_attempt(third.id, arrived.clone(), Followed::Delivered, at(302))
        .await
        .unwrap();
    let done = store.delivery(first.id).await.unwrap();
    assert_eq!(
        (done.state, done.attempts, done.finished_at),
        (DeliveryState::Delivered, 3, Some(at(302)))
    );
    assert_eq!(store.attempts(first.id).await.unwrap(), [failed, arrived]);
    assert_eq!(store.next_delivery_at(&[]).await.unwrap(), None);
    assert_eq!(
        timeline(store, alert).await[1..],
        [(AlertEventKind::Delivered, "on call".to_owned())]
    );
    let resent = store.resend(first.id, "jane", at(400)).await.unwrap();
    assert_eq!(resent.state, DeliveryState::Delivered, "what arrived is not sent again");
}

pub(crate) async fn what_is_over_is_not_told_before_what_began(store: &Store) {
    destination(store, "on call").await;
    raise(store, None, 10).await;
    let first = store.take_deliveries(at(10), 10, &[]).await.unwrap().remove(0);
    let attempt = Attempt {
        at: at(10),
        took: Duration::ZERO,
        status: None,
        outcome: "no route".to_owned(),
    };
    let later = Followed::Again(at(100));
    store
        .keep_attempt(first.id, attempt.clone(), later, at(11))
        .await
        .unwrap();
    evaluate(store, None, Some(AlarmChange::Recovered), 20).await.unwrap();
    assert_eq!(store.take_deliveries(at(50), 10, &[]).await.unwrap(), []);
    assert_eq!(store.next_delivery_at(&[]).await.unwrap(), Some(at(100)));
    let again = store.take_deliveries(at(100), 10, &[]).await.unwrap();
    assert_eq!((again.len(), again[0].id), (1, first.id));
    store
        .keep_attempt(first.id, attempt, Followed::Delivered, at(101))
        .await
        .unwrap();
    let second = store.take_deliveries(at(101), 10, &[]).await.unwrap().remove(0);
    assert_eq!(second.notice, DeliveryNotice::Recovered);
}

pub(crate) async fn what_was_given_up_is_sent_again_when_somebody_wants_it(store: &Store) {
    let destination = destination(store, "on call").await;
    let alert = raise(store, None, 10).await;
    let taken = store.take_deliveries(at(10), 10, &[]).await.unwrap().remove(0);
    let attempt = Attempt {
        at: at(10),
        took: Duration::ZERO,
        status: None,
        outcome: "no route".to_owned(),
    };
    store
        .keep_attempt(taken.id, attempt, Followed::GivenUp, at(11))
        .await
        .unwrap();
    assert_eq!(store.take_deliveries(at(days(1)), 10, &[]).await.unwrap(), []);
    assert_eq!(
        timeline(store, alert).await[1..],
        [(AlertEventKind::GivenUp, "on call: no route".to_owned())]
    );
    let resent = store.resend(taken.id, "jane", at(20)).await.unwrap();
    assert_eq!((resent.state, resent.not_before), (DeliveryState::Waiting, at(20)));
    assert_eq!((resent.notice, resent.is_resent), (DeliveryNotice::Opened, true));
    assert_ne!(
        resent.id, taken.id,
        "what it tells is another text, so it has another key"
    );
    let twice = store.resend(taken.id, "jane", at(21)).await.unwrap();
    assert_eq!(twice.id, resent.id, "it waits already");
    let given_up = store.delivery(taken.id).await.unwrap();
    assert_eq!((given_up.state, given_up.is_resent), (DeliveryState::GivenUp, false));
    assert_eq!(store.take_deliveries(at(21), 10, &[]).await.unwrap()[0].id, resent.id);
    assert_eq!(store.deliveries_to(destination.id, 10).await.unwrap().len(), 2);
    store.delete_destination(destination.id).await.unwrap();
    let gone = store.resend(taken.id, "jane", at(30)).await.unwrap_err();
    assert!(matches!(gone, DeliveryError::Unknown(_)), "{gone:?}");
    assert_eq!(store.deliveries_of_alert(alert).await.unwrap(), []);
}

pub(crate) async fn whoever_was_told_hears_that_nobody_watches_any_more(store: &Store) {
    destination(store, "on call").await;
    let (source, _lease) = leased(store, "a").await;
    let notices = async |alert| -> Vec<DeliveryNotice> {
        let deliveries = store.deliveries_of_alert(alert).await.unwrap();
        deliveries.iter().map(|one| one.notice).collect()
    };
    let off = raise(store, None, 10).await;
    evaluate(store, None, Some(AlarmChange::Unwatched), 20).await.unwrap();
    let deleted = raise(store, Some(source.id), 30).await;
    store.delete_source(source.id, at(40)).await.unwrap();
    for alert in [off, deleted] {
        let kept = store.alert(alert).await.unwrap();
        assert_eq!(kept.status, AlertStatus::Resolved);
        assert!(kept.recovered_at.is_some());
        assert_eq!(
            notices(alert).await,
            [DeliveryNotice::Opened, DeliveryNotice::Recovered]
        );
    }
}

pub(crate) async fn two_servers_raise_one_alert(store: &Store) {
    let first = store
        .keep_alarm(evaluated(None, Some(opened("it is ill")), 10))
        .await
        .unwrap();
    let second = store
        .keep_alarm(evaluated(None, Some(opened("it is ill")), 11))
        .await
        .unwrap();
    assert!(first.is_some() && second.is_none());
    assert_eq!(store.alerts(&AlertFilter::default(), 10).await.unwrap().len(), 1);
}

pub(crate) async fn alerts_that_are_long_over_are_forgotten(store: &Store) {
    let over = raise(store, None, 0).await;
    evaluate(store, None, Some(AlarmChange::Recovered), 10).await.unwrap();
    let open = raise(store, None, 20).await;
    store.prune(at(days(400)), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert!(store.alert(over).await.is_ok());
    store.prune(at(days(400) + 11), JOURNAL_KEEP_DEFAULT).await.unwrap();
    let gone = store.alert(over).await.unwrap_err();
    assert!(matches!(gone, AlertError::Unknown(_)), "{gone:?}");
    assert!(store.alert(open).await.is_ok(), "what lasts is kept");
}

pub(crate) async fn it_is_known_which_destination_alerts_do_not_reach(store: &Store) {
    let attempt = |seconds, outcome: &str| Attempt {
        at: at(seconds),
        took: Duration::ZERO,
        status: None,
        outcome: outcome.to_owned(),
    };
    let on_call = destination(store, "on call").await;
    let failing = async || {
        let one = store.destination(on_call.id).await.unwrap();
        (one.failing_since, one.given_up_at, one.problem)
    };
    raise(store, None, 10).await;
    assert_eq!(failing().await, (None, None, None), "it was not tried yet");
    let first = store.take_deliveries(at(10), 1, &[]).await.unwrap().remove(0);
    let later = Followed::Again(at(20));
    store
        .keep_attempt(first.id, attempt(10, "HTTP 500"), later, at(11))
        .await
        .unwrap();
    assert_eq!(failing().await, (Some(at(11)), None, Some("HTTP 500".to_owned())));
    store
        .keep_attempt(first.id, attempt(20, "HTTP 404"), Followed::GivenUp, at(21))
        .await
        .unwrap();
    let given_up = (Some(at(11)), Some(at(21)), Some("HTTP 404".to_owned()));
    assert_eq!(failing().await, given_up, "giving it up mends nothing");
    store.destination_works(on_call.id).await.unwrap();
    assert_eq!(failing().await, (None, Some(at(21)), None), "a test arrived");
    let changed = NewDestination {
        now: at(30),
        ..new_destination("on call")
    };
    store.change_destination(on_call.id, changed).await.unwrap();
    assert_eq!(failing().await, (None, None, None));
}

pub(crate) async fn what_is_due_waits_for_no_other_destination(store: &Store) {
    let (first, second) = (destination(store, "a").await, destination(store, "b").await);
    raise(store, None, 10).await;
    let busy = store.take_deliveries(at(10), 10, &[first.id]).await.unwrap();
    let places: Vec<_> = busy.iter().map(|one| one.destination).collect();
    assert_eq!(places, [second.id], "the other has enough to do");
    assert_eq!(store.next_delivery_at(&[]).await.unwrap(), Some(at(10)));
    assert!(
        store.next_delivery_at(&[first.id]).await.unwrap() > Some(at(10)),
        "whoever waits for the other waits for nothing that is due"
    );
    let off = NewDestination {
        is_enabled: false,
        ..new_destination("a")
    };
    store.change_destination(first.id, off).await.unwrap();
    assert_eq!(
        store.take_deliveries(at(20), 10, &[]).await.unwrap(),
        [],
        "it is switched off"
    );
    store.change_destination(first.id, new_destination("a")).await.unwrap();
    let set_back = store.take_deliveries(at(-days(2)), 10, &[]).await.unwrap();
    assert_eq!(
        set_back.len(),
        2,
        "no wait is longer than a day: the clock was set back"
    );
}

pub(crate) async fn a_secret_is_not_sent_elsewhere_than_it_was_entered_for(store: &Store) {
    let secret = NewDestination {
        secret: Some(SECRET.into()),
        ..new_destination("on call")
    };
    let added = store.create_destination(secret).await.unwrap();
    let elsewhere = NewDestination {
        settings: r#"{"url":"https://elsewhere.example"}"#.to_owned(),
        ..new_destination("on call")
    };
    let refused = store.change_destination(added.id, elsewhere.clone()).await.unwrap_err();
    assert!(matches!(refused, DestinationError::SecretNeeded), "{refused:?}");
    let written_otherwise = NewDestination {
        settings: added.settings.replace("\":", "\" : "),
        ..new_destination("on call")
    };
    store.change_destination(added.id, written_otherwise).await.unwrap();
    let again = NewDestination {
        secret: Some(SECRET.into()),
        ..elsewhere
    };
    store.change_destination(added.id, again).await.unwrap();
}

pub(crate) async fn which_receivers_are_done_with_is_kept(store: &Store) {
    destination(store, "on call").await;
    raise(store, None, 10).await;
    let first = store.take_deliveries(at(10), 1, &[]).await.unwrap().remove(0);
    assert_eq!(first.settled, None);
    let settled = r#"{"took":["a@example.com"]}"#;
    store.keep_settled(first.id, settled).await.unwrap();
    let kept = store.delivery(first.id).await.unwrap();
    assert_eq!(kept.settled.as_deref(), Some(settled));
}

pub(crate) async fn what_a_delivery_tells_does_not_change(store: &Store) {
    destination(store, "on call").await;
    let alert = raise(store, None, 10).await;
    let first = store.take_deliveries(at(10), 1, &[]).await.unwrap().remove(0);
    let before = store.alert_as_told(first.id).await.unwrap();
    assert_eq!(before, store.alert(alert).await.unwrap());
    let reminded = AlarmChange::Reminded(text("it is ill for an hour"));
    evaluate(store, None, Some(reminded), 20).await.unwrap();
    store
        .edit_alert(alert, AlertEdit::status(AlertStatus::Triaged), "jane", at(25))
        .await
        .unwrap();
    evaluate(store, None, Some(AlarmChange::Recovered), 30).await.unwrap();
    let mut told = Vec::new();
    for delivery in store.deliveries_of_alert(alert).await.unwrap() {
        let alert = store.alert_as_told(delivery.id).await.unwrap();
        told.push((alert.text.title, alert.status, alert.recovered_at));
    }
    let (ill, still) = ("it is ill".to_owned(), "it is ill for an hour".to_owned());
    assert_eq!(
        told,
        [
            (ill, AlertStatus::Open, None),
            (still.clone(), AlertStatus::Open, None),
            (still, AlertStatus::Triaged, Some(at(30))),
        ]
    );
}

pub(crate) async fn what_is_sent_again_tells_how_the_alert_stands(store: &Store) {
    destination(store, "on call").await;
    let alert = raise(store, None, 10).await;
    let attempt = |seconds| Attempt {
        at: at(seconds),
        took: Duration::ZERO,
        status: None,
        outcome: "HTTP 500".to_owned(),
    };
    let opened = store.take_deliveries(at(10), 1, &[]).await.unwrap().remove(0);
    store
        .keep_attempt(opened.id, attempt(10), Followed::GivenUp, at(11))
        .await
        .unwrap();
    evaluate(store, None, Some(AlarmChange::Recovered), 20).await.unwrap();
    let recovered = store.take_deliveries(at(20), 1, &[]).await.unwrap().remove(0);
    store
        .keep_attempt(recovered.id, attempt(20), Followed::Delivered, at(21))
        .await
        .unwrap();
    let resent = store.resend(opened.id, "jane", at(30)).await.unwrap();
    assert_eq!(resent.notice, DeliveryNotice::Recovered, "it began, and is over");
    let told = store.alert_as_told(resent.id).await.unwrap();
    assert_eq!((told.id, told.recovered_at), (alert, Some(at(20))));
}
