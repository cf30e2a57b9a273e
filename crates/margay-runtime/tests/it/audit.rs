//! A copy compared with the vendor: what is missing is found and repaired, what is extra or different is named, and what was not
//! looked at is not claimed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_lake::{Effect, Replacement};
use margay_runtime::audit::{Audit, AuditEnd, AuditSettings, FindingKind, Repair, Sample, audit, audit_beside};
use margay_runtime::doctor::{LakeFate, Patient, examine};
use margay_runtime::normalise::{self, Outcome};
use margay_runtime::poll::RoundResult;
use margay_runtime::replay::{ReplaySettings, replay};
use margay_runtime::serve::{ServeSettings, serve};
use margay_runtime::source::{ASANA_LOG_TYPE, add_asana};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Clock, DataDir, HttpSettings, Line, LineSettings, Status, Tenancy, late};
use margay_schema::Event;
use margay_sim::ScriptedAnswer;
use margay_store::{
    Entry, EntryRecord, EntryText, Evidence, HistoryKind, NewEntry, NewRecord, Progress, Sequence, Source,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::world::{Vendor, draft, live, open, pull_all, texts};

const EVENTS: u64 = 300;
/// Three days: some seventy windows.
const AGE: SignedDuration = SignedDuration::from_hours(72);

fn whole() -> AuditSettings {
    AuditSettings {
        sample: Sample::ALL,
        ..AuditSettings::default()
    }
}

async fn source(line: &Line) -> Source {
    line.store.sources().await.unwrap().remove(0)
}

async fn audited(line: &Line, settings: AuditSettings) -> Audit {
    let stop = CancellationToken::new();
    audit(line, &source(line).await, settings, &|_, _| {}, &stop)
        .await
        .unwrap()
}

/// A line whose copy is complete.
async fn complete(folder: &Path, vendor: &Vendor) -> Line {
    let line = open(folder, vendor, CrashPlan::default()).await;
    pull_all(&line).await;
    line
}

/// Every event of the vendor is there exactly once.
async fn assert_complete(line: &Line, vendor: &Vendor) {
    let landed = texts(line, "select gid from asana_audit order by gid").await;
    assert!(
        landed == vendor.ids(),
        "{} landed, {} served",
        landed.len(),
        vendor.ids().len()
    );
}

/// The first event at least so old and its id.
fn old_event(vendor: &Vendor, age: SignedDuration) -> Value {
    let until = Clock::system().now() - age;
    let is_old = |event: &Value| event["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap() < until;
    let mut events = vendor
        .simulation
        .events()
        .map(|body| serde_json::from_str(&body).unwrap());
    events.find(is_old).unwrap()
}

/// What the schema of today makes of a body.
fn event_of(line: &Line, source: &Source, body: &Value) -> Event {
    let entry = Entry {
        source_id: source.id,
        sequence: Sequence::new(1),
        log_type: source.log_type.clone(),
        journalled_at: line.clock.now(),
        text: EntryText::Kept,
        records: vec![EntryRecord {
            id: body["gid"].as_str().unwrap().to_owned(),
            body: body.to_string(),
        }],
    };
    let mut outcome = Outcome::default();
    normalise::entry(
        line.content().schema(&source.log_type).unwrap(),
        &entry,
        &source.label,
        &mut outcome,
    );
    outcome.events.remove(0)
}

/// Puts a row in the place of the one with its id, or adds it.
async fn tamper(line: &Line, source: &Source, parse_time: Timestamp, body: &Value) {
    let mut event = event_of(line, source, body);
    event.standard.parse_time = parse_time;
    let schema = Arc::clone(&line.content().schema(&source.log_type).unwrap().schema);
    let replacement = Replacement {
        schema: &schema,
        events: vec![event],
        sought: Vec::new(),
    };
    line.lake.replace(replacement, Effect::Write).await.unwrap();
}

/// Takes the largest data file out of the table, as another engine would: by a commit of its own. Returns how many rows went.
fn delete_a_file(folder: &Path) -> u64 {
    let log = folder.join("lake/margay_logs/asana_audit/_delta_log");
    let mut commits: Vec<_> = std::fs::read_dir(&log)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    commits.sort();
    let rows_of = |add: &Value| -> u64 {
        let stats: Value = serde_json::from_str(add["stats"].as_str().unwrap()).unwrap();
        stats["numRecords"].as_u64().unwrap()
    };
    let text: String = commits
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap() + "\n")
        .collect();
    let actions = text.lines().filter(|line| !line.is_empty());
    let adds = actions.filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("add").cloned());
    let largest = adds.max_by_key(rows_of).unwrap();
    let remove = json!({"remove": {
        "path": largest["path"], "deletionTimestamp": 1_700_000_000_000_u64, "dataChange": true,
    }});
    let info = json!({"commitInfo": {"timestamp": 1_700_000_000_000_u64, "operation": "DELETE"}});
    let next = log.join(format!("{:020}.json", commits.len()));
    assert!(!next.exists());
    std::fs::write(next, format!("{info}\n{remove}\n")).unwrap();
    rows_of(&largest)
}

#[test]
fn a_complete_copy_is_said_to_be_one_and_its_hours_are_proven_by_it() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        let sample = AuditSettings {
            sample: Sample::permille(300).unwrap(),
            seed: Some(5),
            ..AuditSettings::default()
        };
        let part = audited(&line, sample).await;
        assert!(part.is_sound() && !part.is_whole(), "{part:?}");
        assert!(part.counts.events > 0 && part.counts.events < EVENTS);
        let sentence = part.sentence();
        assert!(
            sentence.contains("none is missing; with 95 % confidence fewer than"),
            "{sentence}"
        );

        let all = audited(&line, whole()).await;
        assert!(all.is_whole() && all.is_sound() && all.counts.missing == 0, "{all:?}");
        let ledger = line.store.ledger(source(&line).await.id).await.unwrap();
        let is_audited = |row: &margay_store::Coverage| row.evidence == Evidence::Audit && row.to == all.range.to();
        assert!(ledger.coverage.iter().any(is_audited), "{ledger:?}");
        let kept = line.store.audits(source(&line).await.id, 10).await.unwrap();
        assert_eq!((kept.len(), &kept[0].outcome), (2, &all.sentence()));
    });
}

#[test]
fn events_that_the_stream_never_served_are_found_and_kept_and_a_second_audit_is_clean() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        for hours in [10, 30, 50] {
            vendor
                .simulation
                .add_event_at(Clock::system().now() - SignedDuration::from_hours(hours));
        }
        let first = audited(&line, whole()).await;
        assert_eq!(
            (first.counts.missing, first.counts.repaired),
            (3, 3),
            "{}",
            first.sentence()
        );
        assert_eq!(first.findings.len(), 3);
        assert!(first.is_sound());
        assert_complete(&line, &vendor).await;
        let second = audited(&line, whole()).await;
        assert_eq!((second.counts.missing, second.is_sound()), (0, true));
        let id = source(&line).await.id;
        let lateness = late::Lateness::from_buckets(line.store.lateness(id).await.unwrap());
        assert_eq!(lateness.late_count(), 3);
        let told: Vec<HistoryKind> = line
            .store
            .history(id, 10)
            .await
            .unwrap()
            .iter()
            .map(|note| note.kind)
            .collect();
        assert!(
            told.contains(&HistoryKind::Audited) && told.contains(&HistoryKind::Repaired),
            "{told:?}"
        );
    });
}

#[test]
fn rows_that_another_engine_deleted_are_put_back_once_and_journalled_no_second_time() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    let gone = live(async || {
        complete(folder.path(), &vendor).await;
        delete_a_file(folder.path())
    });
    assert!(gone > 0);
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let id = source(&line).await.id;
        let head = line.store.head(id).await.unwrap();
        // The newest hours are not settled, so what was deleted of them would be out of the default range.
        let to_now = AuditSettings {
            to: Some(line.clock.now()),
            ..whole()
        };
        let found = audited(&line, to_now).await;
        assert_eq!(
            (found.counts.missing, found.counts.repaired),
            (gone, gone),
            "{}",
            found.sentence()
        );
        assert_eq!(line.store.head(id).await.unwrap(), head);
        assert_complete(&line, &vendor).await;
        assert_eq!(audited(&line, to_now).await.counts.missing, 0);
        assert_nothing_to_mend(&line, folder.path()).await;
        assert_complete(&line, &vendor).await;
    });
}

/// Neither doctor nor a replay finds a row that is not there.
async fn assert_nothing_to_mend(line: &Line, folder: &Path) {
    let patient = Patient {
        data_dir: DataDir::new(folder),
        master_key: None,
        clock: Clock::system(),
        lake_fate: LakeFate::MayReturn,
    };
    let findings = examine(&patient).await;
    assert!(findings.is_empty(), "{findings:?}");
    let stop = CancellationToken::new();
    let source = source(line).await;
    let replayed = replay(line, &source, ReplaySettings::default(), &stop, &mut |_| {}).await;
    let replayed = replayed.unwrap();
    assert_eq!((replayed.landed, replayed.replaced), (0, 0), "{replayed:?}");
}

#[test]
fn deleted_rows_that_no_entry_stands_for_any_more_are_put_back_as_the_vendor_shows_them() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    let gone = live(async || {
        let line = complete(folder.path(), &vendor).await;
        let later = line.clock.now() + SignedDuration::from_hours(1);
        assert!(line.store.prune(later, Duration::ZERO).await.unwrap().entries > 0);
        delete_a_file(folder.path())
    });
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let to_now = AuditSettings {
            to: Some(line.clock.now()),
            ..whole()
        };
        let found = audited(&line, to_now).await.counts;
        assert_eq!((found.missing, found.gone, found.repaired), (gone, gone, gone));
        assert_complete(&line, &vendor).await;
        assert_nothing_to_mend(&line, folder.path()).await;
    });
}

#[test]
fn beside_a_process_rows_that_are_gone_are_not_asked_for_and_the_result_says_what_puts_them_back() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    let gone = live(async || {
        complete(folder.path(), &vendor).await;
        delete_a_file(folder.path())
    });
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let source = source(&line).await;
        let before = line.store.ledger(source.id).await.unwrap();
        let beside = Line::open_beside(&settings(folder.path(), Clock::system()))
            .await
            .unwrap();
        let to_now = AuditSettings {
            to: Some(line.clock.now()),
            ..whole()
        };
        let found = audit_beside(&beside, &source, to_now, &|_, _| {}, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!((found.counts.missing, found.counts.gone), (gone, gone), "{found:?}");
        let Repair::Asked { windows, gone_within } = found.repair else {
            panic!("{found:?}");
        };
        assert_eq!(windows, 0);
        assert!(
            found.sentence().contains("put back by an audit without a server"),
            "{}",
            found.sentence()
        );
        assert!(line.store.waiting_windows(source.id, 10).await.unwrap().is_empty());
        assert_eq!(
            line.store.ledger(source.id).await.unwrap(),
            before,
            "all was read, once"
        );

        let where_it_says = AuditSettings {
            from: gone_within.map(|within| within.from()),
            to: gone_within.map(|within| within.to()),
            ..whole()
        };
        assert_eq!(audited(&line, where_it_says).await.counts.repaired, gone);
        assert_complete(&line, &vendor).await;
    });
}

#[test]
fn a_changed_row_is_different_with_its_column_and_one_that_nobody_sent_is_extra() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        let source = source(&line).await;
        let mut body = old_event(&vendor, SignedDuration::from_hours(5));
        let gid = body["gid"].as_str().unwrap().to_owned();
        let row = format!("select arrow_cast(p_parse_time, 'Int64') from asana_audit where gid = '{gid}'");
        let journalled_at: i64 = texts(&line, &row).await[0].parse().unwrap();
        let journalled_at = Timestamp::from_microsecond(journalled_at).unwrap();
        body["event_type"] = json!("somebody_changed_this");
        tamper(&line, &source, journalled_at, &body).await;
        body["gid"] = json!("7777777777777777");
        tamper(&line, &source, journalled_at, &body).await;

        let found = audited(&line, whole()).await;
        assert_eq!(
            (found.counts.different, found.counts.extra, found.counts.missing),
            (1, 1, 0),
            "{found:?}"
        );
        assert!(!found.is_sound());
        let different = found
            .findings
            .iter()
            .find(|finding| finding.kind == FindingKind::Different)
            .unwrap();
        assert_eq!(
            (different.record_id.as_deref(), &different.fields),
            (Some(&*gid), &vec!["event_type".to_owned()])
        );
        assert!(found.findings.iter().any(|finding| finding.kind == FindingKind::Extra));
    });
}

#[test]
fn an_audit_whose_requests_are_used_up_says_how_far_it_came() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        let asked = vendor.simulation.requests_served();
        let short = AuditSettings {
            requests_max: 11,
            ..whole()
        };
        let found = audited(&line, short).await;
        assert!(matches!(found.end, AuditEnd::OutOfRequests), "{found:?}");
        assert_eq!((found.requests, vendor.simulation.requests_served() - asked), (11, 11));
        assert!(found.windows_checked > 0 && found.windows_checked < found.windows_drawn);
        assert_eq!(
            (found.windows_too_dense, found.missing_per_million_max()),
            (1, None),
            "a bound over windows that are left out for being dense"
        );
        assert!(
            found.sentence().contains("the requests were used up"),
            "{}",
            found.sentence()
        );
    });
}

#[test]
fn a_vendor_that_refuses_the_token_ends_the_audit_and_the_result_says_so() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        vendor
            .simulation
            .fail_next([ScriptedAnswer::error(401, "Not Authorized")]);
        let found = audited(&line, whole()).await;
        assert!(
            matches!(found.end, AuditEnd::Vendor(RoundResult::TokenRefused { .. })),
            "{found:?}"
        );
        assert_eq!(found.windows_checked, 0);
    });
}

#[test]
fn beside_a_process_what_waits_is_not_missing_and_what_is_missing_is_asked_for() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = complete(folder.path(), &vendor).await;
        let source = source(&line).await;
        let ago = |hours| Clock::system().now() - SignedDuration::from_hours(hours);
        let waiting = vendor.simulation.add_event_at(ago(20));
        vendor.simulation.add_event_at(ago(40));
        let body = vendor.simulation.events().find(|body| body.contains(&waiting)).unwrap();
        journal_only(&line, &source, &waiting, &body).await;

        let beside = Line::open_beside(&settings(folder.path(), Clock::system()))
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let found = audit_beside(&beside, &source, whole(), &|_, _| {}, &stop)
            .await
            .unwrap();
        assert_eq!(
            (found.counts.waiting, found.counts.missing, found.counts.repaired),
            (1, 1, 0),
            "{found:?}"
        );
        let asked = Repair::Asked {
            windows: 1,
            gone_within: None,
        };
        assert_eq!(found.repair, asked);
        let ledger = line.store.ledger(source.id).await.unwrap();
        let holes = ledger.holes(ledger.proven_through().unwrap());
        let missed = ago(40);
        assert!(
            matches!(holes[..], [(from, to)] if from <= missed && missed < to),
            "what was shown to be incomplete counts as proven: {holes:?}"
        );
        pull_all(&line).await;
        assert_complete(&line, &vendor).await;
        assert!(audited(&line, whole()).await.is_sound());
    });
}

/// Journals a record, and lands nothing.
async fn journal_only(line: &Line, source: &Source, id: &str, body: &str) {
    let now = line.clock.now();
    let lease = line
        .store
        .acquire_lease(source.id, "test", now, Duration::from_mins(1))
        .await
        .unwrap();
    let entry = NewEntry {
        log_type: source.log_type.clone(),
        records: vec![NewRecord {
            id: id.to_owned(),
            body: body.to_owned(),
        }],
        progress: Progress::Nothing,
        claim: None,
        fence: lease.token,
        newest_event_time: None,
        now,
    };
    line.store.append(source.id, entry).await.unwrap();
    line.store.release_lease(&lease).await.unwrap();
}

fn settings(folder: &Path, clock: Clock) -> LineSettings {
    LineSettings {
        data_dir: DataDir::new(folder),
        master_key: None,
        http: HttpSettings::default(),
        clock,
        tenancy: Tenancy::Alone,
    }
}

#[test]
fn a_server_audits_a_source_once_a_day_by_itself_and_repairs_what_it_finds() {
    let vendor = Vendor::young(EVENTS, AGE);
    let folder = TempDir::new().unwrap();
    live(async || {
        // Added two days ago, so that the day's audit is due.
        let then = Clock::starting_at(Clock::system().now() - SignedDuration::from_hours(48));
        let line = Line::open(&settings(folder.path(), then)).await.unwrap();
        add_asana(&line, draft(&vendor, "simulated", ASANA_LOG_TYPE))
            .await
            .unwrap();
        drop(line);
        let line = Line::open(&settings(folder.path(), Clock::system())).await.unwrap();
        pull_all(&line).await;
        let before: BTreeSet<String> = vendor.ids().into_iter().collect();
        // One that a person asks for does not stand for the day's.
        let one_hour = AuditSettings {
            from: Some(Clock::system().now() - SignedDuration::from_hours(5)),
            to: Some(Clock::system().now() - SignedDuration::from_hours(4)),
            ..whole()
        };
        audited(&line, one_hour).await;
        // One in the middle of each hour that can be drawn: whichever is, one is missing in it.
        for hours in 2..72 {
            let since = SignedDuration::from_hours(hours) + SignedDuration::from_mins(30);
            vendor.simulation.add_event_at(Clock::system().now() - since);
        }
        let stop = CancellationToken::new();
        let serving = {
            let (line, stop) = (line.clone(), stop.clone());
            let settings = ServeSettings::new(Duration::from_secs(60), &DataDir::new(folder.path()));
            tokio::spawn(async move { serve(&line, &settings, Arc::new(Status::default()), stop).await })
        };
        let id = source(&line).await.id;
        let audits = loop {
            let audits = line.store.audits(id, 5).await.unwrap();
            if audits.len() > 1 {
                break audits;
            }
            tokio::task::yield_now().await;
        };
        stop.cancel();
        serving.await.unwrap().unwrap();
        assert!(
            audits[0].missing > 0 && audits[0].missing == audits[0].repaired,
            "{audits:?}"
        );
        let landed = texts(&line, "select gid from asana_audit order by gid").await;
        assert!(landed.len() > before.len());
    });
}
