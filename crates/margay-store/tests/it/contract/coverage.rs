use margay_store::{AppendError, Claim, Coverage, Evidence, Ledger, NewSource, Progress, Remedy, Store};

use crate::world::{TTL, at, days, leased, new_source, page, sound_ids};

fn claim(from: i64, to: i64, evidence: Evidence, when: i64) -> Claim {
    Claim {
        from: at(from),
        to: at(to),
        evidence,
        at: at(when),
    }
}

fn row(from: i64, to: i64, evidence: Evidence, first_at: i64, last_at: i64) -> Coverage {
    Coverage {
        from: at(from),
        to: at(to),
        evidence,
        first_at: at(first_at),
        last_at: at(last_at),
    }
}

pub(crate) async fn a_new_ledger_is_empty_and_knows_its_beginning(store: &Store) {
    let unknown = store.create_source(new_source("a")).await.unwrap();
    assert_eq!(store.ledger(unknown.id).await.unwrap(), Ledger::default());
    let known = NewSource {
        since: Some(at(-100)),
        ..new_source("b")
    };
    let known = store.create_source(known).await.unwrap();
    let ledger = store.ledger(known.id).await.unwrap();
    assert_eq!(ledger.since, Some(at(-100)));
    assert_eq!(ledger.holes(at(0)), [(at(-100), at(0))]);
}

pub(crate) async fn a_claim_comes_with_its_page_or_not_at_all(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for (ids, from, to) in [(vec!["1"], 0, 10), (vec![], 10, 20), (vec!["1"], 20, 30)] {
        let mut page = page(&lease, &ids, "x", to);
        page.claim = Some(claim(from, to, Evidence::PageChain, to));
        store.append(source.id, page).await.unwrap();
    }
    let expected = [row(0, 30, Evidence::PageChain, 10, 30)];
    assert_eq!(store.ledger(source.id).await.unwrap().coverage, expected);

    store.acquire_lease(source.id, "another", at(60), TTL).await.unwrap();
    let mut stale = page(&lease, &["2"], "x", 61);
    stale.claim = Some(claim(30, 60, Evidence::PageChain, 61));
    let error = store.append(source.id, stale).await.unwrap_err();
    assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
    assert_eq!(store.ledger(source.id).await.unwrap().coverage, expected);
}

pub(crate) async fn claims_without_a_page_are_entered_together_and_fenced(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let (other, _) = leased(store, "b").await;
    let claims = [
        claim(0, 10, Evidence::Lost, 50),
        claim(5, 40, Evidence::WindowRead, 51),
        claim(20, 30, Evidence::Audit, 52),
    ];
    store.claim(source.id, lease.token, &claims).await.unwrap();
    let expected = [
        row(0, 10, Evidence::Lost, 50, 50),
        row(10, 20, Evidence::WindowRead, 51, 51),
        row(20, 30, Evidence::Audit, 52, 52),
        row(30, 40, Evidence::WindowRead, 51, 51),
    ];
    assert_eq!(store.ledger(source.id).await.unwrap().coverage, expected);
    assert_eq!(store.ledger(other.id).await.unwrap(), Ledger::default());

    store.release_lease(&lease).await.unwrap();
    let errors = [
        store.claim(source.id, lease.token, &claims).await.unwrap_err(),
        store.set_since(source.id, lease.token, at(0)).await.unwrap_err(),
        store.set_settled(source.id, lease.token, at(0)).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, AppendError::LeaseLost { .. }), "{error:?}");
        assert_eq!(error.remedy(), Remedy::StandDown);
    }
}

pub(crate) async fn the_beginning_only_moves_back_and_what_is_settled_only_forward(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    for (moment, since, settled) in [(10, 10, 10), (20, 10, 20), (5, 5, 20), (30, 5, 30)] {
        store.set_since(source.id, lease.token, at(moment)).await.unwrap();
        store.set_settled(source.id, lease.token, at(moment)).await.unwrap();
        let ledger = store.ledger(source.id).await.unwrap();
        assert_eq!(
            (ledger.since, ledger.settled_through),
            (Some(at(since)), Some(at(settled)))
        );
    }
}

pub(crate) async fn a_reread_journals_and_claims_but_moves_no_checkpoint(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    store.append(source.id, page(&lease, &["1"], "tail", 1)).await.unwrap();
    let mut reread = page(&lease, &["0", "1"], "unused", 9);
    reread.progress = Progress::Nothing;
    reread.claim = Some(claim(0, 5, Evidence::WindowRead, 9));
    reread.newest_event_time = Some(at(4));
    let appended = store.append(source.id, reread).await.unwrap();
    assert_eq!(appended, crate::world::appended(2, &[0], 1));
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "tail");
    let status = store.journal_status(source.id).await.unwrap();
    assert_eq!((status.checkpoint_at, status.newest_event_time), (at(1), Some(at(4))));
    assert_eq!(store.ledger(source.id).await.unwrap().uncovered(at(0), at(5)), []);
    assert_eq!(sound_ids(store, source.id).await, ["1", "0"]);
}

pub(crate) async fn the_live_tail_never_proves_again_what_was_given_up(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let proves = |to, when| {
        let mut page = page(&lease, &[], "x", when);
        page.claim = Some(claim(0, to, Evidence::PageChain, when));
        page
    };
    store.append(source.id, proves(20, 20)).await.unwrap();
    store.disclaim(source.id, at(5), at(20)).await.unwrap();
    store.append(source.id, proves(30, 30)).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.uncovered(at(0), at(30)), [(at(5), at(20))]);
    assert_eq!(ledger.tail_through, Some(at(30)));

    store.disclaim(source.id, at(0), at(30)).await.unwrap();
    store.append(source.id, proves(40, 40)).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.uncovered(at(0), at(40)), [(at(0), at(30))]);
    assert_eq!(ledger.sure_now(at(35)), Some(at(35)), "our clock is behind");
    assert_eq!(ledger.sure_now(at(days(365))), Some(at(40)), "our clock is ahead");
}

pub(crate) async fn what_is_disclaimed_is_a_hole_and_what_is_lost_stays_lost(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let claims = [
        claim(0, 10, Evidence::Lost, 50),
        claim(10, 40, Evidence::WindowRead, 51),
        claim(40, 60, Evidence::PageChain, 61),
    ];
    store.claim(source.id, lease.token, &claims).await.unwrap();
    store.set_since(source.id, lease.token, at(0)).await.unwrap();
    store.set_settled(source.id, lease.token, at(40)).await.unwrap();

    store.disclaim(source.id, at(5), at(20)).await.unwrap();
    store.disclaim(source.id, at(30), at(50)).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    let expected = [
        row(0, 10, Evidence::Lost, 50, 50),
        row(20, 30, Evidence::WindowRead, 51, 51),
        row(50, 60, Evidence::PageChain, 61, 61),
    ];
    assert_eq!(ledger.coverage, expected);
    assert_eq!(ledger.holes(at(60)), [(at(10), at(20)), (at(30), at(50))]);
    assert_eq!(ledger.settled_through, Some(at(40)));

    store.disclaim(source.id, at(30), at(100)).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.settled_through, Some(at(30)), "no further than what is proven");
    store.disclaim(source.id, at(-10), at(100)).await.unwrap();
    let ledger = store.ledger(source.id).await.unwrap();
    assert_eq!(ledger.coverage, expected[..1]);
    assert_eq!(ledger.settled_through, None);
}
