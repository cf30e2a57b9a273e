//! What the server tells of itself.

use serde_json::{Value, json};

use super::world::Server;
use crate::serve::wait_for;
use crate::world::World;

#[test]
fn the_server_tells_of_itself() {
    let server = Server::start();
    wait_for(|| server.world.landed_ids().len() == 50);
    wait_for(|| server.get("/system").ok(200)["journal"]["notLanded"] == 0);
    let system = server.get("/system").ok(200);
    assert_eq!(system["version"], env!("CARGO_PKG_VERSION"));
    assert!(!system["build"].as_str().unwrap().is_empty());
    let started_at: jiff::Timestamp = system["startedAt"].as_str().unwrap().parse().unwrap();
    assert!(started_at <= margay_runtime::Clock::system().now());
    assert_eq!(system["dataDir"], json!(server.world.data_dir()));
    for number in [&system["freeBytes"], &system["database"]["bytes"]] {
        assert!(number.as_u64().unwrap() > 0, "{system}");
    }
    // The table of events, that of what was done here, and that of what fitted no schema.
    assert_eq!(system["lake"]["tables"], 3);
    assert_eq!((&system["publicUrl"], &system["tls"]), (&Value::Null, &json!(false)));
}

#[test]
fn it_tells_what_the_journal_keeps_and_where_people_reach_it() {
    let world = World::connected(50);
    world.pull();
    let server = Server::over(world, &["--public-url", "https://margay.example.com/"]);
    let system = server.get("/system").ok(200);
    assert!(system["journal"]["entries"].as_u64().unwrap() > 0, "{system}");
    let bytes = system["journal"]["bytes"].as_u64().unwrap();
    assert!(
        bytes > 0 && bytes < system["database"]["bytes"].as_u64().unwrap(),
        "{system}"
    );
    assert_eq!(system["publicUrl"], "https://margay.example.com");
}
