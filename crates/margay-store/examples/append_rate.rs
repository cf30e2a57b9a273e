//! How fast the journal takes pages in and gives them out: `cargo run --release -p margay-store --example append_rate`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement for people at a terminal"
)]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use margay_store::{JournalStatus, LeaseToken, MasterKey, NewEntry, NewRecord, NewSource, Progress, Sequence, Store};

const RECORDS: usize = 50_000;
const RECORDS_PER_PAGE: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Under the current directory: /tmp is often in memory, where flushing costs nothing.
    let directory = tempfile::tempdir_in(".").unwrap();
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let key = MasterKey::load_or_create(&directory.path().join("master.key"), None).unwrap();
    let store = Store::open(&directory.path().join("margay.db"), key).await.unwrap();
    let source = store
        .create_source(NewSource {
            label: "a".to_owned(),
            connector: "asana".to_owned(),
            log_type: "Asana.Audit".parse().unwrap(),
            settings: "{}".to_owned(),
            credentials: "secret".into(),
            checkpoint: "start".to_owned(),
            since: None,
            backfill: None,
            poll_interval: None,
            now,
        })
        .await
        .unwrap();
    let lease = store
        .acquire_lease(source.id, "example", now, Duration::from_mins(1))
        .await
        .unwrap();

    for round in ["new records", "the same records again"] {
        let pages: Vec<NewEntry> = (0..RECORDS / RECORDS_PER_PAGE)
            .map(|number| page(number, lease.token, now))
            .collect();
        let (wall, cpu) = (Instant::now(), cpu_seconds());
        for page in pages {
            store.append(source.id, page).await.unwrap();
        }
        report(round, RECORDS, wall.elapsed(), cpu_seconds() - cpu);
    }

    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let (mut after, mut count) = (Sequence::ZERO, 0);
    loop {
        let entries = store.entries(source.id, after, 8 << 20).await.unwrap();
        let Some(last) = entries.last() else { break };
        after = last.sequence;
        count += entries.iter().map(|entry| entry.records.len()).sum::<usize>();
    }
    report("reading", count, wall.elapsed(), cpu_seconds() - cpu);

    let JournalStatus {
        raw_bytes_total,
        stored_bytes_total,
        ..
    } = store.journal_status(source.id).await.unwrap();
    store.close().await;
    let file_bytes = std::fs::metadata(directory.path().join("margay.db")).unwrap().len();
    println!("raw {raw_bytes_total} B, compressed {stored_bytes_total} B, file {file_bytes} B");
}

/// Records like those of an audit log: ids and times differ, people and addresses come from a small circle.
fn page(number: usize, fence: LeaseToken, now: Timestamp) -> NewEntry {
    let records = (0..RECORDS_PER_PAGE).map(|index| {
        let serial = number * RECORDS_PER_PAGE + index;
        let random = serial.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let id = (1_200_000_000_000_000 + serial * 7_919).to_string();
        let body = format!(
            r#"{{"gid":"{id}","created_at":"2026-01-02T{:02}:{:02}:{:02}.{:03}Z","event_type":"user_login_succeeded","event_category":"logins","actor":{{"actor_type":"user","gid":"{}","name":"Person {}","email":"person.{}@example.com"}},"resource":{{"resource_type":"user","gid":"{}","name":"Person {}","email":"person.{}@example.com"}},"context":{{"context_type":"web","client_ip_address":"198.51.100.{}","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36","api_authentication_method":"cookie"}},"details":{{"method":["SAML"],"new_value":{random}}}}}"#,
            serial / 3600 % 24,
            serial / 60 % 60,
            serial % 60,
            random % 1000,
            1_100_000_000_000_000 + random % 300,
            random % 300,
            random % 300,
            1_100_000_000_000_000 + random % 300,
            random % 300,
            random % 300,
            random % 254,
        );
        NewRecord { id, body }
    });
    NewEntry {
        log_type: "Asana.Audit".parse().unwrap(),
        records: records.collect(),
        progress: Progress::Tail {
            checkpoint: format!("page {number}"),
        },
        claim: None,
        fence,
        newest_event_time: Some(now),
        now,
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn report(what: &str, records: usize, wall: Duration, cpu: f64) {
    println!(
        "{what}: {records} records, {:.2} s wall, {cpu:.2} CPU s, {:.0} records/s",
        wall.as_secs_f64(),
        records as f64 / wall.as_secs_f64()
    );
}

/// The process's user and system time, in hundredths of a second; Linux only, zero elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may hold spaces: count the fields behind it.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or_default()
    };
    (ticks(11) + ticks(12)) / 100.0
}
