//! A replay that is stopped anywhere and run again.

use super::oracle::Oracle;
use super::*;

/// Each place at which a replay may stop, for each kind of it: some batches of four places, and landing's before them.
#[test]
fn stopped_anywhere_and_run_again_it_gives_the_same() {
    let (before, after) = (versioned(BEFORE, 1), versioned(AFTER, 2));
    let entries = [records(), records()];
    for records in [ReplayedRecords::Journalled, ReplayedRecords::Failed] {
        let mut place = 0;
        loop {
            let folder = TempDir::new().unwrap();
            let source = live(async || landed(folder.path(), &before, &entries).await);
            // Something waits in the journal when the replay begins.
            live(async || {
                let line = open(folder.path(), &before, CrashPlan::default()).await;
                journal(
                    &line,
                    &source,
                    2,
                    10,
                    &["{}".to_owned(), r#"{"id": "11", "level": 1}"#.to_owned()],
                )
                .await;
            });
            let was_stopped = live(async || {
                let plan = CrashPlan::at(place);
                let line = open(folder.path(), &after, plan.clone()).await;
                let stop = CancellationToken::new();
                let mut report = |_: &Replayed| {};
                tokio::select! {
                    replayed = replay(&line, &source, settings(records), &stop, &mut report) => {
                        replayed.unwrap();
                        false
                    }
                    () = plan.reached() => true,
                }
            });
            live(async || {
                let line = open(folder.path(), &after, CrashPlan::default()).await;
                assert_none_is_missing(&line, place).await;
                run(&line, &source, settings(records)).await;
                let scratch = TempDir::new().unwrap();
                let mut oracle = Oracle::of(&line, &source, &before, &after).await;
                // What waited landed by today's schema.
                for id in ["10", "11"] {
                    let row_id = RowId::of(source.id, id);
                    oracle.before.insert(row_id, oracle.after[&row_id].clone());
                }
                let expected = oracle.lake(scratch.path(), [&before, &after], &source, records).await;
                assert_eq!(
                    tables(&line.lake).await,
                    tables(&expected).await,
                    "stopped at place {place}"
                );
                assert_landing_goes_on(&line, &source).await;
            });
            if !was_stopped {
                break;
            }
            place += 1;
        }
        assert!(place >= 12, "the replay was stopped at {place} places only");
    }
}

/// Wherever it stopped: what had landed is there, each once, and every record is in one of the tables.
async fn assert_none_is_missing(line: &Line, place: u64) {
    let events = rows(&line.lake, "select p_row_id from test_log order by 1").await;
    let mut once = events.clone();
    once.dedup();
    assert_eq!(events, once, "stopped at place {place}");
    let all = format!("select p_row_id from test_log union select p_row_id from {FAILURES}");
    let all = rows(&line.lake, &all).await.len();
    assert!(all == 10 || all == 12, "{all} records, stopped at place {place}");
    assert!(events.len() >= 6, "stopped at place {place}");
}

async fn assert_landing_goes_on(line: &Line, source: &Source) {
    let head = line.store.head(source.id).await.unwrap();
    let log_type = &source.log_type;
    assert_eq!(line.lake.landed(log_type, source.id).await.unwrap(), Some(head.get()));
    assert_eq!(land::backlog(line, source).await.unwrap(), 0);
    let [events, failures] = tables(&line.lake).await;
    journal(
        line,
        source,
        3,
        12,
        &[r#"{"id": "12", "level": 1}"#.to_owned(), "[]".to_owned()],
    )
    .await;
    let landed = land::everything(line).await.unwrap();
    assert_eq!((landed.events, landed.rejects, landed.entries), (1, 1, 1));
    let [more_events, more_failures] = tables(&line.lake).await;
    assert_eq!(
        (more_events.len(), more_failures.len()),
        (events.len() + 1, failures.len() + 1)
    );
    assert_eq!(land::everything(line).await.unwrap(), land::Landed::default());
    assert_eq!(
        line.lake.landed(log_type, source.id).await.unwrap(),
        Some(head.get() + 1)
    );
}
