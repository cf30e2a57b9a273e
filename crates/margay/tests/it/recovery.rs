//! What an operator meets after something went wrong, and the way back.

use std::process::{Command, Stdio};

use margay_sim::{ScriptedAnswer, TokenKind};
use serde_json::json;

use crate::world::World;

#[test]
fn a_new_token_goes_on_where_the_old_one_stopped() {
    let world = World::connected(300);
    world.pull();
    world
        .simulation
        .fail_next([ScriptedAnswer::error(401, "Not Authorized")]);
    world.simulation.add_events(4);
    let refused = world.margay(&["pull", "--until-drained", "--quiet"]);
    assert_eq!(refused.exit, 3, "{}", refused.stderr);

    let file = world.data_dir().with_extension("token");
    let set = |kind: TokenKind| {
        std::fs::write(&file, world.simulation.token(kind)).unwrap();
        world.margay(&[
            "source",
            "set-token",
            "My Asana logs",
            "--token-file",
            file.to_str().unwrap(),
        ])
    };
    // One that fails its check changes nothing.
    assert_eq!(set(TokenKind::Revoked).exit, 3);
    let said = set(TokenKind::ServiceAccountFull);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let pulled = world.pull();
    assert!(pulled.stdout.contains("4 new records"), "{}", pulled.stdout);
    world.assert_complete();
}

#[test]
fn a_pull_that_waits_for_the_vendor_stops_when_told_and_the_next_one_honours_the_wait() {
    let world = World::connected(20);
    world.simulation.fail_next([ScriptedAnswer::rate_limited(3_600)]);
    let mut child = world
        .command(&["pull", "--until-drained"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let asked = world.simulation.requests_served();
    while world.simulation.requests_served() == asked {
        std::thread::yield_now();
    }
    let shown = || {
        world
            .margay(&["source", "show", "My Asana logs", "--format", "json"])
            .stdout
    };
    while !shown().contains("\"last_poll\":\"gave_up\"") {
        std::thread::yield_now();
    }
    assert!(
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().code().is_some(), "it ended by itself");

    let asked = world.simulation.requests_served();
    let again = world.margay(&["pull", "--quiet"]);
    assert_eq!(again.exit, 4);
    assert!(again.stderr.contains("not to be called before"), "{}", again.stderr);
    assert_eq!(
        world.simulation.requests_served(),
        asked,
        "nobody was asked while told to wait"
    );
}

#[test]
fn a_database_older_than_the_lake_is_refused_before_anything_is_polled() {
    let world = World::connected(150);
    // The database is three files at most; an old one beside a new write-ahead log would be the new one.
    let files = ["margay.db", "margay.db-wal", "margay.db-shm"].map(|name| world.data_dir().join(name));
    let backup = files.clone().map(|file| std::fs::read(file).ok());
    world.pull();
    for (file, bytes) in files.iter().zip(backup) {
        match bytes {
            Some(bytes) => std::fs::write(file, bytes).unwrap(),
            None => drop(std::fs::remove_file(file)),
        }
    }
    let asked = world.simulation.requests_served();
    let said = world.margay(&["pull", "--quiet"]);
    assert_eq!(said.exit, 6, "{}", said.stderr);
    assert!(
        said.stderr.contains("the database is older than the lake"),
        "{}",
        said.stderr
    );
    assert_eq!(world.simulation.requests_served(), asked);
}

#[test]
fn a_lake_that_is_not_there_is_an_error_not_an_empty_answer() {
    let world = World::connected(30);
    world.pull();
    let lake = world.data_dir().join("lake");
    let elsewhere = world.data_dir().with_extension("lake");
    std::fs::rename(&lake, &elsewhere).unwrap();
    let said = world.margay(&["query", "select count(*) from asana_audit"]);
    assert_eq!(said.exit, 6, "{}", said.stdout);
    assert!(!lake.exists(), "looking made a folder");
    // A pull makes it anew from the journal.
    world.pull();
    assert_eq!(world.value("select count(*) from asana_audit"), json!(30));
}

#[test]
fn a_start_in_the_future_is_refused() {
    let world = World::of(1);
    let said = world.add_source(TokenKind::ServiceAccountFull, &["--start-at", "2999-01-01"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("in the future"), "{}", said.stderr);
}
