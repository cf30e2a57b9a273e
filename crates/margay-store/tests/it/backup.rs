//! A copy of the database that is made while it is in use. `SQLite` only.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use margay_store::{BackupError, PasswordHash, Remedy, SessionRefused, Store};
use secrecy::{ExposeSecret, SecretString};

use crate::world::{Database, at, key_in, leased, page, sound_ids};

#[tokio::test]
async fn a_backup_opens_with_all_that_was_there() {
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    for id in ["1", "2", "3"] {
        database
            .store
            .append(source.id, page(&lease, &[id], id, 0))
            .await
            .unwrap();
    }
    let to = database.directory.path().join("copy.db");
    database.store.backup(&to).await.unwrap();
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    // What comes later is not in it.
    database
        .store
        .append(source.id, page(&lease, &["4"], "4", 0))
        .await
        .unwrap();

    let copy = Store::open(&to, key_in(database.directory.path())).await.unwrap();
    assert_eq!(copy.source(source.id).await.unwrap(), source);
    assert_eq!(sound_ids(&copy, source.id).await, ["1", "2", "3"]);
    assert_eq!(copy.checkpoint(source.id).await.unwrap(), "3");
    copy.credentials(source.id).await.unwrap();
    assert!(copy.examine(at(0)).await.unwrap().is_empty());
    copy.append(source.id, page(&lease, &["3", "5"], "5", 0)).await.unwrap();
    assert_eq!(
        sound_ids(&copy, source.id).await,
        ["1", "2", "3", "5"],
        "its ids are remembered"
    );
}

#[tokio::test]
async fn a_restored_backup_logs_nobody_in() {
    let database = Database::new().await;
    let hash = PasswordHash::of(&SecretString::from("a phrase that nobody has"), "nobody").unwrap();
    let user = database
        .store
        .create_first_user("ann@example.com", &hash, "setup", at(0))
        .await
        .unwrap();
    let mut values = Vec::new();
    for _ in 0..2 {
        let issued = database
            .store
            .begin_session(user.id, &hash, None, "", at(1))
            .await
            .unwrap();
        values.push(issued.value);
    }
    let to = database.directory.path().join("copy.db");
    database.store.backup(&to).await.unwrap();
    // Whoever is signed in stays so.
    database
        .store
        .use_session(values[0].expose_secret(), at(2))
        .await
        .unwrap();

    let copy = Store::open(&to, key_in(database.directory.path())).await.unwrap();
    assert_eq!(copy.sessions_of(user.id).await.unwrap(), []);
    for value in &values {
        let refused = copy.use_session(value.expose_secret(), at(2)).await;
        assert!(matches!(refused, Err(SessionRefused::Over)), "{refused:?}");
    }
    copy.begin_session(user.id, &hash, None, "", at(3)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_there_is_left_alone() {
    let database = Database::new().await;
    let to = database.directory.path().join("copy.db");
    fs::write(&to, "a letter").unwrap();
    let error = database.store.backup(&to).await.unwrap_err();
    assert!(matches!(error, BackupError::AlreadyThere { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::AskOperator);
    assert_eq!(fs::read_to_string(&to).unwrap(), "a letter");
    // Nor does the database write over itself.
    let error = database.store.backup(&database.file()).await.unwrap_err();
    assert!(matches!(error, BackupError::AlreadyThere { .. }), "{error:?}");
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_names_its_place_and_leaves_nothing() {
    let database = Database::new().await;
    let to = database.directory.path().join("no/copy.db");
    let error = database.store.backup(&to).await.unwrap_err();
    assert!(matches!(error, BackupError::NotWritten { .. }), "{error:?}");
    assert!(error.to_string().contains("no/copy.db"), "{error}");

    database.store.close().await;
    let to = database.directory.path().join("copy.db");
    let error = database.store.backup(&to).await.unwrap_err();
    assert!(matches!(error, BackupError::Storage(_)), "{error:?}");
    let names: Vec<_> = fs::read_dir(database.directory.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        !names.iter().any(|name| name.to_string_lossy().contains("copy")),
        "{names:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_beside_appends_is_one_moment() {
    const PAGES: usize = 40;
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    let store = database.store.clone();
    let id = source.id;
    let appending = tokio::spawn(async move {
        for number in 0..PAGES {
            let ids = [format!("{number}a"), format!("{number}b")];
            let checkpoint = number.to_string();
            store
                .append(id, page(&lease, &[&ids[0], &ids[1]], &checkpoint, 0))
                .await
                .unwrap();
        }
    });
    let mut copies = Vec::new();
    while !appending.is_finished() {
        let to = database.directory.path().join(format!("copy{}.db", copies.len()));
        database.store.backup(&to).await.unwrap();
        copies.push(to);
    }
    appending.await.unwrap();
    for to in copies {
        let copy = Store::open_read_only(&to, None).await.unwrap();
        let ids = sound_ids(&copy, source.id).await;
        let checkpoint = copy.checkpoint(source.id).await.unwrap();
        let pages = checkpoint.parse::<usize>().map_or(0, |last| last + 1);
        assert_eq!(ids.len(), 2 * pages, "records and checkpoint are of one moment");
        assert!(copy.examine(at(0)).await.unwrap().is_empty());
        copy.close().await;
    }
}
