//! Credentials are nowhere to be seen: not in the files, not in what is printed.

use margay_store::{CredentialsError, MASTER_KEY_FILE_NAME, Store};
use secrecy::ExposeSecret;

use crate::world::{Database, SECRET, at, file_in, leased, new_source, page};

#[tokio::test]
async fn credentials_are_in_no_byte_of_the_database() {
    let database = Database::new().await;
    let (source, lease) = leased(&database.store, "a").await;
    database
        .store
        .append(source.id, page(&lease, &["a record that can be found"], "x", 0))
        .await
        .unwrap();
    database
        .store
        .replace_credentials(source.id, "0/the-second-token".into(), at(1))
        .await
        .unwrap();
    let key = std::fs::read_to_string(database.directory.path().join(MASTER_KEY_FILE_NAME)).unwrap();

    let secrets = [SECRET, "0/the-second-token", key.trim()];
    let check = |moment: &str| {
        let mut found_record = false;
        for file in std::fs::read_dir(database.directory.path()).unwrap() {
            let path = file.unwrap().path();
            if path.ends_with(MASTER_KEY_FILE_NAME) {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for secret in secrets {
                assert!(!contains(&bytes, secret), "{moment}: {} holds a secret", path.display());
            }
            found_record |= contains(&bytes, "a record that can be found");
        }
        assert!(found_record, "{moment}: the search finds what is there");
    };
    // Reading the files of an open database by hand drops this process's locks on them. No other process has this one.
    check("open, with a write-ahead log");
    database.store.close().await;
    check("closed");
}

#[tokio::test]
async fn nothing_that_is_printed_holds_a_secret() {
    let database = Database::new().await;
    let printed = format!("{:?} {:?}", database.store, new_source("a"));
    assert!(!printed.contains(SECRET), "{printed}");

    let (source, _) = leased(&database.store, "a").await;
    let secret = database.store.credentials(source.id).await.unwrap();
    assert_eq!(secret.expose_secret(), SECRET);
    assert!(!format!("{secret:?}").contains(SECRET));
}

#[tokio::test]
async fn without_the_master_key_everything_but_credentials_can_be_read() {
    let database = Database::new().await;
    let (source, _) = leased(&database.store, "a").await;
    let reader = Store::open_read_only(&file_in(database.directory.path()), None)
        .await
        .unwrap();
    assert_eq!(reader.source(source.id).await.unwrap(), source);
    let error = reader.credentials(source.id).await.unwrap_err();
    assert!(matches!(error, CredentialsError::NoMasterKey), "{error:?}");
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
