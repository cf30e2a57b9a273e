//! `margay source`: adds, lists, shows, checks and deletes log sources.

mod audit;
mod backfill;
mod coverage;
mod delete;
mod health;
mod history;
mod metrics;
mod pause;
mod rename;
mod set;

use std::path::Path;

use margay_connector::asana::{
    ApiUrl, CheckReport, Checkpoint, Diagnosis, OrganizationId, PageRecords, RequestLimits, Settings, TokenProblem,
    Verdict, check_token_text,
};
use margay_lake::Cell;
use margay_runtime::remove::Events;
use margay_runtime::source::{AddSourceError, AsanaDraft, add_asana, bind, check, same_log, usable_log_type};
use margay_runtime::{Clock, HttpClient, Line};
use margay_schema::LogType;
use margay_store::{Consumer, CreateSourceError, Pause, Source, Store, parse_label};
use secrecy::SecretString;
use serde_json::json;

use crate::cli::{self, AddAsana, Global, SourceAdd};
use crate::duration::parse_time;
use crate::entry::Tried;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, display_line, line, note, print_object, print_rows};

use set::poll_interval;
pub(super) use set::{DEFAULT, interval_text, not_edited};

pub(super) async fn run(global: &Global, arguments: cli::Source) -> Outcome {
    match arguments {
        cli::Source::Add(SourceAdd::Asana(arguments)) => add(global, arguments).await,
        cli::Source::List { format } => list(global, format).await,
        cli::Source::Show { name, format } => show(global, &name, format).await,
        cli::Source::Coverage { name, format } => coverage::run(global, &name, format).await,
        cli::Source::History { name, last, format } => history::run(global, &name, last, format).await,
        cli::Source::Backfill { name, from, to } => backfill::run(global, &name, &from, to.as_deref()).await,
        cli::Source::Audit(arguments) => audit::run(global, arguments).await,
        cli::Source::Check { name } => check_stored(global, &name).await,
        cli::Source::SetToken {
            name,
            token_file,
            no_check,
        } => set_token(global, &name, &token_file, CheckFirst::unless(no_check)).await,
        cli::Source::Pause { name } => pause::run(global, &name, Pause::Begin).await,
        cli::Source::Resume { name } => pause::run(global, &name, Pause::End).await,
        cli::Source::Health { name, history, format } => health::run(global, &name, history, format).await,
        cli::Source::Metrics {
            name,
            last,
            interval,
            format,
        } => metrics::run(global, &name, &last, &interval, format).await,
        cli::Source::Rename { name, new_name } => rename::run(global, &name, &new_name).await,
        cli::Source::Set { name, poll_interval } => set::run(global, &name, &poll_interval).await,
        cli::Source::Delete { name, with_data, yes } => {
            let events = if with_data { Events::Erase } else { Events::Keep };
            delete::run(global, &name, events, yes).await
        }
    }
}

async fn add(global: &Global, arguments: AddAsana) -> Outcome {
    let now = Clock::system().now();
    parse_label(&arguments.name)
        .map_err(CreateSourceError::LabelInvalid)
        .or_exit(Exit::Usage)?;
    let start_at = match &arguments.start_at {
        Some(text) => Some(parse_time("--start-at", text, now)?),
        None => None,
    };
    if start_at.is_some_and(|time| time > now) {
        return Err(Failure::new(
            Exit::Usage,
            "--start-at is in the future: nothing would be pulled until then\nhint: leave it out for all that Asana still has",
        ));
    }
    let poll_interval = arguments.poll_interval.as_deref().map(poll_interval).transpose()?;
    let settings = Settings {
        api_url: arguments.api_url.parse::<ApiUrl>().or_exit(Exit::Usage)?,
        organization_id: arguments
            .organization_id
            .parse::<OrganizationId>()
            .or_exit(Exit::Usage)?,
        page_records: PageRecords::default(),
        requests: RequestLimits::new(arguments.requests_per_minute, arguments.requests_in_flight)
            .or_exit(Exit::Usage)?,
    };
    let token = read_token(&arguments.token_file, &settings)?;
    // Locked before the vendor is asked: a check that passes and then cannot be stored would be a nuisance.
    let writable = open::for_writing(global, "margay source add").await?;
    let log_type = usable_log_type(&writable.line.content(), &arguments.log_type).or_exit(Exit::Usage)?;
    let draft = AsanaDraft {
        label: arguments.name,
        log_type,
        settings,
        token,
        start_at,
        poll_interval,
    };
    let tried = Tried {
        action: "create_log_source",
        object: None,
        told: json!({
            "label": draft.label,
            "logType": draft.log_type.to_string(),
            "organizationId": draft.settings.organization_id.to_string(),
        }),
    };
    let added = add_checked(&writable.line, draft, CheckFirst::unless(arguments.no_check)).await;
    if let Err(failure) = &added {
        // What was added has an entry of that transaction.
        tried.ended(&writable.line.store, Some(failure)).await;
    }
    let source = added?;
    line(format_args!("added source `{}` ({})", source.label, source.id));
    line("next: `margay pull --until-drained` fetches what Asana has, `margay serve` keeps at it");
    Ok(())
}

async fn add_checked(data: &Line, draft: AsanaDraft, ask: CheckFirst) -> Outcome<Source> {
    let store = &data.store;
    if let Some(taken) = store.source_by_label(&draft.label).await.or_exit(Exit::Storage)? {
        let error = CreateSourceError::LabelTaken { label: taken.label };
        return Err(Failure::of(Exit::Usage, error));
    }
    check_first(ask, &data.http, &draft.settings, &draft.token).await?;
    warn_of_same_log(store, &draft.settings, &draft.log_type).await?;
    add_asana(data, draft).await.map_err(not_added)
}

/// Says that another log source reads the same log into the same table: it may be meant, and nothing else would tell.
pub(super) async fn warn_of_same_log(store: &Store, settings: &Settings, log_type: &LogType) -> Outcome {
    if let Some(other) = same_log(store, settings, log_type).await.or_exit(Exit::Storage)? {
        note(display_line(&format!(
            "warning: log source `{}` reads organization {} as `{log_type}` already: each of its events will be there twice",
            other.label, settings.organization_id
        )));
        note(
            "hint: `margay source set-token` gives that one a new token; `margay source delete` removes one of the two",
        );
    }
    Ok(())
}

pub(super) fn not_added(error: AddSourceError) -> Failure {
    let exit = match &error {
        AddSourceError::LogType(_)
        | AddSourceError::Create(CreateSourceError::LabelTaken { .. } | CreateSourceError::LabelInvalid(_)) => {
            Exit::Usage
        }
        AddSourceError::Create(_) => Exit::Storage,
    };
    Failure::of(exit, error)
}

/// Whether the vendor is asked before anything is stored.
#[derive(Clone, Copy)]
pub(super) enum CheckFirst {
    Yes,
    No,
}

impl CheckFirst {
    pub(super) fn unless(no_check: bool) -> Self {
        if no_check { Self::No } else { Self::Yes }
    }
}

async fn check_first(check_first: CheckFirst, http: &HttpClient, settings: &Settings, token: &SecretString) -> Outcome {
    match check_first {
        CheckFirst::Yes => report(&check(http, settings.clone(), token, Clock::system().now()).await),
        CheckFirst::No => {
            note("not checked: whether the credentials work shows at the next pull");
            Ok(())
        }
    }
}

/// Swaps the token and nothing else: the checkpoint, the journal and the ids stay, so pulling goes on where it stopped.
async fn set_token(global: &Global, name: &str, token_file: &Path, ask: CheckFirst) -> Outcome {
    let writable = open::for_writing(global, "margay source set-token").await?;
    let store = &writable.line.store;
    let source = find(store, name).await?;
    let settings = Settings::from_json(&source.settings).or_exit(Exit::Storage)?;
    let token = read_token(token_file, &settings)?;
    // The old token stays until the new one passes.
    check_first(ask, &writable.line.http, &settings, &token).await?;
    let now = Clock::system().now();
    store
        .replace_credentials(source.id, token, now)
        .await
        .or_exit(Exit::Storage)?;
    line(format_args!(
        "source `{}` has a new token; the next pull goes on where it stopped",
        source.label
    ));
    Ok(())
}

fn read_token(file: &Path, settings: &Settings) -> Outcome<SecretString> {
    let text = crate::secret::read(file, "Service Account Token")?;
    let token = check_token_text(&text, &settings.organization_id).map_err(|problem| match problem {
        TokenProblem::Empty => {
            let place = crate::secret::place(file);
            Failure::new(Exit::Usage, format!("there is no Service Account Token in {place}"))
        }
        problem => Failure::of(Exit::Usage, problem),
    })?;
    Ok(SecretString::from(token))
}

/// Prints what the check found; a failed one is the command's failure.
fn report(report: &CheckReport) -> Outcome {
    match &report.verdict {
        Verdict::Passed => {
            line("Asana answers, and the audit log can be read");
            Ok(())
        }
        Verdict::PassedEmpty => {
            line("Asana answers, and the audit log can be read");
            note(
                "it is empty: unusual, since adding a service account is itself an event. Is it the right organization?",
            );
            Ok(())
        }
        Verdict::Failed(diagnosis) => Err(Failure::new(exit_of(diagnosis), diagnosis.to_string())),
    }
}

/// The exit code of a check that failed.
pub(super) fn exit_of(diagnosis: &Diagnosis) -> Exit {
    if diagnosis.remedy.is_retry() {
        Exit::Unavailable
    } else {
        Exit::Refused
    }
}

async fn list(global: &Global, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let mut rows = Vec::new();
    for source in store.sources().await.or_exit(Exit::Storage)? {
        let status = store.poll_status(source.id).await.or_exit(Exit::Storage)?;
        let journal = store.journal_status(source.id).await.or_exit(Exit::Storage)?;
        rows.push(vec![
            Cell::Text(source.label),
            Cell::Text(source.connector),
            Cell::Text(source.log_type.to_string()),
            status
                .last_round
                .as_ref()
                .map_or(Cell::Text("never".to_owned()), |round| {
                    Cell::Text(round.kind.as_str().to_owned())
                }),
            status
                .last_round
                .as_ref()
                .map_or(Cell::Null, |round| Cell::Time(round.finished_at.as_microsecond())),
            Cell::Unsigned(journal.records_total),
            source
                .paused_at
                .map_or(Cell::Null, |time| Cell::Time(time.as_microsecond())),
            Cell::Text(source.id.to_string()),
        ]);
    }
    if rows.is_empty() && format == Format::Table {
        note("no log sources yet; add one with `margay source add asana --help`");
        return Ok(());
    }
    let names = [
        "name",
        "type",
        "log_type",
        "last_poll",
        "last_poll_at",
        "records",
        "paused_at",
        "id",
    ];
    print_rows(format, &names, &rows)
}

async fn show(global: &Global, name: &str, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, name).await?;
    let status = store.poll_status(source.id).await.or_exit(Exit::Storage)?;
    let journal = store.journal_status(source.id).await.or_exit(Exit::Storage)?;
    let landed = store
        .position(Consumer::Landing, source.id)
        .await
        .or_exit(Exit::Storage)?;
    let settings = Settings::from_json(&source.settings).or_exit(Exit::Storage)?;
    let checkpoint = store.checkpoint(source.id).await.or_exit(Exit::Storage)?;
    let checkpoint = Checkpoint::from_json(&checkpoint).or_exit(Exit::Storage)?;
    let time = |time: Option<jiff::Timestamp>| time.map_or(Cell::Null, |time| Cell::Time(time.as_microsecond()));
    let text = |text: String| Cell::Text(text);
    let last = status.last_round.as_ref();
    let fields = [
        ("name", text(source.label.clone())),
        ("id", text(source.id.to_string())),
        ("type", text(source.connector.clone())),
        ("log_type", text(source.log_type.to_string())),
        ("organization_id", text(settings.organization_id.to_string())),
        ("api_url", text(settings.api_url.to_string())),
        ("created_at", time(Some(source.created_at))),
        ("paused_at", time(source.paused_at)),
        ("poll_interval", text(interval_text(source.poll_interval))),
        ("window_start", time(Some(checkpoint.window_start()))),
        ("has_cursor", Cell::Boolean(checkpoint.offset().is_some())),
        ("not_before", time(status.retry_not_before)),
        ("journalled_records", Cell::Unsigned(journal.records_total)),
        ("journal_head", Cell::Unsigned(journal.head.get())),
        ("landed_through", Cell::Unsigned(landed.get())),
        ("newest_event_time", time(journal.newest_event_time)),
        (
            "last_poll",
            last.map_or(Cell::Null, |round| text(round.kind.as_str().to_owned())),
        ),
        ("last_poll_at", time(last.map(|round| round.finished_at))),
        ("last_success_at", time(status.last_success_at)),
        ("consecutive_failures", Cell::Unsigned(status.consecutive_failures)),
        (
            "problem",
            last.and_then(|round| round.problem.clone()).map_or(Cell::Null, text),
        ),
    ];
    print_object(format, &fields)
}

async fn check_stored(global: &Global, name: &str) -> Outcome {
    // A check stores nothing: it may run beside a server.
    let store = open::store_for_credentials(global).await?;
    let source = find(&store, name).await?;
    let bound = bind(&store, source).await.or_exit(Exit::Storage)?;
    let http = HttpClient::new(&open::http_settings(global)?).or_exit(Exit::Usage)?;
    report(&check(&http, bound.settings, &bound.token, Clock::system().now()).await)
}

/// Finds a source by its name, in any case, or by its id.
pub(super) async fn find(store: &Store, name: &str) -> Outcome<Source> {
    if let Ok(id) = name.parse()
        && let Ok(source) = store.source(id).await
    {
        return Ok(source);
    }
    if let Some(source) = store.source_by_label(name).await.or_exit(Exit::Storage)? {
        return Ok(source);
    }
    let known: Vec<String> = store
        .sources()
        .await
        .or_exit(Exit::Storage)?
        .into_iter()
        .map(|source| format!("`{}`", source.label))
        .collect();
    let hint = if known.is_empty() {
        "there are none yet".to_owned()
    } else {
        format!("there are {}", known.join(", "))
    };
    Err(Failure::new(
        Exit::Usage,
        format!("there is no log source `{name}`\nhint: {hint}"),
    ))
}
