//! Whose token it is: the answer of `GET /users/me`, which only words a hint and never decides anything, because a
//! service account limited to audit logs probably may not call it.

use serde::Deserialize;

use super::settings::OrganizationId;
use crate::excerpt::excerpt;
use crate::response::Response;

/// The longest name shown, in characters.
const NAME_CHARS_MAX: usize = 80;

/// An organization that a token can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, empty if the vendor gave none.
    pub name: String,
}

/// What is known about the owner of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody asked.
    NotAsked,
    /// Asked, and the token was not recognised.
    Unrecognised,
    /// Asked, and there was no usable answer.
    Silent,
    /// The vendor told.
    Known(Account),
}

/// The account behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    /// People have one.
    pub(crate) email: Option<String>,
    pub(crate) organizations: Vec<Organization>,
}

#[derive(Deserialize)]
struct RawAnswer {
    data: RawUser,
}

#[derive(Deserialize)]
struct RawUser {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    workspaces: Option<Vec<RawWorkspace>>,
}

#[derive(Deserialize)]
struct RawWorkspace {
    #[serde(default)]
    gid: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl Owner {
    pub(crate) fn parse(response: &Response) -> Self {
        match response.status {
            200 => serde_json::from_slice::<RawAnswer>(&response.body)
                .map_or(Self::Silent, |raw| Self::Known(account(raw.data))),
            401 => Self::Unrecognised,
            _ => Self::Silent,
        }
    }

    /// The organizations that the token can see, as far as known.
    pub(crate) fn organizations(&self) -> &[Organization] {
        match self {
            Self::Known(account) => &account.organizations,
            Self::NotAsked | Self::Unrecognised | Self::Silent => &[],
        }
    }

    /// Whether the vendor lists organizations for this token and `id` is not among them.
    pub(crate) fn is_stranger_to(&self, id: &OrganizationId) -> bool {
        !self.organizations().is_empty() && self.organizations().iter().all(|organization| organization.id != *id)
    }

    /// Name and e-mail address of the person that the token belongs to, if it is one.
    pub(crate) fn person(&self) -> Option<String> {
        let Self::Known(account) = self else { return None };
        let email = account.email.as_ref()?;
        Some(if account.name.is_empty() {
            email.clone()
        } else {
            format!("{} ({email})", account.name)
        })
    }
}

fn account(raw: RawUser) -> Account {
    let name = |text: Option<String>| excerpt(text.as_deref().unwrap_or_default(), NAME_CHARS_MAX);
    let organizations = raw.workspaces.unwrap_or_default().into_iter().filter_map(|workspace| {
        Some(Organization {
            id: workspace.gid?.parse().ok()?,
            name: name(workspace.name),
        })
    });
    Account {
        name: name(raw.name),
        email: Some(name(raw.email)).filter(|email| email.contains('@')),
        organizations: organizations.collect(),
    }
}

#[cfg(test)]
mod tests;
