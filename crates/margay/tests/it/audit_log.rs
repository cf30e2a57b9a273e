//! Commands that change no row of the database, and those that are refused, are in the audit log too.

use margay_sim::TokenKind;

use crate::world::World;

/// What commands did or were refused, the oldest first.
fn entries(world: &World) -> Vec<String> {
    // What the commands left lands with the next pull.
    world.pull();
    let rows = world.query(
        "select concat_ws(' ', action, outcome, problem) as said from margay_audit \
         where outcome = 'failed' or action in ('back_up', 'replay_log_source') order by created_at",
    );
    rows.iter()
        .map(|row| row["said"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn backups_replays_and_tests_leave_entries() {
    let world = World::connected(3);
    world.pull();
    let copy = world.data_dir().with_extension("backup");
    let copy = copy.to_str().unwrap();
    world.done(&["backup", copy, "--with-master-key"]);
    assert_eq!(world.margay(&["backup", copy]).exit, 2, "there is one");
    world.done(&["replay", "--source", "My Asana logs", "--quiet"]);
    world.done(&["replay", "--source", "My Asana logs", "--quiet", "--dry-run"]);
    world.done(&["destination", "add", "webhook", "hook", "--url", "https://127.0.0.1/"]);
    assert_eq!(world.margay(&["destination", "test", "hook"]).exit, 4);
    let expected = [
        "back_up succeeded",
        "back_up failed invalid_value",
        "replay_log_source succeeded",
        "test_destination failed vendor_unavailable",
    ];
    assert_eq!(entries(&world), expected);
    let told = world.query("select after from margay_audit where action = 'back_up' order by created_at");
    assert!(told[0].to_string().contains("withMasterKey"), "{}", told[0]);
    assert!(told[1].to_string().contains("is not empty"), "{}", told[1]);
}

#[test]
fn what_a_command_is_refused_leaves_an_entry() {
    let world = World::of(3);
    assert_eq!(world.add_source(TokenKind::Revoked, &[]).exit, 3);
    assert_eq!(world.add_source(TokenKind::ServiceAccountFull, &[]).exit, 0);
    assert_eq!(world.add_source(TokenKind::ServiceAccountFull, &[]).exit, 2);
    let file = world.data_dir().with_extension("password");
    std::fs::write(&file, "four words and more").unwrap();
    let file = file.to_str().unwrap();
    let create = [
        "user",
        "create",
        "ann@example.com",
        "--role",
        "admin",
        "--password-file",
        file,
    ];
    world.done(&create);
    assert_eq!(world.margay(&create).exit, 2);
    let expected = [
        "create_log_source failed credentials_refused",
        "create_log_source failed invalid_value",
        "create_user failed invalid_value",
    ];
    assert_eq!(entries(&world), expected);
}
