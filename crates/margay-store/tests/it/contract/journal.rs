use std::collections::HashSet;

use margay_store::{
    AppendError, CHECKPOINT_BYTES_MAX, Consumer, EntryText, JOURNAL_KEEP_DEFAULT, JournalSize, NewRecord,
    RECORDS_PER_PAGE_MAX, Remedy, Sequence, Store,
};

use crate::world::{TTL, all_entries, appended, at, body_of, days, ids_of, leased, page, sound_ids};

pub(crate) async fn a_page_becomes_an_entry_and_moves_the_checkpoint(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let result = store
        .append(source.id, page(&lease, &["1", "2"], "after 2", 7))
        .await
        .unwrap();
    assert_eq!(result, appended(1, &[0, 1], 0));

    let entries = store.entries(source.id, Sequence::ZERO, usize::MAX).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].source_id, source.id);
    assert_eq!(entries[0].sequence, Sequence::new(1));
    assert_eq!(entries[0].log_type, source.log_type);
    assert_eq!(entries[0].journalled_at, at(7));
    let records: Vec<(&str, &str)> = entries[0]
        .records
        .iter()
        .map(|record| (&*record.id, &*record.body))
        .collect();
    assert_eq!(records, [("1", &*body_of("1")), ("2", &*body_of("2"))]);
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "after 2");
    assert_eq!(store.head(source.id).await.unwrap(), Sequence::new(1));
}

pub(crate) async fn a_page_of_known_records_only_moves_the_checkpoint(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .append(source.id, page(&lease, &["1", "2"], "one", 0))
        .await
        .unwrap();
    let result = store
        .append(source.id, page(&lease, &["2", "1"], "two", 1))
        .await
        .unwrap();
    assert_eq!(result, appended(0, &[], 2));
    assert_eq!(store.head(source.id).await.unwrap(), Sequence::new(1));
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "two");
    assert_eq!(store.journal_status(source.id).await.unwrap().checkpoint_at, at(1));
}

pub(crate) async fn an_empty_page_only_moves_the_checkpoint(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let result = store
        .append(source.id, page(&lease, &[], "another offset", 1))
        .await
        .unwrap();
    assert_eq!(result, appended(0, &[], 0));
    assert_eq!(store.head(source.id).await.unwrap(), Sequence::ZERO);
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "another offset");
}

pub(crate) async fn only_new_records_are_journalled_in_their_order(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store
        .append(source.id, page(&lease, &["5", "3"], "one", 0))
        .await
        .unwrap();
    let result = store
        .append(source.id, page(&lease, &["9", "3", "1", "5", "7"], "two", 0))
        .await
        .unwrap();
    assert_eq!(result, appended(2, &[0, 2, 4], 2));
    assert_eq!(ids_of(&all_entries(store, source.id).await), ["5", "3", "9", "1", "7"]);
}

pub(crate) async fn an_id_that_stands_twice_on_a_page_is_journalled_once(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let mut twice = page(&lease, &["1", "2", "1"], "one", 0);
    "the second".clone_into(&mut twice.records[2].body);
    let result = store.append(source.id, twice).await.unwrap();
    assert_eq!(result, appended(1, &[0, 1], 1));
    let entries = all_entries(store, source.id).await;
    assert_eq!(entries[0].records[0].body, body_of("1"), "the first one counts");
}

pub(crate) async fn the_same_id_in_two_sources_is_two_records(store: &Store) {
    let (one, one_lease) = leased(store, "a").await;
    let (two, two_lease) = leased(store, "b").await;
    for (source, lease) in [(&one, &one_lease), (&two, &two_lease)] {
        let result = store.append(source.id, page(lease, &["1"], "x", 0)).await.unwrap();
        assert_eq!(result, appended(1, &[0], 0));
    }
}

pub(crate) async fn odd_ids_and_bodies_read_back_exactly(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let long = "x".repeat(5_000);
    let odd = [
        "",
        "a\0b",
        "a\0c",
        "\"quoted\\",
        "é\u{1F408}",
        &long,
        "id-sha256:00",
        "' OR 1=1 --",
        "\u{7f}",
    ];
    let mut odd_page = page(&lease, &odd, "x\0y 'z", 0);
    for record in &mut odd_page.records {
        record.body = format!("not JSON \0 {}", record.id);
    }
    let result = store.append(source.id, odd_page.clone()).await.unwrap();
    assert_eq!(result, appended(1, &(0..odd.len()).collect::<Vec<_>>(), 0));
    let entries = all_entries(store, source.id).await;
    let records: Vec<NewRecord> = entries[0]
        .records
        .iter()
        .map(|record| NewRecord {
            id: record.id.clone(),
            body: record.body.clone(),
        })
        .collect();
    assert_eq!(records, odd_page.records);
    assert_eq!(
        store.append(source.id, odd_page).await.unwrap(),
        appended(0, &[], odd.len())
    );
}

pub(crate) async fn a_stale_token_writes_nothing(store: &Store) {
    let (source, stale) = leased(store, "a").await;
    store.append(source.id, page(&stale, &["1"], "one", 0)).await.unwrap();
    let before = store.journal_status(source.id).await.unwrap();
    let current = store.acquire_lease(source.id, "another", at(60), TTL).await.unwrap();

    let error = store
        .append(source.id, page(&stale, &["2"], "two", 61))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::StandDown);
    assert_eq!(store.journal_status(source.id).await.unwrap(), before);
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "one");

    let result = store
        .append(source.id, page(&current, &["2"], "two", 61))
        .await
        .unwrap();
    assert_eq!(result, appended(2, &[0], 0), "the refused page left no ids behind");
}

pub(crate) async fn a_released_lease_writes_nothing(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.release_lease(&lease).await.unwrap();
    let error = store
        .append(source.id, page(&lease, &["1"], "one", 0))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "start");
}

pub(crate) async fn an_unknown_source_writes_nothing(store: &Store) {
    let (_, lease) = leased(store, "a").await;
    let nobody = "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap();
    let error = store.append(nobody, page(&lease, &["1"], "one", 0)).await.unwrap_err();
    assert!(matches!(error, AppendError::SourceUnknown(_)), "{error:?}");
}

pub(crate) async fn pages_over_a_limit_are_refused(store: &Store) {
    let (source, lease) = leased(store, "a").await;

    let ids: Vec<String> = (0..=RECORDS_PER_PAGE_MAX).map(|number| number.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let error = store.append(source.id, page(&lease, &ids, "x", 0)).await.unwrap_err();
    assert!(matches!(error, AppendError::TooManyRecords { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::AskOperator);

    let mut long = page(&lease, &["1"], "x", 0);
    long.records[0].body = "x".repeat(margay_store::ENTRY_RAW_BYTES_MAX);
    let error = store.append(source.id, long).await.unwrap_err();
    assert!(matches!(error, AppendError::TooLong { .. }), "{error:?}");

    let checkpoint = "x".repeat(CHECKPOINT_BYTES_MAX + 1);
    let error = store
        .append(source.id, page(&lease, &["1"], &checkpoint, 0))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::CheckpointTooLong { .. }), "{error:?}");

    assert!(sound_ids(store, source.id).await.is_empty());
    assert_eq!(
        store
            .append(source.id, page(&lease, &ids[1..], "x", 0))
            .await
            .unwrap()
            .records_new(),
        RECORDS_PER_PAGE_MAX
    );
}

pub(crate) async fn a_large_page_reads_back(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let mut large = page(&lease, &["1", "2"], "x", 0);
    large.records[0].body = "long ".repeat(1_000_000);
    let expected = large.records.clone();
    store.append(source.id, large).await.unwrap();
    let entries = store.entries(source.id, Sequence::ZERO, 1).await.unwrap();
    assert!(
        entries[0]
            .records
            .iter()
            .map(|record| &record.body)
            .eq(expected.iter().map(|record| &record.body))
    );
}

pub(crate) async fn reading_stops_at_the_byte_limit_but_returns_one(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for number in 1..=5_u64 {
        store
            .append(source.id, page(&lease, &[&number.to_string()], "x", 0))
            .await
            .unwrap();
    }
    let entry_bytes = 8 + 1 + body_of("1").len();
    let read = async |after: u64, bytes_max: usize| -> Vec<u64> {
        let entries = store.entries(source.id, Sequence::new(after), bytes_max).await.unwrap();
        entries.iter().map(|entry| entry.sequence.get()).collect()
    };
    assert_eq!(read(0, 0).await, [1]);
    assert_eq!(read(0, entry_bytes).await, [1]);
    assert_eq!(read(0, 2 * entry_bytes - 1).await, [1]);
    assert_eq!(read(0, 2 * entry_bytes).await, [1, 2]);
    assert_eq!(read(2, 2 * entry_bytes).await, [3, 4]);
    assert_eq!(read(3, usize::MAX).await, [4, 5]);
}

pub(crate) async fn reading_after_the_head_returns_nothing(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    assert!(
        store
            .entries(source.id, Sequence::ZERO, 1_000)
            .await
            .unwrap()
            .is_empty()
    );
    store.append(source.id, page(&lease, &["1"], "x", 0)).await.unwrap();
    assert!(
        store
            .entries(source.id, Sequence::new(1), 1_000)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .entries(source.id, Sequence::new(9), 1_000)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn entries_are_found_by_their_time(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    assert_eq!(store.oldest_entry_at(source.id).await.unwrap(), None);
    let before = async |seconds| store.sequence_before(source.id, at(seconds)).await.unwrap().get();
    assert_eq!(before(0).await, 0);
    // The clock is set back after the third.
    for (id, seconds) in [("1", 10), ("2", 20), ("3", 30), ("4", 5), ("5", 40)] {
        store
            .append(source.id, page(&lease, &[id], "x", seconds))
            .await
            .unwrap();
    }
    assert_eq!(store.oldest_entry_at(source.id).await.unwrap(), Some(at(10)));
    for (seconds, expected) in [(0, 0), (10, 0), (11, 1), (30, 2), (31, 4), (40, 4), (41, 5)] {
        assert_eq!(before(seconds).await, expected, "{seconds}");
    }
    // The clock stands still for two pages.
    for id in ["6", "7"] {
        store.append(source.id, page(&lease, &[id], "x", 40)).await.unwrap();
    }
    let sequences = async |seconds, limit| {
        let found = store.sequences_at(source.id, at(seconds), limit).await.unwrap();
        found.into_iter().map(Sequence::get).collect::<Vec<_>>()
    };
    assert_eq!(sequences(5, 9).await, [4]);
    assert_eq!(sequences(6, 9).await, [0; 0]);
    assert_eq!(sequences(40, 9).await, [5, 6, 7]);
    assert_eq!(sequences(40, 2).await, [5, 6]);
    store.delete_source(source.id, at(0)).await.unwrap();
    assert!(store.oldest_entry_at(source.id).await.is_err());
    assert!(store.sequence_before(source.id, at(0)).await.is_err());
    assert!(store.sequences_at(source.id, at(0), 1).await.is_err());
}

pub(crate) async fn what_the_journal_keeps_is_counted_over_all_sources(store: &Store) {
    assert_eq!(store.journal_size().await.unwrap(), JournalSize::default());
    let mut stored = 0;
    for name in ["a", "b"] {
        let (source, lease) = leased(store, name).await;
        for (id, seconds) in [("1", 1), ("2", 2)] {
            store
                .append(source.id, page(&lease, &[id], "x", seconds))
                .await
                .unwrap();
        }
        stored += store.journal_status(source.id).await.unwrap().stored_bytes_total;
    }
    let size = JournalSize {
        entries: 4,
        bytes: stored,
    };
    assert_eq!(store.journal_size().await.unwrap(), size);
    assert!(store.file_bytes() > stored);
}

pub(crate) async fn totals_and_the_newest_event_time_are_kept(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    assert_eq!(store.journal_status(source.id).await.unwrap().newest_event_time, None);
    for (ids, newest, seconds) in [
        (vec!["1", "2"], Some(at(-10)), 1),
        (vec!["3"], Some(at(-20)), 2),
        (vec!["3"], None, 3),
        (vec![], None, 4),
    ] {
        let mut timed = page(&lease, &ids, "x", seconds);
        timed.newest_event_time = newest;
        store.append(source.id, timed).await.unwrap();
    }
    let status = store.journal_status(source.id).await.unwrap();
    assert_eq!(status.head, Sequence::new(2));
    assert_eq!(status.records_total, 3);
    assert_eq!(status.raw_bytes_total, 3 * (8 + 1 + body_of("1").len() as u64));
    assert!(status.stored_bytes_total > 0);
    assert_eq!(status.newest_event_time, Some(at(-10)));
    assert_eq!(status.entry_at, Some(at(2)));
    assert_eq!(status.checkpoint_at, at(4));
}

pub(crate) async fn records_are_found_by_their_ids(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let (other, other_lease) = leased(store, "b").await;
    let long = "x".repeat(200);
    // The clock is set back before the last entry.
    for (ids, day) in [(vec!["1", &long], 0), (vec!["2"], 3), (vec!["3"], 3), (vec!["4"], 0)] {
        store
            .append(source.id, page(&lease, &ids, "x", days(day)))
            .await
            .unwrap();
    }
    store
        .append(other.id, page(&other_lease, &["9"], "x", 0))
        .await
        .unwrap();
    let known = store.known_records(source.id, &["1", &long, "9", "0"]).await.unwrap();
    assert_eq!(known, HashSet::from(["1".to_owned(), long.clone()]));
    for (ids, expected) in [
        (vec![long.as_str()], vec![1, 4]),
        (vec!["2"], vec![2, 3]),
        (vec!["2", "4"], vec![1, 2, 3, 4]),
        (vec!["9"], vec![]),
    ] {
        let found = store.entries_that_may_hold(source.id, &ids).await.unwrap();
        assert_eq!(
            found.iter().map(|sequence| sequence.get()).collect::<Vec<_>>(),
            expected,
            "{ids:?}"
        );
    }

    store
        .advance(Consumer::Landing, source.id, Sequence::new(1))
        .await
        .unwrap();
    store.prune(at(days(60)), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert_eq!(store.known_records(source.id, &["1"]).await.unwrap().len(), 1);
    let found = store.entries_that_may_hold(source.id, &["1"]).await.unwrap();
    assert_eq!(
        found,
        [Sequence::new(4)],
        "an entry of that day, which the reader finds to be another"
    );
}

pub(crate) async fn an_entry_without_text_names_its_records(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "one", 0)).await.unwrap();
    let (result, entry) = store
        .append_in_hand(
            source.id,
            page(&lease, &["3", "1", "2", "3"], "two", 7),
            EntryText::NotKept,
        )
        .await
        .unwrap();
    assert_eq!(result, appended(2, &[0, 2], 2));
    let entry = entry.unwrap();
    assert_eq!((entry.sequence, entry.journalled_at), (Sequence::new(2), at(7)));
    let texts: Vec<(&str, &str)> = entry
        .records
        .iter()
        .map(|record| (&*record.id, &*record.body))
        .collect();
    assert_eq!(
        texts,
        [("3", &*body_of("3")), ("2", &*body_of("2"))],
        "the caller has the text"
    );

    let entries = store.entries(source.id, Sequence::new(1), usize::MAX).await.unwrap();
    assert_eq!(entries[0].text, EntryText::NotKept);
    assert!(entries[0].records.iter().all(|record| record.body.is_empty()));
    assert_eq!(ids_of(&entries), ["3", "2"]);
    let (again, nothing) = store
        .append_in_hand(source.id, page(&lease, &["2"], "three", 8), EntryText::NotKept)
        .await
        .unwrap();
    assert_eq!((again, nothing), (appended(0, &[], 1), None));
}

pub(crate) async fn what_is_withdrawn_is_new_when_it_comes_again(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "one", 0)).await.unwrap();
    for (ids, seconds) in [(&["2", "3", "4"][..], 1), (&["5"], 2)] {
        let page = page(&lease, ids, "more", seconds);
        store.append_in_hand(source.id, page, EntryText::NotKept).await.unwrap();
    }
    let before = store.journal_status(source.id).await.unwrap();

    assert_eq!(
        store.withdraw(source.id, Sequence::new(1), |_| true).await.unwrap(),
        0,
        "it has its text"
    );
    assert_eq!(
        store.withdraw(source.id, Sequence::new(9), |_| true).await.unwrap(),
        0,
        "there is none"
    );
    assert_eq!(
        store
            .withdraw(source.id, Sequence::new(2), |id| id == "3")
            .await
            .unwrap(),
        1
    );
    assert_eq!(ids_of(&all_entries(store, source.id).await), ["1", "2", "4", "5"]);
    assert_eq!(store.withdraw(source.id, Sequence::new(2), |_| true).await.unwrap(), 2);
    assert_eq!(
        store.withdraw(source.id, Sequence::new(2), |_| true).await.unwrap(),
        0,
        "done before"
    );

    let entries = all_entries(store, source.id).await;
    assert_eq!(ids_of(&entries), ["1", "5"]);
    assert_eq!(entries.len(), 3, "its sequence remains");
    let status = store.journal_status(source.id).await.unwrap();
    assert_eq!(
        (status.head, status.records_total),
        (before.head, before.records_total - 3)
    );
    let findings = store.examine(at(3)).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    let page = page(&lease, &["4", "1", "3", "2"], "again", 3);
    assert_eq!(store.append(source.id, page).await.unwrap(), appended(4, &[0, 2, 3], 1));
}
