//! Who asks, and whether they may: an API token in `X-API-Key` or as `Authorization: Bearer`, or a session's cookie.
//!
//! A handler takes [`Allowed`] with the permission that it needs as its type, so that it cannot forget to ask for it.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use margay_store::{ACTOR_BYTES_MAX, ActorKind, ApiToken, AuditActor, Grantor, Permission, Session, User, acting_now};
use tracing::Span;

use super::Api;
use super::edge::{self, FORWARDED_FOR};
use super::problem::{Code, Problem};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const BEARER: &str = "bearer ";

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Actor {
    /// Whoever has this token.
    Token(Box<ApiToken>),
    /// Somebody who is signed in.
    User(Box<LoggedIn>),
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct LoggedIn {
    pub(crate) user: User,
    pub(crate) session: Session,
    permissions: BTreeSet<Permission>,
}

impl Actor {
    /// Returns what timelines call it: the token's name, or the user's address.
    pub(crate) fn name(&self) -> &str {
        let name = match self {
            Self::Token(token) => token.name.as_str(),
            Self::User(who) => who.user.email.as_str(),
        };
        &name[..name.floor_char_boundary(ACTOR_BYTES_MAX)]
    }

    /// Returns the key under which what it does once is remembered, and what it asked the lake.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Token(token) => token.id.to_string(),
            Self::User(who) => who.user.id.to_string(),
        }
    }

    /// Returns it as the audit log names it.
    fn in_audit_log(&self) -> AuditActor {
        let kind = match self {
            Self::Token(_) => ActorKind::ApiToken,
            Self::User(_) => ActorKind::User,
        };
        AuditActor {
            kind,
            id: Some(self.id()),
            name: self.name().to_owned(),
        }
    }

    /// Returns what it may do.
    pub(crate) fn permissions(&self) -> &BTreeSet<Permission> {
        match self {
            Self::Token(token) => &token.permissions,
            Self::User(who) => &who.permissions,
        }
    }

    /// Returns it as somebody who gives permissions to tokens.
    pub(crate) fn grantor(&self) -> Grantor<'_> {
        match self {
            Self::Token(token) => Grantor::Token(token),
            Self::User(who) => Grantor::User {
                name: self.name(),
                permissions: &who.permissions,
            },
        }
    }

    /// Refuses who lacks a permission.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.permissions().contains(&permission) {
            return Ok(());
        }
        let name = permission.as_str();
        let text = match self {
            Self::Token(token) => format!(
                "the API token `{}` has not the permission {name}\nhint: use a token that has it",
                token.name
            ),
            Self::User(who) => format!(
                "your role, {}, has not the permission {name}\nhint: ask an administrator",
                who.user.role.as_str()
            ),
        };
        Err(Problem::new(Code::PermissionMissing, text))
    }
}

impl FromRequestParts<Api> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let (store, now) = (&api.line.store, api.line.clock.now());
        let actor = if let Some(value) = value_of(&parts.headers) {
            let address = address_of(parts, api)?;
            Self::Token(Box::new(store.use_api_token(value, address, now).await?))
        } else if let Some(value) = cookie_of(&parts.headers, api.cookie_name()) {
            edge::refuse_foreign(parts)?;
            let (session, user) = store.use_session(value, now).await?;
            let permissions = user.role.permissions();
            Self::User(Box::new(LoggedIn {
                user,
                session,
                permissions,
            }))
        } else {
            let text =
                "the request has no API token\nhint: send one in the header X-API-Key; `margay token create` makes one";
            return Err(Problem::new(Code::TokenMissing, text));
        };
        Span::current().record("actor", actor.name());
        if let Some(acting) = acting_now() {
            acting.is(actor.in_audit_log());
        }
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
    OrganizationApiTokenRead OrganizationApiTokenModify SummaryRead AuditLogRead DataAnalyticsRead DataAnalyticsModify
    UserRead UserModify
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

/// Returns the value of a cookie.
fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(COOKIE).iter().find_map(|header| {
        let mut cookies = header
            .to_str()
            .ok()?
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='));
        cookies.find(|(found, _)| *found == name).map(|(_, value)| value)
    })
}

/// Returns where a request comes from, if that is known: its connection, or what the operator's proxy saw. Only the last address of the header was
/// written by the proxy next to us; those before it are claims of whoever asks.
pub(crate) fn address_of(parts: &Parts, api: &Api) -> Result<Option<IpAddr>, Problem> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer
        .map(|ConnectInfo(address)| address.ip())
        .ok_or_else(|| Problem::new(Code::Internal, "the server does not know where the request comes from"))?;
    // A proxy is on this machine; whoever comes from elsewhere, also past it, is known by their connection.
    if !api.is_proxied || !peer.to_canonical().is_loopback() {
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
