//! `/users`: who may sign in. Nobody gives or takes a role that lets more than their own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use margay_store::{NewUser, Role, User, UserEdit, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Allowed, UserModify, UserRead};
use super::extract::{Body, Id, Params};
use super::log_source::PageQuery;
use super::once::{Asked, Created, Key, once, to_the_end};
use super::problem::Problem;
use super::session::hashed;
use super::{Api, page, time};

/// Somebody who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserBody {
    /// The id.
    #[schema(format = Uuid)]
    id: String,
    /// The e-mail address.
    email: String,
    /// What they may do.
    role: RoleName,
    /// Whether they may sign in.
    enabled: bool,
    /// When they were added.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who added them.
    created_by: String,
    /// When they signed in last.
    #[schema(format = DateTime)]
    last_login_at: Option<String>,
}

/// What somebody may do; the names are Panther's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Role)]
pub(crate) enum RoleName {
    /// Everything.
    Admin,
    /// Everything but users and API tokens.
    Analyst,
    /// Look at what an analyst looks at.
    AnalystReadOnly,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Analyst => Self::Analyst,
            Role::ReadOnly => Self::AnalystReadOnly,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Analyst => Self::Analyst,
            RoleName::AnalystReadOnly => Self::ReadOnly,
        }
    }
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    results: Vec<UserBody>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A user to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserForm {
    /// The e-mail address.
    #[schema(max_length = 254, example = "ann@example.com")]
    email: String,
    /// What they may do.
    role: RoleName,
    /// What they sign in with first: at least 12 characters.
    #[schema(write_only, min_length = 12, max_length = 1024)]
    password: String,
}

/// What is to change of a user. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    /// What they may do.
    role: Option<RoleName>,
    /// Whether they may sign in; who may not is signed out.
    enabled: Option<bool>,
}

/// Another password of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordForm {
    /// At least 12 characters.
    #[schema(write_only, min_length = 12, max_length = 1024)]
    password: String,
}

/// Lists users, the oldest first.
#[utoipa::path(
    get, path = "/users", tag = "Users", operation_id = "list_users", params(PageQuery),
    responses((status = 200, description = "A page of users", body = UserList)),
    extensions(("x-permission" = json!("UserRead")))
)]
pub(crate) async fn list(
    _: Allowed<UserRead>,
    State(api): State<Api>,
    Params(query): Params<PageQuery>,
) -> Result<Json<UserList>, Problem> {
    let wanted = query.wanted::<UserId>()?;
    let (users, next) = page::cut(api.line.store.users().await?, |user| user.id, wanted);
    let results = users.into_iter().map(UserBody::from).collect();
    Ok(Json(UserList { results, next }))
}

/// Shows a user.
#[utoipa::path(
    get, path = "/users/{id}", tag = "Users", operation_id = "show_user", params(("id" = uuid::Uuid, Path, description = "The id")),
    responses((status = 200, description = "The user", body = UserBody)),
    extensions(("x-permission" = json!("UserRead")))
)]
pub(crate) async fn show(
    _: Allowed<UserRead>,
    State(api): State<Api>,
    Id(id): Id<UserId>,
) -> Result<Json<UserBody>, Problem> {
    Ok(Json(api.line.store.user(id).await?.into()))
}

/// Adds a user.
#[utoipa::path(
    post, path = "/users", tag = "Users", operation_id = "create_user", request_body = UserForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "Added once, however often this is sent", min_length = 1, max_length = 255)),
    responses(
        (status = 201, description = "The user", body = UserBody),
        (status = 409, description = "There is a user with this address, there may not be more, or this key is being worked on", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("UserModify")))
)]
pub(crate) async fn create(
    Allowed(actor, _): Allowed<UserModify>,
    State(api): State<Api>,
    key: Key,
    body: Body<UserForm>,
) -> Result<Response, Problem> {
    let asked = Asked {
        actor: &actor,
        route: "POST /users",
        key,
        body: &body.bytes,
    };
    let (of, maker, form) = (api.clone(), actor.clone(), body.value);
    let work = async move {
        let new = NewUser {
            password: hashed(&of, form.password.into(), form.email.clone()).await?,
            email: form.email,
            role: form.role.into(),
        };
        let now = of.line.clock.now();
        let user = of.line.store.create_user(&new, maker.grantor(), now).await?;
        Ok(Created::new(&UserBody::from(user)))
    };
    once(&api, asked, work).await
}

/// Changes what a user may do, or whether they may sign in. It holds for their next request.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "Users", operation_id = "change_user", request_body = UserChange,
    params(("id" = uuid::Uuid, Path, description = "The id")),
    responses(
        (status = 200, description = "The user", body = UserBody),
        (status = 409, description = "No administrator would be left", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("UserModify")))
)]
pub(crate) async fn change(
    Allowed(actor, _): Allowed<UserModify>,
    State(api): State<Api>,
    Id(id): Id<UserId>,
    body: Body<UserChange>,
) -> Result<Json<UserBody>, Problem> {
    let store = &api.line.store;
    let edit = UserEdit {
        role: body.value.role.map(Role::from),
        is_enabled: body.value.enabled,
    };
    let user = store.edit_user(id, edit, actor.grantor(), api.line.clock.now()).await?;
    Ok(Json(user.into()))
}

/// Gives a user another password, and logs them out everywhere.
#[utoipa::path(
    put, path = "/users/{id}/password", tag = "Users", operation_id = "set_user_password", request_body = PasswordForm,
    params(("id" = uuid::Uuid, Path, description = "The id")),
    responses((status = 204, description = "It is changed")),
    extensions(("x-permission" = json!("UserModify")))
)]
pub(crate) async fn set_password(
    Allowed(actor, _): Allowed<UserModify>,
    State(api): State<Api>,
    Id(id): Id<UserId>,
    body: Body<PasswordForm>,
) -> Result<StatusCode, Problem> {
    let user = api.line.store.user(id).await?;
    to_the_end(async move {
        let hash = hashed(&api, body.value.password.into(), user.email).await?;
        Ok(api.line.store.set_password(id, &hash, actor.grantor()).await?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a user, who is signed out everywhere.
#[utoipa::path(
    delete, path = "/users/{id}", tag = "Users", operation_id = "delete_user", params(("id" = uuid::Uuid, Path, description = "The id")),
    responses(
        (status = 204, description = "They are deleted"),
        (status = 409, description = "No administrator would be left", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("UserModify")))
)]
pub(crate) async fn delete(
    Allowed(actor, _): Allowed<UserModify>,
    State(api): State<Api>,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    api.line.store.delete_user(id, actor.grantor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email,
            role: user.role.into(),
            enabled: user.disabled_at.is_none(),
            created_at: time::written(user.created_at),
            created_by: user.created_by,
            last_login_at: user.last_login_at.map(time::written),
        }
    }
}
