//! Other engines see exactly what `margay query` sees: Delta's own reader and DuckDB, run by Python.
//!
//! They are installed from `tests/engines/requirements.txt`. Without them the test says so and passes, unless
//! `MARGAY_REQUIRE_ENGINES` is set, as it is in CI.

use std::process::Command;

use serde_json::Value;

use crate::world::World;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/engines/read_table.py");

#[test]
fn they_count_and_read_the_same() {
    let python = std::env::var("MARGAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_engines = Command::new(&python)
        .args(["-c", "import deltalake, duckdb"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !has_engines {
        assert!(
            std::env::var_os("MARGAY_REQUIRE_ENGINES").is_none(),
            "{python} has no deltalake and duckdb"
        );
        eprint_skipped(&python);
        return;
    }
    let world = World::connected(2_500);
    world.pull();
    // A second commit, a compaction (at the end of each pull) and a late row: the log has something to replay.
    world.simulation.add_events(20);
    world.pull();

    let output = Command::new(&python).arg(SCRIPT).arg(world.table()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();

    let sql = "select gid, event_type, actor.email as actor_email, details, \
               cast(arrow_cast(p_event_time, 'Timestamp(Microsecond, None)') as bigint) as event_time, \
               array_to_string(p_any_ip_addresses, ',') as ips, p_row_id from asana_audit order by gid";
    let ours = Value::from(world.query(sql));
    assert_eq!(ours.as_array().unwrap().len(), 2_520);
    for engine in ["deltalake", "duckdb"] {
        let rows = theirs[engine].as_array().unwrap();
        assert_eq!(rows.len(), 2_520, "{engine}");
        for (row, our_row) in rows.iter().zip(ours.as_array().unwrap()) {
            assert_eq!(row, our_row, "{engine}");
        }
    }
}

/// The test runner shows it only when asked; that is as loud as a pass should be.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn eprint_skipped(python: &str) {
    eprintln!("skipped: {python} has no deltalake and duckdb; see tests/engines/requirements.txt");
}
