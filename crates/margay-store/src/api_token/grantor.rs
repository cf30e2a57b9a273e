//! Who makes, changes and deletes API tokens and users, and how far.

use std::collections::BTreeSet;

use ipnet::IpNet;
use jiff::Timestamp;

use super::{ApiToken, ApiTokenError, Permission};
use crate::alert::OPERATOR_ACTOR;

/// Who makes or changes a token or a user. Nobody gives away more than they have.
#[derive(Debug, Clone, Copy)]
pub enum Grantor<'a> {
    /// Who works on the server's machine: may do everything.
    Operator,
    /// Whoever has this token.
    Token(&'a ApiToken),
    /// Somebody who is signed in.
    User {
        /// How timelines and tokens call them.
        name: &'a str,
        /// What their role lets them do.
        permissions: &'a BTreeSet<Permission>,
    },
}

impl Grantor<'_> {
    /// How timelines and tokens call the grantor.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Operator => OPERATOR_ACTOR,
            Self::Token(own) => &own.name,
            Self::User { name, .. } => name,
        }
    }

    /// Refuses permissions that the grantor has not.
    pub(super) fn may_touch(self, permissions: &BTreeSet<Permission>) -> Result<(), ApiTokenError> {
        let own = match self {
            Self::Operator => return Ok(()),
            Self::Token(own) => &own.permissions,
            Self::User { permissions, .. } => permissions,
        };
        let missing: Vec<&str> = permissions
            .difference(own)
            .map(|permission| permission.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.beyond(format!("has not {}", missing.join(", "))))
    }

    /// Refuses whatever lets do more than the grantor may: more permissions, from more places, for longer.
    pub(crate) fn may_give(
        self,
        permissions: &BTreeSet<Permission>,
        networks: &[IpNet],
        expires_at: Option<Timestamp>,
    ) -> Result<(), ApiTokenError> {
        self.may_touch(permissions)?;
        let Self::Token(own) = self else { return Ok(()) };
        let is_within = |network: &IpNet| own.allowed_networks.iter().any(|own| own.contains(network));
        if !own.allowed_networks.is_empty() && (networks.is_empty() || !networks.iter().all(is_within)) {
            let own: Vec<String> = own.allowed_networks.iter().map(IpNet::to_string).collect();
            return Err(self.beyond(format!("may only be used from {}", own.join(", "))));
        }
        match own.expires_at {
            Some(end) if expires_at.is_none_or(|new| new > end) => Err(self.beyond(format!("expires at {end}"))),
            _ => Ok(()),
        }
    }

    fn beyond(&self, missing: String) -> ApiTokenError {
        ApiTokenError::Beyond {
            grantor: self.name().to_owned(),
            missing,
        }
    }
}
