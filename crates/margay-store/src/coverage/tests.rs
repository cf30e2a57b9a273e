//! What the rows of the ledger are after many claims, and what happens to a ledger that is too long.

use super::*;
use crate::one_source::OneSource;

/// The short key of the first source.
const NUMBER: i64 = 1;

fn at(micros: i64) -> Timestamp {
    from_micros(micros)
}

fn claim(from: i64, to: i64, evidence: Evidence) -> Claim {
    Claim {
        from: at(from),
        to: at(to),
        evidence,
        at: at(1_000 + from),
    }
}

impl OneSource {
    /// Enters a claim into a ledger that may have `rows_max` rows only.
    async fn enter_within(&self, claim: &Claim, rows_max: usize) -> Entered {
        let mut transaction = self.store.begin_write().await.unwrap();
        let entered = self
            .store
            .enter_claim_within(&mut transaction, NUMBER, claim, rows_max, rows_max / 4 * 3)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        entered
    }

    async fn rows(&self) -> Vec<Coverage> {
        self.store.ledger(self.source_id).await.unwrap().coverage
    }
}

#[tokio::test]
async fn the_rows_are_what_the_algebra_says_of_all_claims() {
    const EVIDENCE: [Evidence; 4] = [
        Evidence::PageChain,
        Evidence::WindowRead,
        Evidence::Audit,
        Evidence::Lost,
    ];
    let world = OneSource::new(at(0)).await;
    let mut expected: Vec<Coverage> = Vec::new();
    let mut random: u64 = 7;
    let mut next = |below: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((random >> 33) % below).unwrap()
    };
    for _ in 0..300 {
        let from = next(200);
        let evidence = EVIDENCE[[0, 0, 0, 1, 1, 1, 2, 2, 3][usize::try_from(next(9)).unwrap()]];
        let claim = claim(from, from + next(12), evidence);
        expected = with_claim(&expected, &claim);
        world.store.claim(world.source_id, world.fence, &[claim]).await.unwrap();
        assert_eq!(world.rows().await, expected, "after {claim:?}");
    }
    assert!(expected.len() > 10, "{expected:?}");
}

#[tokio::test]
async fn a_ledger_that_is_too_long_becomes_coarser() {
    let world = OneSource::new(at(0)).await;
    let mut expected = Vec::new();
    for number in 0..9 {
        let evidence = if number % 2 == 0 {
            Evidence::WindowRead
        } else {
            Evidence::Audit
        };
        let claim = claim(10 * number, 10 * (number + 1), evidence);
        assert_eq!(world.enter_within(&claim, 8).await, Entered::Yes);
        expected = with_claim(&expected, &claim);
    }
    assert_eq!(expected.len(), 9);
    assert_eq!(world.rows().await, coarsened(expected, 6));
}

#[tokio::test]
async fn a_ledger_full_of_holes_takes_only_what_fills_them() {
    let world = OneSource::new(at(0)).await;
    for number in 0..8 {
        let claim = claim(10 * number, 10 * number + 5, Evidence::PageChain);
        assert_eq!(world.enter_within(&claim, 8).await, Entered::Yes);
    }
    let before = world.rows().await;
    let beyond = claim(100, 105, Evidence::PageChain);
    assert_eq!(world.enter_within(&beyond, 8).await, Entered::NoRoom);
    assert_eq!(world.rows().await, before, "nothing is forgotten for it");

    let filling = claim(5, 10, Evidence::PageChain);
    assert_eq!(world.enter_within(&filling, 8).await, Entered::Yes);
    assert_eq!(world.enter_within(&beyond, 8).await, Entered::Yes);
    assert_eq!(world.rows().await.len(), 8);
}

/// A tail claims with every page: the rows that it touches are looked up by key.
#[tokio::test]
async fn a_claim_never_walks_the_ledger() {
    let world = OneSource::new(at(0)).await;
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "EXPLAIN QUERY PLAN SELECT from_at, to_at, evidence, first_at, last_at FROM coverage WHERE source = 1 \
         AND from_at <= 9 AND from_at >= coalesce((SELECT max(from_at) FROM coverage WHERE source = 1 AND from_at < 5), 5) \
         AND to_at >= 5 ORDER BY from_at",
    )
    .fetch_all(world.store.readers())
    .await
    .unwrap();
    let searches: Vec<&str> = plan
        .iter()
        .map(|step| &*step.3)
        .filter(|step| step.contains("coverage"))
        .collect();
    assert!(
        searches
            .iter()
            .all(|step| step.starts_with("SEARCH") && step.contains("from_at")),
        "{searches:?}"
    );
}
