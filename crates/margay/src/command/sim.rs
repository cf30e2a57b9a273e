//! `margay sim asana`: the simulated vendor on a local port, until it is stopped.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::Path;

use margay_sim::{Simulation, SimulationConfig, TokenKind};

use crate::cli::SimAsana;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::line;
use crate::signal;

pub(super) async fn run(arguments: SimAsana) -> Outcome {
    let stop = signal::stop_token();
    let config = SimulationConfig {
        seed: arguments.seed,
        event_count: arguments.events,
        live_events_per_minute: arguments.live_per_minute,
        requests_per_minute: NonZeroU32::new(arguments.requests_per_minute),
        listen: arguments.listen,
        ..SimulationConfig::default()
    };
    let simulation = Simulation::start(config).await.or_exit(Exit::Usage)?;
    let token = simulation.token(TokenKind::ServiceAccountAuditOnly);
    line(format_args!("API               {}", simulation.api_url()));
    line(format_args!("Organization Id   {}", simulation.organization_id()));
    let token_file = if let Some(file) = &arguments.token_file {
        write_private(file, token).map_err(|error| {
            Failure::new(
                Exit::Usage,
                format!("could not write the token to {}: {error}", file.display()),
            )
        })?;
        line(format_args!("Token file        {}", file.display()));
        file.display().to_string()
    } else {
        // A simulated token guards nothing: it may be seen.
        line(format_args!("Token             {token}"));
        "-".to_owned()
    };
    line(format_args!(
        "\nConnect to it:\n  margay source add asana --name simulated --api-url {} \\\n    --organization-id {} --token-file {token_file}\n\nCtrl-C ends it.",
        simulation.api_url(),
        simulation.organization_id(),
    ));
    stop.cancelled().await;
    simulation.shutdown().await;
    Ok(())
}

/// Written as a real token should be, so that the habit is shown.
fn write_private(file: &Path, token: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(file)?, "{token}")
}
