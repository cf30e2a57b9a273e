use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::clock::Clock;
use crate::deliver::guard::AddressGuard;
use crate::deliver::route::Route;
use crate::deliver::webhook::tests::message;

/// What a server says to `RCPT TO` of each mailbox that it does not take.
type Refusals = &'static [(&'static str, &'static str)];

/// Speaks as much SMTP as one mail needs; keeps whom each mail was for.
async fn answer(stream: TcpStream, refusals: Refusals, taken: Arc<Mutex<Vec<Vec<String>>>>) {
    let mut stream = BufReader::new(stream);
    let mut recipients = Vec::new();
    let mut is_content = false;
    stream.write_all(b"220 test\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
        let said = line.trim_end().to_owned();
        line.clear();
        if is_content && said != "." {
            continue;
        }
        let to = said.strip_prefix("RCPT TO:<").and_then(|rest| rest.split('>').next());
        let refusal = to.and_then(|to| refusals.iter().find(|(mailbox, _)| *mailbox == to));
        let reply = match (to, refusal, said.as_str()) {
            (_, Some((_, refusal)), _) => refusal,
            (Some(to), None, _) => {
                recipients.push(to.to_owned());
                "250 ok"
            }
            (_, _, "DATA") => {
                is_content = true;
                "354 go on"
            }
            (_, _, ".") => {
                is_content = false;
                taken.lock().unwrap().push(std::mem::take(&mut recipients));
                "250 taken"
            }
            _ => "250 ok",
        };
        if stream.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Sends one mail to a server that refuses these mailboxes; returns what came of it, and whom the server took it for.
async fn sent(to: &[&str], settled: &Settled, refusals: Refusals) -> (Result<Sent, NotSent>, Vec<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream, refusals, Arc::clone(&kept)).await;
        }
    });
    let settings = serde_json::json!({
        "host": "127.0.0.1", "port": port, "security": "none", "from": "margay@example.com", "to": to,
    });
    let route = Route::parse("email", &settings.to_string(), false).unwrap();
    let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let courier = Courier::new(guard, Clock::system(), None).unwrap();
    let mut message = message(margay_store::DeliveryNotice::Opened);
    message.settled = settled.clone();
    let result = courier.send(&route, None, &message).await;
    server.abort();
    let taken = taken.lock().unwrap().clone();
    (result, taken)
}

#[tokio::test]
async fn a_mailbox_that_is_refused_keeps_the_mail_from_no_other_and_is_named() {
    let (result, taken) = sent(
        &["a@example.com", "Bob <b@example.com>", "c@example.com"],
        &Settled::default(),
        &[("b@example.com", "550 5.1.1 no such user")],
    )
    .await;
    let sent = result.unwrap();
    assert_eq!(taken, [["a@example.com", "c@example.com"]]);
    assert_eq!(sent.status, Some(250));
    assert_eq!(
        sent.outcome,
        "SMTP 250; refused for b@example.com (550 5.1.1 no such user)"
    );
}

#[tokio::test]
async fn who_was_refused_for_now_is_tried_again_and_nobody_else() {
    let everybody = ["a@example.com", "b@example.com", "c@example.com"];
    let refusals = &[
        ("b@example.com", "451 greylisted"),
        ("c@example.com", "550 no such user"),
    ];
    let (result, taken) = sent(&everybody, &Settled::default(), refusals).await;
    let first = result.unwrap_err();
    assert_eq!(taken, [["a@example.com"]]);
    assert_eq!(first.status, Some(451));
    assert_eq!(
        first.outcome,
        "SMTP 250; refused for c@example.com (550 no such user); not taken yet for b@example.com (451 greylisted)"
    );
    let settled = Settled::from_json(&first.settled.unwrap().to_json());
    let (result, taken) = sent(&everybody, &settled, &[]).await;
    assert_eq!(result.unwrap().outcome, "SMTP 250");
    assert_eq!(taken, [["b@example.com"]]);
    let (result, taken) = sent(&everybody, &settled, &[("b@example.com", "550 gone")]).await;
    assert_eq!(
        result.unwrap().outcome,
        "refused for b@example.com (550 gone)",
        "somebody has it"
    );
    assert!(taken.is_empty());
}

#[tokio::test]
async fn a_mail_that_nobody_takes_did_not_arrive_and_all_are_tried_again() {
    let everybody = ["a@example.com", "b@example.com"];
    let refusals = &[("a@example.com", "550 no"), ("b@example.com", "550 no")];
    let (result, _) = sent(&everybody, &Settled::default(), refusals).await;
    let refused = result.unwrap_err();
    assert!(
        refused
            .outcome
            .starts_with("the mail server did not take it: refused for a@"),
        "{refused:?}"
    );
    let (result, taken) = sent(&everybody, &refused.settled.unwrap(), &[]).await;
    assert_eq!(result.unwrap().outcome, "SMTP 250");
    assert_eq!(taken, [everybody]);
}
