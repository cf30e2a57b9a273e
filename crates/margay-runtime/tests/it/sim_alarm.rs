//! Silence, a revoked token, a weekend, a receiver that is down: who is told, when, and how often.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use margay_detect::{AlarmKind, AlarmSettings};
use margay_runtime::deliver::guard::AddressGuard;
use margay_runtime::rehearse::rehearse;
use margay_runtime::serve::{ServeSettings, serve};
use margay_runtime::watch::{Watch, look};
use margay_runtime::{Line, Status, Tenancy};
use margay_sim::{Received, Receiver, Reply, SimulationConfig};
use margay_store::{AlertEdit, AlertFilter, AlertStatus, NewDestination};
use serde_json::Value;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

use crate::sim_world::{Server, TOKEN, World, source};
use crate::world::pull_all;

const SECRET: &str = "whsec_c2lnbmluZyBrZXkgb2YgYSB0ZXN0";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// An organization in which something happens every ten minutes.
fn busy() -> World {
    World::of(SimulationConfig {
        event_count: 100,
        history_span: Duration::from_hours(20),
        live_events_per_minute: 0.0,
        ..SimulationConfig::default()
    })
}

/// Serves while `life` passes, then stops cleanly.
async fn serve_during(world: &World, line: &Line, events: impl Future<Output = ()>) {
    let stop = CancellationToken::new();
    let settings = ServeSettings {
        guard: AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]),
        ..ServeSettings::new(MINUTE, &world.data_dir())
    };
    let living = async {
        events.await;
        stop.cancel();
    };
    let (served, ()) = tokio::join!(
        serve(line, &settings, Arc::new(Status::default()), stop.clone()),
        living
    );
    served.unwrap();
}

/// Something happens every so often, for so long.
async fn events(world: &World, every: Duration, lasting: Duration) {
    let mut passed = Duration::ZERO;
    while passed < lasting {
        world.simulation.add_event_at(world.now());
        tokio::time::sleep(every).await;
        passed += every;
    }
}

async fn add_webhook(line: &Line, receiver: &Receiver) {
    let new = NewDestination {
        name: "on call".to_owned(),
        kind: "webhook".to_owned(),
        settings: format!(r#"{{"url":"{}"}}"#, receiver.url("/hook")),
        secret: Some(SECRET.into()),
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        now: line.clock.now(),
    };
    line.store.create_destination(new).await.unwrap();
}

async fn set_drop_off(line: &Line, json: &str) {
    let id = source(line).await.id;
    let kind = AlarmKind::DropOff.as_str();
    line.store
        .set_alarm(Some(id), kind, Some(json), line.clock.now())
        .await
        .unwrap();
}

/// What came, as title and notice.
fn told(received: &[Received]) -> Vec<(String, String)> {
    let told = received.iter().map(|one| {
        let body: Value = serde_json::from_str(&one.body).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&body["title"]), text(&body["alertContext"]["notice"]))
    });
    told.collect()
}

fn assert_signed(received: &Received) {
    let header = |name: &str| received.headers.get(name).unwrap().clone();
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(
        format!(
            "{}.{}.{}",
            header("webhook-id"),
            header("webhook-timestamp"),
            received.body
        )
        .as_bytes(),
    );
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), expected);
    assert_eq!(header("idempotency-key"), header("webhook-id"));
}

async fn alerts(line: &Line) -> Vec<(String, AlertStatus)> {
    let alerts = line.store.alerts(&AlertFilter::default(), 100).await.unwrap();
    alerts.into_iter().map(|alert| (alert.kind, alert.status)).collect()
}

#[test]
fn silence_is_told_once_and_so_is_its_end_and_both_are_signed() {
    let world = busy();
    let receiver = world.vendor().block_on(Receiver::start()).unwrap();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        add_webhook(&line, &receiver).await;
        set_drop_off(&line, r#"{"minutesThreshold":30}"#).await;
        serve_during(&world, &line, async {
            events(&world, 10 * MINUTE, 20 * MINUTE).await;
            assert_eq!(told(&receiver.received()), [], "ten minutes are no silence");
            tokio::time::sleep(HOUR).await;
            assert_eq!(receiver.received().len(), 1, "one incident, one alert");
            events(&world, 10 * MINUTE, 10 * MINUTE).await;
        })
        .await;
        let calls = receiver.received();
        calls.iter().for_each(assert_signed);
        assert_eq!(
            told(&calls),
            [
                ("simulated: no events for 30 min".to_owned(), "opened".to_owned()),
                (
                    "Over: simulated: no events for 30 min".to_owned(),
                    "recovered".to_owned()
                ),
            ]
        );
        let kind = AlarmKind::DropOff.as_str().to_owned();
        assert_eq!(alerts(&line).await, [(kind, AlertStatus::Resolved)]);
    });
}

#[test]
fn a_revoked_token_is_told_within_two_polls_and_is_no_silence() {
    let world = busy();
    let receiver = world.vendor().block_on(Receiver::start()).unwrap();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        add_webhook(&line, &receiver).await;
        set_drop_off(&line, r#"{"minutesThreshold":30}"#).await;
        serve_during(&world, &line, async {
            events(&world, 10 * MINUTE, 20 * MINUTE).await;
            world.simulation.revoke_token(TOKEN);
            // The poll that is refused, the next one, and a look.
            tokio::time::sleep(2 * MINUTE + 30 * Duration::from_secs(1)).await;
            let title = (
                "simulated: Asana refuses the credentials".to_owned(),
                "opened".to_owned(),
            );
            assert_eq!(told(&receiver.received()), [title]);
            tokio::time::sleep(HOUR).await;
            assert_eq!(receiver.received().len(), 1, "{:?}", told(&receiver.received()));
        })
        .await;
        assert_eq!(alerts(&line).await.len(), 1);
    });
}

#[test]
fn nobody_is_woken_by_days_that_do_not_count() {
    let world = busy();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        let day = r#"["08:00-18:00"]"#;
        let hours = format!(r#"{{"tuesday":{day},"thursday":{day}}}"#);
        let calendar = format!(r#"{{"timeZone":"UTC","hours":{hours}}}"#);
        set_drop_off(&line, &format!(r#"{{"minutesThreshold":240,"calendar":{calendar}}}"#)).await;
        let watch = Watch {
            started_at: line.clock.now(),
            status: Arc::default(),
            data_dir: world.data_dir().root().to_owned(),
            wake: Arc::default(),
        };
        // It begins on a Tuesday at 09:00. Wednesday counts for nothing; at 11:00 on Thursday four hours have passed.
        for (time, is_silence) in [
            ("2026-03-10T17:00:00Z", false),
            ("2026-03-11T17:00:00Z", false),
            ("2026-03-12T10:55:00Z", false),
            ("2026-03-12T11:05:00Z", true),
        ] {
            let until: Timestamp = time.parse().unwrap();
            tokio::time::sleep(until.duration_since(world.now()).unsigned_abs()).await;
            if time.starts_with("2026-03-10") {
                world.simulation.add_event_at(world.now());
            }
            pull_all(&line).await;
            look(&line, &watch).await.unwrap();
            let silence = (AlarmKind::DropOff.as_str().to_owned(), AlertStatus::Open);
            assert_eq!(alerts(&line).await.contains(&silence), is_silence, "{time}");
        }
    });
}

#[test]
fn silence_that_nobody_watched_calls_nobody_and_a_change_ends_none() {
    let world = busy();
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        set_drop_off(&line, r#"{"enabled":false}"#).await;
        let watch = Watch {
            started_at: line.clock.now(),
            status: Arc::default(),
            data_dir: world.data_dir().root().to_owned(),
            wake: Arc::default(),
        };
        // Minutes from one step to the next; what is set then; how the alert is afterwards.
        let half_hour = r#"{"minutesThreshold":30}"#;
        for (minutes, set, expected) in [
            (180_u32, half_hour, None),
            (20, r#"{ "minutesThreshold": 30 }"#, None),
            (9, half_hour, None),
            (2, half_hour, Some(AlertStatus::Open)),
            // It has been silent for half an hour, whatever was set meanwhile.
            (1, r#"{"minutesThreshold":20}"#, Some(AlertStatus::Open)),
            (6, r#"{"minutesThreshold":20}"#, Some(AlertStatus::Open)),
            (1, r#"{"enabled":false}"#, Some(AlertStatus::Resolved)),
        ] {
            tokio::time::sleep(minutes * MINUTE).await;
            set_drop_off(&line, set).await;
            pull_all(&line).await;
            look(&line, &watch).await.unwrap();
            let alerts = alerts(&line).await;
            let silence = alerts.iter().find(|(kind, _)| kind == AlarmKind::DropOff.as_str());
            assert_eq!(silence.map(|(_, status)| *status), expected, "{set}");
        }
    });
}

#[test]
fn a_receiver_that_is_down_for_an_hour_is_told_once_it_is_back_under_the_same_key() {
    let world = busy();
    let receiver = world.vendor().block_on(Receiver::start()).unwrap();
    receiver.reply_with(Reply::status(503));
    let server = Server::start(&world, None);
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        add_webhook(&line, &receiver).await;
        set_drop_off(&line, r#"{"minutesThreshold":30}"#).await;
        serve_during(&world, &line, async {
            tokio::time::sleep(95 * MINUTE).await;
            // Somebody looks at it before it arrives.
            let alerts = line.store.alerts(&AlertFilter::default(), 100).await.unwrap();
            let silence = alerts.iter().find(|alert| alert.kind == AlarmKind::DropOff.as_str());
            let (id, triaged) = (silence.unwrap().id, AlertStatus::Triaged);
            let now = line.clock.now();
            line.store
                .edit_alert(id, AlertEdit::status(triaged), "jane", now)
                .await
                .unwrap();
            receiver.reply_with(Reply::status(200));
            tokio::time::sleep(35 * MINUTE).await;
        })
        .await;
        let of_silence = |one: &&Received| one.body.contains(AlarmKind::DropOff.as_str());
        let calls = receiver.received();
        let tries: Vec<&Received> = calls.iter().filter(of_silence).collect();
        let arrived = tries.iter().filter(|one| one.answered == 200).count();
        assert!(
            tries.len() > 3 && arrived == 1,
            "{} tries, {arrived} arrived",
            tries.len()
        );
        let key = |one: &Received| one.headers["idempotency-key"].clone();
        assert!(tries.iter().all(|one| key(one) == key(tries[0])), "one key");
        assert!(tries.iter().all(|one| one.body == tries[0].body), "one text");
        // Meanwhile the alarm about it sounded, and it is over.
        let kinds = alerts(&line).await;
        assert!(
            kinds.contains(&(AlarmKind::DeliveryFailing.as_str().to_owned(), AlertStatus::Resolved)),
            "{kinds:?}"
        );
    });
}

#[test]
fn a_rehearsal_tells_what_the_alarm_would_have_done_ends_included() {
    let world = World::of(SimulationConfig {
        event_count: 0,
        live_events_per_minute: 0.0,
        ..SimulationConfig::default()
    });
    let server = Server::start(&world, None);
    let begin = world.now();
    // An event after 30 min, and one 40 min later; then 60 min of nothing.
    for minutes in [30_u32, 70] {
        world.simulation.add_event_at(begin - (130 - minutes) * MINUTE);
    }
    server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        pull_all(&line).await;
        let source = source(&line).await;
        let mut ledger = line.store.ledger(source.id).await.unwrap();
        ledger.since = Some(begin - 130 * MINUTE);
        ledger.tail_through = Some(begin);
        let now = line.clock.now();
        for (threshold, alarms) in [(30, 3), (35, 2), (60, 1), (61, 0)] {
            let settings = AlarmSettings {
                threshold: threshold * MINUTE,
                ..AlarmSettings::default_of(AlarmKind::DropOff)
            };
            let rehearsed = rehearse(&line.lake, &source, &ledger, &settings, now)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                (rehearsed.alarms, rehearsed.longest),
                (alarms, 60 * MINUTE),
                "{threshold} min"
            );
            assert_eq!(rehearsed.suggested, 2 * HOUR);
            assert!(rehearsed.is_complete);
        }
        // What nobody has read is no silence: the last pause, the longest.
        line.store
            .disclaim(source.id, begin - 20 * MINUTE, begin - 10 * MINUTE)
            .await
            .unwrap();
        ledger.coverage = line.store.ledger(source.id).await.unwrap().coverage;
        let settings = AlarmSettings::default_of(AlarmKind::DropOff);
        let rehearsed = rehearse(&line.lake, &source, &ledger, &settings, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(rehearsed.longest, 40 * MINUTE);
        assert!(!rehearsed.is_complete);
    });
}
