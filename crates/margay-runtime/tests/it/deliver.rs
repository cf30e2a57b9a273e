//! Deliveries wait for nobody: not for a receiver that hangs, and not for a server that stops.

use std::sync::Arc;
use std::time::Duration;

use margay_runtime::Line;
use margay_runtime::deliver::courier::Courier;
use margay_runtime::deliver::guard::AddressGuard;
use margay_runtime::deliver::{Post, keep};
use margay_runtime::step::CrashPlan;
use margay_store::{
    AlarmChange, AlarmState, AlarmStatus, AlertId, AlertText, DeliveryState, Evaluated, NewAlert, NewDestination,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::world::{Vendor, live, open};

/// Far less than a try may take, and far more than anything here does.
const SOON: Duration = Duration::from_secs(15);

/// What a receiver does with a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Answers,
    Hangs,
}

/// A receiver on a free port; the channel has a message for each call.
async fn receiver(manner: Manner) -> (String, UnboundedReceiver<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (called, calls) = unbounded_channel();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            if manner == Manner::Answers {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
            held.push(stream);
            if called.send(()).is_err() {
                return;
            }
        }
    });
    (url, calls)
}

async fn add_webhook(line: &Line, name: &str, url: &str) {
    let new = NewDestination {
        name: name.to_owned(),
        kind: "webhook".to_owned(),
        settings: format!(r#"{{"url":"{url}"}}"#),
        secret: None,
        severities: Vec::new(),
        alert_types: Vec::new(),
        is_enabled: true,
        now: line.clock.now(),
    };
    line.store.create_destination(new).await.unwrap();
}

/// Raises an alert of the server, for every destination that there is.
async fn raise(line: &Line, kind: &str) -> AlertId {
    let now = line.clock.now();
    let text = || "text".to_owned();
    let evaluated = Evaluated {
        source_id: None,
        kind: kind.to_owned(),
        before: None,
        status: AlarmStatus {
            state: AlarmState::Alarm,
            since: now,
            opened_at: Some(now),
            is_open: true,
            told_at: Some(now),
        },
        summary: text(),
        change: Some(AlarmChange::Opened(NewAlert {
            alert_type: "SYSTEM_ERROR".to_owned(),
            severity: "CRITICAL".to_owned(),
            text: AlertText {
                title: text(),
                cause: text(),
                evidence: text(),
                blind: text(),
                remedy: text(),
            },
        })),
        now,
    };
    line.store.keep_alarm(evaluated).await.unwrap().unwrap()
}

fn post(line: &Line) -> Post {
    let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    Post {
        courier: Courier::new(guard, line.clock.clone(), None).unwrap(),
        alerts_url: "http://127.0.0.1/alerts/".to_owned(),
        wake: Arc::default(),
    }
}

#[test]
fn a_receiver_that_hangs_keeps_no_other_waiting_and_no_server_from_stopping() {
    let vendor = Vendor::of(0);
    let folder = TempDir::new().unwrap();
    live(async || {
        let line = open(folder.path(), &vendor, CrashPlan::default()).await;
        let post = post(&line);
        let stop = CancellationToken::new();
        let (hanging, mut calls) = receiver(Manner::Hangs).await;
        add_webhook(&line, "hangs", &hanging).await;
        let first = raise(&line, "FIRST").await;
        let delivering = tokio::spawn(keep(line.clone(), post.clone(), stop.clone()));
        timeout(SOON, calls.recv()).await.unwrap().unwrap();

        let (answering, mut calls) = receiver(Manner::Answers).await;
        add_webhook(&line, "answers", &answering).await;
        raise(&line, "SECOND").await;
        post.wake.notify_one();
        let arrived = timeout(SOON, calls.recv()).await;
        assert!(arrived.is_ok(), "it waited for the receiver that hangs");

        stop.cancel();
        assert!(timeout(SOON, delivering).await.is_ok(), "the stop waited for an answer");
        let waiting = line.store.deliveries_of_alert(first).await.unwrap().remove(0);
        assert_eq!(waiting.state, DeliveryState::Waiting, "it is tried again under its key");
        assert_eq!(line.store.attempts(waiting.id).await.unwrap(), []);
    });
}
