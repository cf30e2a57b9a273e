//! `margay token`: makes, lists and deletes API tokens, beside a server that may be running.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use margay_lake::Cell;
use margay_runtime::Clock;
use margay_store::{ApiToken, ApiTokenError, Grantor, NewApiToken, Permission, Store};
use secrecy::ExposeSecret;

use crate::cli::Global;
use crate::cli::token::{self as cli, Create};
use crate::duration::parse_duration;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_rows};

/// Stands for every permission.
const ALL: &str = "all";

pub(super) async fn run(global: &Global, arguments: cli::Token) -> Outcome {
    match arguments {
        cli::Token::Create(arguments) => create(global, arguments).await,
        cli::Token::List { format } => list(global, format).await,
        cli::Token::Delete { name } => delete(global, &name).await,
    }
}

async fn create(global: &Global, arguments: Create) -> Outcome {
    let now = Clock::system().now();
    let new = NewApiToken {
        name: arguments.name,
        permissions: permissions(&arguments.permissions)?,
        allowed_networks: arguments
            .allowed
            .iter()
            .map(|text| network(text))
            .collect::<Outcome<_>>()?,
        expires_at: arguments.expires.as_deref().map(|text| expiry(text, now)).transpose()?,
    };
    let store = open::store_beside(global).await?;
    let issued = store
        .create_api_token(&new, Grantor::Operator, now)
        .await
        .map_err(exit_of)?;
    line(issued.value.expose_secret());
    note(format_args!(
        "this is the value of `{}`. It is not shown again: keep it where secrets are kept",
        issued.token.name
    ));
    Ok(())
}

async fn list(global: &Global, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let time = |time: Option<Timestamp>| time.map_or(Cell::Null, |time| Cell::Time(time.as_microsecond()));
    let row = |token: ApiToken| {
        let permissions: Vec<&str> = token.permissions.iter().map(|permission| permission.as_str()).collect();
        let networks: Vec<String> = token.allowed_networks.iter().map(IpNet::to_string).collect();
        vec![
            Cell::Text(token.name),
            Cell::Text(permissions.join(", ")),
            Cell::Text(networks.join(", ")),
            time(token.expires_at),
            time(token.last_used_at),
            Cell::Text(token.created_by),
            time(Some(token.created_at)),
            Cell::Text(token.id.to_string()),
        ]
    };
    let tokens = store.api_tokens().await.or_exit(Exit::Storage)?;
    if tokens.is_empty() && format == Format::Table {
        note("no API tokens yet; make one with `margay token create --help`");
        return Ok(());
    }
    let rows: Vec<_> = tokens.into_iter().map(row).collect();
    let names = [
        "name",
        "permissions",
        "allowed",
        "expires_at",
        "last_used_at",
        "created_by",
        "created_at",
        "id",
    ];
    print_rows(format, &names, &rows)
}

async fn delete(global: &Global, name: &str) -> Outcome {
    let store = open::store_beside(global).await?;
    let token = find(&store, name).await?;
    store
        .delete_api_token(token.id, Grantor::Operator)
        .await
        .map_err(exit_of)?;
    line(format_args!("deleted API token `{}`", token.name));
    Ok(())
}

/// Finds a token by its name, in any case, or by its id.
async fn find(store: &Store, name: &str) -> Outcome<ApiToken> {
    let wanted = name.trim().to_lowercase();
    let all = store.api_tokens().await.or_exit(Exit::Storage)?;
    let is_wanted = |token: &&ApiToken| token.id.to_string() == wanted || token.name.to_lowercase() == wanted;
    all.iter().find(is_wanted).cloned().ok_or_else(|| {
        let hint = "`margay token list` shows all";
        Failure::new(Exit::Usage, format!("there is no API token `{name}`\nhint: {hint}"))
    })
}

fn permissions(names: &[String]) -> Outcome<BTreeSet<Permission>> {
    if names.iter().any(|name| name.eq_ignore_ascii_case(ALL)) {
        return Ok(Permission::ALL.into());
    }
    let permission = |name: &String| {
        Permission::of_name(name).ok_or_else(|| {
            let known = Permission::ALL.map(Permission::as_str).join(", ");
            Failure::new(
                Exit::Usage,
                format!("there is no permission `{name}`\nhint: there are {known}; `{ALL}` stands for all of them"),
            )
        })
    };
    names.iter().map(permission).collect()
}

fn network(text: &str) -> Outcome<IpNet> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
        Failure::new(
            Exit::Usage,
            format!("`{text}` is neither an address nor a network\nhint: write it as 203.0.113.0/24"),
        )
    })
}

fn expiry(text: &str, now: Timestamp) -> Outcome<Timestamp> {
    let after = SignedDuration::try_from(parse_duration("--expires", text)?).unwrap_or(SignedDuration::MAX);
    now.checked_add(after).or_exit(Exit::Usage)
}

fn exit_of(error: ApiTokenError) -> Failure {
    let exit = match &error {
        ApiTokenError::Storage(_) => Exit::Storage,
        ApiTokenError::NoRandomness => Exit::Failure,
        _ => Exit::Usage,
    };
    Failure::of(exit, error)
}
