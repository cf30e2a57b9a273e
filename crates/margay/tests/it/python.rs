//! Servers that others wrote, run by Python, for tests of what we send.
//!
//! They are installed from `tests/engines/requirements.txt`. Without them a test says so and passes, unless `MARGAY_REQUIRE_ENGINES` is
//! set, as it is in CI.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A server on a free port of this machine that says what it takes, a JSON line each. It ends when it is dropped.
pub(crate) struct PythonServer {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    pub(crate) port: String,
}

impl PythonServer {
    /// Starts a script of `tests/engines` that needs a module; nothing if the module is not there and need not be.
    pub(crate) fn start(script: &str, module: &str) -> Option<Self> {
        let python = std::env::var("MARGAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let probe = Command::new(&python).args(["-c", &format!("import {module}")]).output();
        if !probe.is_ok_and(|output| output.status.success()) {
            let is_required = std::env::var_os("MARGAY_REQUIRE_ENGINES").is_some();
            assert!(!is_required, "{python} has no {module}");
            eprint_skipped(&python, module);
            return None;
        }
        let mut child = Command::new(&python)
            .arg(format!("{}/../../tests/engines/{script}", env!("CARGO_MANIFEST_DIR")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = said.next().unwrap().unwrap();
        Some(Self { child, said, port })
    }

    /// The next thing that it takes.
    pub(crate) fn taken(&mut self) -> Value {
        serde_json::from_str(&self.said.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The test runner shows it only when asked; that is as loud as a pass should be.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn eprint_skipped(python: &str, module: &str) {
    eprintln!("skipped: {python} has no {module}; see tests/engines/requirements.txt");
}
