//! Whatever pages come, each id is journalled once, at its first place, and sequences have no gaps.

use std::collections::HashSet;

use margay_store::{Consumer, Sequence};
use proptest::prelude::*;

use crate::world::{Database, TTL, all_entries, at, days, leased, page, sound_ids};

const SOURCES: usize = 2;

#[derive(Debug, Clone)]
struct Step {
    source: usize,
    ids: Vec<u8>,
    is_sent_twice: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ids = prop::collection::vec(0..40_u8, 0..12);
    let step = (0..SOURCES, ids, any::<bool>()).prop_map(|(source, ids, is_sent_twice)| Step {
        source,
        ids,
        is_sent_twice,
    });
    prop::collection::vec(step, 1..15)
}

async fn run(steps: Vec<Step>, keep_days: i64) {
    let database = Database::new().await;
    let store = &database.store;
    let sources = [leased(store, "a").await, leased(store, "b").await];
    let mut seen: [HashSet<u8>; SOURCES] = Default::default();
    let mut expected: [Vec<String>; SOURCES] = Default::default();
    let mut entry_counts = [0_u64; SOURCES];

    for (day, step) in (0..).zip(&steps) {
        let (source, lease) = &sources[step.source];
        let ids: Vec<String> = step.ids.iter().map(u8::to_string).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let checkpoint = format!("{day}");
        let result = store
            .append(source.id, page(lease, &ids, &checkpoint, days(day)))
            .await
            .unwrap();

        let new: Vec<String> = step
            .ids
            .iter()
            .filter(|id| seen[step.source].insert(**id))
            .map(u8::to_string)
            .collect();
        entry_counts[step.source] += u64::from(!new.is_empty());
        assert_eq!(result.records_new(), new.len());
        assert_eq!(result.records_known, step.ids.len() - new.len());
        assert_eq!(
            result.sequence,
            (!new.is_empty()).then(|| Sequence::new(entry_counts[step.source]))
        );
        expected[step.source].extend(new);
        if step.is_sent_twice {
            let again = store
                .append(source.id, page(lease, &ids, &checkpoint, days(day)))
                .await
                .unwrap();
            assert_eq!(
                (again.sequence, again.records_new(), again.records_known),
                (None, 0, ids.len())
            );
        }
        assert_eq!(store.checkpoint(source.id).await.unwrap(), checkpoint);
    }

    for (index, (source, _)) in sources.iter().enumerate() {
        assert_eq!(sound_ids(store, source.id).await, expected[index]);
        store
            .advance(Consumer::Landing, source.id, Sequence::new(entry_counts[index]))
            .await
            .unwrap();
    }

    let cutoff = i64::try_from(steps.len()).unwrap() - keep_days;
    let keep = u64::try_from(days(keep_days)).unwrap();
    store
        .prune(
            at(days(i64::try_from(steps.len()).unwrap())),
            TTL.max(std::time::Duration::from_secs(keep)),
        )
        .await
        .unwrap();
    for (source, _) in &sources {
        let kept = all_entries(store, source.id).await;
        assert!(
            kept.iter().all(|entry| entry.journalled_at >= at(days(cutoff))),
            "the old ones are gone"
        );
        sound_ids(store, source.id).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_id_is_journalled_once_whatever_pages_come(steps in steps(), keep_days in 1..10_i64) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps, keep_days));
    }
}
