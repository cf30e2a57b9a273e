//! API tokens: who may use the HTTP API, and for what.
//!
//! A token's value is random, shown once and kept nowhere: the database has its SHA-256. That needs neither salt nor a slow hash, as
//! nobody guesses 256 random bits; and it is looked up by that hash, so that how long the answer takes tells nothing of the value.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::SqliteConnection;

use crate::alert::{OPERATOR_ACTOR, SETUP_ACTOR, SYSTEM_ACTOR};
use crate::audit_log::Subject;
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::random::{hash_of, new_value};
use crate::row::row;
use crate::source::{LabelProblem, fold, parse_label};
use crate::store::{OrFault, Store};
use crate::time::{before, from_micros, to_micros};

mod grantor;
mod permission;

pub use grantor::Grantor;
pub use permission::Permission;

/// What a token's value begins with, so that people and secret scanners know one.
pub const TOKEN_PREFIX: &str = "mgy_";
/// The most tokens: one for each person and machine of a large team.
pub const API_TOKENS_MAX: usize = 1_000;
/// The most networks that one token may be used from.
pub const NETWORKS_PER_TOKEN_MAX: usize = 100;

/// How Margay itself and its command line sign in timelines: no token may.
const NAMES_RESERVED: [&str; 3] = [SYSTEM_ACTOR, OPERATOR_ACTOR, SETUP_ACTOR];
/// When a token was used is written this often: not each request is to wait for the disk.
const LAST_USED_STEP: Duration = Duration::from_secs(60);

/// The columns of a token, in the order of its row.
macro_rules! token_columns {
    () => {
        "id, name, permissions, allowed_networks, created_at, created_by, expires_at, last_used_at, rotated_at"
    };
}

ids! {
    /// The key of an API token.
    ApiTokenId
}

/// An API token, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its key.
    pub id: ApiTokenId,
    /// Its name, which no other has, whatever the case of its letters.
    pub name: String,
    /// What it lets do.
    pub permissions: BTreeSet<Permission>,
    /// Where it may be used from; from everywhere if there is none.
    pub allowed_networks: Vec<IpNet>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// From when on it is not taken any more, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was given another value.
    pub rotated_at: Option<Timestamp>,
}

/// A token with its value, which is shown once.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: ApiToken,
    /// What a client sends.
    pub value: SecretString,
}

/// A token to make, or what one is to become.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// Its name; see [`LABEL_CHARS_MAX`](crate::LABEL_CHARS_MAX).
    pub name: String,
    /// What it is to let do: at least one.
    pub permissions: BTreeSet<Permission>,
    /// Where it may be used from; from everywhere if there is none.
    pub allowed_networks: Vec<IpNet>,
    /// From when on it is not taken any more, if ever.
    pub expires_at: Option<Timestamp>,
}

/// Why a token was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ApiTokenError {
    /// There is none.
    #[error("there is no API token with the id {0}")]
    Unknown(ApiTokenId),
    /// The name cannot be one.
    #[error("this name cannot be used: {0}")]
    NameInvalid(LabelProblem),
    /// Another token has that name.
    #[error("there is already an API token with the name \"{0}\"\nhint: choose another name")]
    NameTaken(String),
    /// It would let do nothing.
    #[error("an API token has at least one permission\nhint: LogSourceRead lets look at log sources")]
    NoPermission,
    /// More networks than [`NETWORKS_PER_TOKEN_MAX`].
    #[error("an API token is confined to at most {NETWORKS_PER_TOKEN_MAX} networks; this one names {0}")]
    TooManyNetworks(usize),
    /// It would never be taken.
    #[error("the token would expire before it is made\nhint: choose a time to come")]
    ExpiresInThePast,
    /// Its name is how Margay itself or a user signs.
    #[error("\"{0}\" is what Margay itself or a user signs with\nhint: choose another name, without @")]
    NameReserved(String),
    /// Who asks would give away more than they have.
    #[error(
        "nobody gives away more than they have, and `{grantor}` {missing}\nhint: ask somebody who has it, or use `margay token create` on the server's machine"
    )]
    Beyond {
        /// Who asks.
        grantor: String,
        /// What it lacks.
        missing: String,
    },
    /// There are [`API_TOKENS_MAX`] already.
    #[error(
        "there are {API_TOKENS_MAX} API tokens, which is as many as there may be\nhint: delete one that nobody uses"
    )]
    TooMany,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a token")]
    NoRandomness,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl ApiTokenError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

/// Why a request with a token is refused.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    /// No token has that value.
    #[error(
        "this API token is not known\nhint: it was deleted or rotated, or is mistyped; `margay token create` makes one"
    )]
    Unknown,
    /// Its time is over.
    #[error("this API token expired at {0}\nhint: give it a later end with another token, or make another one")]
    Expired(Timestamp),
    /// It came from elsewhere.
    #[error("this API token may not be used from {0}\nhint: its allowed CIDR blocks do not have that address")]
    Network(IpAddr),
    /// Nobody knows where it comes from.
    #[error(
        "this API token may be used from some addresses only, and this request does not say where it comes from\nhint: the proxy in front of this server writes X-Forwarded-For"
    )]
    Nowhere,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl Store {
    /// Makes a token. Its value is returned this once.
    pub async fn create_api_token(
        &self,
        new: &NewApiToken,
        grantor: Grantor<'_>,
        now: Timestamp,
    ) -> Result<IssuedToken, ApiTokenError> {
        let checked = Checked::of(new, now)?;
        grantor.may_give(&new.permissions, &new.allowed_networks, new.expires_at)?;
        let id = ApiTokenId(new_uuid(now));
        let value = new_value(TOKEN_PREFIX).ok_or(ApiTokenError::NoRandomness)?;
        let mut transaction = self.begin_change("create_token", Subject::api_token(id)).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM api_token")
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if usize::try_from(count).is_ok_and(|count| count >= API_TOKENS_MAX) {
            return Err(ApiTokenError::TooMany);
        }
        refuse_taken(self, &mut transaction, checked.name, None).await?;
        sqlx::query(
            "INSERT INTO api_token (id, name, name_folded, hash, permissions, allowed_networks, created_at, created_by, \
             expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )
        .bind(id.to_string())
        .bind(checked.name)
        .bind(fold(checked.name))
        .bind(hash_of(value.expose_secret()))
        .bind(checked.permissions)
        .bind(checked.allowed_networks)
        .bind(to_micros(now))
        .bind(grantor.name())
        .bind(new.expires_at.map(to_micros))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        // Read before the commit: afterwards nothing may come between the value and who waits for it.
        let token = self.token_within(&mut transaction, id).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(IssuedToken { token, value })
    }

    /// Changes what a token lets do; its value stays.
    pub async fn change_api_token(
        &self,
        id: ApiTokenId,
        new: &NewApiToken,
        grantor: Grantor<'_>,
        now: Timestamp,
    ) -> Result<ApiToken, ApiTokenError> {
        let checked = Checked::of(new, now)?;
        grantor.may_give(&new.permissions, &new.allowed_networks, new.expires_at)?;
        let mut transaction = self.begin_change("replace_token", Subject::api_token(id)).await?;
        let old = self.token_within(&mut transaction, id).await?;
        grantor.may_touch(&old.permissions)?;
        refuse_taken(self, &mut transaction, checked.name, Some(id)).await?;
        sqlx::query(
            "UPDATE api_token SET name = ?2, name_folded = ?3, permissions = ?4, allowed_networks = ?5, expires_at = ?6 \
             WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(checked.name)
        .bind(fold(checked.name))
        .bind(checked.permissions)
        .bind(checked.allowed_networks)
        .bind(new.expires_at.map(to_micros))
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        let token = self.token_within(&mut transaction, id).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(token)
    }

    /// Gives a token another value. The one that it had is not taken any more from then on. Who asks for that gets what the token can
    /// do, except that a token may always do it to itself.
    pub async fn rotate_api_token(
        &self,
        id: ApiTokenId,
        grantor: Grantor<'_>,
        now: Timestamp,
    ) -> Result<IssuedToken, ApiTokenError> {
        let value = new_value(TOKEN_PREFIX).ok_or(ApiTokenError::NoRandomness)?;
        let mut transaction = self.begin_change("rotate_token", Subject::api_token(id)).await?;
        let old = self.token_within(&mut transaction, id).await?;
        let is_itself = matches!(grantor, Grantor::Token(own) if own.id == id);
        if !is_itself {
            grantor.may_give(&old.permissions, &old.allowed_networks, old.expires_at)?;
        }
        sqlx::query("UPDATE api_token SET hash = ?2, rotated_at = ?3 WHERE id = ?1")
            .bind(id.to_string())
            .bind(hash_of(value.expose_secret()))
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        let token = self.token_within(&mut transaction, id).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(IssuedToken { token, value })
    }

    /// Deletes a token: it is not taken any more from then on. A token deletes no other that can do more than it can.
    pub async fn delete_api_token(&self, id: ApiTokenId, grantor: Grantor<'_>) -> Result<(), ApiTokenError> {
        let mut transaction = self.begin_change("delete_token", Subject::api_token(id)).await?;
        let old = self.token_within(&mut transaction, id).await?;
        grantor.may_touch(&old.permissions)?;
        sqlx::query("DELETE FROM api_token WHERE id = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    async fn token_within(&self, connection: &mut SqliteConnection, id: ApiTokenId) -> Result<ApiToken, ApiTokenError> {
        let row: Option<TokenRow> =
            sqlx::query_as(concat!("SELECT ", token_columns!(), " FROM api_token WHERE id = ?1"))
                .bind(id.to_string())
                .fetch_optional(connection)
                .await
                .or_fault(self)?;
        Ok(self.token_from_row(row.ok_or(ApiTokenError::Unknown(id))?)?)
    }

    /// Returns all tokens, ordered by name.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, StorageFault> {
        let rows: Vec<TokenRow> = sqlx::query_as(concat!(
            "SELECT ",
            token_columns!(),
            " FROM api_token ORDER BY name_folded"
        ))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.token_from_row(row)).collect()
    }

    /// Returns one token.
    pub async fn api_token(&self, id: ApiTokenId) -> Result<ApiToken, ApiTokenError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        self.token_within(&mut connection, id).await
    }

    /// Returns the token of that value, if it may be used from `address` at `now`, and notes that it was used. From where nobody knows,
    /// only one may be used that may be used from everywhere.
    pub async fn use_api_token(
        &self,
        value: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<ApiToken, TokenRefused> {
        let row: Option<TokenRow> =
            sqlx::query_as(concat!("SELECT ", token_columns!(), " FROM api_token WHERE hash = ?1"))
                .bind(hash_of(value))
                .fetch_optional(self.readers())
                .await
                .or_fault(self)?;
        let token = self.token_from_row(row.ok_or(TokenRefused::Unknown)?)?;
        if let Some(end) = token.expires_at.filter(|end| *end <= now) {
            return Err(TokenRefused::Expired(end));
        }
        // An IPv4 client of a socket that speaks both has an address of IPv6.
        let address = address.map(|address| address.to_canonical());
        let is_within = |network: &IpNet| address.is_some_and(|address| network.contains(&address));
        if !token.allowed_networks.is_empty() && !token.allowed_networks.iter().any(is_within) {
            return Err(address.map_or(TokenRefused::Nowhere, TokenRefused::Network));
        }
        let is_noted = |last: Timestamp| before(now, LAST_USED_STEP) < last && last <= now;
        if !token.last_used_at.is_some_and(is_noted)
            && let Err(fault) = self.note_use(token.id, now).await
        {
            // A full disk must not keep people from reading the alert about it.
            tracing::warn!(token = token.name, error = %fault, "the use of an API token could not be noted");
        }
        Ok(token)
    }

    async fn note_use(&self, id: ApiTokenId, now: Timestamp) -> Result<(), StorageFault> {
        let mut transaction = self.begin_write().await?;
        sqlx::query("UPDATE api_token SET last_used_at = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(to_micros(now))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        transaction.commit().await.or_fault(self)
    }

    fn token_from_row(&self, row: TokenRow) -> Result<ApiToken, StorageFault> {
        let names: Vec<String> = serde_json::from_str(&row.permissions)
            .map_err(|_| self.damaged("an API token's permissions are no list"))?;
        let networks: Vec<String> = serde_json::from_str(&row.allowed_networks)
            .map_err(|_| self.damaged("an API token's networks are no list"))?;
        let permission = |name: &String| {
            Permission::of_name(name).ok_or_else(|| self.damaged("an API token's permission is unknown"))
        };
        let network = |text: &String| text.parse().map_err(|_| self.damaged("an API token's network is none"));
        Ok(ApiToken {
            id: row
                .id
                .parse()
                .map_err(|_| self.damaged("an API token's id is no UUID"))?,
            name: row.name,
            permissions: names.iter().map(permission).collect::<Result<_, _>>()?,
            allowed_networks: networks.iter().map(network).collect::<Result<_, _>>()?,
            created_at: from_micros(row.created_at),
            created_by: row.created_by,
            expires_at: row.expires_at.map(from_micros),
            last_used_at: row.last_used_at.map(from_micros),
            rotated_at: row.rotated_at.map(from_micros),
        })
    }
}

row! {
    struct TokenRow {
        id: String,
        name: String,
        permissions: String,
        allowed_networks: String,
        created_at: i64,
        created_by: String,
        expires_at: Option<i64>,
        last_used_at: Option<i64>,
        rotated_at: Option<i64>,
    }
}

/// What was checked of a token, as it is stored.
struct Checked<'a> {
    name: &'a str,
    permissions: String,
    allowed_networks: String,
}

impl<'a> Checked<'a> {
    fn of(new: &'a NewApiToken, now: Timestamp) -> Result<Self, ApiTokenError> {
        let name = parse_label(&new.name).map_err(ApiTokenError::NameInvalid)?;
        // Users sign with their addresses.
        if name.contains('@') || NAMES_RESERVED.iter().any(|reserved| fold(reserved) == fold(name)) {
            return Err(ApiTokenError::NameReserved(name.to_owned()));
        }
        if new.permissions.is_empty() {
            return Err(ApiTokenError::NoPermission);
        }
        if new.allowed_networks.len() > NETWORKS_PER_TOKEN_MAX {
            return Err(ApiTokenError::TooManyNetworks(new.allowed_networks.len()));
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(ApiTokenError::ExpiresInThePast);
        }
        let permissions: Vec<&str> = new.permissions.iter().map(|permission| permission.as_str()).collect();
        let networks: Vec<String> = new.allowed_networks.iter().map(IpNet::to_string).collect();
        Ok(Self {
            name,
            permissions: serde_json::to_string(&permissions).expect("names are JSON"),
            allowed_networks: serde_json::to_string(&networks).expect("networks are JSON"),
        })
    }
}

async fn refuse_taken(
    store: &Store,
    connection: &mut SqliteConnection,
    name: &str,
    own: Option<ApiTokenId>,
) -> Result<(), ApiTokenError> {
    let taken: Option<String> =
        sqlx::query_scalar("SELECT name FROM api_token WHERE name_folded = ?1 AND (?2 IS NULL OR id <> ?2)")
            .bind(fold(name))
            .bind(own.map(|id| id.to_string()))
            .fetch_optional(connection)
            .await
            .or_fault(store)?;
    taken.map_or(Ok(()), |name| Err(ApiTokenError::NameTaken(name)))
}
