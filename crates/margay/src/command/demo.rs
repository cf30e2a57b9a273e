//! `margay demo`: a simulated vendor, a fresh data directory, and the real line between them.
//!
//! Nothing here is made up for show: the source is added with the same check, polled by the same server and asked by the
//! same SQL as a real one.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use margay_connector::asana::{
    ApiUrl, OrganizationId, PageRecords, REQUESTS_IN_FLIGHT_DEFAULT, REQUESTS_PER_MINUTE_MAX, RequestLimits, Settings,
    Verdict,
};
use margay_lake::{Cell, QueryContext};
use margay_runtime::serve::ServeSettings;
use margay_runtime::source::{ASANA_LOG_TYPE, AsanaDraft, add_asana, check};
use margay_runtime::{Line, Totals};
use margay_server::Transport;
use margay_sim::{Simulation, SimulationConfig, TokenKind};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::cli::{Demo, Global};
use crate::command::serve::{Surroundings, bind, serve_until, setup_code};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{counted, line, note};
use crate::{open, signal};

/// A demonstration does not wait a minute for its next poll.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How often it looks for something to print.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// Progress of the backfill is told at most this often.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);
/// Live events printed at a time; a storm is told as a count.
const LIVE_ROWS_MAX: usize = 20;

pub(super) async fn run(global: &Global, arguments: Demo) -> Outcome {
    let stop = signal::stop_token();
    let folder = fresh_folder()?;
    let global = Global {
        data_dir: folder.clone(),
        ..global.clone()
    };
    let simulation = simulate(&arguments).await?;
    line("margay demo: a simulated organization on one side, the real line on the other\n");
    line(format_args!("  1. Asana's API, simulated    {}", simulation.api_url()));
    line(format_args!("  2. a fresh data directory    {}", folder.display()));
    let server = bind(arguments.listen, Transport::Loopback).await?;
    let address = server.address();
    let writable = open::for_writing(&global, "margay demo").await?;
    add_source(&writable.line, &simulation).await?;
    line("  3. log source added          My Asana logs, credentials checked");
    line(format_args!("  4. console, API, /metrics    http://{address}\n"));
    let mut surroundings = Surroundings::default();
    if !arguments.exit_when_landed {
        surroundings.setup_code = setup_code(&writable.line, &format!("http://{address}")).await?;
        line("");
    }

    let shown = show(writable.line.clone(), folder.clone(), arguments, stop.clone());
    let showing = tokio::spawn(shown);
    serve_until(
        &writable.line,
        server,
        ServeSettings::new(POLL_INTERVAL, &writable.data_dir),
        surroundings,
        stop,
    )
    .await?;
    simulation.shutdown().await;
    let outcome = showing.await.or_exit(Exit::Failure)?;
    line(format_args!(
        "\nstopped. The data stays in {}; delete the folder when you have seen enough.",
        folder.display()
    ));
    outcome
}

/// Kept when the demo ends, so that it can be looked at with other engines too.
fn fresh_folder() -> Outcome<PathBuf> {
    // Its data stays in there, with a key and a token: for nobody else on this machine to look at.
    let folder = tempfile::Builder::new()
        .prefix("margay-demo-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .or_exit(Exit::Storage)?;
    Ok(folder.keep())
}

async fn simulate(arguments: &Demo) -> Outcome<Simulation> {
    let config = SimulationConfig {
        seed: arguments.seed,
        event_count: arguments.events,
        live_events_per_minute: arguments.live_per_minute,
        // The vendor's 1,500 a minute would make a large demonstration wait for nothing to see.
        requests_per_minute: None,
        ..SimulationConfig::default()
    };
    Simulation::start(config).await.or_exit(Exit::Usage)
}

async fn add_source(line: &Line, simulation: &Simulation) -> Outcome {
    let settings = Settings {
        api_url: simulation.api_url().parse::<ApiUrl>().or_exit(Exit::Failure)?,
        organization_id: simulation
            .organization_id()
            .parse::<OrganizationId>()
            .or_exit(Exit::Failure)?,
        page_records: PageRecords::default(),
        // The simulator does not count, and a demonstration is not to wait.
        requests: RequestLimits::new(REQUESTS_PER_MINUTE_MAX, REQUESTS_IN_FLIGHT_DEFAULT).or_exit(Exit::Failure)?,
    };
    let token = SecretString::from(simulation.token(TokenKind::ServiceAccountAuditOnly));
    let report = check(&line.http, settings.clone(), &token, line.clock.now()).await;
    if let Verdict::Failed(diagnosis) = &report.verdict {
        return Err(Failure::new(Exit::Refused, diagnosis.to_string()));
    }
    let draft = AsanaDraft {
        label: "My Asana logs".to_owned(),
        log_type: ASANA_LOG_TYPE.parse().or_exit(Exit::Failure)?,
        settings,
        token,
        start_at: None,
        poll_interval: None,
    };
    add_asana(line, draft).await.or_exit(Exit::Storage).map(|_| ())
}

/// Tells of the backfill until it is in the lake, then of live events as they land, until `stop`.
async fn show(lake_line: Line, folder: PathBuf, arguments: Demo, stop: CancellationToken) -> Outcome {
    let started = Instant::now();
    line(format_args!("pulling 90 days, {} events:", arguments.events));
    let Some(totals) = backfilled(&lake_line, arguments.events, &stop).await else {
        return Ok(());
    };
    line(format_args!(
        "\n{} in the lake after {:.1} s: {}, {}, {} rejected\n",
        counted(totals.events_landed, "event"),
        started.elapsed().as_secs_f64(),
        counted(totals.pages, "page"),
        counted(totals.commits, "commit"),
        totals.rejects_landed
    ));
    print_examples(&folder);
    if arguments.exit_when_landed {
        stop.cancel();
        return Ok(());
    }
    line("live events, as they land (Ctrl-C ends the demo):");
    let mut seen = totals.events_landed;
    let mut newest = newest_row(&lake_line).await?;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
        }
        let landed = lake_line.progress.totals().events_landed;
        if landed > seen {
            seen = landed;
            newest = print_since(&lake_line, newest).await?;
        }
    }
    Ok(())
}

/// Waits until `expected` events have landed, telling how far it is; `None` when stopped before.
async fn backfilled(lake_line: &Line, expected: u64, stop: &CancellationToken) -> Option<Totals> {
    let mut told_at = Instant::now();
    loop {
        let totals = lake_line.progress.totals();
        if totals.events_landed + totals.rejects_landed >= expected {
            return Some(totals);
        }
        if told_at.elapsed() >= PROGRESS_INTERVAL {
            told_at = Instant::now();
            line(format_args!(
                "  {:>9} pulled, {:>9} in the lake",
                totals.records_new, totals.events_landed
            ));
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
        }
    }
}

fn print_examples(folder: &Path) {
    let program = std::env::current_exe().map_or_else(|_| "margay".to_owned(), |path| path.display().to_string());
    let query = format!("{program} --data-dir {} query", folder.display());
    line("ask it, in another terminal:\n");
    for sql in [
        "select event_type, count(*) as events from asana_audit group by 1 order by 2 desc limit 10",
        "select p_event_time, actor.email, event_type, resource.name from asana_audit where event_category = 'logins' and p_occurs_since('1 d') order by 1 desc limit 10",
        "select ip, count(distinct actor.email) as people from (select unnest(p_any_ip_addresses) as ip, actor from asana_audit) group by 1 order by 2 desc limit 10",
        "select p_log_type, count(*) from panther_views.public.all_logs group by 1",
    ] {
        line(format_args!("  {query} \\\n    \"{sql}\"\n"));
    }
}

async fn newest_row(lake_line: &Line) -> Outcome<i64> {
    let rows = ask(lake_line, "select max(p_event_time) from asana_audit").await?;
    Ok(time_of(rows.first().and_then(|row| row.first())).unwrap_or_default())
}

fn time_of(cell: Option<&Cell>) -> Option<i64> {
    match cell {
        Some(Cell::Time(microseconds)) => Some(*microseconds),
        _ => None,
    }
}

async fn print_since(lake_line: &Line, newest: i64) -> Outcome<i64> {
    let sql = format!(
        "select p_event_time, event_type, coalesce(actor.email, actor.actor_type), resource.name, context.client_ip_address \
         from asana_audit where p_event_time > to_timestamp_micros({newest}) order by p_event_time"
    );
    let rows = ask(lake_line, &sql).await?;
    for row in rows.iter().take(LIVE_ROWS_MAX) {
        let texts: Vec<String> = row.iter().map(crate::output::display_text).collect();
        line(format_args!("  {}", texts.join("  ")));
    }
    if rows.len() > LIVE_ROWS_MAX {
        note(format_args!("  … and {} more", rows.len() - LIVE_ROWS_MAX));
    }
    Ok(time_of(rows.last().and_then(|row| row.first())).unwrap_or(newest))
}

async fn ask(lake_line: &Line, sql: &str) -> Outcome<Vec<Vec<Cell>>> {
    let rows = lake_line
        .lake
        .query(sql, QueryContext::at(lake_line.clock.now()))
        .await
        .or_exit(Exit::Query)?;
    rows.collect().await.or_exit(Exit::Query)
}
