//! Causes that several rows share.

use crate::asana::diagnosis::Cause;

pub(super) fn cause(text: impl Into<String>, what_to_do: impl Into<String>) -> Cause {
    Cause {
        text: text.into(),
        what_to_do: what_to_do.into(),
    }
}

pub(super) fn plan_cause() -> Cause {
    cause(
        "The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.",
        "Look up the plan in Admin console → Billing, and ask your contact at Asana.",
    )
}

pub(super) fn wrong_organization_cause() -> Cause {
    cause(
        "The Organization Id or the token is that of another organization.",
        "Compare the id with the Domain ID at the bottom of Admin console → Settings of the organization where the service account lives.",
    )
}

pub(super) fn scope_cause() -> Cause {
    cause(
        "The service account lacks the permission \"Audit logs\".",
        "Open it in Admin console → Apps → Service accounts, choose scoped permissions, tick \"Audit logs\", save. The token stays the same.",
    )
}

pub(super) fn allowlist_cause() -> Cause {
    cause(
        "The organization lets API traffic in from listed addresses only.",
        "Ask an administrator whether the IP allowlist applies to API traffic, and to add this server's public address.",
    )
}

pub(super) fn personal_token_cause(text: impl Into<String>) -> Cause {
    cause(
        text,
        "Use the token of a service account: Admin console → Apps → Service accounts → Add service account, scoped permissions, \"Audit logs\".",
    )
}
