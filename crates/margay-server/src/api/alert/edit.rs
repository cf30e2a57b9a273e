//! `PATCH /alerts`: changing many alerts at once.

use axum::Json;
use axum::extract::State;
use margay_schema::SourceId;
use margay_store::{ALERTS_PER_EDIT_MAX, AlertChoice, AlertEdit, AlertFilter, AlertId, AlertStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::StatusName;
use crate::api::Api;
use crate::api::auth::{AlertModify, Allowed};
use crate::api::destination::{AlertType, Severity};
use crate::api::extract::{Body, given, parse_id};
use crate::api::problem::{Code, Problem};
use crate::api::time;

/// What is to change of which alerts: of those with these ids, or of all that a filter wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AlertsChange {
    /// The alerts; those that are not there are passed over.
    #[schema(min_items = 1, max_items = 500, value_type = Option<Vec<uuid::Uuid>>)]
    ids: Option<Vec<String>>,
    /// Which alerts.
    filter: Option<AlertsWanted>,
    /// Their new status.
    status: Option<StatusName>,
    /// Who looks after them from now on; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    #[expect(clippy::option_option, reason = "left out, null and a value are three things")]
    assignee: Option<Option<String>>,
}

/// Which alerts are wanted: those that all of this is true of. An empty one wants all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AlertsWanted {
    /// Only with one of these statuses.
    #[serde(default)]
    status: Vec<StatusName>,
    /// Only with one of these severities.
    #[serde(default)]
    severity: Vec<Severity>,
    /// Only of one of these types.
    #[serde(default, rename = "type")]
    alert_type: Vec<AlertType>,
    /// Only about this log source.
    #[schema(format = Uuid)]
    log_source: Option<String>,
    /// Only raised at or after this time.
    #[schema(format = DateTime)]
    created_after: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlertsChanged {
    /// Alerts that are otherwise than before.
    changed: usize,
    /// Whether there are more: 500 are changed at once. The same request again goes on with them.
    has_more: bool,
}

/// Changes the status of alerts, or who looks after them: all at once, the newest 500 that are not so already.
#[utoipa::path(
    patch, path = "/alerts", tag = "Alerts", operation_id = "change_alerts", request_body = AlertsChange,
    responses((status = 200, description = "How many were changed", body = AlertsChanged)),
    extensions(("x-permission" = json!("AlertModify")))
)]
pub(crate) async fn change(
    Allowed(actor, _): Allowed<AlertModify>,
    State(api): State<Api>,
    body: Body<AlertsChange>,
) -> Result<Json<AlertsChanged>, Problem> {
    let asked = body.value;
    let edit = AlertEdit {
        status: asked.status.map(AlertStatus::from),
        assignee: asked.assignee.as_ref().map(Option::as_deref),
    };
    if edit.status.is_none() && edit.assignee.is_none() {
        let text = "nothing is to change\nhint: give `status` or `assignee`";
        return Err(Problem::new(Code::InvalidValue, text));
    }
    let choice = choice(asked.ids, asked.filter)?;
    let (store, now) = (&api.line.store, api.line.clock.now());
    let edited = store.edit_alerts(&choice, edit, actor.name(), now).await?;
    Ok(Json(AlertsChanged {
        changed: edited.changed,
        has_more: edited.has_more,
    }))
}

fn choice(ids: Option<Vec<String>>, filter: Option<AlertsWanted>) -> Result<AlertChoice, Problem> {
    let refused = |text: &str| Err(Problem::new(Code::InvalidValue, text));
    match (ids, filter) {
        (Some(ids), None) if (1..=ALERTS_PER_EDIT_MAX).contains(&ids.len()) => {
            let ids: Result<Vec<AlertId>, Problem> = ids.iter().map(|id| parse_id(id)).collect();
            Ok(AlertChoice::Ids(ids?))
        }
        (Some(_), None) => refused(&format!(
            "`ids` are 1 to {ALERTS_PER_EDIT_MAX}\nhint: send the rest in another request"
        )),
        (None, Some(wanted)) => Ok(AlertChoice::Matching(AlertFilter {
            statuses: wanted.status.into_iter().map(AlertStatus::from).collect(),
            source_id: wanted.log_source.as_deref().map(parse_id::<SourceId>).transpose()?,
            before: None,
            since: wanted
                .created_after
                .as_deref()
                .map(|text| time::given("createdAfter", text))
                .transpose()?,
            severities: wanted
                .severity
                .into_iter()
                .map(Severity::name)
                .map(str::to_owned)
                .collect(),
            alert_types: wanted
                .alert_type
                .into_iter()
                .map(AlertType::name)
                .map(str::to_owned)
                .collect(),
        })),
        _ => refused("which alerts?\nhint: give either `ids` or `filter`; an empty `filter` wants all"),
    }
}
