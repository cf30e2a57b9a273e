//! The audit log becomes events of `Margay.Audit`: each entry once, also when it is journalled and landed over and over.

use margay_runtime::step::CrashPlan;
use margay_runtime::{land, own_log};
use margay_store::{Acting, ActorKind, AuditActor, Pause, acting};

use crate::world::{Vendor, draft, live, open, texts};

const ENTRIES: &str =
    "select concat_ws(' ', action, actor['name'], object['name']) from margay_audit order by p_event_time, p_row_id";

fn ann(line: &margay_runtime::Line) -> Acting {
    let acting = Acting::begin(line.clock.now(), None);
    acting.is(AuditActor {
        kind: ActorKind::User,
        id: Some("7".to_owned()),
        name: "ann@example.com".to_owned(),
    });
    acting
}

#[test]
fn what_was_done_lands_once() {
    let folder = tempfile::tempdir().unwrap();
    let vendor = Vendor::of(0);
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let source = margay_runtime::source::add_asana(&line, draft(&vendor, "ours", "Asana.Audit"))
            .await
            .unwrap();
        for pause in [Pause::Begin, Pause::End] {
            let now = line.clock.now();
            acting(ann(&line), line.store.pause_source(source.id, pause, now))
                .await
                .unwrap();
        }
        assert_eq!(own_log::journal(&line).await.unwrap(), 2);
        assert_eq!(own_log::journal(&line).await.unwrap(), 0);
        land::everything(&line).await.unwrap();
        let expected = [
            "pause_log_source ann@example.com ours",
            "resume_log_source ann@example.com ours",
        ];
        assert_eq!(texts(&line, ENTRIES).await, expected);

        let now = line.clock.now();
        acting(ann(&line), line.store.delete_source(source.id, now))
            .await
            .unwrap();
        assert_eq!(own_log::journal(&line).await.unwrap(), 1);
        land::everything(&line).await.unwrap();
        land::everything(&line).await.unwrap();
        assert_eq!(texts(&line, ENTRIES).await.len(), 3);
        let sources = line.store.sources().await.unwrap();
        assert!(
            sources.iter().all(|source| source.connector == "asana"),
            "our own log is not among them"
        );
    });
}
