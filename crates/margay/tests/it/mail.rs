//! An alert arrives as mail, at a real mail server: aiosmtpd, run by Python.

use serde_json::Value;

use crate::python::PythonServer;
use crate::world::World;

#[test]
fn an_alert_arrives_as_mail() {
    let Some(mut server) = PythonServer::start("mail_server.py", "aiosmtpd") else {
        return;
    };
    let world = World::quiet();
    let add = [
        "destination",
        "add",
        "email",
        "soc",
        "--host",
        "127.0.0.1",
        "--port",
        &server.port,
    ];
    let people = [
        "--from",
        "Margay <margay@example.com>",
        "--to",
        "soc@example.com",
        "--to",
        "Jane Doe <jane@example.com>",
    ];
    world.done(&[add.as_slice(), &people, &["--security", "starttls"]].concat());

    // Without TLS nothing is sent, unless somebody says so.
    let test = ["destination", "test", "soc", "--allow-address", "127.0.0.1"];
    let said = world.margay(&test);
    assert_ne!(said.exit, 0, "{}", said.stdout);
    world.done(&["destination", "set", "soc", "--security", "none"]);
    assert_eq!(world.margay(&test[..3]).exit, 4, "the address is not public");
    let said = world.done(&test);
    assert!(said.contains("took the test message: SMTP 250"), "{said}");
    assert_eq!(server.taken()["subject"], "[Margay] Test: alerts reach soc");

    let mut mail = Value::Null;
    world.served(&["--allow-address", "127.0.0.1"], || mail = server.taken());
    assert_eq!(mail["subject"], "[Margay] My Asana logs: no events for 1 d");
    assert_eq!(mail["sender"], "margay@example.com");
    assert_eq!(
        mail["recipients"],
        serde_json::json!(["soc@example.com", "jane@example.com"])
    );
    let body = mail["body"].as_str().unwrap();
    assert!(
        body.contains("Cause: Asana answers, and has had no event for 1 d."),
        "{body}"
    );
    assert!(body.contains("What to do: "), "{body}");
}
