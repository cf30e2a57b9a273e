//! Several things at once: writers, readers, maintenance.

use margay_lake::{Batch, EventColumns, Lake, LandError, QueryContext};
use margay_schema::Schema;

use crate::world::{NOW, World, count, plain, source, time};

async fn land_one(lake: &Lake, schema: &Schema, number: u128, sequence: u64) -> Result<(), LandError> {
    let event = plain(
        schema,
        source(number),
        &format!("{number}-{sequence}"),
        "2026-03-01T00:00:00Z",
    );
    let after = vec![(source(number), sequence - 1)];
    let through = vec![(source(number), sequence)];
    lake.land(Batch {
        events: EventColumns::of(schema, &[event]).unwrap(),
        rejects: Vec::new(),
        after,
        through,
    })
    .await
    .map(drop)
}

#[tokio::test]
async fn two_writers_with_their_own_sources_both_succeed() {
    let world = World::new().await;
    let second = world.open_again().await;
    let write = |lake: Lake, number| {
        let schema = world.every.clone();
        tokio::spawn(async move {
            for sequence in 1..=25 {
                let mut outcome = land_one(&lake, &schema, number, sequence).await;
                while let Err(LandError::Contended { .. }) = outcome {
                    outcome = land_one(&lake, &schema, number, sequence).await;
                }
                outcome.unwrap();
            }
        })
    };
    let (one, two) = (write(world.lake.clone(), 1), write(second.clone(), 2));
    one.await.unwrap();
    two.await.unwrap();
    assert_eq!(count(&second, "test_every").await, 50);
    assert_eq!(world.rows("select distinct id from test_every").await.len(), 50);
}

#[tokio::test]
async fn two_writers_of_one_source_land_each_entry_once() {
    let world = World::new().await;
    let second = world.open_again().await;
    let write = |lake: Lake| {
        let schema = world.every.clone();
        tokio::spawn(async move {
            let mut landed = 0;
            while landed < 30 {
                match land_one(&lake, &schema, 1, landed + 1).await {
                    Ok(()) => landed += 1,
                    Err(LandError::AlreadyLanded { landed: there, .. }) => landed = there,
                    Err(LandError::Contended { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        })
    };
    let (one, two) = (write(world.lake.clone()), write(second));
    one.await.unwrap();
    two.await.unwrap();
    assert_eq!(world.count("test_every").await, 30);
    assert_eq!(world.rows("select distinct id from test_every").await.len(), 30);
}

#[tokio::test]
async fn readers_see_whole_commits_while_writing_and_maintenance_go_on() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 60]).await;
    let (lake, schema) = (world.lake.clone(), world.every.clone());
    let writer = tokio::spawn(async move {
        for sequence in 61..=90 {
            let events =
                (0..2).map(|at| plain(&schema, source(1), &format!("e{sequence}-{at}"), "2026-03-01T00:00:00Z"));
            let (after, through) = (vec![(source(1), sequence - 1)], vec![(source(1), sequence)]);
            let batch = Batch {
                events: EventColumns::of(&schema, &events.collect::<Vec<_>>()).unwrap(),
                rejects: Vec::new(),
                after,
                through,
            };
            lake.land(batch).await.unwrap();
        }
    });
    let lake = world.lake.clone();
    let keeper = tokio::spawn(async move {
        let mut merged = 0;
        for _ in 0..5 {
            merged += lake.maintain(time(NOW)).await.unwrap().files_removed;
        }
        merged
    });
    let mut last = 60;
    while !writer.is_finished() || !keeper.is_finished() {
        let seen = world.count("test_every").await;
        assert!(seen >= last && seen % 2 == 0, "{last} then {seen}");
        last = seen;
    }
    writer.await.unwrap();
    assert!(keeper.await.unwrap() >= 60);
    assert_eq!(world.count("test_every").await, 120);
}

#[tokio::test]
async fn a_query_that_began_before_a_merge_reads_on() {
    let world = World::new().await;
    world.land_each(1, &["2026-03-01T00:00:00Z"; 61]).await;
    let sql = "select id, repeat(id, 1000) from test_every";
    let mut rows = world.lake.query(sql, QueryContext::at(time(NOW))).await.unwrap();
    let mut seen = rows.next().await.unwrap().unwrap().len();
    world.lake.maintain(time(NOW)).await.unwrap();
    while let Some(batch) = rows.next().await.unwrap() {
        seen += batch.len();
    }
    assert_eq!(seen, 61);
}

#[tokio::test]
async fn a_query_that_nobody_reads_any_more_ends() {
    let world = World::new().await;
    let sql = "select * from generate_series(1, 1000000000)";
    let mut rows = world.lake.query(sql, QueryContext::at(time(NOW))).await.unwrap();
    assert!(rows.next().await.unwrap().is_some());
    drop(rows);
    assert_eq!(world.count("test_every").await, 0);
}

#[tokio::test]
async fn a_landing_whose_caller_went_away_is_whole_or_absent() {
    let world = World::new().await;
    let events: Vec<_> = (0..500)
        .map(|at| plain(&world.every, source(1), &format!("e{at}"), "2026-03-01T00:00:00Z"))
        .collect();
    let landing = world.land(1, events.clone());
    drop(tokio::time::timeout(std::time::Duration::from_millis(3), landing).await);
    // Landing it again either does it or finds it done; never both.
    match world.land(1, events).await {
        Ok(_) | Err(LandError::AlreadyLanded { .. }) => {}
        Err(error) => panic!("{error}"),
    }
    assert_eq!(world.count("test_every").await, 500);
}
