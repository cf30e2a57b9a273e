//! `margay sim asana`: the simulated vendor on a local port, until it is stopped.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::num::NonZeroU32;
use std::path::Path;

use margay_sim::{SCENARIO_BYTES_MAX, Scenario, Simulation, SimulationConfig, TokenKind};

use crate::cli::SimAsana;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{line, note};
use crate::signal;

pub(super) async fn run(arguments: SimAsana) -> Outcome {
    let stop = signal::stop_token();
    let scenario = scenario(&arguments)?;
    let config = SimulationConfig {
        scenario,
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

/// Returns what goes wrong, and says it on standard error, so that a run can be repeated from its log.
fn scenario(arguments: &SimAsana) -> Result<Scenario, Failure> {
    let (scenario, origin) = if let Some(file) = &arguments.scenario {
        let refuse = |problem: String| Failure::new(Exit::Usage, format!("{}: {problem}", file.display()));
        let text = read_bounded(file).map_err(|error| refuse(error.to_string()))?;
        let scenario = Scenario::from_yaml(&text).map_err(|error| refuse(error.to_string()))?;
        (scenario, file.display().to_string())
    } else if let Some(seed) = arguments.swarm {
        (Scenario::swarm(seed), format!("--swarm {seed}"))
    } else {
        return Ok(Scenario::default());
    };
    note(format_args!(
        "# Scenario of {origin}, seed {}\n{scenario}",
        scenario.seed
    ));
    Ok(scenario)
}

/// Reads a file no further than a scenario may be long, and one byte to tell that it is longer.
fn read_bounded(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length_max = SCENARIO_BYTES_MAX as u64 + 1;
    File::open(file)?.take(length_max).read_to_string(&mut text)?;
    Ok(text)
}

/// Written as a real token should be, so that the habit is shown.
fn write_private(file: &Path, token: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(file)?, "{token}")
}
