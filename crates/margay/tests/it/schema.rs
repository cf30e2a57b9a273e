//! `margay schema`: files in, findings out.

use std::path::{Path, PathBuf};

use crate::world::World;

fn content(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../content/asana")
        .join(file)
}

#[test]
fn the_built_in_schema_is_in_order() {
    let world = World::of(0);
    let said = world.margay(&["schema", "check", content("schema.yml").to_str().unwrap()]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("Asana.Audit is in order"), "{}", said.stdout);
}

#[test]
fn every_problem_of_a_file_is_shown_where_it_is() {
    let world = World::of(0);
    let file = world.data_dir().with_extension("yml");
    std::fs::write(
        &file,
        "schema: Custom.Broken\nfields:\n  - name: a\n    type: strin\n  - name: b\n    typ: string\n",
    )
    .unwrap();
    let said = world.margay(&["schema", "check", file.to_str().unwrap()]);
    assert_eq!(said.exit, 8);
    let at = |line: u32| said.stderr.contains(&format!("{}:{line}:", file.display()));
    assert!(at(4) && at(6), "{}", said.stderr);
    assert!(
        said.stderr.contains("string"),
        "a hint names the type that was meant: {}",
        said.stderr
    );
}

#[test]
fn parse_prints_events_and_says_which_lines_do_not_fit() {
    let world = World::of(0);
    let file = world.data_dir().with_extension("ndjson");
    let good = world.simulation_event();
    std::fs::write(&file, format!("{good}\n\n{{\"gid\":\"1\"}}\nnot json\n")).unwrap();
    let schema = content("schema.yml");
    let said = world.margay(&[
        "schema",
        "parse",
        "--schema",
        schema.to_str().unwrap(),
        file.to_str().unwrap(),
    ]);
    assert_eq!(said.exit, 8, "{}", said.stderr);
    assert_eq!(said.stdout.lines().count(), 1);
    assert!(
        said.stdout.contains("\"p_log_type\":\"Asana.Audit\""),
        "{}",
        said.stdout
    );
    assert!(
        said.stderr.contains(":3: rejected: ") && said.stderr.contains(":4: rejected: "),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("1 events, 2 rejected"), "{}", said.stderr);
}

impl World {
    /// One event as the simulated vendor sends it.
    fn simulation_event(&self) -> String {
        self.simulation.add_events(1);
        self.simulation.events().next().unwrap()
    }
}
