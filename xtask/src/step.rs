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

/// What cargo says of this program to this program. Handed on to another cargo, it would say that to build scripts which ask for it, and
/// they and all that depends on them, the lake's crates among it, would be built anew each time that somebody changes between
/// `cargo xtask` and plain cargo, or between two clones.
const OF_THIS_PACKAGE: [&str; 2] = ["CARGO_PKG_", "CARGO_MANIFEST_"];

/// A command whose surroundings are those of the shell that this program was started from.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_ours = name
            .to_str()
            .is_some_and(|name| OF_THIS_PACKAGE.iter().any(|start| name.starts_with(start)));
        if is_ours {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the words of a command in `folder` with the terminal attached; an exit code other than 0 is an error.
pub(crate) fn run(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let line = words.join(" ");
    say(&format!("--- {line}"));
    let (program, arguments) = words.split_first().context("an empty command")?;
    let status = command(program)
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
    command(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_not_told_of_this_package() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo tells the tests");
        let command = command("cargo");
        let removed: Vec<&str> = command
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .filter_map(|(name, _)| name.to_str())
            .collect();
        assert!(
            removed.contains(&"CARGO_PKG_NAME") && removed.contains(&"CARGO_MANIFEST_DIR"),
            "{removed:?}"
        );
        assert!(!removed.contains(&"CARGO_TARGET_DIR") && !removed.contains(&"PATH"));
    }
}
