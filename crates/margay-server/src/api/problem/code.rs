//! Kinds of problems: a status, a name for programs, a title for people.

use axum::http::StatusCode;

/// What kind of problem it is. Its name is a promise: clients decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    TokenMissing,
    TokenInvalid,
    TokenExpired,
    AddressNotAllowed,
    LoginRefused,
    SessionOver,
    CrossSite,
    TooManyAttempts,
    PermissionMissing,
    HostNotAllowed,
    InvalidRequest,
    MalformedBody,
    InvalidBody,
    UnsupportedMediaType,
    BodyTooLarge,
    InvalidValue,
    CredentialsRefused,
    VendorUnavailable,
    NotFound,
    MethodNotAllowed,
    Conflict,
    NameTaken,
    LimitReached,
    IdempotencyKeyReused,
    IdempotencyInProgress,
    QueryInvalid,
    QueryRefused,
    QueryTooLarge,
    TooManyAtWork,
    ResultsForgotten,
    SchemaInvalid,
    SchemaChangeRefused,
    TimedOut,
    Unavailable,
    Internal,
}

impl Code {
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(super) fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::TokenMissing => (StatusCode::UNAUTHORIZED, "token_missing", "An API token is needed"),
            Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "token_invalid", "The API token is not known"),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, "token_expired", "The API token has expired"),
            Self::AddressNotAllowed => (
                StatusCode::FORBIDDEN,
                "address_not_allowed",
                "The API token may not be used from there",
            ),
            Self::LoginRefused => (
                StatusCode::UNAUTHORIZED,
                "login_refused",
                "The address or the password is wrong",
            ),
            Self::SessionOver => (StatusCode::UNAUTHORIZED, "session_over", "The session is over"),
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                "cross_site",
                "The request was not made by the console",
            ),
            Self::TooManyAttempts => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "There were too many attempts",
            ),
            Self::PermissionMissing => (
                StatusCode::FORBIDDEN,
                "permission_missing",
                "The API token or the role does not permit this",
            ),
            Self::HostNotAllowed => (
                StatusCode::MISDIRECTED_REQUEST,
                "host_not_allowed",
                "This server has another name",
            ),
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request", "The request cannot be read"),
            Self::MalformedBody => (StatusCode::BAD_REQUEST, "malformed_body", "The body is not JSON"),
            Self::InvalidBody => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_body",
                "The body has not the expected form",
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is not declared as JSON",
            ),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::InvalidValue => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_value",
                "A value cannot be used",
            ),
            Self::CredentialsRefused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "credentials_refused",
                "The vendor does not accept the credentials",
            ),
            Self::VendorUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "vendor_unavailable",
                "The vendor cannot be asked now",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing there"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "That cannot be done there",
            ),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "It conflicts with what is there"),
            Self::NameTaken => (StatusCode::CONFLICT, "name_taken", "The name is taken"),
            Self::LimitReached => (StatusCode::CONFLICT, "limit_reached", "There may not be more"),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key was used for something else",
            ),
            Self::IdempotencyInProgress => (
                StatusCode::CONFLICT,
                "idempotency_in_progress",
                "The same request is being worked on",
            ),
            Self::QueryInvalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_invalid",
                "The statement cannot be run",
            ),
            Self::QueryRefused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_refused",
                "Only reading is allowed",
            ),
            Self::QueryTooLarge => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_too_large",
                "The query needs more than it may have",
            ),
            Self::TooManyAtWork => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_at_work",
                "As much is at work as there may be",
            ),
            Self::ResultsForgotten => (StatusCode::GONE, "results_forgotten", "The rows are forgotten"),
            Self::SchemaInvalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "schema_invalid",
                "The text is no schema in order",
            ),
            Self::SchemaChangeRefused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "schema_change_refused",
                "A schema cannot change so",
            ),
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "timed_out", "It took too long"),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The server cannot do it now",
            ),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.parts().1
    }

    pub(crate) fn status(self) -> StatusCode {
        self.parts().0
    }

    /// Returns the code of what a layer or the router refused with that status by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::TimedOut,
            status if status.is_client_error() => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }
}
