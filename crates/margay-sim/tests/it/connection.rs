//! Faults of the connection: what comes late, in part, or not at all.

use std::time::Duration;

use margay_sim::{Fault, FaultKind, PlannedFault, TokenKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::World;
use crate::scenario::{given, once};

/// How long a client of these tests waits for an answer that does not come.
const IMPATIENCE: Duration = Duration::from_millis(400);
/// How long a simulation may take to stop while something hangs; less than what it grants answers in flight.
const STOP_TIME_MAX: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_reset_is_a_real_one_before_any_byte() {
    let world = World::with_faults([PlannedFault::from(Fault::Reset { after_bytes: 0 })]).await;
    assert_eq!(
        raw_answer(&world, "").await,
        (0, Some(std::io::ErrorKind::ConnectionReset))
    );
    assert_eq!(given(&world, FaultKind::Reset), 1);
    assert_eq!(world.simulation.served().requests, 0, "nobody was answered");
}

#[tokio::test]
async fn a_reset_in_the_middle_lets_no_more_through() {
    let world = World::with_faults([once(Fault::Reset { after_bytes: 700 })]).await;
    let (bytes, error) = raw_answer(&world, "").await;
    // The reset may overtake what was sent before it.
    assert!(bytes <= 700, "{bytes}");
    assert_eq!(error, Some(std::io::ErrorKind::ConnectionReset));
    assert_eq!(
        world.audit("limit=5").await.events().len(),
        5,
        "a new connection is well"
    );
}

/// Sends a request by hand; returns how many bytes came back and how that ended.
async fn raw_answer(world: &World, parameters: &str) -> (usize, Option<std::io::ErrorKind>) {
    let mut stream = TcpStream::connect(world.simulation.address()).await.unwrap();
    let request = format!(
        "GET /api/1.0/workspaces/{}/audit_log_events?{parameters} HTTP/1.1\r\nhost: vendor\r\nauthorization: Bearer {}\r\n\r\n",
        world.simulation.organization_id(),
        world.simulation.token(TokenKind::ServiceAccountFull)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let outcome = stream.read_to_end(&mut bytes).await;
    (bytes.len(), outcome.err().map(|error| error.kind()))
}

#[tokio::test]
async fn a_server_that_never_answers_ends_with_the_simulation() {
    let mut world = World::with_faults([PlannedFault::from(Fault::Hang).at_most(1)]).await;
    world.patience = IMPATIENCE;
    assert!(world.try_audit("").await.err().unwrap().is_timeout());
    until(|| world.simulation.served().in_flight == 0).await;
    assert_eq!(world.audit("limit=5").await.events().len(), 5);

    let world = World::with_faults([PlannedFault::from(Fault::Hang)]).await;
    let request = world.try_audit("");
    tokio::select! {
        _ = request => panic!("it was answered"),
        () = until(|| given(&world, FaultKind::Hang) == 1) => {}
    }
    tokio::time::timeout(STOP_TIME_MAX, world.simulation.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_hanging_client_is_cut_off_when_the_simulation_stops() {
    let world = World::with_faults([PlannedFault::from(Fault::Hang)]).await;
    let simulation = world.simulation;
    let mut stream = TcpStream::connect(simulation.address()).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: vendor\r\n\r\n")
        .await
        .unwrap();
    until(|| simulation.served().received == 1).await;
    tokio::time::timeout(STOP_TIME_MAX, simulation.shutdown())
        .await
        .unwrap();
    let mut bytes = Vec::new();
    assert!(stream.read_to_end(&mut bytes).await.is_err() && bytes.is_empty());
}

/// Waits for a condition, not for ever.
async fn until(is_met: impl Fn() -> bool) {
    let met = async {
        while !is_met() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), met).await.unwrap();
}

#[tokio::test]
async fn an_answer_is_held_back_and_then_right() {
    let world = World::with_faults([once(Fault::Delay { ms: 60 })]).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(world.audit("limit=5").await.events().len(), 5);
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_slow_body_is_whole() {
    let world = World::with_faults([once(Fault::SlowBody { over_ms: 100 })]).await;
    let begun = tokio::time::Instant::now();
    let slow = world.audit("limit=50").await;
    assert!(begun.elapsed() >= Duration::from_millis(90), "{:?}", begun.elapsed());
    assert_eq!(slow.ids(), world.audit("limit=50").await.ids());
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_promised() {
    let world = World::with_faults([PlannedFault::from(Fault::CutBody { percent: 50 })]).await;
    assert!(world.try_audit("limit=20").await.is_err());
    let (bytes, _) = raw_answer(&world, "limit=20").await;
    let whole = World::with_faults([]).await.audit("limit=20").await.text.len();
    assert!((whole / 3..whole).contains(&bytes), "{bytes} of {whole}");
}

#[tokio::test]
async fn a_stalled_body_begins_and_never_ends() {
    let mut world = World::with_faults([once(Fault::StallBody { percent: 50 })]).await;
    world.patience = IMPATIENCE;
    assert!(world.try_audit("").await.err().unwrap().is_timeout());
    assert_eq!(world.simulation.served().by_status[&200], 1, "the headers were sent");
    tokio::time::timeout(STOP_TIME_MAX, world.simulation.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn faults_of_different_places_meet_one_request() {
    let world = World::with_faults([
        once(Fault::Delay { ms: 1 }),
        once(Fault::ShortPage { events_max: 2 }),
        once(Fault::SlowBody { over_ms: 1 }),
        once(Fault::Reset { after_bytes: 1_000_000 }),
    ])
    .await;
    assert!(world.try_audit("limit=50").await.is_err());
    let faults = world.simulation.served().faults;
    let expected = [
        FaultKind::Delay,
        FaultKind::Reset,
        FaultKind::ShortPage,
        FaultKind::SlowBody,
    ];
    assert_eq!(faults.into_iter().collect::<Vec<_>>(), expected.map(|kind| (kind, 1)));
}

#[tokio::test]
async fn requests_in_flight_and_a_minute_are_counted_at_their_most() {
    let world = World::with_faults([PlannedFault::from(Fault::Delay { ms: 150 }).at(1..=3)]).await;
    let requests = (0..3).map(|_| world.audit("limit=1"));
    futures::future::join_all(requests).await;
    world.clock.advance(Duration::from_secs(60));
    world.audit("limit=1").await;
    let served = world.simulation.served();
    assert_eq!(
        (served.in_flight_max, served.requests_per_minute_max, served.received),
        (3, 3, 4)
    );
}
