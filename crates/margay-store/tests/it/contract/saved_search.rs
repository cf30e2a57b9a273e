use margay_store::{
    LABEL_CHARS_MAX, NewSavedSearch, SAVED_SEARCHES_MAX, SAVED_SQL_BYTES_MAX, SAVED_VIEW_BYTES_MAX, SavedSearchError,
    Store,
};

use crate::world::at;

fn search(name: &str) -> NewSavedSearch {
    NewSavedSearch {
        name: name.to_owned(),
        sql: "select 1\n-- \"é\"".to_owned(),
        view: "table=asana_audit&sql=select%201".to_owned(),
    }
}

pub(crate) async fn a_search_is_saved_changed_and_deleted(store: &Store) {
    let saved = store
        .create_saved_search(&search(" Failed logins "), "ann@example.com", at(1))
        .await
        .unwrap();
    assert_eq!(saved.name, "Failed logins");
    assert_eq!((saved.created_at, saved.updated_at), (at(1), at(1)));
    assert_eq!(store.saved_search(saved.id).await.unwrap(), saved);

    let new = NewSavedSearch {
        sql: "select 2".to_owned(),
        view: String::new(),
        ..search("Logins")
    };
    let changed = store.change_saved_search(saved.id, &new, at(2)).await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.sql.as_str(), changed.view.as_str()),
        ("Logins", "select 2", "")
    );
    assert_eq!((changed.created_at, changed.updated_at), (at(1), at(2)));
    assert_eq!(changed.created_by, "ann@example.com");
    assert_eq!(store.saved_search(saved.id).await.unwrap(), changed);

    store.delete_saved_search(saved.id).await.unwrap();
    for error in [
        store.saved_search(saved.id).await.unwrap_err(),
        store.change_saved_search(saved.id, &new, at(3)).await.unwrap_err(),
        store.delete_saved_search(saved.id).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, SavedSearchError::Unknown(id) if id == saved.id),
            "{error:?}"
        );
    }
}

pub(crate) async fn a_name_is_taken_whatever_its_case_and_free_once_it_is_given_up(store: &Store) {
    let first = store.create_saved_search(&search("Über"), "a", at(1)).await.unwrap();
    let second = store.create_saved_search(&search("b"), "a", at(2)).await.unwrap();
    for error in [
        store
            .create_saved_search(&search("ÜBER"), "a", at(3))
            .await
            .unwrap_err(),
        store
            .change_saved_search(second.id, &search("über"), at(3))
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(&error, SavedSearchError::NameTaken(name) if name == "Über"),
            "{error:?}"
        );
    }
    // Its own name is no other's.
    store
        .change_saved_search(first.id, &search("ÜBER"), at(3))
        .await
        .unwrap();
    store.delete_saved_search(first.id).await.unwrap();
    store
        .change_saved_search(second.id, &search("über"), at(4))
        .await
        .unwrap();
}

pub(crate) async fn what_cannot_be_a_saved_search_is_refused(store: &Store) {
    let text = |count: usize| "x".repeat(count);
    let of = |sql: String, view: String| NewSavedSearch {
        sql,
        view,
        ..search("a")
    };
    store
        .create_saved_search(&of(text(SAVED_SQL_BYTES_MAX), text(SAVED_VIEW_BYTES_MAX)), "a", at(1))
        .await
        .unwrap();
    let named = |name: &str| search(name);
    for new in [named(""), named("a\nb"), named(&text(LABEL_CHARS_MAX + 1))] {
        let error = store.create_saved_search(&new, "a", at(1)).await.unwrap_err();
        assert!(matches!(error, SavedSearchError::NameInvalid(_)), "{error:?}");
    }
    for sql in [String::new(), " \n".to_owned(), text(SAVED_SQL_BYTES_MAX + 1)] {
        let error = store
            .create_saved_search(&of(sql, String::new()), "a", at(1))
            .await
            .unwrap_err();
        assert!(matches!(error, SavedSearchError::SqlLength), "{error:?}");
    }
    for view in ["a\nb".to_owned(), text(SAVED_VIEW_BYTES_MAX + 1)] {
        let error = store
            .create_saved_search(&of(text(1), view), "a", at(1))
            .await
            .unwrap_err();
        assert!(matches!(error, SavedSearchError::ViewInvalid), "{error:?}");
    }
}

pub(crate) async fn only_so_many_searches_are_saved_and_they_come_in_pages(store: &Store) {
    for number in 0..SAVED_SEARCHES_MAX {
        let at = at(i64::try_from(number).unwrap());
        store
            .create_saved_search(&search(&format!("{number}")), "a", at)
            .await
            .unwrap();
    }
    let error = store
        .create_saved_search(&search("more"), "a", at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, SavedSearchError::TooMany), "{error:?}");
    let first = store.saved_searches(None, 3).await.unwrap();
    let second = store.saved_searches(Some(first[2].id), 3).await.unwrap();
    let names: Vec<_> = first.iter().chain(&second).map(|search| search.name.as_str()).collect();
    assert_eq!(names, ["0", "1", "2", "3", "4", "5"]);
}
