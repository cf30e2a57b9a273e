//! Who asks, and whether they may: an API token in `X-API-Key` or as `Authorization: Bearer`.
//!
//! A handler takes [`Allowed`] with the permission that it needs as its type, so that it cannot forget to ask for it.

use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use margay_store::{ACTOR_BYTES_MAX, ApiToken, Permission};
use tracing::Span;

use super::Api;
use super::edge::FORWARDED_FOR;
use super::problem::{Code, Problem};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const BEARER: &str = "bearer ";

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Actor(pub(crate) ApiToken);

impl Actor {
    /// Returns what timelines call it: the token's name.
    pub(crate) fn name(&self) -> &str {
        let name = self.0.name.as_str();
        &name[..name.floor_char_boundary(ACTOR_BYTES_MAX)]
    }

    /// Refuses who lacks a permission.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.0.permissions.contains(&permission) {
            return Ok(());
        }
        let name = permission.as_str();
        Err(Problem::new(
            Code::PermissionMissing,
            format!(
                "the API token `{}` has not the permission {name}\nhint: use a token that has it",
                self.0.name
            ),
        ))
    }
}

impl FromRequestParts<Api> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let value = value_of(&parts.headers).ok_or_else(|| {
            Problem::new(
                Code::TokenMissing,
                "the request has no API token\nhint: send one in the header X-API-Key; `margay token create` makes one",
            )
        })?;
        let address = address_of(parts, api)?;
        let token = api
            .line
            .store
            .use_api_token(value, address, api.line.clock.now())
            .await?;
        let actor = Self(token);
        Span::current().record("actor", actor.name());
        Ok(actor)
    }
}

/// Who asks, and may do what `P` says.
#[derive(Debug, Clone)]
pub(crate) struct Allowed<P>(pub(crate) Actor, pub(crate) PhantomData<P>);

/// A permission as a type.
pub(crate) trait Needs {
    const PERMISSION: Permission;
}

impl<P: Needs> FromRequestParts<Api> for Allowed<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, api).await?;
        actor.require(P::PERMISSION)?;
        Ok(Self(actor, PhantomData))
    }
}

macro_rules! needs {
    ($($name:ident)*) => {
        $(
            #[derive(Debug, Clone)]
            pub(crate) struct $name;

            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

needs! {
    AlertRead AlertModify DestinationRead DestinationModify LogSourceRead LogSourceModify
    OrganizationApiTokenRead OrganizationApiTokenModify SummaryRead DataAnalyticsRead
}

fn value_of(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || {
        let header = text(&AUTHORIZATION)?;
        let scheme = header.get(..BEARER.len())?;
        scheme.eq_ignore_ascii_case(BEARER).then(|| &header[BEARER.len()..])
    };
    text(&API_KEY)
        .or_else(bearer)
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// Returns where a request comes from, if that is known: its connection, or what the operator's proxy saw. Only the last address of the header was
/// written by the proxy next to us; those before it are claims of whoever asks.
fn address_of(parts: &Parts, api: &Api) -> Result<Option<IpAddr>, Problem> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer
        .map(|ConnectInfo(address)| address.ip())
        .ok_or_else(|| Problem::new(Code::Internal, "the server does not know where the request comes from"))?;
    if api.names.public.is_none() {
        return Ok(Some(peer));
    }
    // A proxy that does not write the header would make everybody local.
    let Some(forwarded) = parts.headers.get_all(FORWARDED_FOR).iter().next_back() else {
        return Ok(None);
    };
    let last = forwarded
        .to_str()
        .unwrap_or_default()
        .rsplit(',')
        .next()
        .unwrap_or_default();
    last.trim().parse().map(Some).map_err(|_| {
        Problem::new(
            Code::InvalidRequest,
            "the last entry of X-Forwarded-For is no address\nhint: the proxy in front of this server writes it",
        )
    })
}
