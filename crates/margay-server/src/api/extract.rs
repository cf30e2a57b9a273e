//! What a request brings: ids, parameters, bodies. Whatever cannot be read is a problem that says what.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::error::Category;

use super::problem::{Code, Problem};

/// The one id in a path.
#[derive(Debug, Clone)]
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(unreadable)?;
        parse_id(&text).map(Self)
    }
}

/// Reads an id.
pub(crate) fn parse_id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(60).collect();
        Problem::new(
            Code::InvalidRequest,
            format!("`{}` is no id\nhint: ids are UUIDs", text.escape_debug()),
        )
    })
}

/// The parts of a path.
#[derive(Debug, Clone)]
pub(crate) struct Segments<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(segments) = Path::<T>::from_request_parts(parts, state).await.map_err(unreadable)?;
        Ok(Self(segments))
    }
}

/// The parameters after `?`. Unknown ones are refused: a filter with a typing error would return too much.
#[derive(Debug, Clone)]
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::new(Code::InvalidRequest, rejection.body_text()))?;
        Ok(Self(params))
    }
}

/// A body of JSON, and its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            let needed = "the body is JSON, and its Content-Type has to say so\nhint: Content-Type: application/json";
            return Err(Problem::new(Code::UnsupportedMediaType, needed));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let code = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
                _ => Code::InvalidRequest,
            };
            Problem::new(code, rejection.body_text())
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|error| match error.classify() {
            Category::Data => Problem::new(Code::InvalidBody, error),
            _ => Problem::new(Code::MalformedBody, error),
        })?;
        Ok(Self { value, bytes })
    }
}

fn is_json(request: &Request) -> bool {
    let declared = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let media_type = declared.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn unreadable(rejection: impl std::fmt::Display) -> Problem {
    Problem::new(Code::InvalidRequest, rejection)
}

/// Reads a member that may be left out, and may be null: these are different things in a change.
#[expect(clippy::option_option, reason = "left out, null and a value are three things")]
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
