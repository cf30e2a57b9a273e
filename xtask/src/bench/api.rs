//! The server's API, as far as queries need it: one connection a request, no more of HTTP than that takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::bench::cost::output_of;
use crate::bench::margay::{Margay, Server};

/// How long a query may take; what is asked here takes seconds at most.
const QUERY_MAX: Duration = Duration::from_secs(120);
const REQUEST_MAX: Duration = Duration::from_secs(30);
/// The pause between two looks at a query that runs. It is part of what is measured, so it is short.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
/// The most rows that one request may have.
const ROWS_MAX: &str = "1000";

/// A client with a token.
#[derive(Debug)]
pub(super) struct Api {
    address: String,
    token: String,
}

/// The answer to a query.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) rows: Vec<Vec<Value>>,
    /// From the question to the last row.
    pub(super) took: Duration,
}

impl Api {
    /// Makes a token for a server that runs.
    pub(super) fn of(margay: &Margay, data: &Path, server: &Server) -> Result<Self> {
        // Each server of a data directory finds the tokens of those before it.
        let name = format!("bench {}", server.process_id());
        let arguments = ["token", "create", &name, "--permission", "DataAnalyticsRead"];
        let token = output_of(&mut margay.command(data, &arguments))?;
        Ok(Self {
            address: server.address.clone(),
            token: token.trim().to_owned(),
        })
    }

    /// Asks, and reads all rows.
    pub(super) fn query(&self, sql: &str) -> Result<Answer> {
        let started = Instant::now();
        let query = self.request("POST", "/api/v1/queries", &json!({ "sql": sql }).to_string())?;
        let id = query["id"].as_str().context("the query has no id")?;
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/queries/{id}/results?limit={ROWS_MAX}{cursor}");
            let mut page = self.request("GET", &path, "")?;
            let Value::Array(new) = page["rows"].take() else {
                bail!("the answer has no rows: {page}")
            };
            let is_running = page["state"] == "running";
            let has_waited = is_running && new.is_empty();
            rows.extend(new.into_iter().filter_map(|row| row.as_array().cloned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None if page["state"] == "succeeded" => break,
                None => bail!(
                    "the query did not succeed: {}",
                    self.request("GET", &format!("/api/v1/queries/{id}"), "")?
                ),
            }
            ensure!(started.elapsed() < QUERY_MAX, "no answer to `{sql}`");
            if has_waited {
                thread::park_timeout(LOOK_INTERVAL);
            }
        }
        Ok(Answer {
            rows,
            took: started.elapsed(),
        })
    }

    /// HTTP/1.0 asks for an answer in one piece that ends with the connection.
    fn request(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(REQUEST_MAX))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nX-API-Key: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = body_of(&answer).with_context(|| format!("{method} {path}"))?;
        Ok(serde_json::from_str(body)?)
    }
}

/// Returns the body of an answer that says that all is well.
fn body_of(answer: &str) -> Result<&str> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer was cut")?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    ensure!(status.starts_with('2'), "{status}: {body}");
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_an_error_with_what_was_said() {
        assert_eq!(body_of("HTTP/1.0 201 Created\r\na: b\r\n\r\n{}").unwrap(), "{}");
        let refusal = body_of("HTTP/1.0 401 Unauthorized\r\n\r\n{\"code\": \"token_invalid\"}").unwrap_err();
        assert!(refusal.to_string().contains("token_invalid"));
        assert!(body_of("HTTP/1.0 200 OK\r\na: b").is_err());
    }
}
