//! `/api-tokens`: who may use this API. A value is shown when it is made, and never again.
//!
//! Who makes or changes tokens gives away only what it has itself: otherwise the one permission would be all of them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ipnet::IpNet;
use margay_store::{ApiToken, ApiTokenId, IssuedToken, NewApiToken, Permission};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::auth::{Actor, Allowed, OrganizationApiTokenModify, OrganizationApiTokenRead};
use super::extract::{Body, Id, Params, Segments, parse_id};
use super::log_source::PageQuery;
use super::once::{Asked, Created, Key, once, to_the_end};
use super::problem::{Code, Problem};
use super::{page, time};

/// What a token calls itself in a path.
const SELF: &str = "self";

/// An API token, without its value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiToken)]
pub(crate) struct TokenBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name.
    name: String,
    /// What it lets do.
    permissions: Vec<PermissionName>,
    /// Where it may be used from; from everywhere if there is none.
    #[serde(rename = "allowedCIDRBlocks")]
    allowed_cidr_blocks: Vec<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who made it.
    created_by: String,
    /// From when on it is not taken any more; null if it does not expire.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// When it was given another value.
    #[schema(format = DateTime)]
    rotated_at: Option<String>,
}

/// An API token with its value.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedApiToken)]
pub(crate) struct IssuedBody {
    #[serde(flatten)]
    token: TokenBody,
    /// What a client sends. It is shown this once; null if the request was made before under the same `Idempotency-Key`.
    value: Option<String>,
}

/// What a token lets do; the names are Panther's.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = Permission)]
pub(crate) enum PermissionName {
    AlertRead,
    AlertModify,
    DestinationRead,
    DestinationModify,
    LogSourceRead,
    LogSourceModify,
    #[serde(rename = "OrganizationAPITokenRead")]
    OrganizationApiTokenRead,
    #[serde(rename = "OrganizationAPITokenModify")]
    OrganizationApiTokenModify,
    SummaryRead,
    AuditLogRead,
    DataAnalyticsRead,
    DataAnalyticsModify,
    UserRead,
    UserModify,
}

/// A page of API tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenList {
    results: Vec<TokenBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// An API token to make, or what one is to become.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ApiTokenForm)]
pub(crate) struct TokenForm {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// What it is to let do.
    #[schema(min_items = 1)]
    permissions: Vec<PermissionName>,
    /// Where it may be used from; from everywhere if there is none.
    #[serde(default, rename = "allowedCIDRBlocks")]
    #[schema(example = json!(["203.0.113.0/24"]), max_items = 100)]
    allowed_cidr_blocks: Vec<String>,
    /// From when on it is not taken any more; it does not expire unless given.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// Lists API tokens, the oldest first.
#[utoipa::path(
    get, path = "/api-tokens", tag = "API tokens", operation_id = "list_tokens", params(PageQuery),
    responses((status = 200, description = "A page of API tokens", body = TokenList)),
    extensions(("x-permission" = json!("OrganizationAPITokenRead")))
)]
pub(crate) async fn list(
    _: Allowed<OrganizationApiTokenRead>,
    State(api): State<Api>,
    Params(query): Params<PageQuery>,
) -> Result<Json<TokenList>, Problem> {
    let wanted = query.wanted::<ApiTokenId>()?;
    let (tokens, next) = page::cut(api.line.store.api_tokens().await?, |token| token.id, wanted);
    let results = tokens.into_iter().map(TokenBody::from).collect();
    Ok(Json(TokenList { results, next }))
}

/// Shows an API token. A token may always look at itself.
#[utoipa::path(
    get, path = "/api-tokens/{id}", tag = "API tokens", operation_id = "show_token",
    params(("id" = String, Path, description = "Its id, or `self`")),
    responses((status = 200, description = "The API token", body = TokenBody)),
    extensions(("x-permission" = json!("OrganizationAPITokenRead")))
)]
pub(crate) async fn show(
    actor: Actor,
    State(api): State<Api>,
    Segments(id): Segments<String>,
) -> Result<Json<TokenBody>, Problem> {
    if id == SELF {
        return own(&actor).map(|token| Json(token.clone().into()));
    }
    actor.require(Permission::OrganizationApiTokenRead)?;
    Ok(Json(api.line.store.api_token(parse_id(&id)?).await?.into()))
}

/// Makes an API token. Its value is shown this once.
#[utoipa::path(
    post, path = "/api-tokens", tag = "API tokens", operation_id = "create_token", request_body = TokenForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "Made once, however often this is sent; the value is in the first answer only", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The API token with its value", body = IssuedBody),
        (status = 409, description = "There is an API token with this name, there may not be more, or this key is being worked on", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("OrganizationAPITokenModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<OrganizationApiTokenModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<TokenForm>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /api-tokens",
        key,
        body: &body.bytes,
    };
    let (line, maker, form) = (api.line.clone(), actor.clone(), body.value);
    let work = async move {
        let new = form.read()?;
        let grantor = maker.grantor();
        let issued = line.store.create_api_token(&new, grantor, line.clock.now()).await?;
        let without = IssuedBody {
            token: issued.token.clone().into(),
            value: None,
        };
        Ok(Created::with_secret(&IssuedBody::from(issued), &without))
    };
    once(&api, asked, work).await
}

/// Changes what an API token lets do; its value stays.
#[utoipa::path(
    put, path = "/api-tokens/{id}", tag = "API tokens", operation_id = "replace_token", request_body = TokenForm,
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses(
        (status = 200, description = "The API token", body = TokenBody),
        (status = 409, description = "There is an API token with this name", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("OrganizationAPITokenModify")))
)]
pub(crate) async fn replace(
    Allowed(actor, _): Allowed<OrganizationApiTokenModify>,
    State(api): State<Api>,
    Id(id): Id<ApiTokenId>,
    body: Body<TokenForm>,
) -> Result<Json<TokenBody>, Problem> {
    let line = &api.line;
    let new = body.value.read()?;
    let grantor = actor.grantor();
    let token = line.store.change_api_token(id, &new, grantor, line.clock.now()).await?;
    Ok(Json(token.into()))
}

/// Deletes an API token: it is not taken any more from then on.
#[utoipa::path(
    delete, path = "/api-tokens/{id}", tag = "API tokens", operation_id = "delete_token",
    params(("id" = uuid::Uuid, Path, description = "Its id")),
    responses((status = 204, description = "It is deleted")),
    extensions(("x-permission" = json!("OrganizationAPITokenModify")))
)]
pub(crate) async fn delete(
    Allowed(actor, _): Allowed<OrganizationApiTokenModify>,
    State(api): State<Api>,
    Id(id): Id<ApiTokenId>,
) -> Result<StatusCode, Problem> {
    api.line.store.delete_api_token(id, actor.grantor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an API token another value, which is shown this once; the one before is not taken any more. A token may always do that to
/// itself.
#[utoipa::path(
    post, path = "/api-tokens/{id}/rotate", tag = "API tokens", operation_id = "rotate_token",
    params(("id" = String, Path, description = "Its id, or `self`")),
    responses((status = 200, description = "The API token with its new value", body = IssuedBody)),
    extensions(("x-permission" = json!("OrganizationAPITokenModify")))
)]
pub(crate) async fn rotate(
    actor: Actor,
    State(api): State<Api>,
    Segments(id): Segments<String>,
) -> Result<Json<IssuedBody>, Problem> {
    let id = if id == SELF {
        own(&actor)?.id
    } else {
        actor.require(Permission::OrganizationApiTokenModify)?;
        parse_id(&id)?
    };
    let line = api.line.clone();
    // To its end: the value before is void as soon as the new one is stored.
    let rotated = async move {
        let grantor = actor.grantor();
        Ok(line.store.rotate_api_token(id, grantor, line.clock.now()).await?)
    };
    Ok(Json(to_the_end(rotated).await?.into()))
}

/// Returns the token that asks.
fn own(actor: &Actor) -> Result<&ApiToken, Problem> {
    match actor {
        Actor::Token(token) => Ok(token),
        Actor::User(_) => {
            let text = "you are signed in, and have no API token\nhint: name the token by its id";
            Err(Problem::new(Code::NotFound, text))
        }
    }
}

impl TokenForm {
    fn read(self) -> Result<NewApiToken, Problem> {
        let network = |text: &String| {
            text.parse::<IpNet>().map_err(|_| {
                let text: String = text.chars().take(60).collect();
                Problem::new(
                    Code::InvalidValue,
                    format!(
                        "`{}` is no CIDR block\nhint: write it as 203.0.113.0/24",
                        text.escape_debug()
                    ),
                )
            })
        };
        Ok(NewApiToken {
            name: self.name,
            permissions: self.permissions.into_iter().map(Permission::from).collect(),
            allowed_networks: self.allowed_cidr_blocks.iter().map(network).collect::<Result<_, _>>()?,
            expires_at: self
                .expires_at
                .as_deref()
                .map(|text| time::read("expiresAt", text))
                .transpose()?,
        })
    }
}

impl From<ApiToken> for TokenBody {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name,
            permissions: token.permissions.into_iter().map(PermissionName::from).collect(),
            allowed_cidr_blocks: token.allowed_networks.iter().map(IpNet::to_string).collect(),
            created_at: time::written(token.created_at),
            created_by: token.created_by,
            expires_at: token.expires_at.map(time::written),
            last_used_at: token.last_used_at.map(time::written),
            rotated_at: token.rotated_at.map(time::written),
        }
    }
}

impl From<IssuedToken> for IssuedBody {
    fn from(issued: IssuedToken) -> Self {
        Self {
            value: Some(issued.value.expose_secret().to_owned()),
            token: issued.token.into(),
        }
    }
}

macro_rules! permission_names {
    ($($name:ident)*) => {
        impl From<Permission> for PermissionName {
            fn from(permission: Permission) -> Self {
                match permission {
                    $(Permission::$name => Self::$name,)*
                }
            }
        }

        impl From<PermissionName> for Permission {
            fn from(name: PermissionName) -> Self {
                match name {
                    $(PermissionName::$name => Self::$name,)*
                }
            }
        }
    };
}

permission_names! {
    AlertRead AlertModify DestinationRead DestinationModify LogSourceRead LogSourceModify
    OrganizationApiTokenRead OrganizationApiTokenModify SummaryRead AuditLogRead DataAnalyticsRead DataAnalyticsModify
    UserRead UserModify
}
