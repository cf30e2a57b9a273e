//! Users: people who sign in, and what their role lets them do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::api_token::{ApiTokenError, Grantor, Permission};
use crate::audit_log::Subject;
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::password::PasswordHash;
use crate::row::row;
use crate::source::fold;
use crate::store::{OrFault, Store};
use crate::time::{count_from_sql, from_micros, to_micros};

/// The most users: every engineer of a large company.
pub const USERS_MAX: usize = 1_000;
/// The longest e-mail address (RFC 5321, section 4.5.3.1.3, allows 254 between its brackets).
pub const EMAIL_BYTES_MAX: usize = 254;

/// The columns of a user, in the order of its row.
macro_rules! user_columns {
    () => {
        "id, email, role, created_at, created_by, last_login_at, disabled_at"
    };
}

ids! {
    /// The key of a user.
    UserId
}

/// What somebody may do. Its name is stored and stands in the API, so it never changes; the three are Panther's default roles
/// (its documentation, "Role-Based Access Control", read 2026-11-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Admin,
    /// Everything but users, API tokens and settings.
    Analyst,
    /// Look at what an analyst looks at.
    ReadOnly,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Role; 3] = [Self::Admin, Self::Analyst, Self::ReadOnly];

    /// Returns its stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Analyst => "Analyst",
            Self::ReadOnly => "AnalystReadOnly",
        }
    }

    /// Returns the role of that name, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns what it lets do.
    pub fn permissions(self) -> BTreeSet<Permission> {
        Permission::ALL
            .into_iter()
            .filter(|permission| match self {
                Self::Admin => true,
                Self::Analyst => !permission.is_of_admins(),
                Self::ReadOnly => !permission.is_of_admins() && !permission.changes(),
            })
            .collect()
    }
}

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The key.
    pub id: UserId,
    /// The address, which no other user has, whatever the case of its letters.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// When they were added.
    pub created_at: Timestamp,
    /// Who added them.
    pub created_by: String,
    /// When they signed in last.
    pub last_login_at: Option<Timestamp>,
    /// Since when they may not sign in.
    pub disabled_at: Option<Timestamp>,
}

/// A user to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What they sign in with.
    pub password: PasswordHash,
}

/// What somebody changes of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserEdit {
    /// What they may do; left alone if there is none.
    pub role: Option<Role>,
    /// Whether they may sign in; left alone if there is none. Who may not is signed out.
    pub is_enabled: Option<bool>,
}

/// Why a user was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is none.
    #[error("there is no user with the id {0}")]
    Unknown(UserId),
    /// The address is none.
    #[error("this is no e-mail address\nhint: it looks like ann@example.com")]
    EmailInvalid,
    /// Another user has that address.
    #[error("there is already a user with the address {0}\nhint: change that one")]
    EmailTaken(String),
    /// Nobody would be left who can manage users.
    #[error("this is the last administrator who may sign in\nhint: make somebody else an administrator first")]
    LastAdmin,
    /// Who asks would give, or take hold of, more than they have.
    #[error(transparent)]
    Beyond(ApiTokenError),
    /// The password was changed, or they may not sign in any more, since it was looked at.
    #[error("the password was changed meanwhile, or they may not sign in any more")]
    PasswordChanged,
    /// The first user was made already.
    #[error("this server is set up already\nhint: sign in, or add users with `margay user create`")]
    AlreadySetUp,
    /// There are [`USERS_MAX`] already.
    #[error(
        "there are {USERS_MAX} users, which is as many as there may be\nhint: delete one who does not come any more"
    )]
    TooMany,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl UserError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

impl Store {
    /// Adds the first user, who is an administrator; refused when there is a user already.
    pub async fn create_first_user(
        &self,
        email: &str,
        password: &PasswordHash,
        created_by: &str,
        now: Timestamp,
    ) -> Result<User, UserError> {
        let id = UserId(new_uuid(now));
        let mut transaction = self.begin_change("set_up", Subject::user(id)).await?;
        if count(&mut transaction).await.or_fault(self)? > 0 {
            return Err(UserError::AlreadySetUp);
        }
        let new = NewUser {
            email: email.to_owned(),
            role: Role::Admin,
            password: password.clone(),
        };
        let user = self.insert_user(&mut transaction, id, &new, created_by, now).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(user)
    }

    /// Adds a user.
    pub async fn create_user(&self, new: &NewUser, grantor: Grantor<'_>, now: Timestamp) -> Result<User, UserError> {
        may_manage(grantor, new.role)?;
        let id = UserId(new_uuid(now));
        let mut transaction = self.begin_change("create_user", Subject::user(id)).await?;
        if count(&mut transaction).await.or_fault(self)? >= USERS_MAX as u64 {
            return Err(UserError::TooMany);
        }
        let user = self.insert_user(&mut transaction, id, new, grantor.name(), now).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(user)
    }

    async fn insert_user(
        &self,
        connection: &mut SqliteConnection,
        id: UserId,
        new: &NewUser,
        created_by: &str,
        now: Timestamp,
    ) -> Result<User, UserError> {
        let email = checked_email(&new.email)?;
        let taken: Option<String> = sqlx::query_scalar("SELECT email FROM user WHERE email_folded = ?1")
            .bind(fold(email))
            .fetch_optional(&mut *connection)
            .await
            .or_fault(self)?;
        if let Some(taken) = taken {
            return Err(UserError::EmailTaken(taken));
        }
        sqlx::query(
            "INSERT INTO user (id, email, email_folded, role, password_hash, created_at, created_by) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(id.to_string())
        .bind(email)
        .bind(fold(email))
        .bind(new.role.as_str())
        .bind(new.password.kept())
        .bind(to_micros(now))
        .bind(created_by)
        .execute(&mut *connection)
        .await
        .or_fault(self)?;
        self.user_within(connection, id).await
    }

    /// Whether nobody can sign in yet, and a first user is to be made.
    pub async fn has_no_user(&self) -> Result<bool, StorageFault> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        Ok(count(&mut connection).await.or_fault(self)? == 0)
    }

    /// Returns all users, ordered by address.
    pub async fn users(&self) -> Result<Vec<User>, StorageFault> {
        let rows: Vec<UserRow> =
            sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM user ORDER BY email_folded"))
                .fetch_all(self.readers())
                .await
                .or_fault(self)?;
        rows.into_iter().map(|row| self.user_from_row(row)).collect()
    }

    /// Returns one user.
    pub async fn user(&self, id: UserId) -> Result<User, UserError> {
        let mut connection = self.readers().acquire().await.or_fault(self)?;
        self.user_within(&mut connection, id).await
    }

    /// Returns the user of an address and what their password is known by, if there is one.
    pub async fn user_of_email(&self, email: &str) -> Result<Option<(User, PasswordHash)>, StorageFault> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT id, password_hash FROM user WHERE email_folded = ?1")
                .bind(fold(email.trim()))
                .fetch_optional(self.readers())
                .await
                .or_fault(self)?;
        let Some((id, hash)) = row else { return Ok(None) };
        let id = id.parse().map_err(|_| self.damaged("a user's id is no UUID"))?;
        match self.user(id).await {
            Ok(user) => Ok(Some((user, PasswordHash::from_kept(hash)))),
            // Deleted between the two reads.
            Err(UserError::Storage(fault)) => Err(fault),
            Err(_) => Ok(None),
        }
    }

    /// Changes a user. Somebody who may not sign in any more is signed out everywhere.
    pub async fn edit_user(
        &self,
        id: UserId,
        edit: UserEdit,
        grantor: Grantor<'_>,
        now: Timestamp,
    ) -> Result<User, UserError> {
        let mut transaction = self.begin_change("change_user", Subject::user(id)).await?;
        let old = self.user_within(&mut transaction, id).await?;
        let role = edit.role.unwrap_or(old.role);
        may_manage(grantor, old.role)?;
        may_manage(grantor, role)?;
        let disabled_at = match edit.is_enabled {
            None => old.disabled_at,
            Some(true) => None,
            Some(false) => old.disabled_at.or(Some(now)),
        };
        sqlx::query("UPDATE user SET role = ?2, disabled_at = ?3 WHERE id = ?1")
            .bind(id.to_string())
            .bind(role.as_str())
            .bind(disabled_at.map(to_micros))
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        self.refuse_without_admin(&mut transaction, &old).await?;
        if disabled_at.is_some() {
            log_out(&mut transaction, id).await.or_fault(self)?;
        }
        let user = self.user_within(&mut transaction, id).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(user)
    }

    /// Gives a user another password, and logs them out everywhere.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        grantor: Grantor<'_>,
    ) -> Result<(), UserError> {
        let mut transaction = self.begin_change("set_user_password", Subject::user(id)).await?;
        let old = self.user_within(&mut transaction, id).await?;
        may_manage(grantor, old.role)?;
        sqlx::query("UPDATE user SET password_hash = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(password.kept())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        log_out(&mut transaction, id).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Gives oneself another password in place of `old`, and signs out everywhere. Refused when `old` is not the one any more.
    pub async fn replace_password(
        &self,
        id: UserId,
        old: &PasswordHash,
        password: &PasswordHash,
    ) -> Result<(), UserError> {
        let mut transaction = self.begin_change("change_my_password", Subject::user(id)).await?;
        let changed = sqlx::query(
            "UPDATE user SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2 AND disabled_at IS NULL",
        )
        .bind(id.to_string())
        .bind(old.kept())
        .bind(password.kept())
        .execute(&mut *transaction)
        .await
        .or_fault(self)?;
        if changed.rows_affected() == 0 {
            return Err(UserError::PasswordChanged);
        }
        log_out(&mut transaction, id).await.or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Deletes a user, who is signed out everywhere.
    pub async fn delete_user(&self, id: UserId, grantor: Grantor<'_>) -> Result<(), UserError> {
        let mut transaction = self.begin_change("delete_user", Subject::user(id)).await?;
        let old = self.user_within(&mut transaction, id).await?;
        may_manage(grantor, old.role)?;
        sqlx::query("DELETE FROM user WHERE id = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        self.refuse_without_admin(&mut transaction, &old).await?;
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Refuses a change of `old` after which no administrator may sign in.
    async fn refuse_without_admin(&self, connection: &mut SqliteConnection, old: &User) -> Result<(), UserError> {
        if old.role != Role::Admin || old.disabled_at.is_some() {
            return Ok(());
        }
        let admins: i64 = sqlx::query_scalar("SELECT count(*) FROM user WHERE role = ?1 AND disabled_at IS NULL")
            .bind(Role::Admin.as_str())
            .fetch_one(connection)
            .await
            .or_fault(self)?;
        if admins == 0 {
            return Err(UserError::LastAdmin);
        }
        Ok(())
    }

    async fn user_within(&self, connection: &mut SqliteConnection, id: UserId) -> Result<User, UserError> {
        let row: Option<UserRow> = sqlx::query_as(concat!("SELECT ", user_columns!(), " FROM user WHERE id = ?1"))
            .bind(id.to_string())
            .fetch_optional(connection)
            .await
            .or_fault(self)?;
        Ok(self.user_from_row(row.ok_or(UserError::Unknown(id))?)?)
    }

    pub(crate) fn user_from_row(&self, row: UserRow) -> Result<User, StorageFault> {
        Ok(User {
            id: row.id.parse().map_err(|_| self.damaged("a user's id is no UUID"))?,
            email: row.email,
            role: Role::of_name(&row.role).ok_or_else(|| self.damaged("a user's role is unknown"))?,
            created_at: from_micros(row.created_at),
            created_by: row.created_by,
            last_login_at: row.last_login_at.map(from_micros),
            disabled_at: row.disabled_at.map(from_micros),
        })
    }
}

row! {
    pub(crate) struct UserRow {
        id: String,
        email: String,
        role: String,
        created_at: i64,
        created_by: String,
        last_login_at: Option<i64>,
        disabled_at: Option<i64>,
    }
}

async fn count(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM user")
        .fetch_one(connection)
        .await?;
    Ok(count_from_sql(count))
}

async fn log_out(connection: &mut SqliteConnection, id: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM session WHERE user = (SELECT number FROM user WHERE id = ?1)")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Refuses to give, or to take hold of, a role that lets more than the grantor may. A user is confined to no network and never expires.
fn may_manage(grantor: Grantor<'_>, role: Role) -> Result<(), UserError> {
    grantor
        .may_give(&role.permissions(), &[], None)
        .map_err(UserError::Beyond)
}

/// Returns an address without the white space around it. Whether mail arrives there, nobody checks.
fn checked_email(text: &str) -> Result<&str, UserError> {
    let email = text.trim();
    let is_one = email.len() <= EMAIL_BYTES_MAX
        && email
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !email
            .chars()
            .any(|character| character.is_whitespace() || character.is_control());
    if is_one {
        Ok(email)
    } else {
        Err(UserError::EmailInvalid)
    }
}
