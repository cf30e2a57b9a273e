//! TLS of the real binary: the certificate and its renewal, cookies, who asks, and who does not speak it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

use margay_store::{Grantor, NewApiToken, NewUser, PasswordHash, Permission, Role};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::world::Server;
use crate::serve::wait_for;
use crate::world::World;

const PASSWORD: &str = "a phrase that nobody has";

/// A certificate that is in the files that the server reads.
struct Certificate {
    files: [PathBuf; 2],
    der: CertificateDer<'static>,
}

impl Certificate {
    fn put(world: &World) -> Self {
        let files = ["cert.pem", "key.pem"].map(|name| world.data_dir().with_file_name(name));
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(&files[0], cert.pem()).unwrap();
        fs::write(&files[1], signing_key.serialize_pem()).unwrap();
        Self {
            files,
            der: cert.der().clone(),
        }
    }

    /// The server that shows it.
    fn serve(&self, world: World, more: &[&str]) -> Server {
        let [certificate, key] = self.files.each_ref().map(|file| file.to_str().unwrap());
        let arguments = [&["--tls-cert", certificate, "--tls-key", key], more].concat();
        Server::over(world, &arguments)
    }

    /// Asks as somebody who knows this certificate and no other. Nothing if the server shows another.
    fn ask(&self, server: &Server, method: &str, path: &str, headers: &[&str], body: &str) -> Option<String> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(client, TcpStream::connect(&server.address).unwrap());
        let headers = headers.iter().flat_map(|header| [header, "\r\n"]).collect::<String>();
        let host = if headers.contains("Host: ") {
            ""
        } else {
            "Host: localhost\r\n"
        };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{host}{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        Some(answer)
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

#[test]
fn it_speaks_tls_and_its_cookie_goes_by_nothing_else() {
    let world = World::connected(1);
    let certificate = Certificate::put(&world);
    let server = certificate.serve(world, &[]);
    let healthy = certificate.ask(&server, "GET", "/healthz", &[], "").unwrap();
    assert_eq!(status(&healthy), "200", "{healthy}");

    let email = "ann@example.com";
    let new = NewUser {
        email: email.to_owned(),
        role: Role::Admin,
        password: PasswordHash::of(&PASSWORD.into(), email).unwrap(),
    };
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    server
        .block_on(server.store.create_user(&new, Grantor::Operator, now))
        .unwrap();
    let headers = ["X-Margay-Console: 1", "Content-Type: application/json"];
    let body = serde_json::json!({"email": email, "password": PASSWORD}).to_string();
    let answer = certificate
        .ask(&server, "POST", "/api/v1/session", &headers, &body)
        .unwrap();
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    assert!(
        cookie.starts_with("__Host-margay_session=mgs_") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let key = format!("X-API-Key: {}", server.token);
    let system = certificate.ask(&server, "GET", "/api/v1/system", &[&key], "").unwrap();
    assert!(system.contains("\"tls\":true"), "{system}");

    // Who does not speak it is told so.
    let mut plain = TcpStream::connect(&server.address).unwrap();
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), "400");
    assert!(answer.contains("https://"), "{answer}");
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart() {
    let world = World::connected(1);
    let first = Certificate::put(&world);
    let server = first.serve(world, &[]);
    assert!(first.ask(&server, "GET", "/healthz", &[], "").is_some());
    let second = Certificate::put(&server.world);
    wait_for(|| second.ask(&server, "GET", "/healthz", &[], "").is_some());
    assert!(first.ask(&server, "GET", "/healthz", &[], "").is_none());
}

#[test]
fn without_a_proxy_nobody_says_for_whom_they_ask() {
    let world = World::connected(1);
    let certificate = Certificate::put(&world);
    let server = certificate.serve(world, &["--public-url", "https://margay.example.com:8443"]);
    let token = server.token_with(&NewApiToken {
        name: "elsewhere".to_owned(),
        permissions: [Permission::LogSourceRead].into(),
        allowed_networks: vec!["192.0.2.0/24".parse().unwrap()],
        expires_at: None,
    });
    let key = format!("X-API-Key: {token}");
    let headers = [
        key.as_str(),
        "X-Forwarded-For: 192.0.2.1",
        "Host: margay.example.com:8443",
    ];
    let forged = certificate
        .ask(&server, "GET", "/api/v1/log-sources", &headers, "")
        .unwrap();
    assert_eq!(status(&forged), "403", "{forged}");
    assert!(forged.contains("address_not_allowed"), "{forged}");
    let other = certificate
        .ask(&server, "GET", "/healthz", &["Host: evil.example"], "")
        .unwrap();
    assert_eq!(status(&other), "421", "{other}");
}

#[test]
fn what_cannot_be_listened_with_is_refused_before_anything_begins() {
    let world = World::connected(1);
    let certificate = Certificate::put(&world);
    let [file, key] = certificate.files.each_ref().map(|file| file.to_str().unwrap());
    let refused = |arguments: &[&str]| {
        let said = world.margay(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        assert_eq!(said.exit, 2, "{arguments:?}: {}", said.stderr);
        said.stderr
    };
    refused(&["--tls-cert", file]);
    refused(&["--tls-cert", file, "--tls-key", key, "--insecure-listen"]);
    assert!(refused(&["--tls-cert", "nowhere.pem", "--tls-key", key]).contains("could not read nowhere.pem"));
    assert!(refused(&["--tls-cert", file, "--tls-key", file]).contains("has no private key"));
    let plain = refused(&[
        "--tls-cert",
        file,
        "--tls-key",
        key,
        "--public-url",
        "http://margay.example.com",
    ]);
    assert!(plain.contains("begins with https://"), "{plain}");
    let said = world.margay(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(
        said.exit == 2 && said.stderr.contains("--tls-cert") && said.stderr.contains("--insecure-listen"),
        "{}",
        said.stderr
    );
}
