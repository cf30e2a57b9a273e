//! Every row of a source goes, and no other.

use margay_lake::{Batch, EventColumns};

use crate::world::{NOW, World, plain, reject, source, time};

const FAILURES: &str = "margay_monitor.classification_failures";

/// Rows of two sources, mixed in files of several days, and failures of both.
async fn two_sources() -> World {
    let world = World::new().await;
    let days = ["2026-03-06T01:00:00Z", "2026-03-07T01:00:00Z", "2026-03-08T01:00:00Z"];
    for (sequence, at) in (1..).zip(days) {
        let mut events = Vec::new();
        for number in 0..20 {
            events.push(plain(&world.every, source(1), &format!("a{sequence}.{number}"), at));
            events.push(plain(&world.every, source(2), &format!("b{sequence}.{number}"), at));
        }
        let batch = Batch {
            events: EventColumns::of(&world.every, &events).unwrap(),
            rejects: vec![
                reject(&world.every, source(1), &format!("x{sequence}")),
                reject(&world.every, source(2), &format!("y{sequence}")),
            ],
            after: vec![(source(1), sequence - 1), (source(2), sequence - 1)],
            through: vec![(source(1), sequence), (source(2), sequence)],
        };
        world.lake.land(batch).await.unwrap();
    }
    // A file that is this source's alone is not written anew.
    let only = plain(&world.every, source(1), "alone", "2026-03-01T01:00:00Z");
    let batch = Batch {
        events: EventColumns::of(&world.every, &[only]).unwrap(),
        rejects: Vec::new(),
        after: vec![(source(1), 3)],
        through: vec![(source(1), 4)],
    };
    world.lake.land(batch).await.unwrap();
    world
}

#[tokio::test]
async fn all_rows_of_a_source_go_and_all_others_stay_as_they_were() {
    let world = two_sources().await;
    let (of_two, others) = (
        format!(
            "select * from test_every where p_source_id = '{}' order by p_row_id",
            source(2)
        ),
        format!(
            "select * from {FAILURES} where p_source_id = '{}' order by p_row_id",
            source(2)
        ),
    );
    let before = (world.text(&of_two).await, world.text(&others).await);
    assert_eq!((world.count("test_every").await, world.count(FAILURES).await), (121, 6));

    let log_type = world.every.log_type();
    assert_eq!(world.lake.erase(log_type, source(1)).await.unwrap(), 64);
    assert_eq!((world.count("test_every").await, world.count(FAILURES).await), (60, 3));
    assert_eq!((world.text(&of_two).await, world.text(&others).await), before);
    // What landed has landed: an entry that comes again is not landed again.
    assert_eq!(world.lake.landed(log_type, source(1)).await.unwrap(), Some(4));
    assert_eq!(world.lake.landed(log_type, source(2)).await.unwrap(), Some(3));

    // Again, and by another process: there is nothing left.
    assert_eq!(world.lake.erase(log_type, source(1)).await.unwrap(), 0);
    assert_eq!(world.open_again().await.erase(log_type, source(1)).await.unwrap(), 0);
    assert_eq!(world.lake.erase(world.other.log_type(), source(2)).await.unwrap(), 3);
    world.lake.maintain(time(NOW)).await.unwrap();
    assert_eq!(world.count("test_every").await, 60);
}

#[tokio::test]
async fn rows_go_while_others_land() {
    let world = two_sources().await;
    let landing = async {
        for sequence in 4..12 {
            let batch = Batch {
                events: EventColumns::of(
                    &world.every,
                    &[plain(&world.every, source(2), &format!("c{sequence}"), NOW)],
                )
                .unwrap(),
                rejects: Vec::new(),
                after: vec![(source(2), sequence - 1)],
                through: vec![(source(2), sequence)],
            };
            world.lake.land(batch).await.unwrap();
        }
    };
    let (erased, ()) = tokio::join!(world.lake.erase(world.every.log_type(), source(1)), landing);
    // If others were faster each time, whoever tries again finishes.
    if erased.is_err() {
        world.lake.erase(world.every.log_type(), source(1)).await.unwrap();
    }
    assert_eq!(world.count("test_every").await, 68);
}
