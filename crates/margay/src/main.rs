//! `margay`, the one binary: reads the command line and hands each command its finished settings.
//!
//! Entry points: `cli.rs` is what may be typed, `command/` has one file a command, `exit.rs` the exit codes.

mod arenas;
mod cli;
mod command;
mod duration;
mod entry;
mod env_vars;
mod exit;
mod logging;
mod open;
mod output;
mod secret;
mod signal;
mod traces;

use std::process::ExitCode;

use clap::Parser;
use margay_store::{Acting, ActorKind, AuditActor, acting};

use crate::cli::Cli;
use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    // Whoever asks for help, or mistypes, is answered here.
    let cli = Cli::parse();
    arenas::limit();
    // Two TLS back ends are in the tree; the first to be installed is the one that everything uses.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        output::note("error: the TLS library was set up twice; this is a defect");
        return ExitCode::from(Exit::Failure as u8);
    }
    let traces = match logging::install(&cli.global, &cli.command) {
        Ok(traces) => traces,
        Err(failure) => return failed(&failure),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::note(format_args!("error: could not start: {error}"));
            return ExitCode::from(Exit::Failure as u8);
        }
    };
    let ended = runtime.block_on(acting(command_line(), command::run(cli)));
    drop(runtime);
    if let Some(traces) = traces {
        traces.end();
    }
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failed(&failure),
    }
}

/// Whoever runs the command, by what the operating system's session says: the audit log has it. They may write whatever they like into the
/// data directory, so it is a name, not a proof.
fn command_line() -> Acting {
    let name = env_vars::OS_USER
        .iter()
        .find_map(|variable| std::env::var(variable).ok());
    let who = Acting::over_time(|| margay_runtime::Clock::system().now());
    who.is(AuditActor {
        kind: ActorKind::CommandLine,
        id: None,
        name: name.unwrap_or_else(|| "command line".to_owned()),
    });
    who
}

fn failed(failure: &Failure) -> ExitCode {
    output::note(format_args!("error: {failure}"));
    ExitCode::from(failure.exit() as u8)
}
