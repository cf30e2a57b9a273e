use margay_runtime::{Clock, DataDir, HttpSettings, Line, LineSettings, Tenancy};
use margay_store::NewDestination;

use super::super::plan::{Action, Plan, Step};
use super::carry_out;

fn adding(name: &str) -> Step {
    Step {
        what: format!("destination `{name}`"),
        changes: Vec::new(),
        action: Action::AddDestination(NewDestination {
            name: name.to_owned(),
            kind: "stdout".to_owned(),
            settings: "{}".to_owned(),
            secret: None,
            severities: Vec::new(),
            alert_types: Vec::new(),
            is_enabled: true,
            now: Clock::system().now(),
        }),
    }
}

#[tokio::test]
async fn what_fails_in_the_middle_leaves_what_was_done_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = LineSettings {
        data_dir: DataDir::new(folder.path()),
        master_key: None,
        http: HttpSettings {
            ca_file: None,
            request_duration_max: None,
            carrier: None,
        },
        clock: Clock::system(),
        tenancy: Tenancy::Alone,
    };
    let data = Line::open(&settings).await.expect("a line");
    // Somebody takes the second name after the plan was made.
    let plan = Plan {
        steps: vec![adding("one"), adding("ONE"), adding("two")],
        ..Plan::default()
    };
    let failure = carry_out(&data, plan, 1).await.expect_err("the name is taken");
    let told = failure.to_string();
    assert!(
        told.starts_with("destination `ONE` could not be kept: there is already a destination"),
        "{told}"
    );
    assert!(told.contains("\nhint: 2 of 4 changes were made, and stay"), "{told}");
    let kept = data.store.destinations().await.expect("destinations");
    assert_eq!(kept.len(), 1);
}
