//! An alert arrives as mail, at a real mail server: aiosmtpd, run by Python.
//!
//! It is installed from `tests/engines/requirements.txt`. Without it the test says so and passes, unless `MARGAY_REQUIRE_ENGINES` is
//! set, as it is in CI.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::world::World;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/engines/mail_server.py");

/// A mail server on a free port that says what it takes. It ends when it is dropped.
struct MailServer {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    port: String,
}

impl MailServer {
    fn start(python: &str) -> Self {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = said.next().unwrap().unwrap();
        Self { child, said, port }
    }

    /// The next mail that it takes.
    fn mail(&mut self) -> Value {
        serde_json::from_str(&self.said.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn an_alert_arrives_as_mail() {
    let python = std::env::var("MARGAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python).args(["-c", "import aiosmtpd"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        let is_required = std::env::var_os("MARGAY_REQUIRE_ENGINES").is_some();
        assert!(!is_required, "{python} has no aiosmtpd");
        eprint_skipped(&python);
        return;
    }
    let mut server = MailServer::start(&python);
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
    assert_eq!(server.mail()["subject"], "[Margay] Test: alerts reach soc");

    let mut mail = Value::Null;
    world.served(&["--allow-address", "127.0.0.1"], || mail = server.mail());
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

/// The test runner shows it only when asked; that is as loud as a pass should be.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn eprint_skipped(python: &str) {
    eprintln!("skipped: {python} has no aiosmtpd; see tests/engines/requirements.txt");
}
