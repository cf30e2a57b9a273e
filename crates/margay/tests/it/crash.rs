//! Pulling the plug on the real process.

use std::process::Stdio;

use crate::world::{World, journal_bytes};

/// How often the process is killed. Each kill is at another amount of journalled data.
const KILLS: u64 = 6;
const EVENTS: u64 = 12_000;

#[test]
fn killed_again_and_again_each_event_lands_exactly_once() {
    let world = World::connected(EVENTS);
    let mut kills = 0;
    for nth in 1..=KILLS {
        let before = journal_bytes(&world.data_dir());
        let mut child = world
            .command(&["pull", "--until-drained", "--quiet"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The condition is data on disk, not time: each round dies a little later in its work.
        loop {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            if journal_bytes(&world.data_dir()) > before + nth * 60_000 {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
                break;
            }
            std::thread::yield_now();
        }
    }
    assert!(kills > 0, "the process was never caught at work");
    world.pull();
    world.assert_complete();
}

#[test]
fn a_second_process_says_who_is_there_and_leaves() {
    let world = World::connected(10);
    let mut serving = world
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    crate::serve::wait_until_listening(&mut serving);
    let said = world.margay(&["pull"]);
    let holder = format!("`margay serve` (process {})", serving.id());
    assert_eq!(said.exit, 5, "{}", said.stderr);
    assert!(said.stderr.contains(&holder), "{}", said.stderr);
    // Looking is allowed beside it.
    assert_eq!(world.margay(&["source", "list"]).exit, 0);
    assert_eq!(world.margay(&["query", "select count(*) from asana_audit"]).exit, 0);
    serving.kill().unwrap();
    serving.wait().unwrap();
    world.pull();
    world.assert_complete();
}
