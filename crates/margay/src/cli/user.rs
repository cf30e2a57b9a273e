//! `margay user …`: one variant a subcommand, one struct of arguments each, in the order that help shows them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use margay_store::Role;

use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add somebody who may sign in
    Create(Create),
    /// List users
    List {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Change what a user may do, or whether they may sign in
    Set(Set),
    /// Give a user another password; they are signed out everywhere
    Password {
        /// Their e-mail address or id
        name: String,
        /// A file with the password; `-` reads it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// Delete a user; they are signed out everywhere
    Delete {
        /// Their e-mail address or id
        name: String,
    },
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Everything
    Admin,
    /// Everything but users and API tokens
    Analyst,
    /// Look at what an analyst looks at
    ReadOnly,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Analyst => Self::Analyst,
            RoleName::ReadOnly => Self::ReadOnly,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  margay user create ann@example.com --role admin --password-file -
")]
pub(crate) struct Create {
    /// The e-mail address
    pub(crate) email: String,
    /// What they may do
    #[arg(long)]
    pub(crate) role: RoleName,
    /// A file with the password, of 12 characters or more; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Their e-mail address or id
    pub(crate) name: String,
    /// What they may do
    #[arg(long)]
    pub(crate) role: Option<RoleName>,
    /// They may not sign in any more, and are signed out
    #[arg(long, conflicts_with = "enable")]
    pub(crate) disable: bool,
    /// They may sign in again
    #[arg(long)]
    pub(crate) enable: bool,
}
