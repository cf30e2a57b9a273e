//! A running server, a token that may do everything, and a client of a few lines.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use margay_sim::TokenKind;
use margay_store::{
    AlarmChange, AlarmState, AlarmStatus, AlertText, Evaluated, Grantor, MasterKey, NewAlert, NewApiToken, Permission,
    Store,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::serve::wait_until_listening;
use crate::world::World;

/// A server over a world; ended when dropped.
pub(crate) struct Server {
    pub(crate) world: World,
    pub(crate) address: String,
    /// The database, beside the server.
    pub(crate) store: Store,
    /// May do everything.
    pub(crate) token: String,
    runtime: tokio::runtime::Runtime,
    child: Child,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) text: String,
}

impl Server {
    /// A server over a source that is polled.
    pub(crate) fn start() -> Self {
        Self::over(World::connected(50), &[])
    }

    /// A server over a data directory that exists; it may call this machine.
    pub(crate) fn over(world: World, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--poll-interval", "1s"];
        arguments.extend(["--allow-address", "127.0.0.1", "--allow-api-address", "127.0.0.1"]);
        arguments.extend(more);
        let mut command = world.command(&arguments);
        // No test calls anybody: whatever is not this machine goes to a proxy that is not there.
        command
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env("NO_PROXY", "127.0.0.1");
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        Self::of_child(world, child)
    }

    /// A server that was started, with its standard error in a pipe.
    pub(crate) fn of_child(world: World, mut child: Child) -> Self {
        let address = wait_until_listening(&mut child);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let folder = world.data_dir();
        let key = MasterKey::load(&folder.join("master.key"), None).unwrap();
        let file = folder.join("margay.db");
        let store = runtime.block_on(Store::open_beside(&file, key)).unwrap();
        let mut server = Self {
            world,
            address,
            store,
            token: String::new(),
            runtime,
            child,
        };
        server.token = server.token_of("everything", &Permission::ALL);
        server
    }

    /// Does what the database is asked beside the server.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Makes a token with these permissions.
    pub(crate) fn token_of(&self, name: &str, permissions: &[Permission]) -> String {
        self.token_with(&NewApiToken {
            name: name.to_owned(),
            permissions: permissions.iter().copied().collect(),
            allowed_networks: Vec::new(),
            expires_at: None,
        })
    }

    pub(crate) fn token_with(&self, new: &NewApiToken) -> String {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let issued = self
            .runtime
            .block_on(self.store.create_api_token(new, Grantor::Operator, now));
        issued.unwrap().value.expose_secret().to_owned()
    }

    /// Raises an alert as an alarm would, on an alarm that the server does not evaluate. Returns its id.
    pub(crate) fn alert(&self, kind: &str) -> String {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let text = |text: &str| text.to_owned();
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
            summary: text("it happened"),
            change: Some(AlarmChange::Opened(NewAlert {
                alert_type: text("SYSTEM_ERROR"),
                severity: text("CRITICAL"),
                text: AlertText {
                    title: format!("Something happened to {kind}"),
                    cause: text("a cause"),
                    evidence: text("evidence"),
                    blind: text("nothing"),
                    remedy: text("wait"),
                },
            })),
            now,
        };
        let kept = self.runtime.block_on(self.store.keep_alarm(evaluated));
        kept.unwrap().unwrap().to_string()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[("X-API-Key", &self.token)], "")
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send_with(method, path, &[], body)
    }

    pub(crate) fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("X-API-Key", self.token.as_str()), ("Content-Type", "application/json")];
        all.extend(headers);
        self.call(method, path, &all, &body.to_string())
    }

    /// Asks for `path` under the API, or for an absolute one.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let is_outside = ["/healthz", "/readyz", "/metrics"].contains(&path);
        let path = if path.starts_with("/api/") || is_outside {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
        let answer = self.ask(method, &path, headers, body);
        answer.assert_sound();
        answer
    }

    /// Asks for `path` as it is.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            write!(request, "Host: {}\r\n", self.address).unwrap();
        }
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        if !headers.iter().any(|(name, _)| *name == "Content-Length") {
            write!(request, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        write!(request, "\r\n{body}").unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        Answer::parse(&text)
    }

    /// How long the server's process has computed.
    pub(crate) fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // After the name, which may have spaces, and is in brackets: user and system time are the 12th and 13th field.
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = fields
            .split(' ')
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u32>().unwrap());
        // A tick is a hundredth of a second on every Linux that this is tested on.
        Duration::from_millis(10) * ticks.sum::<u32>()
    }

    /// The id of the source that the world has.
    pub(crate) fn source_id(&self) -> String {
        self.get("/log-sources").json()["results"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// What connects another source to the simulated organization.
    pub(crate) fn new_source(&self, label: &str) -> Value {
        json!({
            "label": label,
            "organizationId": self.world.simulation.organization_id(),
            "token": self.world.simulation.token(TokenKind::ServiceAccountAuditOnly),
            "apiUrl": self.world.simulation.api_url(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The body without the lengths of its chunks.
fn unchunked(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        text.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    text
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_lowercase(), value.to_owned())
        };
        let headers: HashMap<String, String> = lines.map(header).collect();
        let is_chunked = headers
            .get("transfer-encoding")
            .is_some_and(|coding| coding == "chunked");
        Self {
            status,
            text: if is_chunked { unchunked(body) } else { body.to_owned() },
            headers,
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The status, and the code of the problem if it is one.
    pub(crate) fn told(&self) -> (u16, String) {
        let is_problem = self.headers.get("content-type").map(String::as_str) == Some("application/problem+json");
        let code = if is_problem {
            self.json()["code"].as_str().unwrap().to_owned()
        } else {
            String::new()
        };
        (self.status, code)
    }

    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.told(), (status, code.to_owned()), "{}", self.text);
    }

    #[track_caller]
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// What holds for every answer.
    fn assert_sound(&self) {
        assert!(self.headers.contains_key("x-request-id"), "{self:?}");
        assert_eq!(self.headers["cache-control"], "no-store", "{self:?}");
        if self.status >= 400 {
            assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
            let problem = self.json();
            assert_eq!(problem["status"], self.status, "{self:?}");
            assert_eq!(problem["request_id"], self.headers["x-request-id"], "{self:?}");
            for member in ["type", "title", "detail", "code"] {
                assert!(!problem[member].as_str().unwrap().is_empty(), "{self:?}");
            }
        }
    }
}
