//! `/log-sources`: adding, looking at, changing, pausing and deleting log sources.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use margay_connector::asana::{
    ApiUrl, CheckReport, OrganizationId, PageRecords, RequestLimits, Settings, Verdict, check_token_text,
};
use margay_runtime::ErrorChain;
use margay_runtime::health::SourceState;
use margay_runtime::remove::{Events, Removed, remove};
use margay_runtime::source::{
    ASANA, ASANA_LOG_TYPE, AsanaDraft, BindError, add_asana, check as ask, same_log, usable_log_type,
};
use margay_schema::SourceId;
use margay_store::{CreateSourceError, Pause, PollInterval, Source, SourceEdit, parse_label};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Host;
use utoipa::ToSchema;

use super::Api;
use super::auth::{Allowed, LogSourceModify, LogSourceRead};
use super::extract::{Body, Id, Params, given};
use super::last_day::{LastDay, LastDays};
use super::once::{Asked, Created, Key, once, to_the_end};
use super::problem::{Code, Problem};
use super::system::whole_seconds;
use super::{page, time};

/// A log source. Its token is never shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogSource {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name for people; every event carries it as `p_source_label`.
    label: String,
    /// Which connector reads it.
    #[schema(example = "asana")]
    connector: String,
    /// Which schema its records belong to.
    #[schema(example = "Asana.Audit")]
    log_type: String,
    /// The organization; null if the settings of the source cannot be understood.
    organization_id: Option<String>,
    /// Where the vendor's API is.
    api_url: Option<String>,
    /// How it is.
    state: SourceStateName,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when it is paused; null if it is not.
    #[schema(format = DateTime)]
    paused_at: Option<String>,
    /// When it was polled last.
    #[schema(format = DateTime)]
    last_polled_at: Option<String>,
    /// When the newest event happened that was read.
    #[schema(format = DateTime)]
    last_event_at: Option<String>,
    /// How many records were read.
    records: u64,
    /// How long to wait between its polls; null if it is polled as often as the server's other sources.
    poll_interval_seconds: Option<u64>,
    /// How long that is now: its own interval or the server's, in which parts of a second count as a whole one.
    effective_poll_interval_seconds: u64,
    /// What flowed through it in the last 24 hours; only in a list that was asked with `include=lastDay`.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<LastDay>,
    /// After how many minutes of silence its alarm sounds, null if that is switched off; only in a list that was asked with
    /// `include=lastDay`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    #[expect(clippy::option_option, reason = "left out, null and a number are three things")]
    drop_off_minutes: Option<Option<u64>>,
}

/// How a log source is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LogSourceState)]
pub(crate) enum SourceStateName {
    /// It was not polled yet.
    Unknown,
    /// It is polled, and everything that was looked at works.
    Healthy,
    /// Something does not work.
    Failing,
    /// Somebody has paused it.
    Paused,
}

impl From<SourceState> for SourceStateName {
    fn from(state: SourceState) -> Self {
        match state {
            SourceState::Unknown => Self::Unknown,
            SourceState::Healthy => Self::Healthy,
            SourceState::Failing => Self::Failing,
            SourceState::Paused => Self::Paused,
        }
    }
}

/// A page of log sources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogSourceList {
    results: Vec<LogSource>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many; 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// Which page of log sources is wanted, and with what.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogSourceQuery {
    /// How many; 25 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
    /// What each log source comes with.
    #[param(inline)]
    include: Option<Include>,
}

/// What log sources come with.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Include {
    /// What flowed in the last 24 hours, and after how much silence the alarm sounds.
    LastDay,
}

impl PageQuery {
    pub(crate) fn wanted<I: std::str::FromStr>(&self) -> Result<page::Wanted<I>, Problem> {
        page::wanted(self.limit, self.cursor.as_deref())
    }
}

/// What connects to Asana's audit log.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Connection {
    /// The Organization Id: what Asana calls the Domain ID.
    #[schema(example = "1201234567890123", max_length = 64)]
    organization_id: String,
    /// The Service Account Token. It is stored encrypted and never shown.
    #[schema(write_only, max_length = 4096)]
    token: String,
    /// Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-api-address`.
    #[schema(max_length = 2048)]
    api_url: Option<String>,
}

/// A log source to add.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewLogSource {
    /// What to call it.
    #[schema(min_length = 1, max_length = 64)]
    label: String,
    /// The Organization Id: what Asana calls the Domain ID.
    #[schema(example = "1201234567890123", max_length = 64)]
    organization_id: String,
    /// The Service Account Token. It is stored encrypted and never shown.
    #[schema(write_only, max_length = 4096)]
    token: String,
    /// Where Asana's API is, if it is not Asana's own address: only an address that the server was started with as `--allow-api-address`.
    #[schema(max_length = 2048)]
    api_url: Option<String>,
    /// Which schema its records belong to; `Asana.Audit` unless given.
    #[schema(max_length = 255)]
    log_type: Option<String>,
    /// From when on to read; all that Asana still has unless given.
    #[schema(format = DateTime)]
    start_at: Option<String>,
    /// Requests a minute to keep to.
    #[schema(minimum = 1, maximum = 1_000_000)]
    requests_per_minute: Option<u32>,
    /// Requests that may be under way at once.
    #[schema(minimum = 1, maximum = 50)]
    requests_in_flight: Option<u32>,
    /// How long to wait between its polls; as the server does unless given.
    #[schema(minimum = 1, maximum = 86_400)]
    poll_interval_seconds: Option<u64>,
    /// Whether Asana is asked first; true unless given.
    check: Option<bool>,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckPassed {
    /// Whether the log has events. An empty one is unusual: adding a service account is itself an event.
    has_events: bool,
    /// When the oldest event happened that Asana still has.
    #[schema(format = DateTime)]
    oldest_event_at: Option<String>,
    /// When the check began.
    #[schema(format = DateTime)]
    checked_at: String,
}

/// What is to change of a log source: at least one thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogSourceChange {
    /// Its new name. Events that land from then on carry it; those that have landed keep theirs.
    #[schema(min_length = 1, max_length = 64)]
    label: Option<String>,
    /// How long to wait between its polls; null to poll it as often as the server's other sources. It holds at once.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 86_400)]
    #[expect(clippy::option_option, reason = "left out, null and a number are three things")]
    poll_interval_seconds: Option<Option<u64>>,
}

/// New credentials of a log source.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewCredentials {
    /// The Service Account Token. It is stored encrypted and never shown.
    #[schema(write_only, max_length = 4096)]
    token: String,
    /// Whether Asana is asked first; true unless given.
    check: Option<bool>,
}

/// What becomes of a deleted log source's events.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DataName {
    /// They stay in the lake.
    Keep,
    /// They are deleted from its tables.
    Delete,
}

/// How a log source is deleted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// What becomes of its events; they are kept unless given.
    #[param(inline)]
    data: Option<DataName>,
}

/// Lists log sources, the oldest first.
#[utoipa::path(
    get, path = "/log-sources", tag = "Log sources", operation_id = "list_log_sources", params(LogSourceQuery),
    responses((status = 200, description = "A page of log sources", body = LogSourceList)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn list(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Params(query): Params<LogSourceQuery>,
) -> Result<Json<LogSourceList>, Problem> {
    let store = &api.line.store;
    let wanted = page::wanted::<SourceId>(query.limit, query.cursor.as_deref())?;
    let (sources, next) = page::cut(store.sources().await?, |source| source.id, wanted);
    let days = match query.include {
        None => None,
        Some(Include::LastDay) => {
            let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
            Some(LastDays::read(store, &ids, api.line.clock.now()).await?)
        }
    };
    let mut results = Vec::with_capacity(sources.len());
    for source in sources {
        let id = source.id;
        results.push(LogSource {
            last_day: days.as_ref().map(|days| days.of(id)),
            drop_off_minutes: days.as_ref().map(|days| days.drop_off_minutes(id)),
            ..shown(&api, source).await?
        });
    }
    Ok(Json(LogSourceList { results, next }))
}

/// Shows a log source.
#[utoipa::path(
    get, path = "/log-sources/{id}", tag = "Log sources", operation_id = "show_log_source", params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The log source", body = LogSource)),
    extensions(("x-permission" = json!("LogSourceRead")))
)]
pub(crate) async fn show(
    _: Allowed<LogSourceRead>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<LogSource>, Problem> {
    let source = api.line.store.source(id).await?;
    Ok(Json(shown(&api, source).await?))
}

/// Adds a log source that reads Asana's audit log, after asking Asana whether the credentials work. Reading begins at once.
#[utoipa::path(
    post, path = "/log-sources", tag = "Log sources", operation_id = "create_log_source", request_body = NewLogSource,
    params(("Idempotency-Key" = Option<String>, Header, description = "Added once, however often this is sent", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The log source", body = LogSource),
        (status = 409, description = "There is a log source with this label, or this key is being worked on", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<LogSourceModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<NewLogSource>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /log-sources",
        key,
        body: &body.bytes,
    };
    once(&api, asked, add(api.clone(), body.value)).await
}

async fn add(api: Api, new: NewLogSource) -> Result<Created, Problem> {
    let line = &api.line;
    let start_at = new
        .start_at
        .as_deref()
        .map(|text| time::read("startAt", text))
        .transpose()?;
    if start_at.is_some_and(|start| start > line.clock.now()) {
        let text = "`startAt` is in the future: nothing would be read until then\nhint: leave it out for all that Asana still has";
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let defaults = RequestLimits::default().budget();
    let limits = RequestLimits::new(
        new.requests_per_minute.unwrap_or(defaults.requests_per_minute.get()),
        new.requests_in_flight.unwrap_or(defaults.in_flight_max.get()),
    );
    let limits = limits.map_err(|error| Problem::new(Code::InvalidValue, error))?;
    let poll_interval = poll_interval(new.poll_interval_seconds)?;
    let (settings, token) = connection(&api, &new.organization_id, new.api_url.as_deref(), &new.token, limits)?;
    let log_type = usable_log_type(&line.content(), new.log_type.as_deref().unwrap_or(ASANA_LOG_TYPE))
        .map_err(|refused| Problem::new(Code::InvalidValue, refused))?;
    // Before the vendor is asked: a check that passes and then cannot be stored would be a nuisance.
    parse_label(&new.label).map_err(CreateSourceError::LabelInvalid)?;
    if let Some(taken) = line.store.source_by_label(&new.label).await? {
        return Err(CreateSourceError::LabelTaken { label: taken.label }.into());
    }
    if new.check.unwrap_or(true) {
        passed(ask(&line.http, settings.clone(), &token, line.clock.now()).await)?;
    }
    if let Some(other) = same_log(&line.store, &settings, &log_type).await? {
        tracing::warn!(
            source = new.label,
            other = other.label,
            "two log sources read the same log into the same table: each of its events will be there twice"
        );
    }
    let draft = AsanaDraft {
        label: new.label,
        log_type,
        settings,
        token,
        start_at,
        poll_interval,
    };
    let source = add_asana(line, draft).await?;
    line.sources_changed.notify_one();
    Ok(Created::new(&shown(&api, source).await?))
}

/// Asks Asana whether credentials work. Stores nothing.
#[utoipa::path(
    post, path = "/log-sources/check", tag = "Log sources", operation_id = "check_log_source", request_body = Connection,
    responses((status = 200, description = "They work", body = CheckPassed)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn check(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    body: Body<Connection>,
) -> Result<Json<CheckPassed>, Problem> {
    let Connection {
        organization_id,
        token,
        api_url,
    } = body.value;
    let limits = RequestLimits::default();
    let (settings, token) = connection(&api, &organization_id, api_url.as_deref(), &token, limits)?;
    let report = ask(&api.line.http, settings, &token, api.line.clock.now()).await;
    Ok(Json(passed(report)?))
}

/// Changes what a log source is called, or how often it is polled: all that is given, or nothing.
#[utoipa::path(
    patch, path = "/log-sources/{id}", tag = "Log sources", operation_id = "change_log_source", request_body = LogSourceChange,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The log source", body = LogSource),
        (status = 409, description = "There is a log source with this label", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn change(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    body: Body<LogSourceChange>,
) -> Result<Json<LogSource>, Problem> {
    let asked = body.value;
    if asked.label.is_none() && asked.poll_interval_seconds.is_none() {
        let text = "nothing is to change\nhint: give `label` or `pollIntervalSeconds`";
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let interval = asked.poll_interval_seconds.map(poll_interval).transpose()?;
    let edit = SourceEdit {
        label: asked.label.as_deref(),
        poll_interval: interval,
    };
    let source = api.line.store.edit_source(id, edit).await?;
    api.line.sources_changed.notify_one();
    Ok(Json(shown(&api, source).await?))
}

/// Gives a log source a new token, after asking Asana whether it works. It goes on where it stopped.
#[utoipa::path(
    put, path = "/log-sources/{id}/credentials", tag = "Log sources", operation_id = "set_log_source_credentials", request_body = NewCredentials,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The log source", body = LogSource)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn set_credentials(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    body: Body<NewCredentials>,
) -> Result<Json<LogSource>, Problem> {
    let line = &api.line;
    let source = line.store.source(id).await?;
    let settings = settings_of(&source)?;
    let token = token_of(&body.value.token, &settings.organization_id)?;
    // The old token stays until the new one passes.
    if body.value.check.unwrap_or(true) {
        passed(ask(&line.http, settings, &token, line.clock.now()).await)?;
    }
    line.store.replace_credentials(id, token, line.clock.now()).await?;
    line.sources_changed.notify_one();
    Ok(Json(shown(&api, source).await?))
}

/// Lets a log source not be polled any more, until it is resumed. Pausing a paused one changes nothing.
#[utoipa::path(
    post, path = "/log-sources/{id}/pause", tag = "Log sources", operation_id = "pause_log_source", params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The log source", body = LogSource)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn pause(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<LogSource>, Problem> {
    paused(&api, id, Pause::Begin).await
}

/// Lets a paused log source be polled again, from where it stopped. Resuming one that is not paused changes nothing.
#[utoipa::path(
    post, path = "/log-sources/{id}/resume", tag = "Log sources", operation_id = "resume_log_source", params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 200, description = "The log source", body = LogSource)),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn resume(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<LogSource>, Problem> {
    paused(&api, id, Pause::End).await
}

/// Deletes a log source with its credentials and journal, once all that was read has landed. Its events stay in the lake, unless they
/// are to be deleted too.
#[utoipa::path(
    delete, path = "/log-sources/{id}", tag = "Log sources", operation_id = "delete_log_source", params(("id" = uuid::Uuid, Path, description = "Its id"), DeleteQuery),
    responses(
        (status = 202, description = "It is deleted; its events go in the next minutes"),
        (status = 204, description = "It is deleted"),
        (status = 409, description = "It is still being read, or records wait for the lake; it is as it was", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn delete(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
    Params(query): Params<DeleteQuery>,
) -> Result<StatusCode, Problem> {
    let source = api.line.store.source(id).await?;
    let events = match query.data {
        None | Some(DataName::Keep) => Events::Keep,
        Some(DataName::Delete) => Events::Erase,
    };
    Ok(match to_the_end(removed(api, source, events)).await? {
        Removed::Wholly => StatusCode::NO_CONTENT,
        Removed::EventsPending => StatusCode::ACCEPTED,
    })
}

async fn removed(api: Api, source: Source, events: Events) -> Result<Removed, Problem> {
    Ok(remove(&api.line, &source, events).await?)
}

async fn paused(api: &Api, id: SourceId, pause: Pause) -> Result<Json<LogSource>, Problem> {
    let source = api.line.store.pause_source(id, pause, api.line.clock.now()).await?;
    api.line.sources_changed.notify_one();
    Ok(Json(shown(api, source).await?))
}

async fn shown(api: &Api, source: Source) -> Result<LogSource, Problem> {
    let store = &api.line.store;
    let polls = store.poll_status(source.id).await?;
    let journal = store.journal_status(source.id).await?;
    let checks = store.health_checks(source.id).await?;
    let state = SourceState::of(&source, &polls, &checks);
    let settings = (source.connector == ASANA).then(|| Settings::from_json(&source.settings).ok());
    let settings = settings.flatten();
    Ok(LogSource {
        id: source.id.to_string(),
        label: source.label,
        connector: source.connector,
        log_type: source.log_type.to_string(),
        organization_id: settings.as_ref().map(|settings| settings.organization_id.to_string()),
        api_url: settings.as_ref().map(|settings| settings.api_url.to_string()),
        state: state.into(),
        created_at: time::written(source.created_at),
        paused_at: source.paused_at.map(time::written),
        last_polled_at: polls.last_round.map(|round| time::written(round.finished_at)),
        last_event_at: journal.newest_event_time.map(time::written),
        records: journal.records_total,
        poll_interval_seconds: source.poll_interval.map(PollInterval::seconds),
        effective_poll_interval_seconds: source
            .poll_interval
            .map_or_else(|| whole_seconds(api.poll_interval), PollInterval::seconds),
        last_day: None,
        drop_off_minutes: None,
    })
}

/// Reads the seconds of an interval; nothing stands for the server's.
fn poll_interval(seconds: Option<u64>) -> Result<Option<PollInterval>, Problem> {
    Ok(seconds.map(PollInterval::from_seconds).transpose()?)
}

fn settings_of(source: &Source) -> Result<Settings, Problem> {
    Settings::from_json(&source.settings).map_err(|cause| {
        let label = source.label.clone();
        tracing::warn!(error = %ErrorChain(&cause), "the settings of a source cannot be understood");
        Problem::new(Code::Conflict, BindError::Settings { label, cause })
    })
}

/// Reads what connects to the vendor. The server calls only the vendor, and what its operator has named: whoever may add log sources
/// is not to find out by this what is in the server's network.
fn connection(
    api: &Api,
    organization_id: &str,
    api_url: Option<&str>,
    token: &str,
    requests: RequestLimits,
) -> Result<(Settings, SecretString), Problem> {
    let invalid = |error: &dyn std::fmt::Display| Problem::new(Code::InvalidValue, error);
    let organization_id: OrganizationId = organization_id.parse().map_err(|error| invalid(&error))?;
    let own: ApiUrl = margay_connector::asana::API_URL_DEFAULT
        .parse()
        .map_err(|error| invalid(&error))?;
    let api_url = match api_url {
        None => own,
        Some(text) => {
            let asked: ApiUrl = text.parse().map_err(|error| invalid(&error))?;
            if asked != own && !is_named(api, &asked) {
                let text = "`apiUrl` is neither Asana's nor an address that this server may call\nhint: its operator allows an address with --allow-api-address; names are not taken";
                return Err(Problem::new(Code::InvalidValue, text));
            }
            asked
        }
    };
    let token = token_of(token, &organization_id)?;
    let settings = Settings {
        api_url,
        organization_id,
        page_records: PageRecords::default(),
        requests,
    };
    Ok((settings, token))
}

/// Whether the operator has named the address. A name could lead elsewhere each time.
fn is_named(api: &Api, asked: &ApiUrl) -> bool {
    let url: Option<url::Url> = asked.to_string().parse().ok();
    match url.as_ref().and_then(url::Url::host) {
        Some(Host::Ipv4(address)) => api.vendors.is_allowed(address.into()),
        Some(Host::Ipv6(address)) => api.vendors.is_allowed(address.into()),
        _ => false,
    }
}

fn token_of(text: &str, organization_id: &OrganizationId) -> Result<SecretString, Problem> {
    let checked = check_token_text(text, organization_id);
    checked
        .map(SecretString::from)
        .map_err(|problem| Problem::new(Code::InvalidValue, problem))
}

pub(super) fn passed(report: CheckReport) -> Result<CheckPassed, Problem> {
    let has_events = match report.verdict {
        Verdict::Passed => true,
        Verdict::PassedEmpty => false,
        Verdict::Failed(diagnosis) => return Err(Problem::diagnosed(&diagnosis)),
    };
    Ok(CheckPassed {
        has_events,
        oldest_event_at: report.oldest_event.map(time::written),
        checked_at: time::written(report.checked_at),
    })
}
