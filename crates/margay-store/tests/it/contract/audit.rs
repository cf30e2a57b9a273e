use margay_store::{AUDIT_DETAILS_BYTES_MAX, AUDITS_KEPT_MAX, AuditError, AuditRecord, Remedy, Store};

use crate::world::{leased, new_audit};

fn audit(seed: u64) -> AuditRecord {
    AuditRecord { seed, ..new_audit() }
}

pub(crate) async fn audits_read_back_the_newest_first(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for seed in [0, u64::MAX, 7] {
        store.keep_audit(source.id, audit(seed)).await.unwrap();
    }
    let expected = [audit(7), audit(u64::MAX), audit(0)];
    assert_eq!(store.audits(source.id, 10).await.unwrap(), expected);
    assert_eq!(store.audits(source.id, 1).await.unwrap(), expected[..1]);
}

pub(crate) async fn only_the_last_audits_are_kept(store: &Store) {
    let (source, _) = leased(store, "a").await;
    for seed in 0..AUDITS_KEPT_MAX as u64 + 2 {
        store.keep_audit(source.id, audit(seed)).await.unwrap();
    }
    let audits = store.audits(source.id, usize::MAX).await.unwrap();
    assert_eq!(audits.len(), AUDITS_KEPT_MAX);
    assert_eq!(audits[AUDITS_KEPT_MAX - 1].seed, 2);
}

pub(crate) async fn details_over_the_limit_are_refused(store: &Store) {
    let (source, _) = leased(store, "a").await;
    let longest = format!("\"{}\"", "x".repeat(AUDIT_DETAILS_BYTES_MAX - 2));
    for (details, is_kept) in [(longest.clone(), true), (longest + " ", false), ("{".to_owned(), false)] {
        let kept = store.keep_audit(source.id, AuditRecord { details, ..audit(1) }).await;
        assert_eq!(kept.is_ok(), is_kept, "{kept:?}");
        if let Err(error) = kept {
            assert!(matches!(error, AuditError::DetailsInvalid), "{error:?}");
            assert_eq!(error.remedy(), Remedy::AskOperator);
        }
    }
    assert_eq!(store.audits(source.id, 10).await.unwrap().len(), 1);
}
