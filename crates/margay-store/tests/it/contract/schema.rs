use margay_schema::LogType;
use margay_schema::limits::SCHEMA_BYTES_MAX;
use margay_store::{
    ChangeSchemaError, CreateSchemaError, CreateSourceError, CustomSchema, NewSource, Remedy, Revision, SchemaState,
    SchemaVersion, Store,
};

use crate::world::{at, new_source};

/// The store knows no YAML: any text will do.
const FIRST: &str = "the first text";
const SECOND: &str = "the second text, with é and 🐈";

fn name(text: &str) -> LogType {
    text.parse().unwrap()
}

fn login() -> LogType {
    name("Custom.Login")
}

fn revision(number: u64) -> Revision {
    Revision::new(number)
}

async fn create(store: &Store) -> CustomSchema {
    store.create_schema(&login(), FIRST, at(0)).await.unwrap()
}

fn of_log_type(label: &str, log_type: LogType) -> NewSource {
    NewSource {
        log_type,
        ..new_source(label)
    }
}

pub(crate) async fn a_new_schema_is_version_1_at_revision_1(store: &Store) {
    let created = create(store).await;
    let expected = CustomSchema {
        name: login(),
        version: 1,
        revision: revision(1),
        state: SchemaState::Active,
        yaml: FIRST.to_owned(),
        created_at: at(0),
        updated_at: at(0),
    };
    assert_eq!(created, expected);
    assert_eq!(store.schema(&login()).await.unwrap(), Some(expected));
    assert_eq!(store.schema(&name("Custom.Logout")).await.unwrap(), None);
}

pub(crate) async fn a_name_is_taken_whatever_its_case(store: &Store) {
    create(store).await;
    let other = name("Custom.LOGIN");
    let error = store.create_schema(&other, SECOND, at(1)).await.unwrap_err();
    assert!(
        matches!(&error, CreateSchemaError::NameTaken { name } if *name == login()),
        "{error:?}"
    );
    assert_eq!(error.remedy(), Remedy::AskOperator);
    assert_eq!(store.schema(&other).await.unwrap().unwrap().name, login());
    assert_eq!(store.schemas().await.unwrap().len(), 1);
}

pub(crate) async fn a_new_text_is_the_next_version_and_the_old_one_is_kept(store: &Store) {
    let created = create(store).await;
    let replaced = store
        .replace_schema(&login(), created.revision, SECOND, at(5))
        .await
        .unwrap();
    let expected = CustomSchema {
        version: 2,
        revision: revision(2),
        yaml: SECOND.to_owned(),
        updated_at: at(5),
        ..created
    };
    assert_eq!(replaced, expected);
    assert_eq!(store.schema(&login()).await.unwrap(), Some(expected));

    let versions = store.schema_versions(&login()).await.unwrap();
    let version = |version, seconds, text: &str| SchemaVersion {
        version,
        saved_at: at(seconds),
        bytes: text.len() as u64,
    };
    assert_eq!(versions, [version(2, 5, SECOND), version(1, 0, FIRST)]);
    for (version, text) in [(1, Some(FIRST)), (2, Some(SECOND)), (3, None), (0, None)] {
        let found = store.schema_text(&login(), version).await.unwrap();
        assert_eq!(found.as_deref(), text, "version {version}");
    }
}

pub(crate) async fn the_same_text_changes_nothing(store: &Store) {
    let created = create(store).await;
    let again = store
        .replace_schema(&login(), created.revision, FIRST, at(5))
        .await
        .unwrap();
    assert_eq!(again, created);
    assert_eq!(store.schema(&login()).await.unwrap(), Some(created));
    assert_eq!(store.schema_versions(&login()).await.unwrap().len(), 1);
}

pub(crate) async fn a_change_for_another_revision_is_refused(store: &Store) {
    create(store).await;
    let stored = store
        .replace_schema(&login(), revision(1), SECOND, at(1))
        .await
        .unwrap();
    for stale in [0, 1, 3] {
        let errors = [
            store.replace_schema(&login(), revision(stale), FIRST, at(2)).await,
            store.replace_schema(&login(), revision(stale), SECOND, at(2)).await,
            store.archive_schema(&login(), revision(stale), at(2)).await,
            store.restore_schema(&login(), revision(stale), at(2)).await,
        ]
        .map(Result::unwrap_err);
        for error in errors {
            assert_eq!(
                error.to_string(),
                format!(
                    "schema `Custom.Login` was changed in between: this change is for revision {stale}, and it is at \
                     revision 2\nhint: look at it as it is now, then name revision 2"
                )
            );
            assert_eq!(error.remedy(), Remedy::AskOperator);
        }
    }
    assert_eq!(store.schema(&login()).await.unwrap(), Some(stored));
}

pub(crate) async fn archiving_and_restoring_count_as_changes_and_keep_the_version(store: &Store) {
    let created = create(store).await;
    let archived = store.archive_schema(&login(), revision(1), at(5)).await.unwrap();
    let expected = CustomSchema {
        revision: revision(2),
        state: SchemaState::Archived,
        updated_at: at(5),
        ..created.clone()
    };
    assert_eq!(archived, expected);
    assert_eq!(store.schema(&login()).await.unwrap().as_ref(), Some(&expected));
    assert_eq!(
        store.archive_schema(&login(), revision(2), at(6)).await.unwrap(),
        expected,
        "archived is archived"
    );

    let restored = store.restore_schema(&login(), revision(2), at(7)).await.unwrap();
    let expected = CustomSchema {
        revision: revision(3),
        updated_at: at(7),
        ..created
    };
    assert_eq!(restored, expected);
    assert_eq!(
        store.restore_schema(&login(), revision(3), at(8)).await.unwrap(),
        expected,
        "active is active"
    );
}

pub(crate) async fn an_archived_schema_keeps_its_name_and_takes_no_text(store: &Store) {
    create(store).await;
    store.archive_schema(&login(), revision(1), at(1)).await.unwrap();
    let error = store.create_schema(&login(), SECOND, at(2)).await.unwrap_err();
    assert!(matches!(error, CreateSchemaError::NameTaken { .. }), "{error:?}");
    let error = store
        .replace_schema(&login(), revision(2), SECOND, at(2))
        .await
        .unwrap_err();
    assert!(matches!(error, ChangeSchemaError::Archived(_)), "{error:?}");
    assert_eq!(
        store.schema_text(&login(), 1).await.unwrap().as_deref(),
        Some(FIRST),
        "it can be read"
    );
}

pub(crate) async fn a_schema_that_sources_use_is_not_archived(store: &Store) {
    create(store).await;
    for label in ["b", "A"] {
        store.create_source(of_log_type(label, login())).await.unwrap();
    }
    store.create_source(new_source("of another log type")).await.unwrap();
    // What was imported is named by nobody and holds nothing.
    store.import_source(&login(), at(0)).await.unwrap();
    let error = store.archive_schema(&login(), revision(1), at(1)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("schema `Custom.Login` is used by the log sources `A`, `b`\nhint: "),
        "{error}"
    );
    assert_eq!(
        store.schema(&login()).await.unwrap().unwrap().state,
        SchemaState::Active
    );

    for source in store.sources().await.unwrap() {
        if source.log_type == login() {
            store.delete_source(source.id, at(0)).await.unwrap();
        }
    }
    store.archive_schema(&login(), revision(1), at(2)).await.unwrap();
}

pub(crate) async fn no_source_begins_with_an_archived_schema(store: &Store) {
    create(store).await;
    store.archive_schema(&login(), revision(1), at(1)).await.unwrap();
    let error = store.create_source(of_log_type("a", login())).await.unwrap_err();
    assert!(
        matches!(&error, CreateSourceError::LogTypeArchived(log_type) if *log_type == login()),
        "{error:?}"
    );
    assert!(store.sources().await.unwrap().is_empty());
    store.restore_schema(&login(), revision(2), at(2)).await.unwrap();
    store.create_source(of_log_type("a", login())).await.unwrap();
}

pub(crate) async fn schemas_come_ordered_by_name(store: &Store) {
    for text in ["Custom.B", "Custom.Aa", "Custom.A"] {
        store.create_schema(&name(text), FIRST, at(0)).await.unwrap();
    }
    let names: Vec<String> = store
        .schemas()
        .await
        .unwrap()
        .into_iter()
        .map(|schema| schema.name.to_string())
        .collect();
    assert_eq!(names, ["Custom.A", "Custom.Aa", "Custom.B"]);
}

pub(crate) async fn texts_over_the_limit_are_refused(store: &Store) {
    let longest = "x".repeat(SCHEMA_BYTES_MAX);
    let too_long = "x".repeat(SCHEMA_BYTES_MAX + 1);
    let error = store.create_schema(&login(), &too_long, at(0)).await.unwrap_err();
    assert!(matches!(error, CreateSchemaError::TextTooLong { .. }), "{error:?}");
    assert_eq!(
        store.create_schema(&login(), &longest, at(0)).await.unwrap().yaml,
        longest
    );
    let error = store
        .replace_schema(&login(), revision(1), &too_long, at(1))
        .await
        .unwrap_err();
    assert!(matches!(error, ChangeSchemaError::TextTooLong { .. }), "{error:?}");
    assert_eq!(store.schema(&login()).await.unwrap().unwrap().version, 1);
}

pub(crate) async fn unknown_schemas_are_named(store: &Store) {
    let errors = [
        store.replace_schema(&login(), revision(1), FIRST, at(0)).await,
        store.archive_schema(&login(), revision(1), at(0)).await,
        store.restore_schema(&login(), revision(1), at(0)).await,
    ]
    .map(Result::unwrap_err);
    for error in errors {
        assert_eq!(error.to_string(), "there is no custom schema `Custom.Login`");
    }
    assert!(store.schema_versions(&login()).await.unwrap().is_empty());
    assert_eq!(store.schema_text(&login(), 1).await.unwrap(), None);
}
