//! `/log-sources/{id}/check`: whether the credentials that a log source has still work.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use margay_runtime::source::{BindError, bind, check as ask};
use margay_schema::SourceId;

use super::Api;
use super::auth::{Allowed, LogSourceModify};
use super::extract::Id;
use super::log_source::{CheckPassed, passed};
use super::problem::{Code, Problem, ProblemBody};

/// Checks that are under way at once, of all sources. Each is a few requests beside the source's own.
const RUNNING_MAX: usize = 4;

/// The checks of stored credentials that are under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checks(Arc<Mutex<HashSet<SourceId>>>);

/// A check that is under way; it is over when this is dropped, also because the client went away.
struct UnderWay<'a> {
    checks: &'a Checks,
    id: SourceId,
}

impl Checks {
    fn with<T>(&self, act: impl FnOnce(&mut HashSet<SourceId>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self, id: SourceId) -> Result<UnderWay<'_>, Problem> {
        self.with(|running| {
            if running.contains(&id) {
                let text = "this log source is being checked\nhint: wait for what that finds";
                return Err(Problem::new(Code::Conflict, text));
            }
            if running.len() >= RUNNING_MAX {
                let text = format!(
                    "{RUNNING_MAX} log sources are being checked, and no more can be\nhint: try again in a moment"
                );
                return Err(Problem::new(Code::TooManyAtWork, text));
            }
            running.insert(id);
            Ok(UnderWay { checks: self, id })
        })
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.checks.with(|running| running.remove(&self.id));
    }
}

/// Asks Asana whether the credentials that a log source has still work. Changes nothing, and takes a few requests; none while
/// Asana wants a pause.
#[utoipa::path(
    post, path = "/log-sources/{id}/check", tag = "Log sources", operation_id = "check_stored_log_source",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "They work", body = CheckPassed),
        (status = 409, description = "It is being checked, or its settings cannot be understood", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The vendor does not accept them; `diagnosis` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "As many are being checked as may be", body = ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("LogSourceModify")))
)]
pub(crate) async fn check(
    _: Allowed<LogSourceModify>,
    State(api): State<Api>,
    Id(id): Id<SourceId>,
) -> Result<Json<CheckPassed>, Problem> {
    let line = &api.line;
    let source = line.store.source(id).await?;
    let _under_way = api.checks.begin(id)?;
    let now = line.clock.now();
    if let Some(until) = line.store.poll_status(id).await?.paused_until(now) {
        let text = format!(
            "the vendor asked not to be called before {until}\nhint: check again then; reading goes on by itself"
        );
        return Err(Problem::new(Code::VendorUnavailable, text));
    }
    let bound = bind(&line.store, source).await.map_err(unusable)?;
    let report = ask(&line.http, bound.settings, &bound.token, now).await;
    Ok(Json(passed(report)?))
}

fn unusable(error: BindError) -> Problem {
    match error {
        BindError::Credentials { cause, .. } => cause.into(),
        error => Problem::new(Code::Conflict, error),
    }
}

#[cfg(test)]
mod tests {
    use margay_schema::SourceId;
    use uuid::Uuid;

    use super::{Checks, RUNNING_MAX};

    #[test]
    fn a_source_is_checked_once_at_a_time_and_only_so_many_are() {
        let checks = Checks::default();
        let id = |number: usize| SourceId::from_uuid(Uuid::from_u128(number as u128));
        let mut running: Vec<_> = (0..RUNNING_MAX).map(|number| checks.begin(id(number)).ok()).collect();
        assert!(running.iter().all(Option::is_some));
        assert!(checks.begin(id(0)).is_err());
        assert!(checks.begin(id(RUNNING_MAX)).is_err());
        running.pop();
        assert!(checks.begin(id(0)).is_err(), "it is still under way");
        assert!(checks.begin(id(RUNNING_MAX)).is_ok());
    }
}
