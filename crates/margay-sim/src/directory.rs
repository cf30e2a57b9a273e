//! Users and workspaces, as far as a check of credentials asks for them.
//!
//! Full records of the specification of 2026-06-11 ("Get a user", "Get a workspace", "Get multiple workspaces"), minus the
//! optional custom fields.

use serde::Serialize;

use crate::organization::Organization;
use crate::token::TokenKind;

#[derive(Serialize)]
struct Answer<T> {
    data: T,
}

#[derive(Serialize)]
struct ListAnswer<T> {
    data: Vec<T>,
    /// Always null: all workspaces fit on one page.
    next_page: Option<()>,
}

#[derive(Serialize)]
struct WorkspaceCompact<'organization> {
    gid: &'organization str,
    resource_type: &'static str,
    name: &'organization str,
}

#[derive(Serialize)]
struct Workspace<'organization> {
    #[serde(flatten)]
    compact: WorkspaceCompact<'organization>,
    email_domains: &'organization [&'static str],
    is_organization: bool,
}

#[derive(Serialize)]
struct User<'organization> {
    gid: String,
    resource_type: &'static str,
    name: &'organization str,
    email: String,
    photo: Option<()>,
    workspaces: Vec<WorkspaceCompact<'organization>>,
}

/// The directory as the owner of a token sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Directory<'organization> {
    organization: &'organization Organization,
    viewer: TokenKind,
}

impl<'organization> Directory<'organization> {
    pub(crate) fn new(organization: &'organization Organization, viewer: TokenKind) -> Self {
        Self { organization, viewer }
    }

    /// Returns the gid of the workspace the viewer belongs to.
    pub(crate) fn own_workspace(self) -> &'organization str {
        self.own().gid
    }

    /// Returns the viewer's workspace in full.
    pub(crate) fn workspace(self) -> String {
        let email_domains: &[_] = if self.viewer == TokenKind::UnknownOrganization {
            &[]
        } else {
            &self.organization.email_domains
        };
        to_json(&Answer {
            data: Workspace {
                compact: self.own(),
                email_domains,
                is_organization: true,
            },
        })
    }

    /// Returns the list of the viewer's workspaces: one.
    pub(crate) fn workspaces(self) -> String {
        to_json(&ListAnswer {
            data: vec![self.own()],
            next_page: None,
        })
    }

    /// Returns a user by gid, e-mail address or `me`.
    pub(crate) fn user(self, id: &str) -> Option<String> {
        if id == "me" {
            return Some(self.viewer_record());
        }
        if self.viewer == TokenKind::UnknownOrganization {
            return None;
        }
        let gid = id.parse().ok();
        let is_wanted = |own: u64, email: &str| gid == Some(own) || id.eq_ignore_ascii_case(email);
        let people = &self.organization.people;
        if let Some(person) = people.iter().find(|person| is_wanted(person.gid, &person.email)) {
            return Some(self.record(person.gid, &person.name, person.email.clone()));
        }
        let account = self
            .organization
            .service_accounts
            .iter()
            .find(|account| gid == Some(account.gid))?;
        Some(self.record(account.gid, account.name, account_email(account.gid)))
    }

    fn viewer_record(self) -> String {
        match (
            self.viewer,
            self.organization.people.first(),
            self.organization.service_accounts.last(),
        ) {
            (TokenKind::PersonalAccess, Some(person), _) => self.record(person.gid, &person.name, person.email.clone()),
            (_, _, Some(account)) => self.record(account.gid, account.name, account_email(account.gid)),
            (_, _, None) => unreachable!("an organisation has service accounts"),
        }
    }

    fn record(self, gid: u64, name: &str, email: String) -> String {
        let workspaces = vec![self.own()];
        to_json(&Answer {
            data: User {
                gid: gid.to_string(),
                resource_type: "user",
                name,
                email,
                photo: None,
                workspaces,
            },
        })
    }

    fn own(self) -> WorkspaceCompact<'organization> {
        let Organization {
            gid,
            name,
            other_gid,
            other_name,
            ..
        } = self.organization;
        let (gid, name) = if self.viewer == TokenKind::UnknownOrganization {
            (other_gid, other_name)
        } else {
            (gid, name)
        };
        WorkspaceCompact {
            gid,
            resource_type: "workspace",
            name,
        }
    }
}

/// Returns the address of an account without a person; what the vendor sends here is unconfirmed.
fn account_email(gid: u64) -> String {
    format!("{gid}@serviceaccount.example")
}

fn to_json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}
