//! `margay user`: says who may sign in, beside a server that may be running.

use std::path::Path;

use jiff::Timestamp;
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_store::{Grantor, NewUser, PasswordHash, Role, Store, User, UserEdit, UserError};
use secrecy::SecretString;
use serde_json::json;

use crate::cli::Global;
use crate::cli::user::{self as cli, Create, Set};
use crate::entry::Tried;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Format, line, note, print_rows};
use crate::{open, secret};

pub(super) async fn run(global: &Global, arguments: cli::User) -> Outcome {
    match arguments {
        cli::User::Create(arguments) => create(global, arguments).await,
        cli::User::List { format } => list(global, format).await,
        cli::User::Set(arguments) => set(global, &arguments).await,
        cli::User::Password { name, password_file } => set_password(global, &name, &password_file).await,
        cli::User::Delete { name } => delete(global, &name).await,
    }
}

async fn create(global: &Global, arguments: Create) -> Outcome {
    let new = NewUser {
        password: hashed(&arguments.password_file, &arguments.email)?,
        email: arguments.email,
        role: arguments.role.into(),
    };
    let store = open::store_beside(global).await?;
    let now = Clock::system().now();
    let created = store.create_user(&new, Grantor::Operator, now).await.map_err(exit_of);
    if let Err(failure) = &created {
        // Who was added has an entry of that transaction.
        let tried = Tried {
            action: "create_user",
            object: None,
            told: json!({ "role": new.role.as_str() }),
        };
        tried.ended(&store, Some(failure)).await;
    }
    let user = created?;
    line(format_args!(
        "added {} ({}), {}",
        user.email,
        user.id,
        user.role.as_str()
    ));
    Ok(())
}

async fn list(global: &Global, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let time = |time: Option<Timestamp>| time.map_or(Cell::Null, |time| Cell::Time(time.as_microsecond()));
    let row = |user: User| {
        vec![
            Cell::Text(user.email),
            Cell::Text(user.role.as_str().to_owned()),
            Cell::Boolean(user.disabled_at.is_none()),
            time(user.last_login_at),
            Cell::Text(user.created_by),
            time(Some(user.created_at)),
            Cell::Text(user.id.to_string()),
        ]
    };
    let users = store.users().await.or_exit(Exit::Storage)?;
    if users.is_empty() && format == Format::Table {
        note("nobody can sign in yet; add somebody with `margay user create --help`");
        return Ok(());
    }
    let rows: Vec<_> = users.into_iter().map(row).collect();
    let names = [
        "email",
        "role",
        "enabled",
        "last_login_at",
        "created_by",
        "created_at",
        "id",
    ];
    print_rows(format, &names, &rows)
}

async fn set(global: &Global, arguments: &Set) -> Outcome {
    let edit = UserEdit {
        role: arguments.role.map(Role::from),
        is_enabled: (arguments.enable || arguments.disable).then_some(arguments.enable),
    };
    if edit == UserEdit::default() {
        return Err(Failure::new(
            Exit::Usage,
            "nothing to change\nhint: `margay user set --help` tells what can be",
        ));
    }
    let store = open::store_beside(global).await?;
    let user = find(&store, &arguments.name).await?;
    let user = store
        .edit_user(user.id, edit, Grantor::Operator, Clock::system().now())
        .await
        .map_err(exit_of)?;
    let may = if user.disabled_at.is_some() {
        ", may not sign in"
    } else {
        ""
    };
    line(format_args!("{}: {}{may}", user.email, user.role.as_str()));
    tell_of_tokens(&store, &user).await
}

async fn set_password(global: &Global, name: &str, file: &Path) -> Outcome {
    let store = open::store_beside(global).await?;
    let user = find(&store, name).await?;
    let hash = hashed(file, &user.email)?;
    store
        .set_password(user.id, &hash, Grantor::Operator)
        .await
        .map_err(exit_of)?;
    line(format_args!(
        "{} has another password, and is signed out everywhere",
        user.email
    ));
    Ok(())
}

async fn delete(global: &Global, name: &str) -> Outcome {
    let store = open::store_beside(global).await?;
    let user = find(&store, name).await?;
    store.delete_user(user.id, Grantor::Operator).await.map_err(exit_of)?;
    line(format_args!("deleted {}", user.email));
    tell_of_tokens(&store, &user).await
}

/// Says which API tokens somebody has made: they go on.
async fn tell_of_tokens(store: &Store, user: &User) -> Outcome {
    let tokens = store.api_tokens().await.or_exit(Exit::Storage)?;
    let made: Vec<String> = tokens
        .into_iter()
        .filter(|token| token.created_by == user.email)
        .map(|token| format!("`{}`", token.name))
        .collect();
    if !made.is_empty() {
        note(format_args!(
            "API tokens that {} has made go on: {}\nhint: `margay token delete` ends one",
            user.email,
            made.join(", ")
        ));
    }
    Ok(())
}

/// Finds a user by their address, in any case, or by their id.
async fn find(store: &Store, name: &str) -> Outcome<User> {
    let wanted = name.trim().to_lowercase();
    let all = store.users().await.or_exit(Exit::Storage)?;
    let is_wanted = |user: &&User| user.id.to_string() == wanted || user.email.to_lowercase() == wanted;
    all.iter().find(is_wanted).cloned().ok_or_else(|| {
        let hint = "`margay user list` shows all";
        Failure::new(Exit::Usage, format!("there is no user `{name}`\nhint: {hint}"))
    })
}

fn hashed(file: &Path, email: &str) -> Outcome<PasswordHash> {
    let text = secret::read(file, "password")?;
    let password = SecretString::from(text.trim_end_matches(['\r', '\n']));
    PasswordHash::of(&password, email).or_exit(Exit::Usage)
}

fn exit_of(error: UserError) -> Failure {
    let exit = match &error {
        UserError::Storage(_) => Exit::Storage,
        _ => Exit::Usage,
    };
    Failure::of(exit, error)
}
