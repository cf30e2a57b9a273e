//! `/session`, `/setup` and `/me`: logging in and out, the first user, and who asks.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use margay_store::{
    ActorKind, AuditActor, AuditObject, EMAIL_BYTES_MAX, ObjectKind, PasswordHash, SETUP_ACTOR, Session, SessionEnd,
    SessionId, User, acting_now,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::auth::{Actor, LoggedIn, address_of};
use super::extract::{Body, Id};
use super::once::to_the_end;
use super::problem::{Code, Problem};
use super::{Api, edge, time};

/// How long the code for the first user is taken.
const SETUP_CODE_LASTS: Duration = Duration::from_secs(30 * 60);

/// The code with which the first user is made. It is printed by the server, which only its operator reads.
#[derive(Debug)]
pub struct SetupCode {
    /// What is typed in.
    value: SecretString,
    begun_at: Instant,
}

impl SetupCode {
    /// Takes a value that nobody guesses.
    pub fn new(value: SecretString) -> Self {
        Self {
            value,
            begun_at: Instant::now(),
        }
    }

    fn is(&self, typed: &str) -> bool {
        // Compared as hashes, the time that it takes tells nothing.
        let is_same = Sha256::digest(self.value.expose_secret()) == Sha256::digest(typed.trim());
        is_same && self.begun_at.elapsed() < SETUP_CODE_LASTS
    }
}

/// Where a request comes from, and what made it.
pub(crate) struct Client {
    address: Option<IpAddr>,
    agent: String,
}

impl FromRequestParts<Api> for Client {
    type Rejection = Problem;

    /// Refuses what a page of somebody else may have sent: it would log people in as somebody whom they do not know.
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        edge::refuse_foreign(parts)?;
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            address: address_of(parts, api)?,
            agent: agent.unwrap_or_default().to_owned(),
        })
    }
}

/// Whether the first user is to be made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setup {
    /// Whether nobody can sign in yet.
    needed: bool,
}

/// The first user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstUser {
    /// The code that the server has printed.
    #[schema(write_only, max_length = 128)]
    code: String,
    /// The e-mail address.
    #[schema(max_length = 254, example = "ann@example.com")]
    email: String,
    /// The password: at least 12 characters.
    #[schema(write_only, min_length = 12, max_length = 1024)]
    password: String,
}

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The e-mail address.
    #[schema(max_length = 254, example = "ann@example.com")]
    email: String,
    /// The password.
    #[schema(write_only, max_length = 1024)]
    password: String,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    /// What they are.
    kind: MeKind,
    /// The id of the user or the token.
    #[schema(format = Uuid)]
    id: String,
    /// How timelines call them: an e-mail address, or a token's name.
    name: String,
    /// The role of a user; null for a token.
    role: Option<&'static str>,
    /// What they may do.
    permissions: Vec<&'static str>,
    /// The server's version.
    version: &'static str,
    /// Which console the server has.
    build: String,
}

/// What somebody who asks is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeKind {
    /// Somebody who is signed in.
    User,
    /// Whoever has a token.
    Token,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one before.
    #[schema(write_only, max_length = 1024)]
    current: String,
    /// The new one: at least 12 characters.
    #[schema(write_only, min_length = 12, max_length = 1024)]
    new: String,
}

/// Where a user is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Whether it is the one that asks.
    is_current: bool,
    /// When they signed in.
    #[schema(format = DateTime)]
    begun_at: String,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// Where they signed in from.
    address: String,
    /// What their browser called itself.
    agent: String,
}

/// The sessions of a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    results: Vec<SessionBody>,
}

/// Says whether the first user is to be made.
#[utoipa::path(
    get, path = "/setup", tag = "Session", operation_id = "show_setup", responses((status = 200, description = "Whether it is", body = Setup)),
    extensions(("x-permission" = json!("none")))
)]
pub(crate) async fn show_setup(State(api): State<Api>) -> Result<Json<Setup>, Problem> {
    Ok(Json(Setup {
        needed: api.line.store.has_no_user().await?,
    }))
}

/// Makes the first user, an administrator, and logs them in. The server prints the code when it starts and there is no user.
#[utoipa::path(
    post, path = "/setup", tag = "Session", operation_id = "set_up", request_body = FirstUser,
    responses(
        (status = 204, description = "They are signed in: the answer has a cookie"),
        (status = 401, description = "The code is wrong, or too old", body = super::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is a user already", body = super::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "There were too many attempts", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
pub(crate) async fn set_up(client: Client, State(api): State<Api>, body: Body<FirstUser>) -> Result<Response, Problem> {
    let FirstUser { code, email, password } = body.value;
    api.attempts
        .count_address(client.address, Instant::now())
        .map_err(Problem::wait)?;
    if !api.setup_code.as_ref().is_some_and(|wanted| wanted.is(&code)) {
        if let Some(acting) = acting_now() {
            acting.tries();
        }
        let text = "this code is not the one that the server has printed, or it is older than half an hour\nhint: restart the server for another, or use `margay user create` on its machine";
        return Err(Problem::new(Code::LoginRefused, text));
    }
    to_the_end(async move {
        let hash = hashed(&api, password.into(), email.clone()).await?;
        let now = api.line.clock.now();
        let user = api
            .line
            .store
            .create_first_user(&email, &hash, SETUP_ACTOR, now)
            .await?;
        logged_in(&api, &user, &hash, &client).await
    })
    .await
}

/// Logs a user in.
#[utoipa::path(
    post, path = "/session", tag = "Session", operation_id = "log_in", request_body = Login,
    responses(
        (status = 204, description = "They are signed in: the answer has a cookie"),
        (status = 401, description = "The address or the password is wrong, or they may not sign in", body = super::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "There were too many attempts", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
pub(crate) async fn log_in(client: Client, State(api): State<Api>, body: Body<Login>) -> Result<Response, Problem> {
    let Login { email, password } = body.value;
    if email.trim().len() > EMAIL_BYTES_MAX {
        return Err(login_refused());
    }
    api.attempts
        .count(client.address, &email, Instant::now())
        .map_err(Problem::wait)?;
    let known = api.line.store.user_of_email(&email).await?;
    let (user, hash) = match known {
        Some((user, hash)) => (Some(user), hash),
        // As long for who does not exist.
        None => (None, PasswordHash::of_nobody()),
    };
    let is_right = verified(&api, hash.clone(), password.into()).await?;
    // What was typed as an address may be a password: only known users are named.
    let user_id = user.as_ref().map(|user| tracing::field::display(user.id));
    let address = client.address.map(tracing::field::display);
    let tried = user.as_ref().map(|user| AuditObject {
        kind: ObjectKind::User.as_str().to_owned(),
        id: user.id.to_string(),
        name: Some(user.email.clone()),
    });
    let user = user.as_ref().filter(|user| is_right && user.disabled_at.is_none());
    let Some(user) = user else {
        tracing::info!(user_id, address, "somebody could not sign in");
        if let Some(acting) = acting_now() {
            acting.tries();
            if let Some(tried) = tried {
                acting.concerns(tried, None);
            }
        }
        return Err(login_refused());
    };
    api.attempts.succeeded(&email);
    tracing::info!(user_id, address, "somebody signed in");
    logged_in(&api, user, &hash, &client).await
}

fn login_refused() -> Problem {
    let text = "the e-mail address or the password is wrong, or you may not sign in\nhint: an administrator can give you another password";
    Problem::new(Code::LoginRefused, text)
}

/// Signs out.
#[utoipa::path(
    delete, path = "/session", tag = "Session", operation_id = "log_out", responses((status = 204, description = "The session is over")),
    extensions(("x-permission" = json!("session")))
)]
pub(crate) async fn log_out(actor: Actor, State(api): State<Api>) -> Result<Response, Problem> {
    let who = user_of(&actor)?;
    api.line
        .store
        .end_session(who.user.id, who.session.id, SessionEnd::LoggedOut)
        .await?;
    Ok(with_cookie(StatusCode::NO_CONTENT, &api, "", Duration::ZERO))
}

/// Says who asks.
#[utoipa::path(
    get, path = "/me", tag = "Session", operation_id = "show_me", responses((status = 200, description = "Who asks", body = Me)),
    extensions(("x-permission" = json!("any")))
)]
pub(crate) async fn show_me(actor: Actor, State(api): State<Api>) -> Json<Me> {
    let (kind, role) = match &actor {
        Actor::Token(_) => (MeKind::Token, None),
        Actor::User(who) => (MeKind::User, Some(who.user.role.as_str())),
    };
    Json(Me {
        kind,
        id: actor.id(),
        name: actor.name().to_owned(),
        role,
        permissions: actor
            .permissions()
            .iter()
            .map(|permission| permission.as_str())
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
        build: api.names.build,
    })
}

/// Gives oneself another password. Every other session is over then.
#[utoipa::path(
    put, path = "/me/password", tag = "Session", operation_id = "change_my_password", request_body = NewPassword,
    responses(
        (status = 204, description = "It is changed: the answer has a new cookie"),
        (status = 429, description = "There were too many attempts", body = super::problem::ProblemBody, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("session")))
)]
pub(crate) async fn change_password(
    actor: Actor,
    client: Client,
    State(api): State<Api>,
    body: Body<NewPassword>,
) -> Result<Response, Problem> {
    let user = user_of(&actor)?.user.clone();
    let email = user.email.clone();
    let NewPassword { current, new } = body.value;
    api.attempts
        .count(client.address, &email, Instant::now())
        .map_err(Problem::wait)?;
    let known = api.line.store.user_of_email(&email).await?;
    let known = known.filter(|(found, _)| found.id == user.id).map(|(_, hash)| hash);
    let wrong = || Problem::new(Code::InvalidValue, "`current` is not the password that you have now");
    let old = known.ok_or_else(wrong)?;
    if !verified(&api, old.clone(), current.into()).await? {
        return Err(wrong());
    }
    api.attempts.succeeded(&email);
    to_the_end(async move {
        let hash = hashed(&api, new.into(), email).await?;
        api.line.store.replace_password(user.id, &old, &hash).await?;
        logged_in(&api, &user, &hash, &client).await
    })
    .await
}

/// Lists where one is signed in.
#[utoipa::path(
    get, path = "/me/sessions", tag = "Session", operation_id = "list_my_sessions",
    responses((status = 200, description = "The sessions", body = SessionList)),
    extensions(("x-permission" = json!("session")))
)]
pub(crate) async fn list(actor: Actor, State(api): State<Api>) -> Result<Json<SessionList>, Problem> {
    let who = user_of(&actor)?;
    let sessions = api.line.store.sessions_of(who.user.id).await?;
    let shown = |session: Session| SessionBody {
        is_current: session.id == who.session.id,
        id: session.id.to_string(),
        begun_at: time::written(session.begun_at),
        last_used_at: time::written(session.last_used_at),
        address: session.address,
        agent: session.agent,
    };
    Ok(Json(SessionList {
        results: sessions.into_iter().map(shown).collect(),
    }))
}

/// Signs oneself out somewhere. Where one is not signed in any more, nothing happens.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "Session", operation_id = "end_my_session",
    params(("id" = uuid::Uuid, Path, description = "The session")), responses((status = 204, description = "It is over")),
    extensions(("x-permission" = json!("session")))
)]
pub(crate) async fn end(actor: Actor, State(api): State<Api>, Id(id): Id<SessionId>) -> Result<StatusCode, Problem> {
    let who = user_of(&actor)?;
    api.line.store.end_session(who.user.id, id, SessionEnd::Ended).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns who is signed in.
fn user_of(actor: &Actor) -> Result<&LoggedIn, Problem> {
    match actor {
        Actor::User(who) => Ok(who),
        Actor::Token(_) => {
            let text = "this is for people who are signed in, and an API token is none";
            Err(Problem::new(Code::PermissionMissing, text))
        }
    }
}

async fn logged_in(api: &Api, user: &User, known: &PasswordHash, client: &Client) -> Result<Response, Problem> {
    if let Some(acting) = acting_now() {
        acting.is(AuditActor {
            kind: ActorKind::User,
            id: Some(user.id.to_string()),
            name: user.email.clone(),
        });
    }
    let now = api.line.clock.now();
    let issued = api
        .line
        .store
        .begin_session(user.id, known, client.address, &client.agent, now)
        .await?;
    let lasts = margay_store::SESSION_LASTS_MAX;
    Ok(with_cookie(
        StatusCode::NO_CONTENT,
        api,
        issued.value.expose_secret(),
        lasts,
    ))
}

/// An answer that sets the session's cookie. No script can read it, and no other site's page sends it along.
fn with_cookie(status: StatusCode, api: &Api, value: &str, lasts: Duration) -> Response {
    let secure = if api.is_secure { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        api.cookie_name(),
        lasts.as_secs()
    );
    let mut response = status.into_response();
    if let Ok(mut cookie) = HeaderValue::from_str(&text) {
        cookie.set_sensitive(true);
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Hashes a password, away from the threads that answer requests.
pub(super) async fn hashed(api: &Api, password: SecretString, email: String) -> Result<PasswordHash, Problem> {
    let hashed = crowded(api, move || PasswordHash::of(&password, &email)).await?;
    Ok(hashed?)
}

async fn verified(api: &Api, hash: PasswordHash, password: SecretString) -> Result<bool, Problem> {
    crowded(api, move || hash.is_of(&password)).await
}

/// Does work that takes a core and 19 MiB for a moment: only so much of it at once.
async fn crowded<T: Send + 'static>(api: &Api, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let place = Arc::clone(&api.hashing).acquire_owned().await;
    let place = place.map_err(|closed| Problem::internal(&closed))?;
    // The place belongs to the work, which goes on when the client does not wait for it.
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(|died| Problem::internal(&died))
}
