use jiff::Timestamp;
use margay_lake::Cell;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::desk::{Desk, Held};
use super::*;

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn take(desk: &mut Desk, asker: &str) -> Result<QueryId, BeginError> {
    take_for(desk, asker, QueryPurpose::Search)
}

fn take_for(desk: &mut Desk, asker: &str, purpose: QueryPurpose) -> Result<QueryId, BeginError> {
    let query = Query {
        id: QueryId(Uuid::new_v4()),
        sql: "select 1".into(),
        purpose,
        state: QueryState::Running,
        columns: None,
        row_count: 0,
        bytes: 0,
        cut: None,
        timeout: QUERY_TIMEOUT_DEFAULT,
        began_at: time(0),
        planned_at: None,
        ended_at: None,
        results_until: None,
    };
    let id = query.id;
    desk.take(Held::new(asker, query, CancellationToken::new()))?;
    Ok(id)
}

fn end(desk: &mut Desk, id: QueryId) {
    desk.change(id, |held| {
        held.end(QueryState::Succeeded, time(1));
        held.is_working = false;
    });
    desk.trim();
}

#[test]
fn slots_are_limited_for_each_asker_and_for_all() {
    let mut desk = Desk::default();
    let first = take(&mut desk, "a").unwrap();
    take(&mut desk, "a").unwrap();
    assert!(matches!(take(&mut desk, "a"), Err(BeginError::TooManyOfAsker)));
    take(&mut desk, "b").unwrap();
    take(&mut desk, "c").unwrap();
    assert!(matches!(take(&mut desk, "d"), Err(BeginError::TooMany)));
    // Cancelled is not enough: the engine may still be at work.
    desk.change(first, |held| held.end(QueryState::Cancelled, time(1)));
    assert!(matches!(take(&mut desk, "d"), Err(BeginError::TooMany)));
    desk.change(first, |held| held.is_working = false);
    take(&mut desk, "d").unwrap();
}

#[test]
fn only_the_asker_sees_a_query() {
    let mut desk = Desk::default();
    let id = take(&mut desk, "a").unwrap();
    assert!(desk.held("a", id).is_ok());
    assert_eq!(desk.held("b", id).unwrap_err(), LookError::Unknown(id));
    assert!(desk.held_mut("b", id).is_err());
    assert!(desk.of_asker("b").is_empty());
}

#[test]
fn the_oldest_queries_of_an_asker_are_forgotten() {
    let mut desk = Desk::default();
    let other = take(&mut desk, "b").unwrap();
    end(&mut desk, other);
    let mut ids = Vec::new();
    for _ in 0..=QUERIES_PER_ASKER_MAX {
        let id = take(&mut desk, "a").unwrap();
        end(&mut desk, id);
        ids.push(id);
    }
    assert_eq!(desk.of_asker("a").len(), QUERIES_PER_ASKER_MAX);
    assert!(desk.held("a", ids[0]).is_err());
    assert_eq!(desk.of_asker("a")[0].id, *ids.last().unwrap());
    assert!(desk.held("b", other).is_ok());
}

/// Asks as a console does: a search, and several aids for it.
fn ask(desk: &mut Desk, asker: &str, aids: usize) -> (QueryId, Vec<QueryId>) {
    let search = take(desk, asker).unwrap();
    end(desk, search);
    let aid = |_| {
        let id = take_for(desk, asker, QueryPurpose::Aid).unwrap();
        end(desk, id);
        id
    };
    (search, (0..aids).map(aid).collect())
}

#[test]
fn aids_have_a_share_of_their_own_and_push_out_no_search() {
    let mut desk = Desk::default();
    let asked: Vec<_> = (0..QUERIES_PER_ASKER_MAX).map(|_| ask(&mut desk, "a", 4)).collect();
    assert!(asked.iter().all(|(search, _)| desk.held("a", *search).is_ok()));
    let aids: Vec<QueryId> = asked.into_iter().flat_map(|(_, aids)| aids).collect();
    let (gone, kept) = aids.split_at(aids.len() - AIDS_PER_ASKER_MAX);
    assert!(gone.iter().all(|id| desk.held("a", *id).is_err()));
    assert!(kept.iter().all(|id| desk.held("a", *id).is_ok()));
}

#[test]
fn aids_of_all_askers_push_out_no_search_either() {
    let mut desk = Desk::default();
    // Together as many searches as there may be.
    let askers = QUERIES_MAX / QUERIES_PER_ASKER_MAX;
    let asked: Vec<_> = (0..QUERIES_MAX)
        .map(|number| {
            let asker = format!("asker {}", number % askers);
            let (search, aids) = ask(&mut desk, &asker, 1);
            (asker, search, aids[0])
        })
        .collect();
    assert!(asked.iter().all(|(asker, search, _)| desk.held(asker, *search).is_ok()));
    let aids_kept = asked.iter().filter(|(asker, _, aid)| desk.held(asker, *aid).is_ok());
    assert_eq!(aids_kept.count(), AIDS_MAX);
}

#[test]
fn rows_of_aids_are_forgotten_before_those_of_searches() {
    let mut desk = Desk::default();
    let text = "x".repeat(QUERY_BYTES_MAX - 1_000);
    let mut held = |purpose| {
        let id = take_for(&mut desk, "a", purpose).unwrap();
        desk.keep(id, vec![vec![Cell::Text(text.clone())]]);
        end(&mut desk, id);
        id
    };
    let old = held(QueryPurpose::Search);
    let aid = held(QueryPurpose::Aid);
    for _ in 2..=RESULTS_BYTES_MAX / QUERY_BYTES_MAX {
        held(QueryPurpose::Search);
    }
    let page = |id| desk.held("a", id).and_then(|held| held.page(0, 10));
    assert_eq!(page(aid).unwrap_err(), LookError::Forgotten);
    assert_eq!(page(old).unwrap().rows.len(), 1);
}

#[test]
fn rows_beyond_the_limit_push_out_the_oldest_of_who_has_most() {
    let mut desk = Desk::default();
    let text = "x".repeat(QUERY_BYTES_MAX - 1_000);
    let mut greedy = Vec::new();
    let modest = take(&mut desk, "b").unwrap();
    desk.keep(modest, vec![vec![Cell::Integer(1)]]);
    end(&mut desk, modest);
    for _ in 0..=RESULTS_BYTES_MAX / QUERY_BYTES_MAX {
        let id = take(&mut desk, "a").unwrap();
        desk.keep(id, vec![vec![Cell::Text(text.clone())]]);
        end(&mut desk, id);
        greedy.push(id);
    }
    let page = |asker, id| desk.held(asker, id).and_then(|held| held.page(0, 10));
    assert_eq!(page("a", greedy[0]).unwrap_err(), LookError::Forgotten);
    assert_eq!(page("a", greedy[1]).unwrap().rows.len(), 1);
    assert_eq!(page("b", modest).unwrap().rows.len(), 1);
}

#[test]
fn a_page_has_so_many_bytes_and_a_row_at_least() {
    let mut desk = Desk::default();
    let id = take(&mut desk, "a").unwrap();
    let row = |bytes: usize| vec![Cell::Text("x".repeat(bytes))];
    let third = QUERY_PAGE_BYTES_MAX / 3;
    desk.keep(
        id,
        vec![
            row(third),
            row(third),
            row(third),
            row(2 * QUERY_PAGE_BYTES_MAX),
            row(1),
        ],
    );
    end(&mut desk, id);
    let mut pages = Vec::new();
    let mut from = 0;
    loop {
        let rows = desk.held("a", id).unwrap().page(from, 1_000).unwrap().rows.len();
        if rows == 0 {
            break;
        }
        pages.push(rows);
        from += rows;
    }
    assert_eq!(pages, [2, 1, 1, 1]);
}

#[test]
fn what_comes_after_a_cancel_is_not_kept() {
    let mut desk = Desk::default();
    let id = take(&mut desk, "a").unwrap();
    desk.keep(id, vec![vec![Cell::Integer(1)], vec![Cell::Integer(2)]]);
    desk.change(id, |held| held.end(QueryState::Cancelled, time(7)));
    desk.keep(id, vec![vec![Cell::Integer(3)]]);
    desk.change(id, |held| held.end(QueryState::Succeeded, time(9)));
    let page = desk.held("a", id).unwrap().page(1, 10).unwrap();
    assert_eq!(page.query.state, QueryState::Cancelled);
    assert_eq!(page.query.ended_at, Some(time(7)));
    assert_eq!((page.query.row_count, page.rows.len()), (2, 1));
    assert_eq!(page.query.results_until, Some(time(7 + 600)));
}
