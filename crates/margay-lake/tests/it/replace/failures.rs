//! Classification failures: read in portions, settled each once.

use super::*;

#[tokio::test]
async fn failures_are_settled_each_once() {
    let world = World::new().await;
    let rejects: Vec<_> = ["a", "b", "c", "d"]
        .map(|id| reject(&world.every, source(1), id))
        .to_vec();
    world.land_with(1, Vec::new(), rejects.clone()).await.unwrap();
    let mut b = rejects[1].clone();
    b.error = "another reason".to_owned();
    b.schema_version = 4;
    let new = reject(&world.every, source(1), "new");
    let settled = settle(
        &world,
        &["a", "nowhere"],
        vec![b.clone(), rejects[2].clone(), new.clone()],
    )
    .await;
    assert_eq!(
        (settled.removed, settled.replaced, settled.unchanged, settled.added),
        (1, 1, 1, 1)
    );
    let sql = format!("select record_id, error, p_schema_version from {FAILURES} order by 1");
    expect![[r"
        b | another reason | 4
        c | `id`: expected string, found nothing | 3
        d | `id`: expected string, found nothing | 3
        new | `id`: expected string, found nothing | 3"]]
    .assert_eq(&world.text(&sql).await);
    let again = settle(&world, &["a"], vec![b, rejects[2].clone(), new]).await;
    assert_eq!(
        (again.removed, again.replaced, again.unchanged, again.added),
        (0, 0, 3, 0)
    );
    assert_eq!((again.files.removed, again.files.added), (0, 0));
    assert_eq!(settle(&world, &["b", "c", "d", "new"], Vec::new()).await.removed, 4);
    assert_eq!(world.count(FAILURES).await, 0);
}

#[tokio::test]
async fn failures_are_read_in_portions_as_they_were() {
    let world = World::new().await;
    let mut rejects = Vec::new();
    for (sequence, id) in (1..).zip(["a", "b", "c", "d", "e"]) {
        let mut reject = reject(&world.every, source(1), id);
        reject.parse_time = time(&format!("2026-03-0{sequence}T00:00:00.000001Z"));
        world
            .land_with(sequence, Vec::new(), vec![reject.clone()])
            .await
            .unwrap();
        rejects.push(reject);
    }
    let strangers = vec![reject(&world.every, source(2), "a")];
    let (after, through) = (vec![(source(2), 0)], vec![(source(2), 1)]);
    let batch = Batch {
        events: EventColumns::of(&world.every, &[]).unwrap(),
        rejects: strangers,
        after,
        through,
    };
    world.lake.land(batch).await.unwrap();

    let mut failures = world.lake.failures(source(1), None).await.unwrap();
    let mut portions = Vec::new();
    while let Some(portion) = failures.next(2 * rejects[0].payload.len()).await.unwrap() {
        // What is settled meanwhile still comes, once.
        world
            .lake
            .settle(
                Settlement {
                    landed: vec![key_of(&portion[0])],
                    rejects: Vec::new(),
                },
                Effect::Write,
            )
            .await
            .unwrap();
        portions.push(portion);
    }
    assert_eq!(portions.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let mut read: Vec<_> = portions.into_iter().flatten().collect();
    read.sort_by_key(|row| row.parse_time);
    assert_eq!(read, rejects);
    assert_eq!(world.count(FAILURES).await, 3);

    let since = Some(rejects[3].parse_time);
    let mut failures = world.lake.failures(source(1), since).await.unwrap();
    let mut left = Vec::new();
    while let Some(portion) = failures.next(1).await.unwrap() {
        left.extend(portion.into_iter().map(|row| row.record_id));
    }
    left.sort();
    // Two of the last two may have been settled above.
    assert!(
        left.iter().all(|id| id == "d" || id == "e") && !left.is_empty(),
        "{left:?}"
    );
}

fn key_of(row: &RejectRow) -> RowKey {
    RowKey {
        row_id: row.row_id,
        parse_time: row.parse_time,
    }
}
