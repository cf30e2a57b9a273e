//! Adding a source, pulling it, asking for what came.

use expect_test::expect;
use margay_sim::TokenKind;
use serde_json::json;

use crate::world::World;

#[test]
fn everything_the_vendor_has_lands_once_and_a_second_pull_adds_nothing() {
    let world = World::connected(2_500);
    let said = world.pull();
    assert!(
        said.stdout.contains("My Asana logs: 2500 new records in"),
        "{}",
        said.stdout
    );
    world.assert_complete();

    let again = world.pull();
    assert!(again.stdout.contains("0 new records"), "{}", again.stdout);
    world.assert_complete();

    world.simulation.add_events(7);
    world.pull();
    world.assert_complete();
    let all = "select count(*) from margay_views.all_logs where p_log_type = 'Asana.Audit'";
    assert_eq!(world.value(all), json!(2_507));
    // What was done here is among all logs too: the source was added.
    assert_eq!(world.value("select count(*) from margay_views.all_logs"), json!(2_508));
}

#[test]
fn saved_panther_queries_run_under_their_own_names() {
    let world = World::connected(200);
    world.pull();
    for table in [
        "asana_audit",
        "margay_logs.asana_audit",
        "panther_logs.public.asana_audit",
        "margay_views.all_logs",
        "panther_views.public.all_logs",
    ] {
        assert_eq!(
            world.value(&format!(
                "select count(*) from {table} where p_log_type = 'Asana.Audit'"
            )),
            json!(200),
            "{table}"
        );
    }
    assert_eq!(
        world.value("select count(*) from asana_audit where p_occurs_since('91 d')"),
        json!(200)
    );
    assert_eq!(
        world.value("select count(*) from asana_audit where p_occurs_before('2021-01-01')"),
        json!(0)
    );
}

#[test]
fn every_event_has_its_standard_fields() {
    let world = World::connected(300);
    world.pull();
    let odd = world.query(
        "select gid from asana_audit where p_event_time <> created_at or p_log_type <> 'Asana.Audit' or p_schema_version <> 1 \
         or p_source_label <> 'My Asana logs' or length(p_row_id) <> 36 or p_parse_time is null \
         or (actor.email is not null and not array_has(p_any_emails, actor.email)) \
         or (context.client_ip_address is not null and not array_has(p_any_ip_addresses, context.client_ip_address))",
    );
    assert_eq!(odd, Vec::<serde_json::Value>::new());
    assert_eq!(
        world.value("select count(distinct p_row_id) from asana_audit"),
        json!(300)
    );
}

#[test]
fn start_at_limits_how_far_back_a_source_begins() {
    let world = World::of(1_000);
    let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--start-at", "30d"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    world.pull();
    let landed = world.landed_ids().len();
    assert!(landed > 100 && landed < 700, "a third of 89 days, not {landed} of 1000");
}

#[test]
fn a_source_is_listed_shown_and_deleted_and_its_events_stay() {
    let world = World::connected(150);
    world.pull();
    let listed = world.margay(&["source", "list", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed[0]["name"], "My Asana logs");
    assert_eq!(listed[0]["records"], 150);
    assert_eq!(listed[0]["last_poll"], "drained");

    let shown = world.margay(&["source", "show", "my asana LOGS", "--format", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown[0]["organization_id"], world.simulation.organization_id());
    assert_eq!(shown[0]["journal_head"], shown[0]["landed_through"]);

    let unasked = world.margay(&["source", "delete", "My Asana logs"]);
    assert_eq!(unasked.exit, 2, "{}", unasked.stdout);
    let deleted = world.margay(&["source", "delete", "My Asana logs", "--yes"]);
    assert_eq!(deleted.exit, 0, "{}", deleted.stderr);
    let missing = world.margay(&["source", "show", "My Asana logs"]);
    expect![[r"
        error: there is no log source `My Asana logs`
        hint: there are none yet
    "]]
    .assert_eq(&missing.stderr);
    assert_eq!(world.value("select count(*) from asana_audit"), json!(150));
}

#[test]
fn a_name_is_taken_once_in_any_case() {
    let world = World::connected(1);
    let again = world.add_source(TokenKind::ServiceAccountAuditOnly, &[]);
    assert_eq!(again.exit, 2, "{}", again.stderr);
    assert!(again.stderr.contains("My Asana logs"), "{}", again.stderr);
}

#[test]
fn queries_only_read_and_say_what_is_wrong() {
    let world = World::connected(10);
    world.pull();
    for sql in [
        "drop table asana_audit",
        "delete from asana_audit",
        "copy asana_audit to '/tmp/x'",
        "create table x as select 1",
        "set a = 1",
    ] {
        let said = world.margay(&["query", sql]);
        assert_eq!(said.exit, 7, "{sql}: {}", said.stdout);
        assert!(said.stderr.starts_with("error: "), "{sql}: {}", said.stderr);
    }
    let said = world.margay(&["query", "select gidd from asana_audit"]);
    assert_eq!(said.exit, 7);
    assert!(
        said.stderr.contains("gidd") && said.stderr.contains("gid"),
        "{}",
        said.stderr
    );
    world.assert_complete();
}

#[test]
fn a_folder_without_data_is_named() {
    let world = World::of(1);
    let said = world.margay(&["query", "select 1"]);
    assert_eq!(said.exit, 6);
    expect![[r"
        error: there is no Margay data in DATA
        hint: name the right folder with --data-dir, or begin with `margay source add`
    "]]
    .assert_eq(&said.stderr_without(&[(&world.data_dir().display().to_string(), "DATA")]));
}
