//! The simulated vendor as a process of its own.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use crate::world::World;

/// Ends the process, however the test does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts `margay sim asana`, waits until it serves, ends it; returns what it said on standard error.
fn started(world: &World, arguments: &[&str]) -> String {
    let mut command = world.command(&[&["sim", "asana"], arguments].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let stdout = BufReader::new(running.0.stdout.take().unwrap());
    let first = stdout.lines().next().unwrap().unwrap();
    assert!(first.starts_with("API  "), "{first}");
    running.0.kill().unwrap();
    let mut said = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_swarm_is_printed_and_its_text_replays_it() {
    let world = World::of(0);
    let drawn = started(&world, &["--swarm", "7"]);
    let (head, yaml) = drawn.split_once('\n').unwrap();
    assert_eq!(head, "# Scenario of --swarm 7, seed 7");
    std::fs::create_dir_all(world.data_dir()).unwrap();
    let file = world.data_dir().join("scenario.yml");
    std::fs::write(&file, &drawn).unwrap();
    let replayed = started(&world, &["--scenario", file.to_str().unwrap()]);
    assert_eq!(replayed.split_once('\n').unwrap().1, yaml);
}

#[test]
fn a_scenario_with_a_mistake_is_refused_with_its_place() {
    let world = World::of(0);
    std::fs::create_dir_all(world.data_dir()).unwrap();
    let file = world.data_dir().join("scenario.yml");
    std::fs::write(&file, "seed: 1\nfaults:\n  - fault: explode\n").unwrap();
    let said = world.margay(&["sim", "asana", "--scenario", file.to_str().unwrap()]);
    assert_eq!(said.exit, 2, "{}", said.stderr);
    assert!(
        said.stderr.contains("line 3 column 12") && said.stderr.contains("explode"),
        "{}",
        said.stderr
    );
}
