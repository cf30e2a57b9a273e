//! Problems: what a request that fails is answered with (RFC 9457), and where every error gets its HTTP status.
//!
//! The text for people is the error's own. Causes inside the database and the machine stay in the log, under the request's id.

use std::error::Error;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use margay_connector::asana::{CredentialField, Diagnosis};
use margay_lake::{LakeError, Place, QueryError, QueryErrorKind};
use margay_runtime::ErrorChain;
use margay_runtime::alarm::AlarmFormProblem;
use margay_runtime::deliver::route::RouteProblem;
use margay_runtime::query::{BeginError, LookError};
use margay_runtime::remove::RemoveError;
use margay_runtime::schema::{ApplyError, PlanError, PutError};
use margay_runtime::source::AddSourceError;
use margay_store::{
    AlarmError, AlertError, ApiTokenError, BackfillError, ChangeSchemaError, CreateSchemaError, CreateSourceError,
    CredentialsError, DeliveryError, DestinationError, EditSourceError, FaultKind, IdempotencyError, LeaseError,
    LookupError, PasswordProblem, PollIntervalProblem, SavedSearchError, SessionRefused, StorageFault, TokenRefused,
    UserError,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema_tool::{SchemaProblemBody, problems_of, problems_of_changes};

mod code;

pub(crate) use code::Code;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A problem on its way to the client; the request's id is added on the way out.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    hint: Option<String>,
    place: Option<Place>,
    errors: Vec<SchemaProblemBody>,
    diagnosis: Option<Box<DiagnosisBody>>,
    /// After so many seconds it may be tried again.
    retry_after: Option<NonZeroU32>,
}

/// A request that failed (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// A URN that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:margay:problem:not_found")]
    problem_type: String,
    /// What kind of problem it is, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, to which thing.
    detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What kind of problem it is, for programs. It does not change.
    #[schema(example = "not_found")]
    code: &'static str,
    /// The request, as the server's log names it.
    request_id: String,
    /// The line of the statement or schema that is wrong, counted from 1, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The column in that line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    /// Everything that is wrong with a schema, if it is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<SchemaProblemBody>,
    /// What the check of credentials found.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Box<DiagnosisBody>>,
}

/// What the check of credentials found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Diagnosis)]
pub(crate) struct DiagnosisBody {
    /// What is the matter, in one line.
    title: String,
    /// The same in a few sentences.
    summary: String,
    /// The field to look at: `organizationId` or `token`; null if it is neither.
    field: Option<&'static str>,
    /// What may be the cause, the likeliest first.
    causes: Vec<CauseBody>,
    /// What was asked.
    endpoint: String,
    /// The HTTP status that the vendor answered with; null if it did not answer.
    vendor_status: Option<u16>,
    /// What the vendor said.
    vendor_message: Option<String>,
    /// The vendor's name for the request.
    vendor_request_id: Option<String>,
    /// Whether asking again can help without anybody acting.
    can_pass_by_itself: bool,
}

/// A possible cause.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cause)]
pub(crate) struct CauseBody {
    /// What may be the matter.
    text: String,
    /// How to find out and mend it.
    what_to_do: String,
}

impl Problem {
    /// A problem that says `text`; a hint on a line of its own becomes one.
    pub(crate) fn new(code: Code, text: impl fmt::Display) -> Self {
        let text = text.to_string();
        let (detail, hint) = match text.split_once("\nhint: ") {
            Some((detail, hint)) => (detail.to_owned(), Some(hint.to_owned())),
            None => (text, None),
        };
        Self {
            code,
            detail,
            hint,
            place: None,
            errors: Vec::new(),
            diagnosis: None,
            retry_after: None,
        }
    }

    /// Too many attempts were made; another one may be made after `wait`.
    pub(crate) fn wait(wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_secs()).ok().and_then(NonZeroU32::new);
        let seconds = seconds.unwrap_or(NonZeroU32::MIN);
        let text = format!("too many attempts to sign in were made\nhint: try again in {seconds} s");
        Self {
            retry_after: Some(seconds),
            ..Self::new(Code::TooManyAttempts, text)
        }
    }

    /// Returns what kind of problem it is.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// The server's own failure: told in the log, and in general terms to the client.
    pub(crate) fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error = %ErrorChain(error), "a request failed");
        Self::new(
            Code::Internal,
            "the server could not do its work\nhint: its log says more, under the request's id",
        )
    }

    /// The vendor refused the credentials that were checked.
    pub(crate) fn diagnosed(diagnosis: &Diagnosis) -> Self {
        let code = if diagnosis.remedy.is_retry() {
            Code::VendorUnavailable
        } else {
            Code::CredentialsRefused
        };
        Self {
            diagnosis: Some(Box::new(DiagnosisBody::from(diagnosis.clone()))),
            hint: diagnosis.causes.first().map(|cause| cause.what_to_do.clone()),
            ..Self::new(code, format!("{}. {}", diagnosis.title, diagnosis.summary))
        }
    }

    /// Returns the response that the client gets.
    pub(crate) fn render(self, request_id: String) -> Response {
        let (status, name, title) = self.code.parts();
        let body = ProblemBody {
            problem_type: format!("urn:margay:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            hint: self.hint,
            code: name,
            request_id,
            line: self.place.map(|place| place.line),
            column: self.place.map(|place| place.column),
            errors: self.errors,
            diagnosis: self.diagnosis,
        };
        let text = serde_json::to_string(&body).expect("texts and numbers are JSON");
        let mut response = (status, [(CONTENT_TYPE, PROBLEM_JSON)], text).into_response();
        if let Some(wait) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(wait.get()));
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge: (HeaderName, HeaderValue) = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response.headers_mut().insert(challenge.0, challenge.1);
        }
        response
    }
}

impl IntoResponse for Problem {
    /// An empty response that carries the problem: whoever knows the request's id renders it.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Diagnosis> for DiagnosisBody {
    fn from(diagnosis: Diagnosis) -> Self {
        let Diagnosis {
            title,
            summary,
            field,
            causes,
            observed,
            remedy,
        } = diagnosis;
        Self {
            title,
            summary,
            field: field.map(|field| match field {
                CredentialField::OrganizationId => "organizationId",
                CredentialField::ServiceAccountToken => "token",
            }),
            causes: causes
                .into_iter()
                .map(|cause| CauseBody {
                    text: cause.text,
                    what_to_do: cause.what_to_do,
                })
                .collect(),
            endpoint: observed.endpoint,
            vendor_status: observed.status,
            vendor_message: observed.vendor_message,
            vendor_request_id: observed.request_id,
            can_pass_by_itself: remedy.is_retry(),
        }
    }
}

impl From<StorageFault> for Problem {
    fn from(fault: StorageFault) -> Self {
        match fault.kind() {
            FaultKind::Busy | FaultKind::Closed => {
                tracing::warn!(error = %ErrorChain(&fault), "a request could not be worked on");
                Self::new(Code::Unavailable, "the database is busy\nhint: try again in a moment")
            }
            _ => Self::internal(&fault),
        }
    }
}

impl From<LookupError> for Problem {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Storage(fault) => fault.into(),
            LookupError::SourceUnknown(_) => Self::new(Code::NotFound, error),
        }
    }
}

impl From<AlarmError> for Problem {
    fn from(error: AlarmError) -> Self {
        match error {
            AlarmError::Storage(fault) => fault.into(),
            AlarmError::SourceUnknown(_) => Self::new(Code::NotFound, error),
            AlarmError::SettingsInvalid => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<AlarmFormProblem> for Problem {
    fn from(problem: AlarmFormProblem) -> Self {
        Self::new(Code::InvalidValue, problem)
    }
}

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Storage(fault) => fault.into(),
            AlertError::Unknown(_) => Self::new(Code::NotFound, error),
            AlertError::CommentLength(_) | AlertError::NameLength(_) => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<DeliveryError> for Problem {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Storage(fault) => fault.into(),
            error => Self::new(Code::NotFound, error),
        }
    }
}

impl From<DestinationError> for Problem {
    fn from(error: DestinationError) -> Self {
        match error {
            DestinationError::Storage(fault) => fault.into(),
            DestinationError::Unknown(_) => Self::new(Code::NotFound, error),
            DestinationError::NameTaken(_) | DestinationError::SecretUnreadable => Self::new(Code::Conflict, error),
            DestinationError::TooMany => Self::new(Code::LimitReached, error),
            DestinationError::NameInvalid(_)
            | DestinationError::SettingsInvalid
            | DestinationError::SecretLength
            | DestinationError::SecretNeeded => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<RouteProblem> for Problem {
    fn from(problem: RouteProblem) -> Self {
        Self::new(Code::InvalidValue, problem)
    }
}

impl From<ApiTokenError> for Problem {
    fn from(error: ApiTokenError) -> Self {
        match error {
            ApiTokenError::Storage(fault) => fault.into(),
            ApiTokenError::NoRandomness => Self::internal(&error),
            ApiTokenError::Unknown(_) => Self::new(Code::NotFound, error),
            ApiTokenError::NameTaken(_) => Self::new(Code::Conflict, error),
            ApiTokenError::TooMany => Self::new(Code::LimitReached, error),
            ApiTokenError::Beyond { .. } => Self::new(Code::PermissionMissing, error),
            error => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<SavedSearchError> for Problem {
    fn from(error: SavedSearchError) -> Self {
        match error {
            SavedSearchError::Storage(fault) => fault.into(),
            SavedSearchError::Unknown(_) => Self::new(Code::NotFound, error),
            SavedSearchError::NameTaken(_) => Self::new(Code::NameTaken, error),
            SavedSearchError::TooMany => Self::new(Code::LimitReached, error),
            SavedSearchError::NameInvalid(_) | SavedSearchError::SqlLength | SavedSearchError::ViewInvalid => {
                Self::new(Code::InvalidValue, error)
            }
        }
    }
}

impl From<TokenRefused> for Problem {
    fn from(refused: TokenRefused) -> Self {
        match refused {
            TokenRefused::Storage(fault) => fault.into(),
            TokenRefused::Unknown => Self::new(Code::TokenInvalid, refused),
            TokenRefused::Expired(_) => Self::new(Code::TokenExpired, refused),
            TokenRefused::Network(_) | TokenRefused::Nowhere => Self::new(Code::AddressNotAllowed, refused),
        }
    }
}

impl From<SessionRefused> for Problem {
    fn from(refused: SessionRefused) -> Self {
        match refused {
            SessionRefused::Storage(fault) => fault.into(),
            SessionRefused::Over => Self::new(Code::SessionOver, refused),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Storage(fault) => fault.into(),
            UserError::Beyond(error) => error.into(),
            UserError::PasswordChanged => Self::new(Code::LoginRefused, error),
            UserError::Unknown(_) => Self::new(Code::NotFound, error),
            UserError::EmailTaken(_) | UserError::LastAdmin | UserError::AlreadySetUp => {
                Self::new(Code::Conflict, error)
            }
            UserError::TooMany => Self::new(Code::LimitReached, error),
            UserError::EmailInvalid => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<PasswordProblem> for Problem {
    fn from(problem: PasswordProblem) -> Self {
        match problem {
            PasswordProblem::NotHashed => Self::internal(&problem),
            problem => Self::new(Code::InvalidValue, problem),
        }
    }
}

impl From<IdempotencyError> for Problem {
    fn from(error: IdempotencyError) -> Self {
        match error {
            IdempotencyError::Storage(fault) => fault.into(),
            IdempotencyError::NotSealed => Self::internal(&error),
            IdempotencyError::KeyLength(_) => Self::new(Code::InvalidRequest, error),
        }
    }
}

impl From<CreateSourceError> for Problem {
    fn from(error: CreateSourceError) -> Self {
        match error {
            CreateSourceError::Storage(fault) => fault.into(),
            CreateSourceError::Credentials(error) => error.into(),
            CreateSourceError::LabelTaken { .. } => Self::new(Code::Conflict, error),
            CreateSourceError::TooMany => Self::new(Code::LimitReached, error),
            CreateSourceError::LabelInvalid(_) | CreateSourceError::LogTypeArchived(_) => {
                Self::new(Code::InvalidValue, error)
            }
            error => Self::internal(&error),
        }
    }
}

impl From<AddSourceError> for Problem {
    fn from(error: AddSourceError) -> Self {
        match error {
            AddSourceError::LogType(refused) => Self::new(Code::InvalidValue, refused),
            AddSourceError::Create(error) => error.into(),
        }
    }
}

impl From<EditSourceError> for Problem {
    fn from(error: EditSourceError) -> Self {
        match error {
            EditSourceError::Storage(fault) => fault.into(),
            EditSourceError::SourceUnknown(_) => Self::new(Code::NotFound, error),
            EditSourceError::LabelTaken { .. } => Self::new(Code::Conflict, error),
            EditSourceError::LabelInvalid(_) => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<PollIntervalProblem> for Problem {
    fn from(problem: PollIntervalProblem) -> Self {
        Self::new(Code::InvalidValue, format!("`pollIntervalSeconds`: {problem}"))
    }
}

impl From<CredentialsError> for Problem {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Storage(fault) => fault.into(),
            CredentialsError::SourceUnknown(_) => Self::new(Code::NotFound, error),
            CredentialsError::Empty | CredentialsError::TooLong => Self::new(Code::InvalidValue, error),
            error => Self::internal(&error),
        }
    }
}

impl From<RemoveError> for Problem {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::Lookup(error) => error.into(),
            RemoveError::Lease(LeaseError::SourceUnknown(id)) => LookupError::SourceUnknown(id).into(),
            RemoveError::Lease(LeaseError::Storage(fault)) => fault.into(),
            RemoveError::UnderWay { .. } | RemoveError::BeingRead { .. } | RemoveError::NotLanded { .. } => {
                Self::new(Code::Conflict, error)
            }
            error => Self::internal(&error),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        Self {
            place: error.place,
            ..Self::new(code_of(error.kind), error)
        }
    }
}

/// Returns the code of what a query failed on.
pub(crate) fn code_of(kind: QueryErrorKind) -> Code {
    match kind {
        QueryErrorKind::Invalid => Code::QueryInvalid,
        QueryErrorKind::Refused => Code::QueryRefused,
        QueryErrorKind::TooLarge => Code::QueryTooLarge,
        QueryErrorKind::TimedOut => Code::TimedOut,
        _ => Code::Unavailable,
    }
}

impl From<BeginError> for Problem {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Refused(error) => error.into(),
            BeginError::TooMany | BeginError::TooManyOfAsker => Self::new(Code::TooManyAtWork, error),
        }
    }
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Unknown(_) => Self::new(Code::NotFound, error),
            LookError::Forgotten => Self::new(Code::ResultsForgotten, error),
        }
    }
}

impl From<LakeError> for Problem {
    fn from(error: LakeError) -> Self {
        Self::internal(&error)
    }
}

impl From<PutError> for Problem {
    fn from(error: PutError) -> Self {
        match error {
            PutError::Plan(error) => error.into(),
            PutError::OtherName { .. } => Self::new(Code::InvalidValue, error),
            PutError::Apply(ApplyError::Create(error)) => error.into(),
            PutError::Apply(ApplyError::Change(error)) => error.into(),
            PutError::Apply(error @ ApplyError::Register { .. }) => {
                tracing::error!(error = %ErrorChain(&error), "a schema is stored, and its table is not as it needs it");
                Self::new(Code::Unavailable, error)
            }
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match &error {
            PlanError::Storage(fault) if fault.kind() == FaultKind::Busy => {
                Self::new(Code::Unavailable, "the database is busy\nhint: try again in a moment")
            }
            PlanError::Text(text) => {
                let errors = problems_of(&text.problems, &[]);
                let first = text.problems.first().filter(|problem| problem.line > 0);
                Self {
                    place: first.map(|problem| Place {
                        line: problem.line as u64,
                        column: problem.column as u64,
                    }),
                    errors,
                    ..Self::new(Code::SchemaInvalid, &error)
                }
            }
            PlanError::NotAllowed { refused, .. } => Self {
                errors: problems_of_changes(refused),
                ..Self::new(Code::SchemaChangeRefused, &error)
            },
            PlanError::Table(_) => Self::new(Code::SchemaChangeRefused, error),
            PlanError::NotCustom(_) => Self::new(Code::InvalidValue, error),
            PlanError::NoSuchRevision(_) => Self::new(Code::NotFound, error),
            PlanError::OtherCase { .. } | PlanError::Archived(_) | PlanError::RevisionChanged { .. } => {
                Self::new(Code::Conflict, error)
            }
            PlanError::Lake(_) | PlanError::Storage(_) => Self::internal(&error),
        }
    }
}

impl From<CreateSchemaError> for Problem {
    fn from(error: CreateSchemaError) -> Self {
        match error {
            CreateSchemaError::Storage(fault) => fault.into(),
            CreateSchemaError::NameTaken { .. } => Self::new(Code::Conflict, error),
            CreateSchemaError::TooMany => Self::new(Code::LimitReached, error),
            CreateSchemaError::TextTooLong { .. } => Self::new(Code::InvalidValue, error),
        }
    }
}

impl From<ChangeSchemaError> for Problem {
    fn from(error: ChangeSchemaError) -> Self {
        match error {
            ChangeSchemaError::Storage(fault) => fault.into(),
            ChangeSchemaError::Unknown(_) => Self::new(Code::NotFound, error),
            ChangeSchemaError::TextTooLong { .. } => Self::new(Code::InvalidValue, error),
            ChangeSchemaError::TooManyVersions(_) => Self::new(Code::LimitReached, error),
            ChangeSchemaError::RevisionChanged { .. }
            | ChangeSchemaError::Archived(_)
            | ChangeSchemaError::InUse { .. } => Self::new(Code::Conflict, error),
        }
    }
}

impl From<BackfillError> for Problem {
    fn from(error: BackfillError) -> Self {
        match error {
            BackfillError::Storage(fault) => fault.into(),
            BackfillError::SourceUnknown(_) => Self::new(Code::NotFound, error),
            BackfillError::TooMany { .. } => Self::new(Code::LimitReached, error),
            BackfillError::Invalid(_) => Self::new(Code::InvalidValue, error),
            BackfillError::LeaseLost { .. } | BackfillError::WindowGone { .. } => Self::internal(&error),
        }
    }
}
