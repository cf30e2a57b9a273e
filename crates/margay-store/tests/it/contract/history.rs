use margay_store::{HistoryKind, NOTES_KEPT_MAX, NewNote, Note, PROBLEM_BYTES_MAX, Store};

use crate::world::{at, leased};

fn new_note(seconds: i64, kind: HistoryKind, text: &str) -> NewNote {
    NewNote {
        at: at(seconds),
        kind,
        text: text.to_owned(),
    }
}

pub(crate) async fn notes_that_repeat_the_newest_are_counted_there(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let (other, _) = leased(store, "b").await;
    let told = [
        (1, HistoryKind::Unreachable, "no answer"),
        (2, HistoryKind::Unreachable, "no answer"),
        (0, HistoryKind::Unreachable, "no answer"), // the clock was set back
        (3, HistoryKind::Unreachable, "another answer"),
        (4, HistoryKind::Storage, "another answer"),
        (5, HistoryKind::Unreachable, "no answer"),
    ];
    for (seconds, kind, text) in told {
        store.note(source.id, new_note(seconds, kind, text)).await.unwrap();
        store
            .note(other.id, new_note(9, HistoryKind::Added, "other"))
            .await
            .unwrap();
    }
    let note = |first, last, kind, count, text: &str| Note {
        first_at: at(first),
        last_at: at(last),
        kind,
        count,
        text: text.to_owned(),
    };
    let expected = [
        note(5, 5, HistoryKind::Unreachable, 1, "no answer"),
        note(4, 4, HistoryKind::Storage, 1, "another answer"),
        note(3, 3, HistoryKind::Unreachable, 1, "another answer"),
        note(0, 2, HistoryKind::Unreachable, 3, "no answer"),
    ];
    assert_eq!(store.history(source.id, 10).await.unwrap(), expected);
    assert_eq!(store.history(source.id, 2).await.unwrap(), expected[..2]);
    assert_eq!(store.history(other.id, 10).await.unwrap()[0].count, 6);
}

pub(crate) async fn only_the_last_notes_are_kept(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let count = i64::try_from(NOTES_KEPT_MAX).unwrap() + 3;
    for number in 0..count {
        let note = new_note(number, HistoryKind::RateLimited, &number.to_string());
        store.note(source.id, note).await.unwrap();
    }
    let notes = store.history(source.id, usize::MAX).await.unwrap();
    assert_eq!(notes.len(), NOTES_KEPT_MAX);
    assert_eq!((&*notes[0].text, &*notes[NOTES_KEPT_MAX - 1].text), ("1002", "3"));
}

pub(crate) async fn long_notes_are_cut(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for _ in 0..2 {
        let note = new_note(0, HistoryKind::Storage, &"x".repeat(PROBLEM_BYTES_MAX + 1));
        store.note(source.id, note).await.unwrap();
    }
    let notes = store.history(source.id, 10).await.unwrap();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].text.len() <= PROBLEM_BYTES_MAX && notes[0].count == 2);
}

pub(crate) async fn lateness_is_counted_by_bucket(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let (other, _) = leased(store, "b").await;
    assert!(store.lateness(source.id).await.unwrap().is_empty());
    store.add_lateness(source.id, &[(255, 1), (0, 7)]).await.unwrap();
    store.add_lateness(source.id, &[(3, 2), (0, 1)]).await.unwrap();
    assert_eq!(store.lateness(source.id).await.unwrap(), [(0, 8), (3, 2), (255, 1)]);
    assert!(store.lateness(other.id).await.unwrap().is_empty());
}
