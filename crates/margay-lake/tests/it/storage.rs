//! Storage that fails: what is said, that nothing is half landed, and that the same batch lands when the cause is gone.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use margay_lake::{
    Batch, Effect, EventColumns, Lake, LakeError, LandError, Landed, Obstacle, QueryErrorKind, Remedy, Replacement,
};
use margay_schema::{Event, Schema};

use crate::world::{EVERY_TYPE, NOW, World, count, plain, reject, schema, source, time};

const DAY: &str = "2026-03-01T12:00:00Z";

fn one(world: &World, id: &str) -> Vec<Event> {
    vec![plain(&world.every, source(1), id, DAY)]
}

/// The text of an error without the folder, which differs from run to run.
fn text(world: &World, error: &impl std::fmt::Display) -> String {
    let folder = fs::canonicalize(world.folder.path()).unwrap();
    error.to_string().replace(folder.to_str().unwrap(), "…")
}

#[tokio::test]
async fn a_lake_whose_folder_is_deleted_is_not_begun_anew_until_a_new_start() {
    let world = World::new().await;
    world.land(1, one(&world, "a")).await.unwrap();
    fs::remove_dir_all(world.root()).unwrap();

    let error = world.land(2, one(&world, "b")).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::AskOperator);
    expect![[r"
        table `test_every` is gone: there is no log in …/lake/margay_logs/test_every any more
        hint: if the folder was moved, or its disk is not mounted, put it back; if it was deleted, restore it from a backup, or start again without it: what the journal still has lands anew"]]
    .assert_eq(&text(&world, &error));
    let replacement = Replacement {
        schema: &world.every,
        events: one(&world, "a"),
        sought: Vec::new(),
    };
    assert!(world.lake.replace(replacement, Effect::Write).await.is_err());
    assert!(world.lake.landed(world.every.log_type(), source(1)).await.is_err());
    assert!(world.lake.maintain(time(NOW)).await.is_err());
    assert!(world.lake.register(&world.every).await.is_err());
    let third = schema("schema: Test.Third\nfields: [{name: id, type: string}]");
    assert!(world.lake.register(&third).await.is_err());
    let error = world.error("select * from test_every").await;
    assert_eq!(error.kind, QueryErrorKind::Failed);
    assert!(!world.root().exists(), "nothing is made where the lake was");

    let lake = world.open_again().await;
    assert_eq!(lake.landed(world.every.log_type(), source(1)).await.unwrap(), None);
    for (sequence, id) in [(1, "a"), (2, "b")] {
        land(&lake, &world.every, sequence, one(&world, id)).await.unwrap();
    }
    assert_eq!(count(&lake, "test_every").await, 2);
}

#[tokio::test]
async fn a_table_whose_folder_is_deleted_leaves_the_others_alone_and_goes_on_when_it_is_back() {
    let world = World::new().await;
    world.land(1, one(&world, "a")).await.unwrap();
    let away = world.folder.path().join("away");
    fs::rename(world.table_folder(), &away).unwrap();
    let error = world
        .land_with(2, one(&world, "b"), vec![reject(&world.every, source(1), "bad")])
        .await
        .unwrap_err();
    assert!(matches!(error, LandError::Lake(LakeError::TableGone { .. })), "{error}");
    assert_eq!(
        world.count("margay_monitor.classification_failures").await,
        0,
        "not even the rejects"
    );
    assert_eq!(world.count("test_other").await, 0);
    fs::rename(&away, world.table_folder()).unwrap();
    world.land(2, one(&world, "b")).await.unwrap();
    assert_eq!(world.count("test_every").await, 2);
}

#[tokio::test]
async fn a_table_that_was_put_back_from_a_backup_goes_on_from_there() {
    let world = World::new().await;
    world.land(1, one(&world, "a")).await.unwrap();
    let backup = world.folder.path().join("backup");
    copy(&world.table_folder(), &backup);
    world.land(2, one(&world, "b")).await.unwrap();
    world.land(3, one(&world, "c")).await.unwrap();
    fs::remove_dir_all(world.table_folder()).unwrap();
    fs::rename(&backup, world.table_folder()).unwrap();
    let error = world.land(4, one(&world, "d")).await.unwrap_err();
    assert!(matches!(error, LandError::Gap { landed: 1, .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Resume);
    world.land(2, one(&world, "b")).await.unwrap();
    assert_eq!(world.count("test_every").await, 2);
}

#[tokio::test]
async fn data_files_without_a_log_are_never_taken_for_an_empty_table() {
    let world = World::new().await;
    world.land(1, one(&world, "a")).await.unwrap();
    fs::remove_dir_all(world.table_folder().join("_delta_log")).unwrap();
    assert!(matches!(
        world.land(2, one(&world, "b")).await.unwrap_err(),
        LandError::Lake(LakeError::TableGone { .. })
    ));
    let error = Lake::open(&world.root(), std::slice::from_ref(&world.every))
        .await
        .unwrap_err();
    assert_eq!(error.remedy(), Remedy::AskOperator);
    expect![[r"
        …/lake/margay_logs/test_every has data files of table `test_every` and no log
        hint: restore its `_delta_log` from a backup, or move the folder away to begin with an empty table"]]
    .assert_eq(&text(&world, &error));
    assert_eq!(world.data_files().len(), 1);
}

#[tokio::test]
async fn a_log_that_does_not_make_sense_is_said_and_left_as_it_is() {
    for spoilt in [&b"{\"add\":{\"path\":\"x"[..], b"\0\0\0\0", b"not JSON\n"] {
        let world = World::new().await;
        world.land(1, one(&world, "a")).await.unwrap();
        let version = world.land(2, one(&world, "b")).await.unwrap().table_version;
        let entry = world.table_folder().join(format!("_delta_log/{version:020}.json"));
        let whole = fs::read(&entry).unwrap();
        fs::write(&entry, spoilt).unwrap();
        let error = Lake::open(&world.root(), std::slice::from_ref(&world.every))
            .await
            .unwrap_err();
        assert!(matches!(error, LakeError::LogUnreadable { .. }), "{error:?}");
        assert_eq!(error.remedy(), Remedy::AskOperator);
        expect![[r"
            the log of table `test_every` in …/lake/margay_logs/test_every cannot be read
            hint: restore the table's folder from a backup; nothing in it was changed"]]
        .assert_eq(&text(&world, &error));
        // Without a schema of its own the table is left out, and the others are there.
        let others = Lake::open(&world.root(), std::slice::from_ref(&world.other))
            .await
            .unwrap();
        assert_eq!(others.tables().len(), 2);
        assert_eq!(fs::read(&entry).unwrap(), spoilt);
        fs::write(&entry, whole).unwrap();
        let lake = world.open_again().await;
        land(&lake, &world.every, 3, one(&world, "c")).await.unwrap();
        assert_eq!(count(&lake, "test_every").await, 3);
    }
}

#[tokio::test]
async fn an_entry_that_lost_its_content_never_happened() {
    let world = World::new().await;
    world.land(1, one(&world, "a")).await.unwrap();
    let version = world.land(2, one(&world, "b")).await.unwrap().table_version;
    let entry = world.table_folder().join(format!("_delta_log/{version:020}.json"));
    fs::write(&entry, b"").unwrap();
    let lake = world.open_again().await;
    assert_eq!(lake.landed(world.every.log_type(), source(1)).await.unwrap(), Some(1));
    land(&lake, &world.every, 2, one(&world, "b")).await.unwrap();
    assert_eq!(count(&lake, "test_every").await, 2);
}

#[tokio::test]
async fn a_query_names_the_file_that_is_missing_and_others_go_on() {
    let world = World::new().await;
    world.land_each(1, &[DAY, "2026-03-02T12:00:00Z"]).await;
    let lost = world.data_files().remove(0);
    let kept = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    let error = world.error("select id from test_every").await;
    assert_eq!(error.kind, QueryErrorKind::Failed);
    let name = lost.file_name().unwrap().to_str().unwrap();
    assert!(error.message.contains(name), "{error}");
    assert!(error.hint.unwrap().contains("restore it"));
    assert_eq!(
        world
            .rows("select id from test_every where p_event_date = '2026-03-02'")
            .await
            .len(),
        1
    );
    world.land(3, one(&world, "c")).await.unwrap();
    fs::write(&lost, kept).unwrap();
    assert_eq!(world.rows("select id from test_every").await.len(), 3);
}

/// Where the test finds its lake if it runs a second time, with storage that it may spoil.
const PREPARED: &str = "MARGAY_TEST_STORAGE";

/// Runs one test of this binary again behind a shell that makes its storage what it should be. Whether that is possible here
/// is asked by running the same shell without the test.
fn again(shell: &[&str], script: &str, test: &str, folder: &Path) -> bool {
    let run = |argument: &[&OsStr]| {
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .args(["sh", "-c", script])
            .arg(folder)
            .args(argument);
        command.env(PREPARED, folder).output()
    };
    if !run(&[OsStr::new("true")]).is_ok_and(|output| output.status.success()) {
        return false;
    }
    let binary = std::env::current_exe().unwrap();
    let arguments = ["--exact", test, "--nocapture"].map(OsStr::new);
    let output = run(&[&[binary.as_os_str()][..], &arguments].concat()).unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    true
}

fn prepared() -> Option<PathBuf> {
    std::env::var_os(PREPARED).map(PathBuf::from)
}

fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// Events whose files do not shrink to nothing, on two days.
fn bulky(schema: &Schema) -> Vec<Event> {
    let events = (0..1200).map(|at| {
        let id: String = (0..4)
            .map(|part| source(at * 7919 + part).to_string().replace('-', ""))
            .collect();
        let day = at % 2 + 1;
        plain(
            schema,
            source(1),
            &format!("{at}-{id}"),
            &format!("2026-03-0{day}T12:00:00Z"),
        )
    });
    events.collect()
}

async fn land(lake: &Lake, schema: &Schema, sequence: u64, events: Vec<Event>) -> Result<Landed, LandError> {
    let batch = Batch {
        events: EventColumns::of(schema, &events).unwrap(),
        rejects: Vec::new(),
        after: vec![(source(1), sequence - 1)],
        through: vec![(source(1), sequence)],
    };
    lake.land(batch).await
}

async fn open(folder: &Path) -> (Lake, Schema) {
    let every = schema(EVERY_TYPE);
    let lake = Lake::open(&folder.join("lake"), std::slice::from_ref(&every))
        .await
        .unwrap();
    (lake, every)
}

/// The landing is refused for this reason, and nothing of it is there.
async fn assert_refused(lake: &Lake, every: &Schema, obstacle: Obstacle) {
    let error = land(lake, every, 2, bulky(every)).await.unwrap_err();
    let LandError::Lake(LakeError::Storage { obstacle: met, .. }) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*met, obstacle);
    assert!(error.to_string().contains("\nhint: "), "{error}");
    assert_eq!(lake.landed(every.log_type(), source(1)).await.unwrap(), Some(1));
    assert_eq!(count(lake, "test_every").await, 1);
}

/// The same batch lands, once, and a new start finds it.
async fn assert_lands(folder: &Path) {
    let (lake, every) = open(folder).await;
    assert_eq!(lake.landed(every.log_type(), source(1)).await.unwrap(), Some(1));
    land(&lake, &every, 2, bulky(&every)).await.unwrap();
    assert_eq!(count(&lake, "test_every").await, 1201);
    let examined = Lake::examine(&folder.join("lake"), &[]).await.unwrap();
    assert_eq!(examined.findings, []);
}

async fn begin(folder: &Path) -> (Lake, Schema) {
    let (lake, every) = open(folder).await;
    land(&lake, &every, 1, vec![plain(&every, source(1), "a", DAY)])
        .await
        .unwrap();
    (lake, every)
}

/// A file system of its own if this user may mount one, else files that may not grow beyond 16 KB (32 where a shell counts kilobytes).
#[test]
fn a_full_disk_refuses_a_landing_at_any_byte_and_nothing_of_it_is_there() {
    const TEST: &str = "storage::a_full_disk_refuses_a_landing_at_any_byte_and_nothing_of_it_is_there";
    let Some(folder) = prepared() else {
        let folder = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=4m none \"$0\" && touch \"$0/own\" && exec \"$@\"";
        if again(&["unshare", "-m"], mount, TEST, folder.path()) {
            return;
        }
        block_on(async { drop(begin(folder.path()).await) });
        let limit = "ulimit -f 32 && trap '' XFSZ && exec \"$@\"";
        assert!(
            again(&["env"], limit, TEST, folder.path()),
            "a shell can limit the size of files"
        );
        return block_on(assert_lands(folder.path()));
    };
    if !folder.join("own").exists() {
        return block_on(async {
            let (lake, every) = open(&folder).await;
            assert_refused(&lake, &every, Obstacle::Full).await;
        });
    }
    block_on(async {
        let (lake, every) = begin(&folder).await;
        let filler = folder.join("filler");
        let mut refused = 0;
        for free in (0..).step_by(8 << 10) {
            let files = data_files(&folder);
            fill(&filler, free);
            let is_last = fs::metadata(&filler).unwrap().len() == 0;
            assert!(!is_last, "the disk is large enough for the batch");
            match land(&lake, &every, 2, bulky(&every)).await {
                Ok(_) => break,
                Err(error) => {
                    assert_eq!(error.remedy(), Remedy::Retry, "{error:?}");
                    let is_full = matches!(
                        error,
                        LandError::Lake(LakeError::Storage {
                            obstacle: Obstacle::Full,
                            ..
                        })
                    );
                    assert!(is_full, "{error:?}");
                    refused += 1;
                }
            }
            assert_eq!(lake.landed(every.log_type(), source(1)).await.unwrap(), Some(1));
            assert_eq!(count(&lake, "test_every").await, 1);
            assert!(data_files(&folder) <= files + 1, "tries do not fill the disk");
        }
        assert!(refused >= 3, "{refused}");
        assert_eq!(count(&lake, "test_every").await, 1201);
        drop(lake);
        fs::remove_file(filler).unwrap();
        let examined = Lake::examine(&folder.join("lake"), &[]).await.unwrap();
        assert_eq!(examined.findings, []);
    });
}

/// Fills the disk up to this many bytes.
fn fill(filler: &Path, free: u64) {
    use std::io::Write;
    let mut file = fs::File::create(filler).unwrap();
    let block = [7_u8; 4096];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free)).unwrap();
}

fn data_files(folder: &Path) -> usize {
    let table = folder.join("lake/margay_logs/test_every");
    let days = fs::read_dir(table).unwrap().map(|day| day.unwrap().path());
    let days = days.filter(|day| !day.ends_with("_delta_log"));
    days.map(|day| fs::read_dir(day).unwrap().count()).sum()
}

/// A file system that is mounted for reading if this user may do that, else folders that this user may not write to.
#[test]
fn a_read_only_lake_refuses_a_landing_answers_queries_and_goes_on_afterwards() {
    const TEST: &str = "storage::a_read_only_lake_refuses_a_landing_answers_queries_and_goes_on_afterwards";
    let Some(folder) = prepared() else {
        let folder = tempfile::tempdir().unwrap();
        let mount = "mount -t tmpfs -o size=64m none \"$0\" && touch \"$0/own\" && exec \"$@\"";
        if again(&["unshare", "-m"], mount, TEST, folder.path()) {
            return;
        }
        return block_on(async {
            let (lake, every) = begin(folder.path()).await;
            let lake_folder = folder.path().join("lake");
            chmod("a-w", &lake_folder);
            assert_refused(&lake, &every, Obstacle::Forbidden).await;
            chmod("u+w", &lake_folder);
            assert_lands(folder.path()).await;
        });
    };
    block_on(async {
        let (lake, every) = begin(&folder).await;
        mount(&folder, "remount,ro");
        assert_refused(&lake, &every, Obstacle::ReadOnly).await;
        mount(&folder, "remount,rw");
        drop(lake);
        assert_lands(&folder).await;
    });
}

fn mount(folder: &Path, options: &str) {
    let status = Command::new("mount")
        .args(["-o", options])
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success());
}

fn chmod(mode: &str, folder: &Path) {
    let status = Command::new("chmod").args(["-R", mode]).arg(folder).status().unwrap();
    assert!(status.success());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
