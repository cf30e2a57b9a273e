use super::*;
use crate::MasterKey;

#[tokio::test]
async fn free_pages_are_given_back_to_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let key = MasterKey::load_or_create(&directory.path().join("master.key"), None).unwrap();
    let store = Store::open(&directory.path().join("margay.db"), key).await.unwrap();
    // Twenty megabytes, then gone: five thousand free pages.
    for statement in [
        "INSERT INTO meta (name, value) VALUES ('large', zeroblob(20000000))",
        "DELETE FROM meta WHERE name = 'large'",
    ] {
        let mut transaction = store.begin_write().await.unwrap();
        sqlx::query(statement).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let free_pages = async || -> i64 {
        sqlx::query_scalar("PRAGMA freelist_count")
            .fetch_one(store.readers())
            .await
            .unwrap()
    };
    assert!(free_pages().await > 4_800);
    store.give_back_pages(500).await.unwrap();
    let free = free_pages().await;
    assert!((500..500 + PAGES_PER_CHUNK).contains(&free), "{free}");
}
