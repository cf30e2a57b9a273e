//! Databases that earlier releases made: each is upgraded, and reads back whole.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use margay_schema::SourceId;
use margay_store::{
    Alert, AlertFilter, AuditFilter, BackfillReason, Claim, Consumer, DATABASE_FILE_NAME, Delivery, Evidence, Ledger,
    MasterKey, MeasureStep, Measures, NewBackfill, NewDestination, OpenError, Pause, PollInterval, Remedy, Source,
    SourceEdit, Store,
};
use secrecy::ExposeSecret;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use crate::world::{TTL, all_entries, at, file_in};

/// The key that `examples/database_fixture.rs` writes with.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// Far more than a fixture unpacks to.
const DATABASE_BYTES_MAX: usize = 1024 * 1024;
const VERSION_NOW: i64 = 13;

/// What a version of the database made, and what it holds.
struct Made {
    version: i64,
    packed: &'static [u8],
    expected: &'static str,
}

const MADE: [Made; 12] = [
    Made {
        version: 1,
        packed: include_bytes!("../../fixtures/formats/database/v1.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v1.expected.txt"),
    },
    Made {
        version: 2,
        packed: include_bytes!("../../fixtures/formats/database/v2.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v2.expected.txt"),
    },
    Made {
        version: 3,
        packed: include_bytes!("../../fixtures/formats/database/v3.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v3.expected.txt"),
    },
    Made {
        version: 4,
        packed: include_bytes!("../../fixtures/formats/database/v4.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v4.expected.txt"),
    },
    Made {
        version: 5,
        packed: include_bytes!("../../fixtures/formats/database/v5.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v5.expected.txt"),
    },
    Made {
        version: 6,
        packed: include_bytes!("../../fixtures/formats/database/v6.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v6.expected.txt"),
    },
    Made {
        version: 7,
        packed: include_bytes!("../../fixtures/formats/database/v7.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v7.expected.txt"),
    },
    Made {
        version: 8,
        packed: include_bytes!("../../fixtures/formats/database/v8.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v8.expected.txt"),
    },
    Made {
        version: 9,
        packed: include_bytes!("../../fixtures/formats/database/v9.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v9.expected.txt"),
    },
    Made {
        version: 11,
        packed: include_bytes!("../../fixtures/formats/database/v11.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v11.expected.txt"),
    },
    Made {
        version: 12,
        packed: include_bytes!("../../fixtures/formats/database/v12.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v12.expected.txt"),
    },
    Made {
        version: VERSION_NOW,
        packed: include_bytes!("../../fixtures/formats/database/v13.db.zst"),
        expected: include_str!("../../fixtures/formats/database/v13.expected.txt"),
    },
];

fn key() -> MasterKey {
    MasterKey::load(Path::new("unused"), Some(MASTER_KEY.into())).unwrap()
}

fn unpacked(packed: &[u8]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let bytes = zstd::bulk::decompress(packed, DATABASE_BYTES_MAX).unwrap();
    std::fs::write(directory.path().join(DATABASE_FILE_NAME), bytes).unwrap();
    directory
}

async fn version_of(file: &Path) -> i64 {
    let mut raw = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    raw.close().await.unwrap();
    version
}

/// Everything that the database holds, as text.
async fn told(store: &Store) -> String {
    let mut text = String::new();
    for source in store.sources().await.unwrap() {
        let id = source.id;
        let status = store.poll_status(id).await.unwrap();
        let journal = store.journal_status(id).await.unwrap();
        writeln!(
            text,
            "source {:?} of {} for {}, settings {}, created {}, credentials {:?}",
            source.label,
            source.connector,
            source.log_type,
            source.settings,
            source.created_at,
            store.credentials(id).await.unwrap().expose_secret()
        )
        .unwrap();
        writeln!(
            text,
            "checkpoint {:?}, head {}, {} records, newest {}, landing at {}, detection at {}",
            store.checkpoint(id).await.unwrap(),
            journal.head,
            journal.records_total,
            journal.newest_event_time.unwrap(),
            store.position(Consumer::Landing, id).await.unwrap(),
            store.position(Consumer::Detection, id).await.unwrap()
        )
        .unwrap();
        writeln!(
            text,
            "last round {:?}, {} failures",
            status.last_round.unwrap().problem,
            status.consecutive_failures
        )
        .unwrap();
        for entry in all_entries(store, id).await {
            for record in &entry.records {
                writeln!(text, "entry {} record {} {}", entry.sequence, record.id, record.body).unwrap();
            }
        }
        if let Some(interval) = source.poll_interval {
            writeln!(text, "polled every {interval}").unwrap();
        }
        tell_proofs(store, id, &mut text).await;
        tell_health(store, &source, &mut text).await;
        tell_alarms(store, Some(id), &mut text).await;
    }
    tell_alarms(store, None, &mut text).await;
    tell_alerts(store, &mut text).await;
    tell_api_tokens(store, &mut text).await;
    for erasure in store.erasures().await.unwrap() {
        writeln!(
            text,
            "events of a deleted source of {} are to be erased since {}",
            erasure.log_type, erasure.asked_at
        )
        .unwrap();
    }
    tell_users(store, &mut text).await;
    tell_audit_log(store, &mut text).await;
    tell_saved_searches(store, &mut text).await;
    for schema in store.schemas().await.unwrap() {
        writeln!(
            text,
            "schema {} version {} revision {} {:?}, created {}, updated {}",
            schema.name, schema.version, schema.revision, schema.state, schema.created_at, schema.updated_at
        )
        .unwrap();
        for version in store.schema_versions(&schema.name).await.unwrap() {
            let yaml = store.schema_text(&schema.name, version.version).await.unwrap();
            writeln!(text, "text {} {:?}", version.version, yaml.unwrap()).unwrap();
        }
    }
    text
}

/// What is proven of a source and what is known about its reading, as far as there is anything.
async fn tell_proofs(store: &Store, id: SourceId, text: &mut String) {
    let ledger = store.ledger(id).await.unwrap();
    if ledger != Ledger::default() {
        writeln!(
            text,
            "since {:?}, settled through {:?}",
            ledger.since, ledger.settled_through
        )
        .unwrap();
    }
    if let Some(shown) = ledger.tail_through {
        writeln!(text, "the live tail has claimed up to {shown}").unwrap();
    }
    for row in ledger.coverage {
        writeln!(
            text,
            "[{}, {}) by {:?}, {} to {}",
            row.from, row.to, row.evidence, row.first_at, row.last_at
        )
        .unwrap();
    }
    for one in store.backfills(id).await.unwrap() {
        writeln!(
            text,
            "backfill {} of [{}, {}) for {:?}, {} of {} windows, {:?}, {} pages, {} new, {} known, {} to {:?}, cancelled {}",
            one.id,
            one.from,
            one.to,
            one.reason,
            one.windows_done,
            one.windows_total,
            one.covered,
            one.pages,
            one.records_new,
            one.records_known,
            one.begun_at,
            one.finished_at,
            one.is_cancelled
        )
        .unwrap();
    }
    for one in store.waiting_windows(id, usize::MAX).await.unwrap() {
        writeln!(
            text,
            "window {} of {}, [{}, {}), checkpoint {:?}, {} attempts, {:?}, not before {:?}",
            one.id, one.backfill, one.from, one.to, one.checkpoint, one.attempts, one.problem, one.not_before
        )
        .unwrap();
    }
    for one in store.history(id, usize::MAX).await.unwrap() {
        writeln!(
            text,
            "{:?} {} times, {} to {}: {}",
            one.kind, one.count, one.first_at, one.last_at, one.text
        )
        .unwrap();
    }
    for (bucket, count) in store.lateness(id).await.unwrap() {
        writeln!(text, "late in bucket {bucket}: {count}").unwrap();
    }
    for audit in store.audits(id, usize::MAX).await.unwrap() {
        writeln!(
            text,
            "audit of [{}, {}) from {} to {}, {} permille with {}, {} of {} windows, {} requests",
            audit.from,
            audit.to,
            audit.started_at,
            audit.finished_at,
            audit.sample_permille,
            audit.seed,
            audit.windows,
            audit.windows_total,
            audit.requests
        )
        .unwrap();
        writeln!(
            text,
            "of {} events {} missing, {} extra, {} different, {} repaired: {} {}",
            audit.events_checked,
            audit.missing,
            audit.extra,
            audit.different,
            audit.repaired,
            audit.outcome,
            audit.details
        )
        .unwrap();
    }
}

/// What flowed through a source, what of it works, and whether it is paused, as far as there is anything.
async fn tell_health(store: &Store, source: &Source, text: &mut String) {
    let id = source.id;
    if source.paused_at.is_some() || source.resumed_at.is_some() {
        writeln!(text, "paused {:?}, resumed {:?}", source.paused_at, source.resumed_at).unwrap();
    }
    if let Some(since) = store.poll_status(id).await.unwrap().failing_since {
        writeln!(text, "polls fail since {since}").unwrap();
    }
    for step in [MeasureStep::Fine, MeasureStep::Coarse] {
        let measured = store.measures(id, step, Timestamp::MIN, Timestamp::MAX).await.unwrap();
        for (begin, measures) in measured {
            writeln!(
                text,
                "measured by {step:?} at {begin}: {} events, {} bytes, {} rejects, {} polls, {} errors, lag {} and {} ms",
                measures.events,
                measures.bytes,
                measures.rejects,
                measures.polls,
                measures.poll_errors,
                measures.lag_ms_total,
                measures.lag_ms_max
            )
            .unwrap();
        }
    }
    if let Some(last) = store.last_reject(id).await.unwrap() {
        writeln!(text, "last reject {}: {}", last.at, last.reason).unwrap();
    }
    for check in store.health_checks(id).await.unwrap() {
        writeln!(
            text,
            "check {} worked {:?}, failed {:?}: {} {:?}",
            check.name.as_str(),
            check.last_success_at,
            check.last_failure_at,
            check.message,
            check.raw
        )
        .unwrap();
    }
    for change in store.health_changes(id, None, usize::MAX).await.unwrap() {
        writeln!(
            text,
            "check {} is healthy: {} since {}: {} {:?}",
            change.name.as_str(),
            change.is_healthy,
            change.at,
            change.message,
            change.raw
        )
        .unwrap();
    }
}

/// Keys are left out: they are random, and the file is made once.
async fn tell_alarms(store: &Store, source: Option<SourceId>, text: &mut String) {
    for alarm in store.alarms(source).await.unwrap() {
        writeln!(
            text,
            "alarm {} set to {:?}, {:?} at {:?}, has an alert: {}",
            alarm.kind,
            alarm.settings,
            alarm.summary,
            alarm.evaluated_at,
            alarm.alert.is_some()
        )
        .unwrap();
        if let Some(status) = alarm.status {
            writeln!(
                text,
                "it is {} since {}, opened {:?} {}, told {:?}",
                status.state.as_str(),
                status.since,
                status.opened_at,
                status.is_open,
                status.told_at
            )
            .unwrap();
        }
    }
}

/// The hash of a token is left out: its value is random, and kept nowhere.
async fn tell_api_tokens(store: &Store, text: &mut String) {
    for token in store.api_tokens().await.unwrap() {
        writeln!(
            text,
            "API token {:?} for {:?} from {:?}, created {} by {:?}, expires {:?}, used {:?}, rotated {:?}",
            token.name,
            token.permissions,
            token.allowed_networks,
            token.created_at,
            token.created_by,
            token.expires_at,
            token.last_used_at,
            token.rotated_at
        )
        .unwrap();
    }
}

async fn tell_saved_searches(store: &Store, text: &mut String) {
    for search in store.saved_searches(None, 100).await.unwrap() {
        writeln!(
            text,
            "saved search {:?}, {:?}, shown as {:?}, created {} by {:?}, updated {}",
            search.name, search.sql, search.view, search.created_at, search.created_by, search.updated_at
        )
        .unwrap();
    }
}

async fn tell_audit_log(store: &Store, text: &mut String) {
    for entry in store.audit_log(&AuditFilter::default(), None, 100).await.unwrap() {
        let object = entry.object.unwrap();
        writeln!(
            text,
            "audit entry {} at {}: {} {:?} from {:?} did {} to {} {:?}, status {:?}, problem {:?}, before {:?}, after {:?}, {:?}",
            entry.number,
            entry.at,
            entry.actor.kind.as_str(),
            entry.actor.name,
            entry.address,
            entry.action,
            object.kind,
            object.name,
            entry.status,
            entry.problem,
            entry.before,
            entry.after,
            entry.request_id
        )
        .unwrap();
    }
}

/// Whether the password is known by its hash is told; the hash has a random salt.
async fn tell_users(store: &Store, text: &mut String) {
    for user in store.users().await.unwrap() {
        let (_, hash) = store.user_of_email(&user.email).await.unwrap().unwrap();
        writeln!(
            text,
            "user {:?}, {}, created {} by {:?}, last login {:?}, disabled {:?}, knows the password: {}",
            user.email,
            user.role.as_str(),
            user.created_at,
            user.created_by,
            user.last_login_at,
            user.disabled_at,
            hash.is_of(&"the password of the fixture".into())
        )
        .unwrap();
        for session in store.sessions_of(user.id).await.unwrap() {
            writeln!(
                text,
                "session begun {}, used {}, from {:?} by {:?}",
                session.begun_at, session.last_used_at, session.address, session.agent
            )
            .unwrap();
        }
    }
}

async fn tell_alerts(store: &Store, text: &mut String) {
    for destination in store.destinations().await.unwrap() {
        let secret = store.destination_secret(destination.id).await.unwrap();
        writeln!(
            text,
            "destination {:?} of {}, settings {}, secret {:?}, takes {:?} of {:?}, enabled {}, created {}, updated {}",
            destination.name,
            destination.kind,
            destination.settings,
            secret.as_ref().map(ExposeSecret::expose_secret),
            destination.alert_types,
            destination.severities,
            destination.is_enabled,
            destination.created_at,
            destination.updated_at
        )
        .unwrap();
    }
    for alert in store.alerts(&AlertFilter::default(), usize::MAX).await.unwrap() {
        writeln!(
            text,
            "alert {} {} {} of {:?}, {:?} with {:?}, opened {}, updated {}, recovered {:?}",
            alert.kind,
            alert.alert_type,
            alert.severity,
            alert.source_label,
            alert.status,
            alert.assignee,
            alert.opened_at,
            alert.updated_at,
            alert.recovered_at
        )
        .unwrap();
        let said = &alert.text;
        writeln!(
            text,
            "it says {:?}, {:?}, {:?}, {:?}, {:?}",
            said.title, said.cause, said.evidence, said.blind, said.remedy
        )
        .unwrap();
        for event in store.alert_timeline(alert.id).await.unwrap() {
            writeln!(
                text,
                "{} {} by {}: {:?}",
                event.at,
                event.kind.as_str(),
                event.actor,
                event.text
            )
            .unwrap();
        }
        for delivery in store.deliveries_of_alert(alert.id).await.unwrap() {
            writeln!(
                text,
                "delivery of {:?} is {:?} after {} tries, created {}, finished {:?}",
                delivery.notice, delivery.state, delivery.attempts, delivery.created_at, delivery.finished_at
            )
            .unwrap();
            tell_delivery(store, &alert, &delivery, text).await;
            for attempt in store.attempts(delivery.id).await.unwrap() {
                writeln!(
                    text,
                    "try at {} took {:?}: {:?} {}",
                    attempt.at, attempt.took, attempt.status, attempt.outcome
                )
                .unwrap();
            }
        }
    }
}

/// What a delivery tells, if the alert tells something else by now, and how far it has come.
async fn tell_delivery(store: &Store, alert: &Alert, delivery: &Delivery, text: &mut String) {
    let told = store.alert_as_told(delivery.id).await.unwrap();
    if told != *alert {
        let said = &told.text;
        writeln!(
            text,
            "it tells {:?}, {:?}, {:?}, {:?}, {:?}, {:?}, recovered {:?}",
            said.title, said.cause, said.evidence, said.blind, said.remedy, told.status, told.recovered_at
        )
        .unwrap();
    }
    if let Some(settled) = &delivery.settled {
        writeln!(text, "it is done with {settled}").unwrap();
    }
    if delivery.is_resent {
        writeln!(text, "it was sent again").unwrap();
    }
}

#[tokio::test]
async fn what_any_version_made_is_upgraded_and_reads_back_whole() {
    for made in MADE {
        let directory = unpacked(made.packed);
        let file = file_in(directory.path());
        assert_eq!(version_of(&file).await, made.version);

        let store = Store::open(&file, key()).await.unwrap();
        assert_eq!(told(&store).await, made.expected, "version {}", made.version);
        // What is new since then can be used.
        let name = "Custom.Logout".parse().unwrap();
        store.create_schema(&name, "text", at(100)).await.unwrap();
        ledger_works(&store).await;
        alarms_work(&store).await;
        a_poll_interval_works(&store).await;
        store.close().await;
        assert_eq!(version_of(&file).await, VERSION_NOW);

        let store = Store::open(&file, key()).await.unwrap();
        assert!(store.schema(&name).await.unwrap().is_some());
    }
}

async fn ledger_works(store: &Store) {
    let source = store.sources().await.unwrap().remove(0);
    let lease = store.acquire_lease(source.id, "later", at(100), TTL).await.unwrap();
    store.set_since(source.id, lease.token, at(-5_000)).await.unwrap();
    let lost = Claim {
        from: at(-5_000),
        to: at(-4_900),
        evidence: Evidence::Lost,
        at: at(100),
    };
    store.claim(source.id, lease.token, &[lost]).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.since, Some(at(-5_000)));
    assert_eq!(ledger.lost()[0], (at(-5_000), at(-4_900)));
    let backfill = NewBackfill {
        from: at(-4_900),
        to: at(-4_800),
        reason: BackfillReason::Hole,
        windows: vec![(at(-4_900), at(-4_800))],
        now: at(100),
    };
    let id = store.begin_backfill(source.id, lease.token, backfill).await.unwrap();
    assert_eq!(store.backfills(source.id).await.unwrap()[0].id, id);
}

async fn alarms_work(store: &Store) {
    let id = store.sources().await.unwrap().remove(0).id;
    let destination = NewDestination {
        name: "later".to_owned(),
        kind: "stdout".to_owned(),
        settings: "{}".to_owned(),
        secret: None,
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        now: at(100),
    };
    store.create_destination(destination).await.unwrap();
    store
        .set_alarm(Some(id), "SOURCE_LAG", Some("{}"), at(100))
        .await
        .unwrap();
    store.measure(id, at(100), &Measures::default()).await.unwrap();
    store.pause_source(id, Pause::End, at(100)).await.unwrap();
    assert_eq!(store.source(id).await.unwrap().paused_at, None);
}

async fn a_poll_interval_works(store: &Store) {
    let id = store.sources().await.unwrap().remove(0).id;
    let interval = PollInterval::from_seconds(45).ok();
    store
        .edit_source(id, SourceEdit::poll_interval(interval))
        .await
        .unwrap();
    assert_eq!(store.source(id).await.unwrap().poll_interval, interval);
}

#[tokio::test]
async fn an_older_database_is_not_upgraded_by_looking_or_beside_a_server() {
    for made in MADE.iter().filter(|made| made.version < VERSION_NOW) {
        let directory = unpacked(made.packed);
        let file = file_in(directory.path());
        let opened = [
            Store::open_read_only(&file, None).await,
            Store::open_beside(&file, key()).await,
        ];
        for opened in opened {
            let error = opened.unwrap_err();
            assert!(
                matches!(
                    error,
                    OpenError::Older {
                        found,
                        known: VERSION_NOW,
                        ..
                    } if found == made.version
                ),
                "{error:?}"
            );
            let told = error.to_string();
            assert!(
                told.contains("restart it") && told.contains("start the server or a pull once"),
                "{told}"
            );
            assert_eq!(error.remedy(), Remedy::AskOperator);
            assert_eq!(version_of(&file).await, made.version);
        }
    }
}

#[tokio::test]
async fn an_upgrade_that_fails_half_way_changes_nothing() {
    let made = &MADE[0];
    let directory = unpacked(made.packed);
    let file = file_in(directory.path());
    // The migration's second table is in its own way, so it fails after it has made the first.
    let mut raw = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("CREATE TABLE custom_schema_text (stray INTEGER)")
        .execute(&mut raw)
        .await
        .unwrap();
    raw.close().await.unwrap();
    let error = Store::open(&file, key()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::Other { .. } | OpenError::NotMigrated { .. }),
        "{error:?}"
    );
    assert_eq!(version_of(&file).await, made.version, "all of a migration or nothing");

    let mut raw = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'custom_schema'")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(tables, 0, "its first table is gone again");
    sqlx::query("DROP TABLE custom_schema_text")
        .execute(&mut raw)
        .await
        .unwrap();
    raw.close().await.unwrap();
    let store = Store::open(&file, key()).await.unwrap();
    assert_eq!(told(&store).await, made.expected);
}
