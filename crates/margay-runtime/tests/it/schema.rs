//! Custom schemas in the line: what may be added, what a crash leaves, and what a broken one stops.

use std::path::Path;

use margay_lake::Lake;
use margay_runtime::land::backlog;
use margay_runtime::schema::{Applied, Draft, Plan, PlanError, PlanStep, apply, plan, set_state};
use margay_runtime::source::{LogTypeRefused, add_asana, usable_log_type};
use margay_runtime::step::CrashPlan;
use margay_runtime::{Content, DataDir, Line};
use margay_schema::{LogType, UnknownKeys};
use margay_store::{Revision, SchemaState, Store};
use tempfile::TempDir;

use crate::world::{Vendor, draft, live, open, pull_all, texts};

const FIRST: &str = "
schema: Custom.Asana
fields:
  - {name: gid, type: string, required: true}
  - {name: created_at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
";

fn second() -> String {
    format!("{FIRST}  - {{name: event_type, type: string}}\n")
}

fn name() -> LogType {
    "Custom.Asana".parse().unwrap()
}

fn draft_of(yaml: &str) -> Draft<'_> {
    Draft {
        yaml,
        unknown_keys: UnknownKeys::Refuse,
        expected: None,
    }
}

async fn planned(line: &Line, yaml: &str) -> Result<Plan, PlanError> {
    plan(&line.store, &line.lake, draft_of(yaml)).await
}

async fn add(line: &Line, yaml: &str) -> u32 {
    match apply(line, &planned(line, yaml).await.unwrap()).await.unwrap() {
        Applied::Stored(schema) => schema.version,
        Applied::Nothing => panic!("it was there"),
    }
}

async fn line_in(folder: &Path, vendor: &Vendor) -> Line {
    open(folder, vendor, CrashPlan::default()).await
}

/// Every row of the custom table, with its version, sorted.
async fn rows(line: &Line) -> Vec<String> {
    let sql = "select concat(gid, ' ', cast(p_schema_version as varchar)) from custom_asana order by 1";
    texts(line, sql).await
}

fn with_version(ids: &[String], version: u32) -> impl Iterator<Item = String> {
    ids.iter().map(move |id| format!("{id} {version}"))
}

#[test]
fn a_text_is_added_once_and_changed_as_far_as_the_table_allows() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        assert_eq!(planned(&line, FIRST).await.unwrap().step, PlanStep::Create);
        assert_eq!(add(&line, FIRST).await, 1);
        let again = planned(&line, FIRST).await.unwrap();
        let nothing = PlanStep::Nothing {
            version: 1,
            revision: Revision::new(1),
        };
        assert_eq!(again.step, nothing);
        assert_eq!(apply(&line, &again).await.unwrap(), Applied::Nothing);
        assert_eq!(add(&line, &second()).await, 2);

        let refused = planned(&line, FIRST).await.unwrap_err();
        assert!(matches!(refused, PlanError::NotAllowed { version: 2, .. }), "{refused}");
        assert!(refused.to_string().contains("event_type"), "{refused}");
        let retyped = second().replace("event_type, type: string", "event_type, type: int");
        let refused = planned(&line, &retyped).await.unwrap_err();
        assert!(matches!(refused, PlanError::NotAllowed { .. }), "{refused}");
        assert_eq!(line.store.schema(&name()).await.unwrap().unwrap().version, 2);
    });
}

#[test]
fn what_cannot_be_added_is_refused_with_its_reason() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
        let renamed = |name: &str| FIRST.replace("Custom.Asana", name);
        for (yaml, reason) in [
            (
                renamed("Asana.Audit"),
                "`Asana.Audit` cannot be the name of a custom schema",
            ),
            (renamed("Custom"), "`Custom` cannot be the name of a custom schema"),
            (renamed("Custom.ASANA"), "there is a schema `Custom.Asana`"),
            (renamed("custom.Asana"), "starts with a capital letter"),
            (format!("futur: 1{FIRST}"), "futur"),
        ] {
            let error = planned(&line, &yaml).await.unwrap_err().to_string();
            assert!(error.contains(reason), "{reason}: {error}");
        }
        let futur = format!("futur: 1{FIRST}");
        let lenient = Draft {
            unknown_keys: UnknownKeys::Warn,
            ..draft_of(&futur)
        };
        let lenient = plan(&line.store, &line.lake, lenient).await.unwrap();
        assert_eq!(lenient.warnings.len(), 1);

        for (yaml, expected, outcome) in [
            (second(), 1, None),
            (second(), 0, Some("the revision you named is 0, and it is at 1")),
            (second(), 2, Some("the revision you named is 2, and it is at 1")),
            (renamed("Custom.New"), 0, None),
            (renamed("Custom.New"), 1, Some("there is no schema `Custom.New`")),
        ] {
            let draft = Draft {
                expected: Some(Revision::new(expected)),
                ..draft_of(&yaml)
            };
            let error = plan(&line.store, &line.lake, draft)
                .await
                .err()
                .map(|error| error.to_string());
            match (outcome, error) {
                (None, None) => {}
                (Some(reason), Some(error)) => assert!(error.contains(reason), "{error}"),
                (outcome, error) => panic!("{outcome:?}: {error:?}"),
            }
        }

        let now = line.clock.now();
        set_state(&line.store, &name(), None, SchemaState::Archived, now)
            .await
            .unwrap();
        let error = planned(&line, &second()).await.unwrap_err();
        assert!(matches!(error, PlanError::Archived(_)), "{error}");
    });
}

#[test]
fn a_plan_that_was_overtaken_is_not_carried_out() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        let first = planned(&line, FIRST).await.unwrap();
        add(&line, FIRST).await;
        assert!(apply(&line, &first).await.is_err(), "it is there by now");
        let change = planned(&line, &second()).await.unwrap();
        add(&line, &format!("{FIRST}  - {{name: actor, type: json}}\n")).await;
        assert!(apply(&line, &change).await.is_err(), "it was changed by now");
        assert_eq!(line.store.schema(&name()).await.unwrap().unwrap().version, 2);
    });
}

#[test]
fn a_table_that_is_there_without_its_schema_says_what_must_stay() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
    });
    // A database from an older backup than the lake.
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() && path.to_str().unwrap().contains("margay.db") {
            std::fs::remove_file(path).unwrap();
        }
    }
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        let retyped = FIRST.replace("gid, type: string", "gid, type: int");
        let error = planned(&line, &retyped).await.unwrap_err();
        assert!(matches!(error, PlanError::Table(_)), "{error}");
        assert_eq!(line.store.schemas().await.unwrap(), [], "nothing was stored");
        assert_eq!(add(&line, &second()).await, 1);
    });
}

#[test]
fn a_crash_after_a_schema_was_stored_leaves_its_table_to_the_next_start() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        // All that had happened when the process died.
        line.store
            .create_schema(&name(), FIRST, line.clock.now())
            .await
            .unwrap();
        assert!(!line.lake.tables().contains(&"margay_logs.custom_asana".to_owned()));
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        assert_eq!(rows(&line).await, [""; 0]);
        let (name, now) = (name(), line.clock.now());
        line.store
            .replace_schema(&name, Revision::new(1), &second(), now)
            .await
            .unwrap();
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        assert_eq!(texts(&line, "select event_type from custom_asana").await, [""; 0]);
    });
}

#[test]
fn a_plan_can_be_made_beside_a_running_process() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
        let data_dir = DataDir::new(folder.path());
        let store = Store::open_read_only(&data_dir.database(), None).await.unwrap();
        let lake = Lake::open_read_only(&data_dir.lake(), &[]).await.unwrap();
        let plan = plan(&store, &lake, draft_of(&second())).await.unwrap();
        assert!(
            matches!(plan.step, PlanStep::Replace { version: 1, .. }),
            "{:?}",
            plan.step
        );
        let columns = line.lake.query(
            "select event_type from custom_asana",
            margay_lake::QueryContext::at(line.clock.now()),
        );
        assert!(columns.await.is_err(), "the table is as it was");
    });
}

/// The text is edited behind Margay's back, which the store, knowing no YAML, lets happen.
#[test]
fn a_broken_schema_stops_nothing_but_its_own_sources_whose_records_wait() {
    let vendor = Vendor::of(120);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
    });
    let first_ids = vendor.ids();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add_asana(&line, draft(&vendor, "custom", "Custom.Asana"))
            .await
            .unwrap();
        pull_all(&line).await;
        assert_eq!(rows(&line).await, with_version(&first_ids, 1).collect::<Vec<_>>());

        let (name, now) = (name(), line.clock.now());
        line.store
            .replace_schema(&name, Revision::new(1), "schema: [", now)
            .await
            .unwrap();
    });
    vendor.simulation.add_events(30);
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        let content = line.content();
        let [broken] = content.broken() else {
            panic!("{content:?}")
        };
        assert_eq!((broken.log_type.as_str(), broken.version), ("Custom.Asana", 2));
        let refused = usable_log_type(&line.content(), "Custom.Asana").unwrap_err();
        assert!(matches!(refused, LogTypeRefused::Broken { .. }), "{refused}");

        pull_all(&line).await;
        assert_eq!(
            texts(&line, "select gid from asana_audit order by 1").await,
            vendor.ids()
        );
        assert_eq!(rows(&line).await.len(), first_ids.len());
        let source = line.store.source_by_label("custom").await.unwrap().unwrap();
        assert!(backlog(&line, &source).await.unwrap() > 0, "the new ones wait");

        // Mending is compared with the newest text that can be read.
        let refused = planned(&line, &FIRST.replace("gid, type: string", "gid, type: int")).await;
        assert!(matches!(refused, Err(PlanError::NotAllowed { .. })), "{refused:?}");
        assert_eq!(add(&line, &second()).await, 3);
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        pull_all(&line).await;
        let new_ids: Vec<String> = vendor.ids().into_iter().filter(|id| !first_ids.contains(id)).collect();
        assert_eq!(new_ids.len(), 30);
        let mut expected: Vec<String> = with_version(&first_ids, 1).chain(with_version(&new_ids, 3)).collect();
        expected.sort();
        assert_eq!(rows(&line).await, expected);
    });
}

#[test]
fn a_schema_that_its_table_cannot_take_is_set_aside_at_the_start() {
    let vendor = Vendor::of(5);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
        let retyped = FIRST.replace("gid, type: string", "gid, type: bigint");
        let (name, now) = (name(), line.clock.now());
        line.store
            .replace_schema(&name, Revision::new(1), &retyped, now)
            .await
            .unwrap();
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        let content = line.content();
        let [broken] = content.broken() else {
            panic!("{content:?}")
        };
        assert!(broken.reason.contains("column `gid`"), "{}", broken.reason);
        assert!(line.content().schema(&name()).is_none());
        pull_all(&line).await;
        assert_eq!(
            texts(&line, "select gid from asana_audit order by 1").await,
            vendor.ids()
        );

        // Looking finds the same.
        let mut content = Content::load(&line.store).await.unwrap();
        assert!(content.broken().is_empty(), "the text itself is in order");
        content.check_custom(&line.lake).await.unwrap();
        assert_eq!(content.broken(), line.content().broken());
    });
}

#[test]
fn a_source_takes_an_active_schema_only() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        add(&line, FIRST).await;
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        assert_eq!(usable_log_type(&line.content(), "custom.asana").unwrap(), name());
        let unknown = usable_log_type(&line.content(), "Custom.Asna").unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "there is no schema `Custom.Asna`\nhint: did you mean `Custom.Asana`?"
        );
        let now = line.clock.now();
        set_state(&line.store, &name(), None, SchemaState::Archived, now)
            .await
            .unwrap();
    });
    live(async || {
        let line = line_in(folder.path(), &vendor).await;
        let refused = usable_log_type(&line.content(), "Custom.Asana").unwrap_err();
        assert!(matches!(refused, LogTypeRefused::Archived(_)), "{refused}");
        let error = add_asana(&line, draft(&vendor, "custom", "Custom.Asana"))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("is archived"), "{error}");
    });
}
