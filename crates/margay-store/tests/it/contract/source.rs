use margay_schema::SourceId;
use margay_store::{
    AppendError, ChangeSourceError, Consumer, CreateSourceError, CredentialsError, EditSourceError, Erasure,
    IMPORT_CONNECTOR, LABEL_CHARS_MAX, LabelProblem, LookupError, NewSource, Pause, PollInterval, Remedy, Sequence,
    SourceEdit, Store,
};
use secrecy::ExposeSecret;

use crate::world::{SECRET, TTL, at, days, leased, new_source, page};

pub(crate) async fn a_new_source_reads_back(store: &Store) {
    let created = store.create_source(new_source("  Our Asana ")).await.unwrap();
    assert_eq!(created.label, "Our Asana");
    assert_eq!(created.connector, "asana");
    assert_eq!(created.log_type.as_str(), "Asana.Audit");
    assert_eq!(created.settings, r#"{"organization_id":"1"}"#);
    assert_eq!(created.created_at, at(0));
    assert_eq!(store.source(created.id).await.unwrap(), created);
    assert_eq!(store.checkpoint(created.id).await.unwrap(), "start");
    assert_eq!(store.head(created.id).await.unwrap(), Sequence::ZERO);
}

pub(crate) async fn labels_are_unique_whatever_their_case(store: &Store) {
    store.create_source(new_source("Über Asana")).await.unwrap();
    let error = store.create_source(new_source(" üBER asana")).await.unwrap_err();
    assert!(
        matches!(&error, CreateSourceError::LabelTaken { label } if label == "Über Asana"),
        "{error:?}"
    );
    assert_eq!(store.sources().await.unwrap().len(), 1);
}

pub(crate) async fn a_label_is_found_whatever_its_case(store: &Store) {
    let created = store.create_source(new_source("Our Asana")).await.unwrap();
    assert_eq!(store.source_by_label(" OUR asana ").await.unwrap(), Some(created));
    assert_eq!(store.source_by_label("other").await.unwrap(), None);
}

pub(crate) async fn bad_labels_settings_and_credentials_are_refused(store: &Store) {
    let error = store.create_source(new_source(" \n")).await.unwrap_err();
    assert!(
        matches!(error, CreateSourceError::LabelInvalid(LabelProblem::Empty)),
        "{error:?}"
    );

    let error = store
        .create_source(new_source(&"x".repeat(LABEL_CHARS_MAX + 1)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, CreateSourceError::LabelInvalid(LabelProblem::TooLong(_))),
        "{error:?}"
    );

    let mut new = new_source("a");
    "not JSON".clone_into(&mut new.settings);
    let error = store.create_source(new).await.unwrap_err();
    assert!(matches!(error, CreateSourceError::SettingsInvalid), "{error:?}");

    let mut new = new_source("a");
    new.credentials = "".into();
    let error = store.create_source(new).await.unwrap_err();
    assert!(
        matches!(error, CreateSourceError::Credentials(CredentialsError::Empty)),
        "{error:?}"
    );

    assert!(store.sources().await.unwrap().is_empty());
}

pub(crate) async fn credentials_read_back_and_can_be_replaced(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    assert_eq!(store.credentials(source.id).await.unwrap().expose_secret(), SECRET);

    store
        .append(source.id, page(&lease, &["1"], "after 1", 1))
        .await
        .unwrap();
    store
        .replace_credentials(source.id, "another".into(), at(2))
        .await
        .unwrap();
    assert_eq!(store.credentials(source.id).await.unwrap().expose_secret(), "another");
    assert_eq!(store.checkpoint(source.id).await.unwrap(), "after 1");
}

pub(crate) async fn sources_come_ordered_by_label(store: &Store) {
    for label in ["b", "C", "a"] {
        store.create_source(new_source(label)).await.unwrap();
    }
    let labels: Vec<String> = store
        .sources()
        .await
        .unwrap()
        .into_iter()
        .map(|source| source.label)
        .collect();
    assert_eq!(labels, ["a", "b", "C"]);
}

pub(crate) async fn a_deleted_source_is_gone_with_all_it_had(store: &Store) {
    let (source, lease) = leased(store, "a").await;
    let (other, other_lease) = leased(store, "b").await;
    for number in 0..250 {
        store
            .append(source.id, page(&lease, &[&number.to_string()], "x", number))
            .await
            .unwrap();
    }
    store
        .append(other.id, page(&other_lease, &["1"], "x", 1))
        .await
        .unwrap();

    store.delete_source(source.id, at(0)).await.unwrap();

    assert!(matches!(
        store.source(source.id).await,
        Err(LookupError::SourceUnknown(_))
    ));
    assert!(matches!(
        store.credentials(source.id).await,
        Err(CredentialsError::SourceUnknown(_))
    ));
    assert!(matches!(
        store.checkpoint(source.id).await,
        Err(LookupError::SourceUnknown(_))
    ));
    let error = store
        .append(source.id, page(&lease, &["new"], "x", 1))
        .await
        .unwrap_err();
    assert!(matches!(error, AppendError::SourceUnknown(_)), "{error:?}");
    assert_eq!(error.remedy(), Remedy::StandDown);
    assert_eq!(
        store.prune(at(days(1)), TTL).await.unwrap().sources,
        0,
        "nothing was left to remove"
    );
    assert_eq!(store.entries(other.id, Sequence::ZERO, 1_000).await.unwrap().len(), 1);
}

pub(crate) async fn a_label_is_free_again_after_deletion(store: &Store) {
    let (first, lease) = leased(store, "a").await;
    store.append(first.id, page(&lease, &["1"], "x", 1)).await.unwrap();
    store.delete_source(first.id, at(0)).await.unwrap();

    let (second, lease) = leased(store, "a").await;
    assert_ne!(first.id, second.id);
    let appended = store.append(second.id, page(&lease, &["1"], "x", 1)).await.unwrap();
    assert_eq!(
        appended,
        crate::world::appended(1, &[0], 0),
        "it does not remember the ids of its predecessor"
    );
}

pub(crate) async fn unknown_sources_are_named(store: &Store) {
    let nobody: SourceId = "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap();
    let errors = [
        store.source(nobody).await.unwrap_err().to_string(),
        store.checkpoint(nobody).await.unwrap_err().to_string(),
        store.head(nobody).await.unwrap_err().to_string(),
        store.position(Consumer::Landing, nobody).await.unwrap_err().to_string(),
        store
            .advance(Consumer::Landing, nobody, Sequence::ZERO)
            .await
            .unwrap_err()
            .to_string(),
        store
            .register_consumer(Consumer::Landing, nobody)
            .await
            .unwrap_err()
            .to_string(),
        store.entries(nobody, Sequence::ZERO, 1).await.unwrap_err().to_string(),
        store.credentials(nobody).await.unwrap_err().to_string(),
        store
            .replace_credentials(nobody, "x".into(), at(0))
            .await
            .unwrap_err()
            .to_string(),
        store
            .acquire_lease(nobody, "x", at(0), TTL)
            .await
            .unwrap_err()
            .to_string(),
        store.poll_status(nobody).await.unwrap_err().to_string(),
        store.round_problems(nobody).await.unwrap_err().to_string(),
        store.ledger(nobody).await.unwrap_err().to_string(),
        store.backfills(nobody).await.unwrap_err().to_string(),
        store.waiting_windows(nobody, 1).await.unwrap_err().to_string(),
        store.history(nobody, 1).await.unwrap_err().to_string(),
        store.lateness(nobody).await.unwrap_err().to_string(),
        store.add_lateness(nobody, &[]).await.unwrap_err().to_string(),
        store.audits(nobody, 1).await.unwrap_err().to_string(),
        store.delete_source(nobody, at(0)).await.unwrap_err().to_string(),
    ];
    for error in errors {
        assert!(error.contains("5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e"), "{error}");
    }
}

pub(crate) async fn a_source_is_renamed(store: &Store) {
    let source = store.create_source(new_source("one")).await.unwrap();
    store.create_source(new_source("two")).await.unwrap();
    let renamed = store
        .edit_source(source.id, SourceEdit::label(" ONE and only "))
        .await
        .unwrap();
    assert_eq!(renamed.label, "ONE and only");
    assert!(store.source_by_label("one").await.unwrap().is_none());
    let refused = store
        .edit_source(source.id, SourceEdit::label("TWO"))
        .await
        .unwrap_err();
    assert!(matches!(refused, EditSourceError::LabelTaken { label } if label == "two"));
    let refused = store.edit_source(source.id, SourceEdit::label(" ")).await.unwrap_err();
    assert!(matches!(refused, EditSourceError::LabelInvalid(LabelProblem::Empty)));
    store.delete_source(source.id, at(1)).await.unwrap();
    let refused = store
        .edit_source(source.id, SourceEdit::label("three"))
        .await
        .unwrap_err();
    assert!(matches!(refused, EditSourceError::SourceUnknown(id) if id == source.id));
}

pub(crate) async fn a_source_has_a_poll_interval_of_its_own_or_the_servers(store: &Store) {
    let seconds = |seconds| PollInterval::from_seconds(seconds).unwrap();
    let source = store.create_source(new_source("one")).await.unwrap();
    assert_eq!(source.poll_interval, None);
    let often = NewSource {
        poll_interval: Some(seconds(30)),
        ..new_source("two")
    };
    let often = store.create_source(often).await.unwrap();
    assert_eq!(store.source(often.id).await.unwrap().poll_interval, Some(seconds(30)));

    let edit = SourceEdit::poll_interval(Some(seconds(86_400)));
    let edited = store.edit_source(source.id, edit).await.unwrap();
    assert_eq!(
        (edited.poll_interval, edited.label.as_str()),
        (Some(seconds(86_400)), "one")
    );
    store.edit_source(source.id, SourceEdit::label("uno")).await.unwrap();
    let kept = store.source_by_label("uno").await.unwrap().unwrap();
    assert_eq!(kept.poll_interval, Some(seconds(86_400)), "it went with the label");
    let back = store
        .edit_source(source.id, SourceEdit::poll_interval(None))
        .await
        .unwrap();
    assert_eq!(back.poll_interval, None);
    assert_eq!(store.source(often.id).await.unwrap(), often, "it is another source's");
}

pub(crate) async fn a_source_is_edited_wholly_or_not_at_all(store: &Store) {
    let source = store.create_source(new_source("one")).await.unwrap();
    store.create_source(new_source("two")).await.unwrap();
    let interval = Some(Some(PollInterval::from_seconds(30).unwrap()));
    for label in ["two", " "] {
        let edit = SourceEdit {
            label: Some(label),
            poll_interval: interval,
        };
        store.edit_source(source.id, edit).await.unwrap_err();
    }
    assert_eq!(store.source(source.id).await.unwrap(), source);
}

pub(crate) async fn settings_change_together_with_credentials_or_not_at_all(store: &Store) {
    let source = store.create_source(new_source("one")).await.unwrap();
    let (old, new, newer) = (source.settings.as_str(), r#"{"a":1}"#, r#"{"a":2}"#);
    let changed = store
        .change_source_settings(source.id, old, new, None, at(1))
        .await
        .unwrap();
    assert_eq!((changed.settings.as_str(), &changed.label), (new, &source.label));
    assert_eq!(store.credentials(source.id).await.unwrap().expose_secret(), SECRET);

    let secret = "another".into();
    let refused = store
        .change_source_settings(source.id, old, newer, Some(&secret), at(2))
        .await
        .unwrap_err();
    assert!(matches!(refused, ChangeSourceError::Changed(id) if id == source.id));
    assert_eq!(store.source(source.id).await.unwrap().settings, new);
    assert_eq!(store.credentials(source.id).await.unwrap().expose_secret(), SECRET);

    store
        .change_source_settings(source.id, new, newer, Some(&secret), at(3))
        .await
        .unwrap();
    assert_eq!(store.source(source.id).await.unwrap().settings, newer);
    assert_eq!(store.credentials(source.id).await.unwrap().expose_secret(), "another");

    let refused = store
        .change_source_settings(source.id, newer, "no JSON", None, at(4))
        .await
        .unwrap_err();
    assert!(matches!(refused, ChangeSourceError::SettingsInvalid));
    store.delete_source(source.id, at(5)).await.unwrap();
    let refused = store
        .change_source_settings(source.id, newer, new, None, at(6))
        .await
        .unwrap_err();
    assert!(matches!(refused, ChangeSourceError::SourceUnknown(id) if id == source.id));
}

pub(crate) async fn a_source_that_is_deleted_with_its_events_leaves_the_wish_to_erase_them(store: &Store) {
    let (kept, _) = leased(store, "kept").await;
    let (source, _) = leased(store, "gone").await;
    store.delete_source(kept.id, at(1)).await.unwrap();
    assert!(store.erasures().await.unwrap().is_empty());
    store.delete_source_and_events(source.id, at(2)).await.unwrap();
    let wish = Erasure {
        source_id: source.id,
        log_type: source.log_type.clone(),
        asked_at: at(2),
    };
    assert_eq!(store.erasures().await.unwrap(), [wish]);
    assert!(matches!(
        store.delete_source_and_events(source.id, at(3)).await,
        Err(LookupError::SourceUnknown(_))
    ));
    assert_eq!(store.erasures().await.unwrap().len(), 1);
    store.end_erasure(source.id).await.unwrap();
    store.end_erasure(source.id).await.unwrap();
    assert!(store.erasures().await.unwrap().is_empty());
}

pub(crate) async fn imported_records_have_a_source_that_nobody_touches(store: &Store) {
    let (asana, other) = ("Asana.Audit".parse().unwrap(), "Custom.App".parse().unwrap());
    let imported = store.import_source(&asana, at(1)).await.unwrap();
    assert_eq!((&*imported.connector, &imported.log_type), (IMPORT_CONNECTOR, &asana));
    assert!(!imported.has_vendor());
    assert_eq!(
        store.import_source(&asana, at(2)).await.unwrap(),
        imported,
        "there is one a log type"
    );
    assert_ne!(store.import_source(&other, at(2)).await.unwrap().id, imported.id);
    let own = store.own_source(&"Margay.Audit".parse().unwrap(), at(2)).await.unwrap();
    assert_ne!(own.id, imported.id);

    assert_eq!(store.sources().await.unwrap(), []);
    assert_eq!(store.journalled_sources().await.unwrap().len(), 3);
    assert_eq!(store.source_by_label("Import").await.unwrap(), None, "the name is free");
    assert!(store.source(imported.id).await.is_err());
    assert!(store.edit_source(imported.id, SourceEdit::label("x")).await.is_err());
    assert!(store.delete_source_and_events(imported.id, at(3)).await.is_err());
    assert!(store.pause_source(imported.id, Pause::Begin, at(3)).await.is_err());
}

/// A vendor deletes its records; a file stays, and may be imported again years later.
pub(crate) async fn ids_of_imported_records_are_remembered_for_good(store: &Store) {
    let imported = store
        .import_source(&"Asana.Audit".parse().unwrap(), at(0))
        .await
        .unwrap();
    let lease = store.acquire_lease(imported.id, "us", at(0), TTL).await.unwrap();
    store.append(imported.id, page(&lease, &["1"], "one", 0)).await.unwrap();
    let long_after = at(days(2_000));
    let pruned = store
        .prune(long_after, margay_store::JOURNAL_KEEP_DEFAULT)
        .await
        .unwrap();
    assert_eq!(pruned.record_ids, 0);
    let again = store
        .append(imported.id, page(&lease, &["1", "2"], "two", 1))
        .await
        .unwrap();
    assert_eq!((again.records_new(), again.records_known), (1, 1));
}
