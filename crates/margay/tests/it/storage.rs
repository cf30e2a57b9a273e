//! Storage that fails under the real binary: what it says, and that nothing is lost once the cause is gone. And the two commands for
//! it, `doctor` and `backup`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::serve::wait_until_listening;
use crate::world::{Said, World};

impl World {
    /// Doctor finds nothing, and every event is in the lake once.
    fn assert_well(&self) {
        let said = self.margay(&["doctor"]);
        assert_eq!(
            (said.exit, said.stdout.as_str()),
            (0, "all is well\n"),
            "{}",
            said.stderr
        );
        self.assert_complete();
    }

    fn serve(&self) -> Child {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_until_listening(&mut child);
        child
    }

    /// Runs a script as root of its own mounts, with `$MARGAY` and the data directory; nothing where that is refused.
    fn with_own_mounts(&self, script: &str) -> Option<Said> {
        let is_possible = Command::new("unshare").args(["-m", "true"]).status();
        if !is_possible.is_ok_and(|status| status.success()) {
            let said = b"not looked at: this machine lets nobody mount anything\n";
            std::io::Write::write_all(&mut std::io::stderr(), said).unwrap();
            return None;
        }
        let mut command = Command::new("unshare");
        command
            .args(["-m", "sh", "-c", script])
            .env("MARGAY", env!("CARGO_BIN_EXE_margay"))
            .env("MARGAY_DATA_DIR", self.data_dir())
            .env_remove("MARGAY_MASTER_KEY")
            .stdin(Stdio::null());
        Some(Said::of(&command.output().unwrap()))
    }
}

fn stop(mut child: Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn wait_for(mut wanted: impl FnMut() -> bool) {
    while !wanted() {
        std::thread::yield_now();
    }
}

fn cut(file: &Path, bytes: u64) {
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(bytes).unwrap();
}

#[test]
fn doctor_says_that_all_is_well_beside_a_server_and_after_it() {
    let world = World::connected(300);
    let child = world.serve();
    let count = || world.margay(&["query", "--format", "csv", "select count(*) from asana_audit"]);
    wait_for(|| count().stdout.trim_end().ends_with("300"));
    let said = world.margay(&["doctor"]);
    assert_eq!(
        (said.exit, said.stdout.as_str()),
        (0, "all is well\n"),
        "{}",
        said.stderr
    );
    let refused = world.margay(&["doctor", "--repair"]);
    assert_eq!(refused.exit, 5, "{}", refused.stderr);
    stop(child);
    world.assert_well();
}

#[test]
fn a_backup_made_beside_a_server_is_restored_and_goes_on() {
    let world = World::connected(400);
    let child = world.serve();
    let copy = world.data_dir().with_extension("backup");
    let backup = |more: &[&str]| {
        let arguments = [&["backup", copy.to_str().unwrap()], more].concat();
        world.margay(&arguments)
    };
    // Copied at any moment of the first pull.
    let said = backup(&[]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("the master key is not in the copy"),
        "{}",
        said.stderr
    );
    assert_eq!(backup(&[]).exit, 2, "a backup is not overwritten");
    world.simulation.add_events(7);
    stop(child);

    let key = fs::read(world.data_dir().join("master.key")).unwrap();
    fs::remove_dir_all(world.data_dir()).unwrap();
    fs::rename(&copy, world.data_dir()).unwrap();
    let keyless = world.margay(&["doctor"]);
    assert_eq!(keyless.exit, 8);
    assert!(keyless.stdout.contains("key_unusable"), "{}", keyless.stdout);
    let key_file = world.data_dir().join("master.key");
    fs::write(&key_file, key).unwrap();
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o644)).unwrap();
    let open_to_others = world.margay(&["doctor"]);
    assert!(
        open_to_others.stdout.contains("run: chmod 600"),
        "{}",
        open_to_others.stdout
    );
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
    world.pull();
    world.assert_well();

    let said = backup(&["--with-master-key"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stderr.contains("the master key is in the copy"), "{}", said.stderr);
    assert!(copy.join("master.key").exists());
}

#[test]
fn a_lake_deleted_under_a_server_is_found_and_made_anew() {
    let world = World::connected(250);
    world.pull();
    let served = world.simulation.requests_served();
    let child = world.serve();
    // It listens before it has looked at the tables, and would not start without them.
    wait_for(|| world.simulation.requests_served() > served);
    fs::remove_dir_all(world.data_dir().join("lake")).unwrap();
    world.simulation.add_events(5);
    let served = world.simulation.requests_served();
    wait_for(|| world.simulation.requests_served() > served + 3);
    let said = world.margay(&["doctor"]);
    assert_eq!(said.exit, 8, "{}", said.stdout);
    stop(child);

    let repaired = world.margay(&["doctor", "--repair"]);
    assert_eq!(repaired.exit, 0, "{}\n{}", repaired.stdout, repaired.stderr);
    assert!(
        repaired.stderr.contains("repaired landed_entries_missing"),
        "{}",
        repaired.stderr
    );
    world.pull();
    world.assert_well();
    let history = world.margay(&["source", "history", "My Asana logs"]);
    assert!(history.stdout.contains("landed from the journal"), "{}", history.stdout);
}

#[test]
fn a_damaged_database_is_named_and_nothing_is_polled() {
    let world = World::connected(250);
    world.pull();
    let database = world.data_dir().join("margay.db");
    let files = ["margay.db", "margay.db-wal", "margay.db-shm"].map(|name| world.data_dir().join(name));
    let whole = files.clone().map(|file| fs::read(file).ok());
    for bytes in [0, 100, 8_192] {
        cut(&database, bytes);
        let asked = world.simulation.requests_served();
        let pulled = world.margay(&["pull", "--quiet"]);
        assert_eq!(pulled.exit, 6, "{bytes}: {}", pulled.stderr);
        assert!(
            pulled.stderr.contains("restore the last backup"),
            "{bytes}: {}",
            pulled.stderr
        );
        assert_eq!(world.simulation.requests_served(), asked);
        let said = world.margay(&["doctor", "--format", "ndjson"]);
        assert_eq!(said.exit, 8, "{bytes}: {}", said.stdout);
        assert!(
            said.stdout.contains("\"place\":\"margay.db\""),
            "{bytes}: {}",
            said.stdout
        );
        for (file, bytes) in files.iter().zip(&whole) {
            match bytes {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => drop(fs::remove_file(file)),
            }
        }
    }
    world.simulation.add_events(3);
    world.pull();
    world.assert_well();
}

#[test]
fn a_read_only_data_directory_is_named_and_nothing_is_lost() {
    let world = World::connected(120);
    world.pull();
    world.simulation.add_events(4);
    let Some(said) = world.with_own_mounts(
        "mount --bind \"$MARGAY_DATA_DIR\" \"$MARGAY_DATA_DIR\" && mount -o remount,ro,bind \"$MARGAY_DATA_DIR\" || exit 99\n\
         exec \"$MARGAY\" pull --until-drained --quiet",
    ) else {
        return;
    };
    assert_eq!(said.exit, 6, "{}", said.stderr);
    assert!(said.stderr.contains("read-only"), "{}", said.stderr);
    world.pull();
    world.assert_well();
}

#[test]
fn a_full_disk_stops_a_pull_and_the_next_one_loses_nothing() {
    let world = World::connected(3_000);
    // The disk is as large as what is on it, and half a megabyte more; then it grows.
    let Some(said) = world.with_own_mounts(
        "set -e\n\
         disk=$MARGAY_DATA_DIR.disk; mkdir \"$disk\"; mount -t tmpfs -o size=64m tmpfs \"$disk\"\n\
         cp -a \"$MARGAY_DATA_DIR/.\" \"$disk\"; export MARGAY_DATA_DIR=$disk\n\
         used=$(df -k --output=used \"$disk\" | tail -1); mount -o remount,size=$((used + 512))k \"$disk\"\n\
         set +e; \"$MARGAY\" pull --until-drained --quiet; echo \"full: $?\"\n\
         mount -o remount,size=256m \"$disk\"\n\
         \"$MARGAY\" pull --until-drained --quiet; echo \"pulled: $?\"\n\
         \"$MARGAY\" doctor; echo \"well: $?\"\n\
         \"$MARGAY\" query --format csv 'select count(*), count(distinct gid) from asana_audit'",
    ) else {
        return;
    };
    assert!(said.stdout.contains("full: 6\n"), "{}\n{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("hint: free some space"), "{}", said.stderr);
    assert!(said.stdout.contains("pulled: 0\n"), "{}\n{}", said.stdout, said.stderr);
    assert!(
        said.stdout.contains("all is well\nwell: 0\n") || said.stdout.contains("disk_low"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.trim_end().ends_with("3000,3000"), "{}", said.stdout);
}
