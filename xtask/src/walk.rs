//! `cargo xtask walk`: ways through the console as a person takes them, in Chromium, against the real binary and the simulator.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{step, web};

/// Names the browser, if it is not Debian's.
const CHROMIUM: &str = "CHROMIUM";
const CHROMIUM_DEFAULT: &str = "/usr/bin/chromium";

/// Whether this machine can do it.
pub(crate) fn is_possible() -> bool {
    let chromium = std::env::var(CHROMIUM).unwrap_or_else(|_| CHROMIUM_DEFAULT.to_owned());
    web::is_possible() && step::is_there(&chromium, &["--version"])
}

/// Builds the binary and walks. Needs `web/node_modules`: `cargo xtask web` or `npm ci` make it.
pub(crate) fn run(root: &Path) -> Result<()> {
    // The whole workspace, as the tests are built: one set of features, one build.
    step::run(root, &["cargo", "build", "--workspace", "--bins", "--locked"], &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let binary = root.join(target).join("debug/margay");
    let binary = binary.to_string_lossy();
    step::run(&root.join("web"), &["npm", "run", "walk:all"], &[("MARGAY", &binary)])
}
