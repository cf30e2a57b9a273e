//! Runs one command and says what it ran.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Prints a line to standard output. A closed pipe is no reason to fail.
pub(crate) fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{text}").ok();
}

/// Runs `command` in `folder` with the terminal attached; an exit code other than 0 is an error.
pub(crate) fn run(folder: &Path, command: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let line = command.join(" ");
    say(&format!("--- {line}"));
    let (program, arguments) = command.split_first().context("an empty command")?;
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .status()
        .with_context(|| format!("could not start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed ({status})");
    Ok(())
}

/// Whether `program` with `arguments` starts and succeeds, quietly.
pub(crate) fn is_there(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}
