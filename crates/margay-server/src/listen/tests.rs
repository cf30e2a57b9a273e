use axum::routing::get;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::duplex;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::*;
use crate::tls::TlsFiles;

/// What the other end takes in without reading.
const BUFFER_BYTES: usize = 1_024;
/// More than anything between handler and client keeps.
const ANSWER_BYTES: usize = 4 << 20;
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn answering() -> Router {
    Router::new().route("/", get(|| async { vec![b'x'; ANSWER_BYTES] }))
}

fn client_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

/// A certificate for `localhost`, and what a client needs to know it.
fn tls() -> (Tls, TlsConnector, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, cert.pem()).unwrap();
    std::fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Tls::load(files).unwrap(), Arc::new(config).into(), folder)
}

/// Both ends of a connection.
async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let theirs = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.unwrap().0, theirs)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answer_loses_its_connection() {
    let (ours, mut theirs) = duplex(BUFFER_BYTES);
    theirs.write_all(REQUEST).await.unwrap();
    let began = Instant::now();
    let stream = Paced::new(ours, WRITE_TIMEOUT);
    talk(stream, client_address(), answering(), &CancellationToken::new()).await;
    assert_eq!(began.elapsed().as_secs(), WRITE_TIMEOUT.as_secs());
}

#[tokio::test(start_paused = true)]
async fn so_does_one_that_speaks_tls() {
    let (tls, connector, _folder) = tls();
    let (ours, theirs) = duplex(BUFFER_BYTES);
    let serving = tokio::spawn(async move {
        let stream = Paced::new(ours, WRITE_TIMEOUT);
        let stream = tls.acceptor().accept(stream).await.unwrap();
        let began = Instant::now();
        talk(stream, client_address(), answering(), &CancellationToken::new()).await;
        began.elapsed()
    });
    let name = ServerName::try_from("localhost").unwrap();
    let mut theirs = connector.connect(name, theirs).await.unwrap();
    theirs.write_all(REQUEST).await.unwrap();
    theirs.flush().await.unwrap();
    assert_eq!(serving.await.unwrap().as_secs(), WRITE_TIMEOUT.as_secs());
}

#[tokio::test]
async fn who_speaks_tls_is_answered_by_it() {
    let (tls, connector, _folder) = tls();
    let (ours, theirs) = connected().await;
    let serving = tokio::spawn(async move {
        let stop = CancellationToken::new();
        let stream = agree(ours, &tls, &stop).await.unwrap();
        talk(stream, client_address(), answering(), &stop).await;
    });
    let mut theirs = connector
        .connect(ServerName::try_from("localhost").unwrap(), theirs)
        .await
        .unwrap();
    theirs.write_all(REQUEST).await.unwrap();
    let mut answer = Vec::new();
    theirs.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(answer.len() > ANSWER_BYTES);
    serving.await.unwrap();
}

#[tokio::test]
async fn who_does_not_is_told_so() {
    let (tls, _, _folder) = tls();
    let (ours, mut theirs) = connected().await;
    theirs.write_all(REQUEST).await.unwrap();
    assert!(agree(ours, &tls, &CancellationToken::new()).await.is_none());
    let mut answer = String::new();
    theirs.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.ends_with("hint: begin the address with https://\n"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_or_only_half_of_it_is_given_up_in_time() {
    for begun in [&[][..], &[TLS_HANDSHAKE, 3, 1][..]] {
        let (tls, _, _folder) = tls();
        let (ours, mut theirs) = connected().await;
        theirs.write_all(begun).await.unwrap();
        let began = Instant::now();
        assert!(agree(ours, &tls, &CancellationToken::new()).await.is_none());
        assert_eq!(began.elapsed().as_secs(), HANDSHAKE_TIMEOUT.as_secs());
    }
}

#[tokio::test]
async fn a_server_that_stops_agrees_with_nobody() {
    let (tls, _, _folder) = tls();
    let (ours, _theirs) = connected().await;
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(agree(ours, &tls, &stop).await.is_none());
}

#[tokio::test]
async fn beyond_loopback_it_does_not_listen_without_tls() {
    // An address of no machine (RFC 5737): it could not be bound either, and is refused before that.
    let address = "192.0.2.1:0".parse().unwrap();
    let refused = Server::bind(address, Transport::Loopback).await;
    assert!(matches!(refused, Err(ListenError::NotLoopback { .. })), "{refused:?}");
    let (tls, _, _folder) = tls();
    for transport in [Transport::Insecure, Transport::Tls(tls)] {
        let tried = Server::bind(address, transport).await;
        assert!(matches!(tried, Err(ListenError::Bind { .. })), "{tried:?}");
    }
}
