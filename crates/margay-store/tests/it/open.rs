//! Opening: the files that are made, and every way in which one cannot be opened.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use margay_store::{MASTER_KEY_FILE_NAME, MasterKey, MasterKeyError, OpenError, Remedy, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use crate::world::{Database, file_in, key_in, leased, open, page};

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A database with a source and some entries, closed.
async fn closed_database() -> TempDir {
    let Database { directory, store } = Database::new().await;
    let (source, lease) = leased(&store, "a").await;
    for number in 0..20 {
        store
            .append(source.id, page(&lease, &[&number.to_string()], "x", 0))
            .await
            .unwrap();
    }
    store.close().await;
    directory
}

async fn open_error(directory: &Path) -> OpenError {
    Store::open(&file_in(directory), key_in(directory)).await.unwrap_err()
}

/// A connection that knows nothing of Margay.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap()
}

#[tokio::test]
async fn only_the_owner_may_read_what_is_made() {
    let database = Database::new().await;
    leased(&database.store, "a").await;
    let directory = database.directory.path();
    assert_eq!(
        names_in(directory),
        ["margay.db", "margay.db-shm", "margay.db-wal", "master.key"]
    );
    for name in names_in(directory) {
        assert_eq!(mode_of(&directory.join(&name)), 0o600, "{name}");
    }
    database.store.close().await;
    assert_eq!(
        names_in(directory),
        ["margay.db", "master.key"],
        "closing moves the log into the file"
    );
}

#[tokio::test]
async fn a_database_opens_again_with_what_it_holds() {
    let directory = closed_database().await;
    let store = open(directory.path()).await;
    let source = store.source_by_label("a").await.unwrap().unwrap();
    assert_eq!(crate::world::sound_ids(&store, source.id).await.len(), 20);
}

#[tokio::test]
async fn another_master_key_is_found_out_at_once() {
    let directory = closed_database().await;
    let other = MasterKey::load(Path::new("unused"), Some("11".repeat(32).into())).unwrap();
    let file = file_in(directory.path());
    let error = Store::open(&file, other.clone()).await.unwrap_err();
    assert!(matches!(error, OpenError::OtherMasterKey { .. }), "{error:?}");
    assert!(
        error.to_string().contains("was encrypted with another master key"),
        "{error}"
    );
    let error = Store::open_read_only(&file, Some(other)).await.unwrap_err();
    assert!(matches!(error, OpenError::OtherMasterKey { .. }), "{error:?}");
    open(directory.path()).await;
}

#[tokio::test]
async fn a_truncated_database_is_damaged() {
    for percent in [20, 50, 90, 99] {
        let directory = closed_database().await;
        let file = file_in(directory.path());
        let length = fs::metadata(&file).unwrap().len();
        fs::OpenOptions::new()
            .write(true)
            .open(&file)
            .unwrap()
            .set_len(length * percent / 100)
            .unwrap();
        let error = open_error(directory.path()).await;
        assert!(matches!(error, OpenError::Damaged { .. }), "{percent} %: {error:?}");
        assert_eq!(error.remedy(), Remedy::AskOperator);
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    }
}

#[tokio::test]
async fn a_database_with_overwritten_pages_is_damaged() {
    let directory = closed_database().await;
    let file = file_in(directory.path());
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let error = open_error(directory.path()).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn an_empty_file_is_no_first_start() {
    let directory = closed_database().await;
    fs::write(file_in(directory.path()), "").unwrap();
    let error = open_error(directory.path()).await;
    assert!(matches!(error, OpenError::Empty { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_of_another_kind_is_not_a_database() {
    let directory = tempfile::tempdir().unwrap();
    let key = key_in(directory.path());
    let file = file_in(directory.path());
    fs::write(&file, "a letter to my aunt ".repeat(1_000)).unwrap();
    let error = Store::open(&file, key.clone()).await.unwrap_err();
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");

    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let error = Store::open(&file, key).await.unwrap_err();
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let key = key_in(directory.path());
    let file = file_in(directory.path());
    let mut connection = raw(&file).await;
    sqlx::query("CREATE TABLE aunt (letter TEXT)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();

    let error = Store::open(&file, key).await.unwrap_err();
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error:?}");
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema")
        .fetch_all(&mut raw(&file).await)
        .await
        .unwrap();
    assert_eq!(tables, ["aunt"]);
}

#[tokio::test]
async fn a_database_of_a_newer_margay_is_left_alone() {
    let directory = closed_database().await;
    let file = file_in(directory.path());
    let mut connection = raw(&file).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    let errors = [
        open_error(directory.path()).await,
        Store::open_read_only(&file, None).await.unwrap_err(),
        Store::open_beside(&file, key_in(directory.path())).await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(
                error,
                OpenError::Newer {
                    found: 99,
                    known: 13,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains("newer Margay"), "{error}");
    }
}

#[tokio::test]
async fn a_migration_that_was_edited_is_refused() {
    let directory = closed_database().await;
    let mut connection = raw(&file_in(directory.path())).await;
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let error = open_error(directory.path()).await;
    assert!(matches!(error, OpenError::NotMigrated { .. }), "{error:?}");
}

#[tokio::test]
async fn a_log_without_its_database_is_not_played_into_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let key = key_in(directory.path());
    fs::write(directory.path().join("margay.db-wal"), "frames").unwrap();
    let error = Store::open(&file_in(directory.path()), key).await.unwrap_err();
    assert!(matches!(error, OpenError::LogWithoutDatabase { .. }), "{error:?}");
}

#[tokio::test]
async fn looking_makes_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let error = Store::open_read_only(&file_in(directory.path()), None)
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    assert!(names_in(directory.path()).is_empty());
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let key = key_in(directory.path());
    let error = Store::open(&directory.path().join("no/margay.db"), key)
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::NotCreated { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_that_somebody_locked_is_busy() {
    let directory = closed_database().await;
    let file = file_in(directory.path());
    let mut connection = raw(&file).await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await.unwrap();
    let error = open_error(directory.path()).await;
    assert!(matches!(error, OpenError::Busy { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::Retry);
}

#[test]
fn a_master_key_is_made_once_and_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(MASTER_KEY_FILE_NAME);
    MasterKey::load_or_create(&path, None).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.trim().len(), 64);
    MasterKey::load_or_create(&path, None).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(names_in(directory.path()), [MASTER_KEY_FILE_NAME]);
}

#[test]
fn a_master_key_that_others_may_read_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(MASTER_KEY_FILE_NAME);
    MasterKey::load_or_create(&path, None).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o777] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = MasterKey::load_or_create(&path, None).unwrap_err();
        assert!(
            matches!(error, MasterKeyError::SharedWithOthers { .. }),
            "{mode:o}: {error:?}"
        );
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[test]
fn a_broken_master_key_is_refused_without_being_shown() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(MASTER_KEY_FILE_NAME);
    MasterKey::load_or_create(&path, None).unwrap();
    for text in ["", "half-a-secret", &"zz".repeat(32), &"00".repeat(2_000)] {
        fs::write(&path, text).unwrap();
        let error = MasterKey::load_or_create(&path, None).unwrap_err();
        assert!(matches!(error, MasterKeyError::Malformed { .. }), "{error:?}");
        assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
    }
    fs::write(&path, [0xff; 64]).unwrap();
    assert!(matches!(
        MasterKey::load_or_create(&path, None),
        Err(MasterKeyError::Malformed { .. })
    ));
    assert!(matches!(
        MasterKey::load_or_create(&path, Some("".into())),
        Err(MasterKeyError::Malformed { .. })
    ));
}

#[tokio::test]
async fn the_environments_key_goes_before_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(MASTER_KEY_FILE_NAME);
    let from_environment = MasterKey::load_or_create(&path, Some("11".repeat(32).into())).unwrap();
    assert!(!path.exists(), "no file is made then");
    let store = Store::open(&file_in(directory.path()), from_environment).await.unwrap();
    store.close().await;

    let error = MasterKey::load_or_create(&path, None).unwrap_err();
    assert!(
        matches!(error, MasterKeyError::Lost { .. }),
        "no new key beside an old database: {error:?}"
    );
    assert!(!path.exists());
}
