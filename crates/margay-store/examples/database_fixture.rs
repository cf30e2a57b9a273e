//! Writes a small database of today's version, for `fixtures/formats/database/v<N>.db.zst`:
//! `cargo run -p margay-store --example database_fixture -- crates/margay-store/fixtures/formats/database/v<N>.db.zst`.
//!
//! Run once for each version of the database, before the version is released. The file is never written again: it is what
//! that release made, and `tests/it/formats.rs` opens it with every later one.

#![allow(clippy::unwrap_used, reason = "a tool for people at a terminal")]

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_schema::SourceId;
use margay_store::{
    Acting, ActorKind, AlarmChange, AlarmState, AlarmStatus, AlertEdit, AlertStatus, AlertText, Answer, AskedFor,
    Attempt, AuditActor, AuditObject, AuditRecord, BackfillReason, CheckName, Claim, Consumer, Evaluated, Evidence,
    Followed, Grantor, HistoryKind, LeaseToken, Looked, MasterKey, Measures, NewAlert, NewApiToken, NewBackfill,
    NewDestination, NewEntry, NewNote, NewRecord, NewSavedSearch, NewSource, NewUser, PasswordHash, Pause, Permission,
    PollInterval, Progress, Request, Role, RoundKind, RoundOutcome, Sequence, SourceEdit, Store, UserEdit, acting,
};
use secrecy::ExposeSecret;

/// The key of the fixtures; it protects nothing.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const COMPRESSION_LEVEL: i32 = 19;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let target = std::env::args().nth(1).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("margay.db");
    let key = MasterKey::load("unused".as_ref(), Some(MASTER_KEY.into())).unwrap();
    let store = Store::open(&file, key).await.unwrap();
    fill(&store).await;
    store.close().await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(target, zstd::bulk::compress(&bytes, COMPRESSION_LEVEL).unwrap()).unwrap();
}

fn at(seconds: i64) -> Timestamp {
    "2026-01-02T03:04:05Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// What the ledger, a backfill, the history and the audits hold.
async fn prove(store: &Store, source: SourceId, fence: LeaseToken) {
    store.set_since(source, fence, at(-1_000)).await.unwrap();
    store.set_settled(source, fence, at(-50)).await.unwrap();
    let claims = [
        (-1_000, -900, Evidence::Lost),
        (-800, -400, Evidence::WindowRead),
        (-700, -600, Evidence::Audit),
    ];
    let claim = |(from, to, evidence)| Claim {
        from: at(from),
        to: at(to),
        evidence,
        at: at(20),
    };
    store.claim(source, fence, &claims.map(claim)).await.unwrap();
    let drained = NewEntry {
        log_type: "Asana.Audit".parse().unwrap(),
        records: Vec::new(),
        progress: Progress::Tail {
            checkpoint: "after page 2".to_owned(),
        },
        claim: Some(claim((-400, 5, Evidence::PageChain))),
        fence,
        newest_event_time: None,
        now: at(20),
    };
    store.append(source, drained).await.unwrap();

    let backfill = NewBackfill {
        from: at(-900),
        to: at(-800),
        reason: BackfillReason::Hole,
        windows: vec![(at(-900), at(-850)), (at(-850), at(-825)), (at(-825), at(-800))],
        now: at(21),
    };
    store.begin_backfill(source, fence, backfill).await.unwrap();
    let windows = store.waiting_windows(source, 2).await.unwrap();
    for (window, is_done) in windows.iter().zip([true, false]) {
        let page = NewEntry {
            log_type: "Asana.Audit".parse().unwrap(),
            records: Vec::new(),
            progress: Progress::Window {
                window: window.id,
                checkpoint: "after a page of a window".to_owned(),
                is_done,
            },
            claim: None,
            fence,
            newest_event_time: None,
            now: at(22),
        };
        store.append(source, page).await.unwrap();
    }
    store
        .window_failed(source, fence, windows[1].id, "no answer".to_owned(), at(30))
        .await
        .unwrap();

    for (seconds, kind, text) in [
        (0, HistoryKind::Added, "added"),
        (9, HistoryKind::Unreachable, "the vendor did not answer"),
        (10, HistoryKind::Unreachable, "the vendor did not answer"),
    ] {
        let text = text.to_owned();
        let note = NewNote {
            at: at(seconds),
            kind,
            text,
        };
        store.note(source, note).await.unwrap();
    }
    store.add_lateness(source, &[(0, 5), (17, 1)]).await.unwrap();
    let audit = AuditRecord {
        started_at: at(23),
        finished_at: at(24),
        from: at(-700),
        to: at(-600),
        sample_permille: 1_000,
        seed: u64::MAX,
        windows: 1,
        windows_total: 1,
        requests: 2,
        events_checked: 3,
        missing: 0,
        extra: 0,
        different: 0,
        repaired: 0,
        outcome: "complete".to_owned(),
        details: "{}".to_owned(),
    };
    store.keep_audit(source, audit).await.unwrap();
}

/// An alarm that sounds, its alert with what people did about it, and its way to a destination; an alarm that is only set.
async fn alarm(store: &Store, source: SourceId) {
    let destination = NewDestination {
        name: "On Call".to_owned(),
        kind: "webhook".to_owned(),
        settings: r#"{"url":"https://example.com/hook"}"#.to_owned(),
        secret: Some("whsec_the-key".into()),
        severities: vec!["HIGH".to_owned(), "CRITICAL".to_owned()],
        alert_types: vec!["SYSTEM_ERROR".to_owned()],
        is_enabled: true,
        now: at(30),
    };
    store.create_destination(destination).await.unwrap();
    let kind = "SOURCE_NO_DATA";
    let settings = r#"{"minutesThreshold":30}"#;
    store
        .set_alarm(Some(source), kind, Some(settings), at(31))
        .await
        .unwrap();
    store
        .set_alarm(None, "SERVER_DISK", Some(r#"{"enabled":false}"#), at(31))
        .await
        .unwrap();
    let text = ["title", "cause", "evidence", "blind", "remedy"].map(|part| format!("the {part}"));
    let [title, cause, evidence, blind, remedy] = text;
    let evaluated = Evaluated {
        source_id: Some(source),
        kind: kind.to_owned(),
        before: None,
        status: AlarmStatus {
            state: AlarmState::Alarm,
            since: at(32),
            opened_at: Some(at(32)),
            is_open: true,
            told_at: Some(at(32)),
        },
        summary: "the summary".to_owned(),
        change: Some(AlarmChange::Opened(NewAlert {
            alert_type: "SYSTEM_ERROR".to_owned(),
            severity: "CRITICAL".to_owned(),
            text: AlertText {
                title,
                cause,
                evidence,
                blind,
                remedy,
            },
        })),
        now: at(32),
    };
    let alert = store.keep_alarm(evaluated.clone()).await.unwrap().unwrap();
    for (seconds, status, outcome, followed) in [
        (33, 503, "HTTP 503: later", Followed::Again(at(40))),
        (40, 204, "HTTP 204", Followed::Delivered),
    ] {
        let taken = store.take_deliveries(at(seconds), 10, &[]).await.unwrap();
        let attempt = Attempt {
            at: at(seconds),
            took: Duration::from_millis(250),
            status: Some(status),
            outcome: outcome.to_owned(),
        };
        store
            .keep_attempt(taken[0].id, attempt, followed, at(seconds))
            .await
            .unwrap();
    }
    store
        .edit_alert(alert, AlertEdit::status(AlertStatus::Triaged), "jane", at(41))
        .await
        .unwrap();
    store
        .edit_alert(alert, AlertEdit::assignee(Some("jane")), "jane", at(42))
        .await
        .unwrap();
    store.comment_alert(alert, "a comment", "jane", at(43)).await.unwrap();
    send_again(store, evaluated).await;
}

/// A reminder that some of its receivers have, that was given up, and that somebody had sent again.
async fn send_again(store: &Store, opened: Evaluated) {
    let Some(AlarmChange::Opened(alert)) = opened.change else {
        return;
    };
    let text = AlertText {
        title: "the title of the reminder".to_owned(),
        ..alert.text
    };
    let reminded = Evaluated {
        before: Some(opened.status),
        status: AlarmStatus {
            told_at: Some(at(60)),
            ..opened.status
        },
        change: Some(AlarmChange::Reminded(text)),
        now: at(60),
        ..opened
    };
    store.keep_alarm(reminded).await.unwrap();
    let taken = store.take_deliveries(at(60), 10, &[]).await.unwrap();
    let settled = r#"{"took":["a@example.com"],"refused":[]}"#;
    store.keep_settled(taken[0].id, settled).await.unwrap();
    let attempt = Attempt {
        at: at(60),
        took: Duration::from_millis(250),
        status: None,
        outcome: "no answer".to_owned(),
    };
    store
        .keep_attempt(taken[0].id, attempt, Followed::GivenUp, at(61))
        .await
        .unwrap();
    store.resend(taken[0].id, "jane", at(62)).await.unwrap();
}

/// What flowed, what works, and that somebody has paused it.
async fn health(store: &Store, source: SourceId) {
    let measures = Measures {
        events: 1,
        bytes: 2,
        rejects: 3,
        polls: 4,
        poll_errors: 5,
        lag_events: 1,
        lag_ms_total: 6,
        lag_ms_max: 7,
    };
    for seconds in [0, 600] {
        store.measure(source, at(seconds), &measures).await.unwrap();
    }
    store
        .note_reject(source, at(44), "no such type".to_owned())
        .await
        .unwrap();
    let looks = [
        (CheckName::Reachable, true, None),
        (CheckName::Token, false, Some("{\"errors\":[]}")),
    ];
    let look = |(name, is_healthy, raw): (CheckName, bool, Option<&str>)| Looked {
        name,
        is_healthy,
        message: "what was found".to_owned(),
        raw: raw.map(str::to_owned),
    };
    store.note_checks(source, looks.map(look).into(), at(45)).await.unwrap();
    store.pause_source(source, Pause::Begin, at(46)).await.unwrap();
    store.pause_source(source, Pause::End, at(47)).await.unwrap();
    store.pause_source(source, Pause::Begin, at(48)).await.unwrap();
}

/// Who may use the API, and what was answered to a creation.
async fn api(store: &Store) {
    let new = NewApiToken {
        name: "ci".to_owned(),
        permissions: [Permission::AlertRead, Permission::LogSourceModify].into(),
        allowed_networks: vec!["192.0.2.0/24".parse().unwrap()],
        expires_at: Some(at(1_000_000)),
    };
    let issued = store.create_api_token(&new, Grantor::Operator, at(50)).await.unwrap();
    let from = "192.0.2.7".parse().ok();
    store
        .use_api_token(issued.value.expose_secret(), from, at(51))
        .await
        .unwrap();
    store
        .rotate_api_token(issued.token.id, Grantor::Operator, at(52))
        .await
        .unwrap();
    let request = Request {
        actor: "ci",
        route: "POST /log-sources",
        key: "a-key",
        body: b"{}",
    };
    store.begin_idempotent(request, at(53)).await.unwrap();
    let answer = Answer {
        status: 201,
        body: "{}".to_owned(),
    };
    store.finish_idempotent(request, Some(&answer)).await.unwrap();
}

/// Who may sign in, and where they are.
/// A change by somebody, and one that was refused.
async fn audit_log(store: &Store) {
    let bob = AuditActor {
        kind: ActorKind::User,
        id: Some("7".to_owned()),
        name: "bob@example.com".to_owned(),
    };
    let acting_at = |seconds| {
        let who = Acting::begin(at(seconds), Some("the request".to_owned()));
        who.is(bob.clone());
        who.comes_from("192.0.2.8".parse().unwrap());
        who
    };
    let name = "audited".to_owned();
    let search = NewSavedSearch {
        name,
        sql: "select 2".to_owned(),
        view: "mode=sql".to_owned(),
    };
    acting(
        acting_at(66),
        store.create_saved_search(&search, "bob@example.com", at(66)),
    )
    .await
    .unwrap();
    let asked = AskedFor {
        action: "delete_user".to_owned(),
        object: Some(AuditObject {
            kind: "user".to_owned(),
            id: "9".to_owned(),
            name: None,
        }),
        status: Some(403),
        problem: Some("permission_missing".to_owned()),
        after: None,
    };
    store.record_asked(&acting_at(67), asked).await.unwrap();
    store
        .own_source(&"Margay.Audit".parse().unwrap(), at(68))
        .await
        .unwrap();
}

async fn users(store: &Store) {
    let (email, password) = ("ann@example.com", "the password of the fixture".into());
    let hash = PasswordHash::of(&password, email).unwrap();
    let ann = store.create_first_user(email, &hash, "setup", at(60)).await.unwrap();
    let address = "192.0.2.7".parse().ok();
    store
        .begin_session(ann.id, &hash, address, "a browser", at(61))
        .await
        .unwrap();
    let new = NewUser {
        email: "bob@example.com".to_owned(),
        role: Role::ReadOnly,
        password: hash,
    };
    let bob = store.create_user(&new, Grantor::Operator, at(62)).await.unwrap();
    let off = UserEdit {
        role: None,
        is_enabled: Some(false),
    };
    store.edit_user(bob.id, off, Grantor::Operator, at(63)).await.unwrap();
}

async fn fill(store: &Store) {
    let source = store
        .create_source(NewSource {
            label: "Our Asana".to_owned(),
            connector: "asana".to_owned(),
            log_type: "Asana.Audit".parse().unwrap(),
            settings: r#"{"organization_id":"1"}"#.to_owned(),
            credentials: "1/2:the-token".into(),
            checkpoint: "start".to_owned(),
            since: None,
            backfill: None,
            poll_interval: None,
            now: at(0),
        })
        .await
        .unwrap();
    let lease = store
        .acquire_lease(source.id, "the fixture", at(1), Duration::from_mins(1))
        .await
        .unwrap();
    for page in 0..3_i64 {
        let records = (0..2).map(|record| {
            let id = format!("{page}{record}");
            let body = format!(r#"{{"gid":"{id}","event_type":"user_login_succeeded"}}"#);
            NewRecord { id, body }
        });
        let entry = NewEntry {
            log_type: source.log_type.clone(),
            records: records.collect(),
            progress: Progress::Tail {
                checkpoint: format!("after page {page}"),
            },
            claim: None,
            fence: lease.token,
            newest_event_time: Some(at(page)),
            now: at(2 + page),
        };
        store.append(source.id, entry).await.unwrap();
    }
    store
        .advance(Consumer::Landing, source.id, Sequence::new(2))
        .await
        .unwrap();
    let outcome = RoundOutcome {
        started_at: at(1),
        finished_at: at(9),
        kind: RoundKind::GaveUp,
        problem: Some("the vendor did not answer".to_owned()),
        pages: 3,
        records_new: 6,
        records_known: 0,
        retry_not_before: None,
    };
    store.record_round(source.id, outcome).await.unwrap();
    prove(store, source.id, lease.token).await;
    store.release_lease(&lease).await.unwrap();
    alarm(store, source.id).await;
    health(store, source.id).await;
    let interval = PollInterval::from_seconds(90).ok();
    store
        .edit_source(source.id, SourceEdit::poll_interval(interval))
        .await
        .unwrap();
    api(store).await;
    let gone = store
        .create_source(NewSource {
            label: "Gone".to_owned(),
            connector: "asana".to_owned(),
            log_type: "Asana.Audit".parse().unwrap(),
            settings: "{}".to_owned(),
            credentials: "1/3:another-token".into(),
            checkpoint: "start".to_owned(),
            since: None,
            backfill: None,
            poll_interval: None,
            now: at(54),
        })
        .await
        .unwrap();
    store.delete_source_and_events(gone.id, at(55)).await.unwrap();
    users(store).await;
    audit_log(store).await;
    let search = NewSavedSearch {
        name: "Failed logins".to_owned(),
        sql: "select * from asana_audit where event_type = 'user_login_failed'".to_owned(),
        view: "table=asana_audit&since=7d".to_owned(),
    };
    store
        .create_saved_search(&search, "ann@example.com", at(56))
        .await
        .unwrap();

    let name = "Custom.Login".parse().unwrap();
    let schema = store.create_schema(&name, "the first text", at(10)).await.unwrap();
    store
        .replace_schema(&name, schema.revision, "the second text", at(11))
        .await
        .unwrap();
}
