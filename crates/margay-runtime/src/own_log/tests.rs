use margay_schema::{Normalised, Origin, RowId, SourceId};
use margay_store::{AuditActor, AuditObject};

use super::*;
use crate::content::Content;

fn entry(kind: ActorKind) -> AuditEntry {
    AuditEntry {
        number: 7,
        id: "019ab6d0-0000-7000-8000-000000000001".parse().unwrap(),
        at: "2026-11-24T10:00:00.5Z".parse().unwrap(),
        actor: AuditActor {
            kind,
            id: Some("1".to_owned()),
            name: "ann@example.com".to_owned(),
        },
        address: Some("203.0.113.9".to_owned()),
        action: "pause_log_source".to_owned(),
        object: Some(AuditObject {
            kind: "log_source".to_owned(),
            id: "2".to_owned(),
            name: Some("ours".to_owned()),
        }),
        status: None,
        problem: None,
        before: Some(r#"{"paused":false}"#.to_owned()),
        after: Some(r#"{"paused":true}"#.to_owned()),
        request_id: Some("3".to_owned()),
    }
}

#[test]
fn a_record_has_what_the_entry_has() {
    let record = record(&entry(ActorKind::User));
    assert_eq!(record.id, "019ab6d0-0000-7000-8000-000000000001");
    let body: Value = serde_json::from_str(&record.body).unwrap();
    assert_eq!(
        body,
        json!({
            "id": "019ab6d0-0000-7000-8000-000000000001",
            "created_at": "2026-11-24T10:00:00.5Z",
            "actor": {"actor_type": "user", "id": "1", "name": "ann@example.com", "email": "ann@example.com"},
            "client_ip_address": "203.0.113.9",
            "action": "pause_log_source",
            "object": {"object_type": "log_source", "id": "2", "name": "ours"},
            "outcome": "succeeded",
            "before": {"paused": false},
            "after": {"paused": true},
            "request_id": "3",
        })
    );
}

#[test]
fn every_record_fits_the_schema() {
    let content = Content::built_in().unwrap();
    let log_type: LogType = OWN_LOG_TYPE.parse().unwrap();
    let versioned = content.schema(&log_type).unwrap();
    let mut bare = entry(ActorKind::Nobody);
    bare.actor = AuditActor {
        kind: ActorKind::Nobody,
        id: None,
        name: String::new(),
    };
    bare.address = None;
    bare.object = None;
    bare.before = None;
    bare.after = Some("no JSON".to_owned());
    bare.status = Some(401);
    bare.problem = Some("login_refused".to_owned());
    bare.request_id = None;
    for entry in [
        entry(ActorKind::User),
        entry(ActorKind::ApiToken),
        entry(ActorKind::CommandLine),
        bare,
    ] {
        let record = record(&entry);
        let origin = Origin {
            source_id: SourceId::from_uuid(uuid::Uuid::nil()),
            source_label: "Margay",
            record_id: &record.id,
            parse_time: entry.at,
            schema_version: versioned.version,
        };
        let normalised = versioned.schema.normalise(record.body.as_bytes(), &origin);
        let Normalised::Event(event) = normalised else {
            panic!("{} is refused: {normalised:?}", record.body);
        };
        assert_eq!(event.standard.event_time, entry.at);
        assert_eq!(event.standard.row_id, RowId::of(origin.source_id, &record.id));
    }
}
