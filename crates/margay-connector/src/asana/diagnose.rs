//! From what was seen to a [`Diagnosis`]: one function per row of the table.
//!
//! | seen | title | field |
//! |---|---|---|
//! | 401 | Asana does not recognise this token | token |
//! | 401, yet the token is known elsewhere | Asana does not let this token into this organization | – |
//! | 403, a person's token | This looks like a personal access token | token |
//! | 404, or 403 and the id is not among the token's organizations | No organization … for this token | organization |
//! | 402 | This organization has no audit log API | organization |
//! | 403, any other | This token may not read the audit log | token |
//! | 400 | Asana rejects the request | organization |
//! | 451 | Asana does not serve this network | – |
//! | 429 | Asana asks us to slow down | – |
//! | 408, 5xx | Asana has a problem right now | – |
//! | any other status, or a 200 that is no page | This is not the answer of Asana's audit log | – |
//! | no answer | This server cannot reach … | – |
//!
//! Statuses decide; the vendor's texts are only shown. A 403 fits several causes, so all are listed, likeliest first.

mod causes;
mod transport;

use jiff::Timestamp;
use url::Url;

use self::causes::{allowlist_cause, cause, personal_token_cause, plan_cause, scope_cause, wrong_organization_cause};
use super::diagnosis::{Cause, CredentialField, Diagnosis, Observed};
use super::endpoint::endpoint_text;
use super::envelope::EnvelopeProblem;
use super::owner::Owner;
use super::settings::{PAGE_RECORDS_DEFAULT, Settings};
use super::vendor_error::{ErrorShape, VendorError};
use crate::excerpt::{excerpt, excerpt_bytes};
use crate::remedy::Remedy;
use crate::response::Response;
use crate::retry_after::parse_retry_after;

pub(crate) use transport::no_answer;

/// The longest request id shown, in characters. Usual ones have 36.
const REQUEST_ID_CHARS_MAX: usize = 128;
/// How much of a body that is no page is shown, in characters.
const BODY_CHARS_MAX: usize = 200;
/// How many of the token's organizations are named.
const ORGANIZATIONS_SHOWN_MAX: usize = 5;

/// An answer to what was asked at `url`, at `now`.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) url: &'a Url,
    pub(crate) now: Timestamp,
    pub(crate) response: &'a Response,
}

impl Seen<'_> {
    pub(crate) fn observed(&self) -> Observed {
        let request_id = self
            .response
            .request_id
            .as_deref()
            .map(|id| excerpt(id, REQUEST_ID_CHARS_MAX));
        Observed {
            endpoint: endpoint_text(self.url),
            status: Some(self.response.status),
            vendor_message: VendorError::parse(&self.response.body).message,
            request_id: request_id.filter(|id| !id.is_empty()),
            at: self.now,
        }
    }

    fn remedy_of_wait(&self) -> Remedy {
        let wait = self
            .response
            .retry_after
            .as_deref()
            .and_then(|header| parse_retry_after(header, self.now));
        wait.map_or(Remedy::Retry, |wait| {
            Remedy::WaitUntil(self.now.saturating_add(wait).unwrap_or(Timestamp::MAX))
        })
    }
}

/// Returns what a status other than 200 means.
pub(crate) fn refusal(seen: Seen<'_>, owner: &Owner) -> Diagnosis {
    let id = &seen.settings.organization_id;
    let mut diagnosis = match seen.response.status {
        400 => rejected(seen),
        401 if matches!(owner, Owner::Known(_)) => shut_out(seen),
        401 => unrecognised(seen),
        402 => no_plan(seen),
        403 if owner.is_stranger_to(id) => no_organization(seen, owner),
        403 => forbidden(seen, owner),
        404 => no_organization(seen, owner),
        429 => slow_down(seen),
        451 => not_served(seen),
        408 | 500..=599 => vendor_trouble(seen),
        _ => unexpected_status(seen),
    };
    let is_foreign = VendorError::parse(&seen.response.body).shape == ErrorShape::Foreign;
    if is_foreign && matches!(seen.response.status, 401..=404) {
        diagnosis.causes.push(cause(
            "The answer is not in the form that Asana uses, so it may come from something in between, such as a proxy or a login page of your network.",
            "Look at what we saw, and ask whoever runs the network.",
        ));
    }
    diagnosis
}

/// Returns what a 200 means whose body is no page.
pub(crate) fn no_page(seen: Seen<'_>, problem: &EnvelopeProblem) -> Diagnosis {
    let mut observed = seen.observed();
    observed.vendor_message = Some(excerpt_bytes(&seen.response.body, BODY_CHARS_MAX)).filter(|text| !text.is_empty());
    let summary = format!("The answer came with status 200, but it is no page of the audit log: {problem}.");
    Diagnosis {
        summary,
        observed,
        ..not_asana(seen)
    }
}

fn diagnosis(seen: Seen<'_>, title: impl Into<String>, summary: impl Into<String>, causes: Vec<Cause>) -> Diagnosis {
    Diagnosis {
        title: title.into(),
        summary: summary.into(),
        field: None,
        causes,
        observed: seen.observed(),
        remedy: Remedy::AskOperator,
    }
}

fn unrecognised(seen: Seen<'_>) -> Diagnosis {
    let causes = vec![
        cause(
            "The token is mistyped or was cut off when it was copied.",
            "Copy it again, whole. If Asana does not show it any more, make a new one: Admin console → Apps → Service accounts.",
        ),
        cause(
            "The token is no longer valid: it expired, or the service account was deleted or given a new token.",
            "Make a new token for the service account and use that.",
        ),
        cause(
            "The token is brand-new. It can take some minutes until Asana knows it.",
            "Wait five minutes and try again.",
        ),
    ];
    Diagnosis {
        field: Some(CredentialField::ServiceAccountToken),
        ..diagnosis(
            seen,
            "Asana does not recognise this token",
            "Asana answered 401: it knows no such token.",
            causes,
        )
    }
}

fn shut_out(seen: Seen<'_>) -> Diagnosis {
    let causes = vec![
        cause(
            "The organization has blocked tokens or apps of this kind.",
            "Ask an administrator: Admin console → Apps. A service account's token is not blocked by that.",
        ),
        cause(
            "The Organization Id belongs to another organization than the token.",
            "Compare it with the Domain ID at the bottom of Admin console → Settings.",
        ),
    ];
    let summary = "Asana knows this token, but answered 401 for this organization's audit log.";
    diagnosis(
        seen,
        "Asana does not let this token into this organization",
        summary,
        causes,
    )
}

fn no_plan(seen: Seen<'_>) -> Diagnosis {
    let summary = "Asana answered 402: what was asked for is not part of this organization's plan.";
    Diagnosis {
        field: Some(CredentialField::OrganizationId),
        ..diagnosis(
            seen,
            "This organization has no audit log API",
            summary,
            vec![plan_cause(), wrong_organization_cause()],
        )
    }
}

fn forbidden(seen: Seen<'_>, owner: &Owner) -> Diagnosis {
    if let Some(person) = owner.person() {
        let personal = personal_token_cause(format!(
            "The token belongs to {person}, which looks like a person. Asana gives audit logs to service accounts only."
        ));
        let summary = "Asana answered 403, and names an account with an e-mail address as the token's owner.";
        let causes = vec![personal, scope_cause(), plan_cause(), allowlist_cause()];
        return Diagnosis {
            field: Some(CredentialField::ServiceAccountToken),
            ..diagnosis(seen, "This looks like a personal access token", summary, causes)
        };
    }
    let personal =
        personal_token_cause("It is a person's own access token. Asana gives audit logs to service accounts only.");
    let causes = match owner {
        // It knows who it is and no person is named, so a person's token is out.
        Owner::Known(_) => vec![
            scope_cause(),
            plan_cause(),
            allowlist_cause(),
            wrong_organization_cause(),
        ],
        Owner::NotAsked | Owner::Unrecognised | Owner::Silent => {
            vec![
                scope_cause(),
                personal,
                plan_cause(),
                wrong_organization_cause(),
                allowlist_cause(),
            ]
        }
    };
    let summary = "Asana answered 403: it knows the token, but refuses the audit log. It does not say why; this is what it can be.";
    Diagnosis {
        field: Some(CredentialField::ServiceAccountToken),
        ..diagnosis(seen, "This token may not read the audit log", summary, causes)
    }
}

fn no_organization(seen: Seen<'_>, owner: &Owner) -> Diagnosis {
    let id = &seen.settings.organization_id;
    let copy_again = "Copy the Domain ID again, from the bottom of Admin console → Settings. It is not the number of a project, team or task.";
    let mut causes = Vec::new();
    if owner.is_stranger_to(id) {
        let listed = owner.organizations().iter().take(ORGANIZATIONS_SHOWN_MAX);
        let listed: Vec<String> = listed
            .map(|one| format!("{} ({})", one.id, one.name).replace(" ()", ""))
            .collect();
        let more = owner.organizations().len().saturating_sub(ORGANIZATIONS_SHOWN_MAX);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let text = format!(
            "The Organization Id is another one. This token can see: {}{more}.",
            listed.join(", ")
        );
        causes.push(cause(text, format!("Use the one you mean. {copy_again}")));
    } else {
        causes.push(cause(
            "The Organization Id is mistyped, or the number of something else.",
            copy_again,
        ));
    }
    causes.push(cause(
        "The token was made in another organization.",
        "Make the service account in the organization whose log you want, and use its token.",
    ));
    if let Some(person) = owner.person() {
        causes.push(personal_token_cause(format!(
            "The token belongs to {person}, which looks like a person, and the organization may hide itself from personal tokens."
        )));
    }
    if !owner.is_stranger_to(id) && !seen.settings.api_url.is_default() {
        causes.push(cause(
            format!("The API URL {} is not that of Asana's API.", seen.settings.api_url),
            "Compare its path with the address you were given; Asana's own ends in /api/1.0.",
        ));
    }
    let summary = format!(
        "Asana answered {}: it finds no organization {id} that this token may see.",
        seen.response.status
    );
    Diagnosis {
        field: Some(CredentialField::OrganizationId),
        ..diagnosis(seen, format!("No organization {id} for this token"), summary, causes)
    }
}

fn rejected(seen: Seen<'_>) -> Diagnosis {
    let mut causes = vec![cause(
        "The Organization Id is not one that Asana accepts.",
        "Copy the Domain ID again, from the bottom of Admin console → Settings.",
    )];
    let page_records = seen.settings.page_records.get();
    if page_records > PAGE_RECORDS_DEFAULT {
        causes.push(cause(
            format!("Pages of {page_records} records are more than Asana grants."),
            format!("Set the page size to {PAGE_RECORDS_DEFAULT}, the largest that Asana documents."),
        ));
    }
    let field = (causes.len() == 1).then_some(CredentialField::OrganizationId);
    let summary = "Asana answered 400: it cannot make sense of the request.";
    Diagnosis {
        field,
        ..diagnosis(seen, "Asana rejects the request", summary, causes)
    }
}

fn not_served(seen: Seen<'_>) -> Diagnosis {
    let causes = vec![cause(
        "This server's public address belongs to a place that Asana may not serve.",
        "Run Margay elsewhere, or ask Asana about the address.",
    )];
    diagnosis(
        seen,
        "Asana does not serve this network",
        "Asana answered 451: refused for legal reasons.",
        causes,
    )
}

fn slow_down(seen: Seen<'_>) -> Diagnosis {
    let remedy = seen.remedy_of_wait();
    let what_to_do = match remedy {
        Remedy::WaitUntil(time) => format!("Try again after {time}. Asking earlier makes the wait longer."),
        Remedy::Retry | Remedy::AskOperator => "Try again in a minute.".to_owned(),
    };
    let causes = vec![cause(
        "Something uses this token a lot, such as another program that reads the same log.",
        what_to_do,
    )];
    Diagnosis {
        remedy,
        ..diagnosis(
            seen,
            "Asana asks us to slow down",
            "Asana answered 429: too many requests with this token.",
            causes,
        )
    }
}

fn vendor_trouble(seen: Seen<'_>) -> Diagnosis {
    let causes = vec![cause(
        "This is on Asana's side, or on that of a proxy in between. It usually passes by itself.",
        "Try again in a few minutes. If it stays, look at https://status.asana.com.",
    )];
    let summary = format!(
        "Asana answered {}. It says nothing about your credentials.",
        seen.response.status
    );
    Diagnosis {
        remedy: seen.remedy_of_wait(),
        ..diagnosis(seen, "Asana has a problem right now", summary, causes)
    }
}

fn unexpected_status(seen: Seen<'_>) -> Diagnosis {
    let status = seen.response.status;
    let summary = match status {
        300..=399 => format!(
            "The answer was a redirect ({status}). Redirects are not followed, so that the token goes nowhere else."
        ),
        407 => "A proxy between here and Asana wants a login (407).".to_owned(),
        _ => format!("The answer came with status {status}, which Asana does not use here."),
    };
    Diagnosis {
        summary,
        ..not_asana(seen)
    }
}

fn not_asana(seen: Seen<'_>) -> Diagnosis {
    let causes = vec![
        cause(
            "A proxy, a firewall or a login page of your network answers in Asana's place.",
            "Ask whoever runs the network to let this server reach Asana directly.",
        ),
        cause(
            format!("The API URL {} is not that of Asana's API.", seen.settings.api_url),
            "Compare it with the address you were given.",
        ),
    ];
    diagnosis(seen, "This is not the answer of Asana's audit log", "", causes)
}

#[cfg(test)]
mod tests;
