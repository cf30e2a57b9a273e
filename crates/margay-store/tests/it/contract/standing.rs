use margay_store::{
    AlarmState, AlarmStatus, BackfillReason, CheckName, Claim, Consumer, Evaluated, Evidence, Looked, NewBackfill,
    NewEntry, RoundKind, RoundOutcome, Source, Standing, Store,
};

use crate::world::{at, leased, page};

/// Lets everything happen to a source that a standing tells of.
async fn lived_in(store: &Store, label: &str, seconds: i64) -> Source {
    let (source, lease) = leased(store, label).await;
    let claim = |from, to, evidence| Claim {
        from: at(from),
        to: at(to),
        evidence,
        at: at(seconds),
    };
    let ids: Vec<String> = (0..3).map(|number| format!("{label}{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for (ids, claim) in [
        (&ids[..2], claim(0, seconds, Evidence::PageChain)),
        (&ids[2..], claim(seconds + 5, seconds + 9, Evidence::PageChain)),
    ] {
        let entry = NewEntry {
            claim: Some(claim),
            newest_event_time: Some(at(seconds)),
            ..page(&lease, ids, "x", seconds)
        };
        store.append(source.id, entry).await.unwrap();
    }
    let windows = vec![(at(-30), at(-20)), (at(-20), at(-10))];
    let backfill = NewBackfill {
        from: at(-30),
        to: at(-10),
        reason: BackfillReason::Asked,
        windows,
        now: at(seconds),
    };
    store.begin_backfill(source.id, lease.token, backfill).await.unwrap();
    let outcome = RoundOutcome {
        started_at: at(seconds),
        finished_at: at(seconds + 1),
        kind: RoundKind::GaveUp,
        problem: Some(format!("{label} does not answer")),
        pages: 1,
        records_new: 3,
        records_known: 0,
        retry_not_before: Some(at(seconds + 60)),
    };
    store.record_round(source.id, outcome).await.unwrap();
    let look = |name, is_healthy| Looked {
        name,
        is_healthy,
        message: format!("{label} was looked at"),
        raw: None,
    };
    let looks = vec![look(CheckName::Token, true), look(CheckName::Reachable, false)];
    store.note_checks(source.id, looks, at(seconds)).await.unwrap();
    store
        .note_reject(source.id, at(seconds), format!("{label} sent nonsense"))
        .await
        .unwrap();
    for kind in ["one", "another"] {
        let evaluated = Evaluated {
            source_id: Some(source.id),
            kind: kind.to_owned(),
            before: None,
            status: AlarmStatus {
                state: AlarmState::Ok,
                since: at(seconds),
                opened_at: None,
                is_open: false,
                told_at: None,
            },
            summary: format!("{label} is well"),
            change: None,
            now: at(seconds),
        };
        store.keep_alarm(evaluated).await.unwrap();
    }
    source
}

/// The same, asked for one by one.
async fn asked_singly(store: &Store, source: &Source) -> Standing {
    let id = source.id;
    let windows = store.waiting_windows(id, 1).await.unwrap();
    Standing {
        alarms: store.alarms(Some(id)).await.unwrap(),
        checks: store.health_checks(id).await.unwrap(),
        polls: store.poll_status(id).await.unwrap(),
        ledger: store.ledger(id).await.unwrap(),
        backfills: store.backfills(id).await.unwrap(),
        oldest_waiting: windows.first().map(|window| window.from),
        unlanded_since: store.waiting_since(Consumer::Landing, id).await.unwrap(),
        newest_event_time: store.journal_status(id).await.unwrap().newest_event_time,
        last_reject: store.last_reject(id).await.unwrap(),
    }
}

pub(crate) async fn how_many_sources_stand_is_read_at_once(store: &Store) {
    let sources = [
        lived_in(store, "a", 100).await,
        lived_in(store, "b", 200).await,
        leased(store, "new").await.0,
    ];
    let gone = leased(store, "gone").await.0;
    store.delete_source(gone.id, at(0)).await.unwrap();
    let ids: Vec<_> = sources.iter().chain([&gone]).map(|source| source.id).collect();
    let mut standings = store.standings(&ids).await.unwrap();
    for source in &sources {
        let standing = standings.remove(&source.id).unwrap();
        assert_eq!(standing, asked_singly(store, source).await, "{}", source.label);
    }
    assert!(standings.is_empty(), "{standings:?}");
    let lived_in = asked_singly(store, &sources[0]).await;
    assert_eq!(
        (lived_in.alarms.len(), lived_in.checks.len(), lived_in.backfills.len()),
        (2, 2, 1)
    );
    assert_eq!(lived_in.ledger.coverage.len(), 2);
    assert_eq!(
        (lived_in.oldest_waiting, lived_in.unlanded_since),
        (Some(at(-30)), Some(at(100)))
    );
}
