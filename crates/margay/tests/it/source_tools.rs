//! What of a log source works, what flowed through it, and what it is called.

use serde_json::{Value, json};

use crate::world::World;

const NAME: &str = "My Asana logs";

fn rows(world: &World, arguments: &[&str]) -> Vec<Value> {
    let told = world.done(&[arguments, &["--format", "ndjson"]].concat());
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn health_says_what_works_and_when_that_changed() {
    let world = World::connected(20);
    world.pull();
    let checks = rows(&world, &["source", "health", NAME]);
    let token = checks.iter().find(|check| check["check"] == "token").unwrap();
    assert_eq!(
        (&token["is_healthy"], &token["last_failure_at"]),
        (&json!(true), &Value::Null)
    );
    assert!(
        world
            .done(&["source", "health", NAME])
            .starts_with("My Asana logs: healthy")
    );
    assert!(rows(&world, &["source", "health", NAME, "--history", "5"]).is_empty());

    world
        .simulation
        .revoke_token(margay_sim::TokenKind::ServiceAccountAuditOnly);
    world.margay(&["pull", "--quiet"]);
    let changes = rows(&world, &["source", "health", NAME, "--history", "5"]);
    let last = changes.last().unwrap();
    assert_eq!(
        (&last["check"], &last["is_healthy"]),
        (&json!("token"), &json!(false)),
        "{changes:?}"
    );
}

#[test]
fn metrics_say_what_flowed() {
    let world = World::connected(20);
    assert!(rows(&world, &["source", "metrics", NAME]).is_empty());
    world.pull();
    let steps = rows(&world, &["source", "metrics", NAME, "--last", "2h", "--interval", "5m"]);
    let total = |column: &str| steps.iter().map(|step| step[column].as_u64().unwrap()).sum::<u64>();
    assert_eq!(total("events"), 20);
    assert!(total("polls") >= 1 && total("bytes") > 0, "{steps:?}");
    let refused = world.margay(&["source", "metrics", NAME, "--interval", "7m"]);
    assert_eq!(refused.exit, 2, "{}", refused.stderr);
}

#[test]
fn how_often_a_source_is_polled_is_set_shown_and_given_back() {
    let world = World::connected(0);
    let shown = || world.object(&["source", "show", NAME])["poll_interval"].clone();
    assert_eq!(shown(), "default");
    let said = world.done(&["source", "set", NAME, "--poll-interval", "5m"]);
    assert_eq!(
        said,
        format!("source `{NAME}` is polled every 300s; a running server begins within seconds\n")
    );
    assert_eq!(shown(), "300s");
    for bad in ["0s", "500ms", "1500ms", "25h", "often", ""] {
        let refused = world.margay(&["source", "set", NAME, "--poll-interval", bad]);
        assert_eq!(refused.exit, 2, "{bad}: {}", refused.stderr);
    }
    assert_eq!(shown(), "300s");
    world.done(&["source", "set", NAME, "--poll-interval", "default"]);
    assert_eq!(shown(), "default");
    for bad in ["25h", "50ms"] {
        let refused = world.margay(&["serve", "--listen", "127.0.0.1:0", "--poll-interval", bad]);
        assert_eq!(refused.exit, 2, "{bad}: {}", refused.stderr);
        assert!(refused.stderr.contains("100ms to 24h"), "{}", refused.stderr);
    }
}

#[test]
fn a_source_is_renamed() {
    let world = World::connected(5);
    world.done(&["source", "rename", NAME, "Asana - production"]);
    assert_eq!(
        world.object(&["source", "show", "asana - production"])["name"],
        "Asana - production"
    );
    let refused = world.margay(&["source", "rename", "Asana - production", ""]);
    assert_eq!(refused.exit, 2, "{}", refused.stderr);
    assert_eq!(world.margay(&["source", "rename", NAME, "x"]).exit, 2);
}
