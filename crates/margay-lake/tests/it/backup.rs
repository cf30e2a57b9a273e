//! A backup is one moment of the lake, whatever goes on beside.

use margay_lake::{BackupError, Batch, EventColumns, Lake};

use crate::world::{NOW, World, count, plain, reject, source, time};

const DAY: &str = "2026-03-01T12:00:00Z";

async fn open(world: &World, folder: &std::path::Path) -> Lake {
    Lake::open(folder, &[world.every.clone(), world.other.clone()])
        .await
        .unwrap()
}

#[tokio::test]
async fn a_backup_made_while_landing_is_one_committed_version() {
    let world = World::new().await;
    world.land_each(1, &[DAY; 70]).await;
    let (lake, schema) = (world.lake.clone(), world.every.clone());
    let writer = tokio::spawn(async move {
        for sequence in 71..=130 {
            // Each entry has as many events as its number, so rows tell which entries are there.
            let events = (0..sequence).map(|at| plain(&schema, source(1), &format!("e{sequence}-{at}"), DAY));
            let batch = Batch {
                events: EventColumns::of(&schema, &events.collect::<Vec<_>>()).unwrap(),
                rejects: Vec::new(),
                after: vec![(source(1), sequence - 1)],
                through: vec![(source(1), sequence)],
            };
            lake.land(batch).await.unwrap();
        }
    });
    let mut backups = 0;
    while !writer.is_finished() {
        let to = world.folder.path().join(format!("backup{backups}"));
        match world.lake.backup(&to).await {
            Ok(_) => backups += 1,
            Err(BackupError::Contended { .. }) => continue,
            Err(error) => panic!("{error}"),
        }
        world.lake.maintain(time(NOW)).await.unwrap();
    }
    writer.await.unwrap();
    for at in 0..backups {
        let folder = world.folder.path().join(format!("backup{at}"));
        let copy = open(&world, &folder).await;
        let landed = copy.landed(world.every.log_type(), source(1)).await.unwrap().unwrap();
        let expected = 70 + (71..=landed).sum::<u64>();
        assert_eq!(count(&copy, "test_every").await, i64::try_from(expected).unwrap());
        assert_eq!(Lake::examine(&folder, &[]).await.unwrap().findings, []);
    }
    assert!(backups > 0, "some backup was made while entries landed");
}

#[tokio::test]
async fn a_backup_opens_as_a_lake_that_goes_on_alone() {
    let world = World::new().await;
    world.land_each(1, &[DAY; 70]).await;
    world.lake.maintain(time(NOW)).await.unwrap();
    let rejects = vec![reject(&world.every, source(1), "bad")];
    world.land_with(71, Vec::new(), rejects).await.unwrap();
    let to = world.folder.path().join("copy");
    let backed_up = world.lake.backup(&to).await.unwrap();
    let names: Vec<_> = backed_up
        .iter()
        .map(|table| (table.name.as_str(), table.files))
        .collect();
    let expected = [
        ("margay_logs.test_every", 1),
        ("margay_logs.test_other", 0),
        ("margay_monitor.classification_failures", 1),
    ];
    assert_eq!(names, expected, "only the files that count");
    let copy = open(&world, &to).await;
    assert_eq!(copy.landed(world.every.log_type(), source(1)).await.unwrap(), Some(71));
    assert_eq!(copy.rejects_landed(source(1)).await.unwrap(), Some(71));
    let batch = Batch {
        events: EventColumns::of(&world.every, &[plain(&world.every, source(1), "new", DAY)]).unwrap(),
        rejects: Vec::new(),
        after: vec![(source(1), 71)],
        through: vec![(source(1), 72)],
    };
    copy.land(batch).await.unwrap();
    copy.maintain(time(NOW)).await.unwrap();
    assert_eq!(
        (count(&copy, "test_every").await, world.count("test_every").await),
        (71, 70)
    );
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_not_written_to() {
    let world = World::new().await;
    let error = world.lake.backup(&world.root()).await.unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty { .. }), "{error}");
    let empty = world.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    world.lake.backup(&empty).await.unwrap();
}
