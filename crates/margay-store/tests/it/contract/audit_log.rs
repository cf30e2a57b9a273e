use std::net::IpAddr;

use margay_store::{
    Acting, ActorKind, AlertChoice, AlertEdit, AlertStatus, AskedFor, AuditActor, AuditEntry, AuditFilter, AuditObject,
    EditSourceError, Grantor, LookupError, NewDestination, NewUser, OWN_CONNECTOR, PasswordHash, Pause, PollInterval,
    Role, SessionEnd, SourceEdit, Store, acting,
};
use serde_json::{Value, json};

use super::alert_edit::raised;
use crate::world::{SECRET, at, leased, new_source, page};

fn ann() -> AuditActor {
    AuditActor {
        kind: ActorKind::User,
        id: Some("7".to_owned()),
        name: "ann@example.com".to_owned(),
    }
}

/// Ann, at work from a certain place.
fn ann_acting(seconds: i64) -> Acting {
    let acting = Acting::begin(at(seconds), Some(format!("request {seconds}")));
    acting.is(ann());
    acting.comes_from("::ffff:203.0.113.9".parse::<IpAddr>().unwrap());
    acting
}

async fn newest(store: &Store) -> AuditEntry {
    let mut found = store.audit_log(&AuditFilter::default(), None, 1).await.unwrap();
    found.pop().expect("there is an entry")
}

fn json_of(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

pub(crate) async fn a_change_says_who_did_it_and_how_it_was_before(store: &Store) {
    let source = acting(ann_acting(1), store.create_source(new_source("ours")))
        .await
        .unwrap();
    let created = newest(store).await;
    assert_eq!(created.action, "create_log_source");
    assert_eq!(created.actor, ann());
    assert_eq!(created.at, at(1));
    assert_eq!(created.address.as_deref(), Some("203.0.113.9"));
    assert_eq!(created.request_id.as_deref(), Some("request 1"));
    let object = AuditObject {
        kind: "log_source".to_owned(),
        id: source.id.to_string(),
        name: Some("ours".to_owned()),
    };
    assert_eq!(created.object, Some(object));
    assert_eq!(created.before, None);
    let after = json_of(created.after.as_ref());
    assert_eq!(after["label"], json!("ours"));
    assert_eq!(after["settings"], json!({"organization_id": "1"}));
    assert_eq!(after["credentialsSetAt"], json!("2026-01-02T03:04:05.000Z"));

    acting(ann_acting(2), store.pause_source(source.id, Pause::Begin, at(2)))
        .await
        .unwrap();
    acting(ann_acting(3), store.edit_source(source.id, SourceEdit::label("theirs")))
        .await
        .unwrap();
    acting(ann_acting(4), store.delete_source(source.id, at(4)))
        .await
        .unwrap();
    let all = store.audit_log(&AuditFilter::default(), None, 10).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .rev()
        .map(|entry| {
            let (before, after) = (json_of(entry.before.as_ref()), json_of(entry.after.as_ref()));
            (
                entry.action.as_str(),
                before["paused"].clone(),
                after["paused"].clone(),
                after["label"].clone(),
            )
        })
        .collect();
    let expected = [
        ("create_log_source", Value::Null, json!(false), json!("ours")),
        ("pause_log_source", json!(false), json!(true), json!("ours")),
        ("change_log_source", json!(true), json!(true), json!("theirs")),
        ("delete_log_source", json!(true), Value::Null, Value::Null),
    ];
    assert_eq!(told, expected);
    assert_eq!(all[0].object.as_ref().unwrap().name.as_deref(), Some("theirs"));
}

pub(crate) async fn how_often_a_source_is_polled_has_a_before_and_an_after(store: &Store) {
    let source = store.create_source(new_source("ours")).await.unwrap();
    let interval = Some(PollInterval::from_seconds(30).unwrap());
    for (second, interval) in [(1, interval), (2, None)] {
        let edit = store.edit_source(source.id, SourceEdit::poll_interval(interval));
        acting(ann_acting(second), edit).await.unwrap();
    }
    let all = store.audit_log(&AuditFilter::default(), None, 10).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|entry| {
            let of = |state| json_of(state)["pollIntervalSeconds"].clone();
            (
                entry.action.as_str(),
                of(entry.before.as_ref()),
                of(entry.after.as_ref()),
            )
        })
        .collect();
    let expected = [
        ("change_log_source", json!(30), Value::Null),
        ("change_log_source", Value::Null, json!(30)),
    ];
    assert_eq!(told, expected);
    let state = json_of(all[0].after.as_ref());
    assert!(
        state.as_object().unwrap().contains_key("pollIntervalSeconds"),
        "{state}"
    );
}

pub(crate) async fn what_nobody_does_or_what_fails_leaves_no_entry(store: &Store) {
    let source = store.create_source(new_source("ours")).await.unwrap();
    store.create_source(new_source("theirs")).await.unwrap();
    let who = ann_acting(1);
    let renamed = acting(who.clone(), store.edit_source(source.id, SourceEdit::label("theirs"))).await;
    assert!(matches!(renamed, Err(EditSourceError::LabelTaken { .. })));
    assert!(!who.has_entry());
    assert_eq!(store.audit_log(&AuditFilter::default(), None, 10).await.unwrap(), []);

    acting(who.clone(), store.edit_source(source.id, SourceEdit::label("mine")))
        .await
        .unwrap();
    assert!(who.has_entry());
    assert_eq!(
        store.audit_log(&AuditFilter::default(), None, 10).await.unwrap().len(),
        1
    );
}

pub(crate) async fn no_entry_holds_a_secret(store: &Store) {
    let source = acting(ann_acting(1), store.create_source(new_source("ours")))
        .await
        .unwrap();
    acting(
        ann_acting(2),
        store.replace_credentials(source.id, SECRET.into(), at(2)),
    )
    .await
    .unwrap();
    let destination = NewDestination {
        name: "hook".to_owned(),
        kind: "webhook".to_owned(),
        settings: r#"{"url":"https://somebody:else-in-the-path@example.com/hooks/8f3a-in-the-path?key=1"}"#.to_owned(),
        secret: Some(SECRET.into()),
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        now: at(3),
    };
    acting(ann_acting(3), store.create_destination(destination))
        .await
        .unwrap();
    let all = store.audit_log(&AuditFilter::default(), None, 10).await.unwrap();
    assert_eq!(all.len(), 3);
    let text = format!("{all:?}");
    assert!(text.contains("hasSecret") && !text.contains(SECRET), "{text}");
    assert!(
        text.contains("https://example.com/…#") && !text.contains("in-the-path"),
        "{text}"
    );
}

/// Ann tests a destination, asks something, and tests one that is not there; then somebody cannot sign in.
async fn four_asked(store: &Store) {
    let destination = AuditObject {
        kind: "destination".to_owned(),
        id: "5".to_owned(),
        name: None,
    };
    for (action, object, problem) in [
        ("test_destination", Some(&destination), None),
        ("create_query", None, None),
        ("test_destination", Some(&destination), Some("not_found")),
        ("log_in", None, Some("login_refused")),
    ]
    .map(|(action, object, problem)| (action, object.cloned(), problem.map(str::to_owned)))
    {
        let seconds =
            i64::try_from(store.audit_log(&AuditFilter::default(), None, 9).await.unwrap().len()).unwrap() + 1;
        let who = match action {
            "log_in" => Acting::begin(at(seconds), None),
            _ => ann_acting(seconds),
        };
        let asked = AskedFor {
            action: action.to_owned(),
            object,
            status: Some(200),
            problem,
            after: None,
        };
        store.record_asked(&who, asked).await.unwrap();
    }
}

pub(crate) async fn what_was_asked_for_is_found_by_who_what_and_when(store: &Store) {
    four_asked(store).await;
    let text = |text: &str| Some(text.to_owned());
    let by = |actor| AuditFilter {
        actor: text(actor),
        ..AuditFilter::default()
    };
    let of = |action: Option<&str>, object_kind: Option<&str>, object_id: Option<&str>| AuditFilter {
        action: action.and_then(text),
        object_kind: object_kind.and_then(text),
        object_id: object_id.and_then(text),
        ..AuditFilter::default()
    };
    let seconds_of = async |filter: AuditFilter| -> Vec<i64> {
        let found = store.audit_log(&filter, None, 10).await.unwrap();
        let seconds = found.iter().map(|entry| entry.at.as_second() - at(0).as_second());
        seconds.collect()
    };
    for (filter, expected) in [
        (by("ann@example.com"), vec![3, 2, 1]),
        (by("7"), vec![3, 2, 1]),
        (of(Some("create_query"), None, None), vec![2]),
        (of(None, Some("destination"), None), vec![3, 1]),
        (of(None, Some("destination"), Some("6")), vec![]),
    ] {
        assert_eq!(seconds_of(filter.clone()).await, expected, "{filter:?}");
    }
    let refused = AuditFilter {
        is_done: Some(false),
        ..AuditFilter::default()
    };
    assert_eq!(seconds_of(refused).await, [4, 3]);
    let between = AuditFilter {
        since: Some(at(2)),
        until: Some(at(4)),
        ..AuditFilter::default()
    };
    assert_eq!(seconds_of(between).await, [3, 2]);
}

pub(crate) async fn the_log_is_read_page_by_page_and_onwards(store: &Store) {
    four_asked(store).await;
    let all = AuditFilter::default();
    let page = store.audit_log(&all, None, 2).await.unwrap();
    let rest = store.audit_log(&all, Some(page[1].number), 10).await.unwrap();
    let actions: Vec<_> = rest.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create_query", "test_destination"]);
    assert_eq!(store.audit_entry(rest[0].id).await.unwrap().as_ref(), Some(&rest[0]));
    let after = store.audit_log_after(page[1].number, 10).await.unwrap();
    assert_eq!(after, page[..1]);
    assert_eq!(page[0].actor.kind, ActorKind::Nobody);
}

pub(crate) async fn our_own_log_is_no_source_that_anybody_touches(store: &Store) {
    let log_type = "Margay.Audit".parse().unwrap();
    let own = store.own_source(&log_type, at(1)).await.unwrap();
    assert_eq!(own.connector, OWN_CONNECTOR);
    assert_eq!(store.own_source(&log_type, at(2)).await.unwrap(), own, "there is one");
    let (source, _) = leased(store, "margay").await;
    assert_eq!(store.sources().await.unwrap(), [source]);
    assert_eq!(store.source_by_label("\u{1}margay").await.unwrap(), None);
    assert_eq!(store.journalled_sources().await.unwrap().len(), 2);

    assert!(matches!(store.source(own.id).await, Err(LookupError::SourceUnknown(_))));
    assert!(matches!(
        store.delete_source_and_events(own.id, at(3)).await,
        Err(LookupError::SourceUnknown(_))
    ));
    assert!(matches!(
        store.pause_source(own.id, Pause::Begin, at(3)).await,
        Err(LookupError::SourceUnknown(_))
    ));
    assert!(store.edit_source(own.id, SourceEdit::label("x")).await.is_err());
    assert!(store.replace_credentials(own.id, SECRET.into(), at(3)).await.is_err());
    assert!(
        store
            .change_source_settings(own.id, "{}", "{}", None, at(3))
            .await
            .is_err()
    );

    let lease = store
        .acquire_lease(own.id, "us", at(3), crate::world::TTL)
        .await
        .unwrap();
    let mut entry = page(&lease, &["1"], "1", 4);
    entry.log_type = log_type;
    assert_eq!(store.append(own.id, entry).await.unwrap().records_new(), 1);
    assert_eq!(store.checkpoint(own.id).await.unwrap(), "1");
}

pub(crate) async fn many_alerts_that_are_changed_have_an_entry_each(store: &Store) {
    let ids = raised(store, &["a", "b"]).await;
    let close = AlertEdit {
        status: Some(AlertStatus::Resolved),
        assignee: None,
    };
    let choice = AlertChoice::Ids(ids.clone());
    let edited = acting(ann_acting(9), store.edit_alerts(&choice, close, "ann", at(9))).await;
    assert_eq!(edited.unwrap().changed, 2);
    let told = store.audit_log(&AuditFilter::default(), None, 9).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|entry| {
            let status = |text| json_of(text)["status"].clone();
            let object = entry.object.as_ref().unwrap();
            (
                object.id.clone(),
                status(entry.before.as_ref()),
                status(entry.after.as_ref()),
            )
        })
        .collect();
    let closed = |id: usize| (ids[id].to_string(), json!("OPEN"), json!("RESOLVED"));
    assert_eq!(told, [closed(0), closed(1)]);
}

pub(crate) async fn a_session_of_somebody_else_is_not_ended_and_not_told_of(store: &Store) {
    let hash = PasswordHash::of(&"a phrase that nobody has".into(), "nobody").unwrap();
    let ann = store
        .create_first_user("ann@example.com", &hash, "setup", at(1))
        .await
        .unwrap();
    let session = store
        .begin_session(ann.id, &hash, None, "a browser", at(2))
        .await
        .unwrap()
        .session;
    let new = NewUser {
        email: "bob@example.com".to_owned(),
        role: Role::Analyst,
        password: hash,
    };
    let bob = store.create_user(&new, Grantor::Operator, at(3)).await.unwrap();
    let end = |user| store.end_session(user, session.id, SessionEnd::Ended);
    acting(ann_acting(4), end(bob.id)).await.unwrap();
    assert_eq!(store.audit_log(&AuditFilter::default(), None, 9).await.unwrap(), []);
    acting(ann_acting(5), end(ann.id)).await.unwrap();
    assert_eq!(newest(store).await.action, "end_my_session");
}
