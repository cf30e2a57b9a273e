//! How an event came about: which client, with which kind of credentials, or without anybody at all.

use crate::catalogue::EventType;
use crate::random::Random;

/// The way in which something was done; decides the actor and the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Circumstance {
    /// A person in a browser.
    Web,
    /// A person in the desktop client. It says `web` in the one public sample, `desktop` in the specification's list; both
    /// occur here.
    Desktop,
    /// A person on a phone.
    Mobile,
    /// A connected application, for a person.
    OauthApp,
    /// A script with a person's token.
    PersonalAccessToken,
    /// The API with a browser's session.
    CookieApi,
    /// A service account.
    ServiceAccount,
    /// An automation rule; the vendor itself is the actor. Which actor a rule's event has is unconfirmed.
    Rule,
    /// A mail sent to the organisation.
    Email,
    /// The vendor's support staff, asked by somebody.
    Support,
    /// Somebody who is not signed in.
    Anonymous,
    /// The identity provider's administrator, through SCIM: the public sample has neither id nor name.
    ExternalAdministrator,
}

use Circumstance::{
    Anonymous, CookieApi, Desktop, Email, ExternalAdministrator, Mobile, OauthApp, PersonalAccessToken, Rule,
    ServiceAccount, Support, Web,
};

const SIGN_IN: &[(u64, Circumstance)] = &[(70, Web), (12, Desktop), (18, Mobile)];
const SIGN_IN_REFUSED: &[(u64, Circumstance)] = &[(60, Web), (15, Mobile), (25, Anonymous)];
const SIGN_OUT: &[(u64, Circumstance)] = &[(80, Web), (8, Desktop), (9, Mobile), (3, ExternalAdministrator)];
const USER_UPDATE: &[(u64, Circumstance)] = &[
    (60, Web),
    (28, ExternalAdministrator),
    (8, ServiceAccount),
    (4, Support),
];
const PASSWORD_FORGOTTEN: &[(u64, Circumstance)] = &[(20, Web), (10, Mobile), (70, Anonymous)];
const SETTING: &[(u64, Circumstance)] = &[(94, Web), (6, Support)];
const EXPORT: &[(u64, Circumstance)] = &[(80, Web), (10, ServiceAccount), (10, PersonalAccessToken)];
const WORK: &[(u64, Circumstance)] = &[
    (560, Web),
    (110, Desktop),
    (110, Mobile),
    (80, OauthApp),
    (35, PersonalAccessToken),
    (40, ServiceAccount),
    (45, Rule),
    (20, CookieApi),
];
const UPLOAD: &[(u64, Circumstance)] = &[
    (60, Web),
    (12, Desktop),
    (12, Mobile),
    (8, OauthApp),
    (5, Email),
    (3, PersonalAccessToken),
];

impl Circumstance {
    /// Returns a likely circumstance of an event type.
    pub(super) fn of(event_type: &EventType, random: &mut Random) -> Self {
        let choices = match (event_type.category, event_type.name) {
            (_, "user_login_failed") => SIGN_IN_REFUSED,
            (_, "user_logged_out") => SIGN_OUT,
            ("logins", _) => SIGN_IN,
            (_, "user_forgot_password_started") => PASSWORD_FORGOTTEN,
            ("user_updates", _) => USER_UPDATE,
            ("admin_settings" | "roles" | "apps", _) => SETTING,
            ("content_export", "attachment_downloaded") => WORK,
            ("content_export", _) => EXPORT,
            (_, "attachment_uploaded") => UPLOAD,
            _ => WORK,
        };
        random.weighted(choices)
    }

    /// Returns the value of `context.context_type`.
    pub(super) fn context_type(self, random: &mut Random) -> &'static str {
        match self {
            Desktop if random.chance(1, 2) => "desktop",
            Web | Anonymous | Desktop => "web",
            Mobile => "mobile",
            OauthApp | PersonalAccessToken | CookieApi | ServiceAccount | ExternalAdministrator => "api",
            Rule => "asana",
            Email => "email",
            Support => "asana_support",
        }
    }

    /// Returns the value of `context.api_authentication_method`, if there is one.
    pub(super) fn api_authentication_method(self) -> Option<&'static str> {
        match self {
            OauthApp => Some("oauth"),
            PersonalAccessToken => Some("personal_access_token"),
            CookieApi => Some("cookie"),
            ServiceAccount => Some("service_account"),
            Web | Desktop | Mobile | Rule | Email | Support | Anonymous | ExternalAdministrator => None,
        }
    }
}
