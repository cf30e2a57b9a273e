//! The long-running form: polls, lands, answers, stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::world::World;

/// Waits for the line that names the port, and returns the address. The rest of the log is read away.
pub(crate) fn wait_until_listening(child: &mut Child) -> String {
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    loop {
        line.clear();
        assert!(
            reader.read_line(&mut line).unwrap() > 0,
            "the server ended before it listened"
        );
        if let Some((_, address)) = line.split_once("address=") {
            let address = address.split_whitespace().next().unwrap().to_owned();
            std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
            return address;
        }
    }
}

/// One GET; returns the status and the body.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split_whitespace().nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

/// Asks until `wanted` holds; the test's own timeout ends a wait that never does.
pub(crate) fn wait_for(mut wanted: impl FnMut() -> bool) {
    while !wanted() {
        std::thread::yield_now();
    }
}

#[test]
fn it_polls_lands_tells_its_health_and_stops_cleanly() {
    let world = World::connected(600);
    let mut child = world
        .command(&["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = wait_until_listening(&mut child);
    assert_eq!(get(&address, "/healthz").0, 200);
    wait_for(|| {
        get(&address, "/metrics")
            .1
            .contains("margay_events_landed_total{log_type=\"Asana.Audit\"} 600")
    });

    world.simulation.add_events(5);
    wait_for(|| {
        get(&address, "/metrics")
            .1
            .contains("margay_events_landed_total{log_type=\"Asana.Audit\"} 605")
    });
    let (status, body) = get(&address, "/readyz");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["status"]), (200, &json!("ready")));
    assert!(body["sourcesWithProblems"].is_u64(), "{body}");
    assert_eq!(get(&address, "/api/nowhere").0, 404);

    // Events that came in a moment ago are landed before it ends.
    world.simulation.add_events(3);
    wait_for(|| {
        get(&address, "/metrics")
            .1
            .contains("margay_records_journalled_total{source=\"My Asana logs\"} 608")
    });
    assert!(
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
    world.assert_complete();
}

#[test]
fn it_listens_on_loopback_only() {
    let world = World::connected(1);
    let said = world.margay(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(said.exit, 2);
    assert!(
        said.stderr.starts_with("error: refusing to listen on 0.0.0.0:0"),
        "{}",
        said.stderr
    );
}
