//! From silence to somebody who knows: an alarm, its alert, its way to a webhook, and what people do about it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use expect_test::expect;
use hmac::{Hmac, KeyInit, Mac};
use margay_sim::{Received, Reply};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::serve::wait_for;
use crate::world::World;

const SECRET: &str = "whsec_c2lnbmluZyBrZXkgb2YgYSB0ZXN0";

/// What is in a list of objects under that name.
fn all<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap();
    list.iter().map(|one| one[name].as_str().unwrap()).collect()
}

fn assert_signed(received: &Received) {
    let header = |name: &str| received.headers[name].as_str();
    let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    mac.update(format!("{id}.{timestamp}.{}", received.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), expected);
}

#[test]
fn silence_arrives_signed_and_people_deal_with_it_beside_the_server_and_without() {
    let world = World::quiet();
    let receiver = world.receiver();
    receiver.reply_with(Reply::status(503));
    let secret = world.data_dir().with_extension("secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let url = receiver.url("/hook");
    let add = [
        "destination",
        "add",
        "webhook",
        "on call",
        "--url",
        &url,
        "--secret-file",
    ];
    world.done(&[&add, [secret.to_str().unwrap()].as_slice()].concat());

    let mut id = String::new();
    world.served(&["--allow-address", "127.0.0.0/8"], || {
        wait_for(|| {
            let alerts: Value = serde_json::from_str(&world.done(&["alert", "list", "--format", "json"])).unwrap();
            id = alerts[0]["id"].as_str().unwrap_or_default().to_owned();
            !id.is_empty() && world.object(&["alert", "show", &id])["deliveries"][0]["attempts"] != json!([])
        });
        world.done(&["alert", "status", &id, "triaged"]);
        world.done(&["alert", "comment", &id, "it is a holiday"]);
    });
    let alert = world.object(&["alert", "show", &id]);
    assert_eq!(alert["title"], "My Asana logs: no events for 1 d");
    assert_eq!([&alert["severity"], &alert["status"]], ["CRITICAL", "TRIAGED"]);
    let delivery = &alert["deliveries"][0];
    assert_eq!([&delivery["destination"], &delivery["state"]], ["on call", "waiting"]);
    assert_eq!(delivery["attempts"][0]["status"], 503);

    world.done(&["alert", "assign", &id, "jane"]);
    let said = world.done(&["alert", "resend", delivery["id"].as_str().unwrap()]);
    assert!(said.contains("is tried again"), "{said}");
    receiver.reply_with(Reply::status(204));
    let arrived = || receiver.received().last().is_some_and(|one| one.answered == 204);
    world.served(&["--allow-address", "127.0.0.1"], || wait_for(arrived));

    let calls = receiver.received();
    calls.iter().for_each(assert_signed);
    let key = |one: &Received| one.headers["idempotency-key"].clone();
    assert!(calls.iter().all(|one| key(one) == delivery["id"].as_str().unwrap()));
    let alert = world.object(&["alert", "show", &id]);
    assert_eq!(
        all(&alert["timeline"], "what"),
        ["opened", "status", "comment", "assigned", "resent", "delivered"]
    );
    assert_eq!(all(&alert["deliveries"], "state"), ["delivered"]);
    assert_eq!(alert["assignee"], "jane");
    let said = world.done(&["alert", "resend", delivery["id"].as_str().unwrap()]);
    assert!(said.contains("has arrived already"), "{said}");
    let people = world.done(&["alert", "show", &id]);
    for told in [
        "no events for 1 d",
        "Timeline",
        "it is a holiday",
        "Deliveries",
        "HTTP 503",
    ] {
        assert!(people.contains(told), "{told}: {people}");
    }
    assert_eq!(
        world
            .done(&["alert", "list", "--status", "open", "--format", "json"])
            .trim(),
        "[]"
    );
    world.done(&["alert", "assign", &id, "--nobody"]);
    assert_eq!(world.object(&["alert", "show", &id])["assignee"], Value::Null);
}

#[test]
fn an_alarm_is_set_listed_rehearsed_and_reset() {
    let world = World::quiet();
    let calendar = world.data_dir().with_extension("yaml");
    let yaml = "timeZone: UTC\nhours: {monday: [09:00-17:00], thursday: [09:00-12:00]}\nholidays: [2026-12-24]\n";
    std::fs::write(&calendar, yaml).unwrap();
    let of_source = ["SOURCE_NO_DATA", "--source", "my asana LOGS"];
    let set = |more: &[&str]| world.done(&[&["alarm", "set"], of_source.as_slice(), more].concat());
    let said = set(&[
        "--threshold",
        "4h",
        "--remind",
        "24h",
        "--calendar",
        calendar.to_str().unwrap(),
    ]);
    expect![[r#"
        SOURCE_NO_DATA of `My Asana logs`: on, threshold 4h, reminders every 24h, by a calendar of UTC
        a running server goes by it within seconds
    "#]]
    .assert_eq(&said);
    // What is not given stays as it is.
    set(&["--no-remind", "--off"]);
    let listed: Value = serde_json::from_str(&world.done(&["alarm", "list", "--format", "json"])).unwrap();
    let silence = &listed[0];
    assert_eq!(silence["kind"], "SOURCE_NO_DATA");
    assert_eq!([&silence["threshold"], &silence["calendar"]], ["4h", "UTC"]);
    assert_eq!((&silence["enabled"], &silence["remind"]), (&json!(false), &Value::Null));
    assert_eq!(
        listed.as_array().unwrap().len(),
        10,
        "eight of the source, two of the server"
    );

    // Nothing happened in nearly two days: once longer than a day; half as long again is nearly three.
    world.done(&[&["alarm", "reset"], of_source.as_slice()].concat());
    let rehearsed = world.object(&["alarm", "rehearse", "--source", "My Asana logs"]);
    assert_eq!(
        [&rehearsed["threshold"], &rehearsed["suggested_threshold"]],
        ["24h", "72h"]
    );
    assert_eq!(rehearsed["alarms"], 1);
    let said = world.done(&["alarm", "rehearse", "--source", "My Asana logs", "--threshold", "7d"]);
    assert!(said.contains("it would have sounded not once"), "{said}");
    world.done(&["alarm", "set", "SERVER_DISK", "--off"]);
}

#[test]
fn a_paused_source_is_left_alone_until_it_is_resumed() {
    let world = World::connected(5);
    world.done(&["source", "pause", "My Asana logs"]);
    let requests = world.simulation.requests_served();
    let said = world.margay(&["pull", "--quiet"]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stderr.contains("is paused and was not pulled"), "{}", said.stderr);
    assert_eq!(world.simulation.requests_served(), requests);
    assert!(world.object(&["source", "show", "My Asana logs"])["paused_at"].is_string());
    let said = world.done(&["source", "pause", "My Asana logs"]);
    assert!(said.contains("was paused already"), "{said}");
    world.done(&["source", "resume", "My Asana logs"]);
    world.pull();
    world.assert_complete();
}

#[test]
fn what_is_wrong_is_said_and_changes_nothing() {
    let world = World::connected(0);
    let unknown = "019ab000-0000-7000-8000-000000000001";
    let calendar = world.data_dir().with_extension("yaml");
    std::fs::write(&calendar, "timeZone: Mars/Olympus\nhours: {monday: [09:00-17:00]}\n").unwrap();
    let calendar = calendar.to_str().unwrap();
    let silence = ["alarm", "set", "SOURCE_NO_DATA", "--source", "My Asana logs"];
    let of_silence = |more: &[&'static str]| [silence.as_slice(), more].concat();
    let mut told = String::new();
    for arguments in [
        ["alarm", "set", "SOURCE_NO_DATA", "--off"].to_vec(),
        ["alarm", "set", "SERVER_DISK", "--source", "My Asana logs", "--off"].to_vec(),
        ["alarm", "set", "SERVER_DISK", "--threshold", "1h"].to_vec(),
        silence.to_vec(),
        of_silence(&["--threshold", "90s"]),
        of_silence(&["--threshold", "5m"]),
        of_silence(&["--remind", "1m"]),
        [silence.as_slice(), &["--calendar", calendar]].concat(),
        ["alarm", "rehearse", "--source", "My Asana logs"].to_vec(),
        ["alert", "show", "1"].to_vec(),
        ["alert", "show", unknown].to_vec(),
        ["alert", "comment", unknown, "x"].to_vec(),
        ["alert", "resend", unknown].to_vec(),
        ["alert", "list", "--source", "nobody"].to_vec(),
    ] {
        let said = world.margay(&arguments);
        assert_eq!(said.exit, 2, "{arguments:?}: {}", said.stderr);
        told.push_str(&said.stderr);
    }
    expect![[r#"
        error: each log source has its own SOURCE_NO_DATA
        hint: name the source with --source
        error: SERVER_DISK is an alarm of the server, not of a source
        hint: leave out --source
        error: SERVER_DISK has no threshold
        error: nothing to set
        hint: `margay alarm set --help` tells what can be
        error: --threshold is a number of whole minutes, and `90s` is none
        hint: write it like 15m, 24h or 7d
        error: the threshold is 15 to 43200 minutes for this alarm
        error: reminders come at least 15 minutes apart
        error: there is no time zone `Mars/Olympus`
        hint: use a name such as Europe/Vienna or UTC
        error: nothing of `My Asana logs` has been read of the last 14 days
        hint: try again after a pull
        error: `1` is not the id of an alert
        hint: `margay alert list` has them
        error: there is no alert with the id 019ab000-0000-7000-8000-000000000001
        error: there is no alert with the id 019ab000-0000-7000-8000-000000000001
        error: there is no delivery with the id 019ab000-0000-7000-8000-000000000001
        hint: `margay alert show` lists the deliveries of an alert with their ids
        error: there is no log source `nobody`
        hint: there are `My Asana logs`
    "#]]
    .assert_eq(&told);
    let kinds = world.margay(&["alarm", "reset", "NIX"]).stderr;
    assert!(
        kinds.contains("the kinds are SOURCE_NO_DATA, SOURCE_CANNOT_POLL"),
        "{kinds}"
    );
    assert!(world.margay(&["alert", "list"]).stderr.contains("no alerts"));
}
