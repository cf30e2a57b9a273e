//! `cargo xtask ci`: the gate. Ends with the test runner, so that its summary is the last thing printed.

use std::path::Path;

use anyhow::Result;

use crate::{chaos, fuzz, instructions, step, tidy, walk, web};

pub(crate) fn run(root: &Path) -> Result<()> {
    step::run(root, &["cargo", "fmt", "--all", "--check"], &[])?;
    tidy::run(root)?;
    step::run(
        root,
        &[
            "cargo",
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
        &[],
    )?;
    step::run(
        root,
        &["cargo", "doc", "--workspace", "--no-deps", "--locked"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    if step::is_there("cargo", &["deny", "--version"]) {
        step::run(
            root,
            &["cargo", "deny", "--offline", "check", "licenses", "bans", "sources"],
            &[],
        )?;
    } else {
        step::say(
            "--- cargo deny is not installed: licences are not checked here (`cargo install --locked cargo-deny`)",
        );
    }
    if fuzz::is_installed() {
        fuzz::run(root, &[])?;
    } else {
        step::say("--- cargo fuzz is not installed: nothing is fuzzed here (`cargo install --locked cargo-fuzz`)");
    }
    if instructions::is_possible() {
        instructions::run(root, &[])?;
    } else {
        step::say("--- valgrind is not installed: instructions are not counted here (`apt-get install valgrind`)");
    }
    if web::is_possible() {
        web::run(root)?;
    } else {
        step::say("--- npm is not installed: the console is not built here, only its committed files are used");
    }
    step::run(root, &["cargo", "test", "--workspace", "--doc", "--locked"], &[])?;
    chaos::run(root, &chaos::CI_ARGUMENTS.map(str::to_owned))?;
    if walk::is_possible() {
        walk::run(root)?;
    } else {
        step::say("--- Chromium or npm is not installed: nobody walks through the console here");
    }
    step::run(root, &["cargo", "nextest", "run", "--workspace", "--locked"], &[])
}
