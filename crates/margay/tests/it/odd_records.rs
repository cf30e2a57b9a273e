//! Records and answers that a vendor should not send: nothing stops, nothing is lost, each is where the design says.

use margay_sim::ScriptedAnswer;
use serde_json::json;

use crate::world::World;

const ODD: &[(&str, &str)] = &[
    (
        "no gid",
        r#"{"created_at":"CREATED","event_type":"user_logged_out","actor":{"actor_type":"user"},"resource":{},"details":{},"context":{}}"#,
    ),
    (
        "no actor",
        r#"{"gid":"9000000000000001","created_at":"CREATED","event_type":"user_logged_out"}"#,
    ),
    (
        "an object for a string",
        r#"{"gid":"9000000000000002","created_at":"CREATED","event_type":{"a":1},"actor":{}}"#,
    ),
    (
        "a bad time",
        r#"{"gid":"9000000000000003","created_at":"yesterday","event_type":"x","actor":{}}"#,
    ),
    ("not an object", "42"),
];

const ODD_AND_GOOD: &[&str] = &[
    r#"{"gid":"9100000000000001","created_at":"CREATED","event_type":"user_logged_out","actor":{"name":12345678901234567890123}}"#,
    r#"{"gid":"9100000000000002","created_at":"CREATED","event_type":"an_event_type_of_tomorrow","event_category":"new","actor":{}}"#,
    r#"{"gid":"9100000000000003","created_at":"CREATED","event_type":"x","actor":{"shoe_size":1208575735614490},"tomorrow":[1.50,{"a":null}]}"#,
];

fn body(text: &str, world: &World) -> String {
    text.replace(
        "CREATED",
        &world
            .simulation
            .clock()
            .now()
            .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
            .to_string(),
    )
}

#[test]
fn a_record_that_fits_no_schema_is_kept_with_its_reasons_and_stops_nothing() {
    let world = World::connected(120);
    for (_, record) in ODD {
        world.simulation.add_raw_event(&body(record, &world)).unwrap();
    }
    world.simulation.add_events(5);
    world.pull();
    assert_eq!(world.value("select count(*) from asana_audit"), json!(125));
    let rejects = world.query("select error, payload, p_source_label from margay_monitor.classification_failures");
    assert_eq!(rejects.len(), ODD.len());
    for (name, record) in ODD {
        let kept = rejects
            .iter()
            .find(|row| row["payload"] == json!(body(record, &world)) || row["payload"] == json!(record));
        let kept = kept.unwrap_or_else(|| {
            rejects
                .iter()
                .find(|row| same_shape(&row["payload"], record))
                .expect(name)
        });
        assert!(!kept["error"].as_str().unwrap().is_empty(), "{name}");
        assert_eq!(kept["p_source_label"], "My Asana logs");
    }
    // They are not rejected twice.
    world.pull();
    assert_eq!(
        world.value("select count(*) from margay_monitor.classification_failures"),
        json!(ODD.len())
    );
}

/// The time in a record is the moment it was added; everything else must be byte for byte as it was sent.
fn same_shape(payload: &serde_json::Value, record: &str) -> bool {
    let payload = payload.as_str().unwrap_or_default();
    record.split("CREATED").all(|part| payload.contains(part))
}

#[test]
fn numbers_for_strings_unknown_types_and_unknown_fields_land_without_loss() {
    let world = World::connected(0);
    for record in ODD_AND_GOOD {
        world.simulation.add_raw_event(&body(record, &world)).unwrap();
    }
    world.pull();
    let rows = world.query("select gid, event_type, actor.name as name, p_unmapped from asana_audit order by gid");
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["name"], "12345678901234567890123");
    assert_eq!(rows[1]["event_type"], "an_event_type_of_tomorrow");
    assert_eq!(
        rows[2]["p_unmapped"],
        r#"{"actor":{"shoe_size":1208575735614490},"tomorrow":[1.50,{"a":null}]}"#
    );
}

#[test]
fn a_saml_response_of_twenty_kilobytes_is_kept_whole() {
    let world = World::connected(0);
    let saml = "PHNhbWw+".repeat(2_500);
    let record = format!(
        r#"{{"gid":"9200000000000001","created_at":"CREATED","event_type":"user_login_succeeded","actor":{{}},"details":{{"method":["SAML"],"saml_response":"{saml}"}}}}"#
    );
    world.simulation.add_raw_event(&body(&record, &world)).unwrap();
    world.pull();
    let details = world.value("select details from asana_audit");
    assert_eq!(
        details,
        json!(format!(r#"{{"method":["SAML"],"saml_response":"{saml}"}}"#))
    );
}

#[test]
fn an_answer_that_is_no_page_is_asked_for_again() {
    let world = World::connected(350);
    world.simulation.fail_next([
        ScriptedAnswer::not_json(200),
        ScriptedAnswer::not_json(503),
        ScriptedAnswer::cut(r#"{"data":[{"gid":"1"#),
    ]);
    world.pull();
    world.assert_complete();
}
