use expect_test::{Expect, expect};

use super::*;
use crate::asana::endpoint::oldest_event_url;
use crate::asana::owner::Account;
use crate::asana::settings::PageRecords;
use crate::asana::settings::RequestLimits;
use crate::transport::{TransportFailure, TransportFailureKind};

fn settings() -> Settings {
    Settings {
        api_url: "https://app.asana.com/api/1.0".parse().unwrap(),
        organization_id: "1201234567890123".parse().unwrap(),
        page_records: PageRecords::default(),
        requests: RequestLimits::default(),
    }
}

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        retry_after: None,
        date: None,
        request_id: None,
        body: body.as_bytes().to_vec(),
    }
}

fn errors(status: u16, message: &str) -> Response {
    Response {
        request_id: Some("req-7".to_owned()),
        ..response(status, &format!(r#"{{"errors":[{{"message":"{message}"}}]}}"#))
    }
}

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn diagnosed(settings: &Settings, response: &Response, owner: &Owner) -> Diagnosis {
    let url = oldest_event_url(settings);
    refusal(
        Seen {
            settings,
            url: &url,
            now: now(),
            response,
        },
        owner,
    )
}

fn check(response: &Response, owner: &Owner, expected: Expect) {
    expected.assert_eq(&diagnosed(&settings(), response, owner).to_string());
}

/// Only what tells one row from another.
fn check_short(response: &Response, owner: &Owner, expected: Expect) {
    let diagnosis = diagnosed(&settings(), response, owner);
    let causes: Vec<&str> = diagnosis.causes.iter().map(|cause| cause.text.as_str()).collect();
    expected.assert_eq(&format!(
        "{} [{}] {:?}\n{}\n- {}",
        diagnosis.title,
        diagnosis.field.map_or("-", CredentialField::label),
        diagnosis.remedy,
        diagnosis.summary,
        causes.join("\n- ")
    ));
}

fn known(email: Option<&str>, organizations: &[(&str, &str)]) -> Owner {
    let organizations = organizations
        .iter()
        .map(|(id, name)| crate::asana::owner::Organization {
            id: id.parse().unwrap(),
            name: (*name).to_owned(),
        });
    Owner::Known(Account {
        name: "Jane Doe".to_owned(),
        email: email.map(str::to_owned),
        organizations: organizations.collect(),
    })
}

fn ours() -> [(&'static str, &'static str); 1] {
    [("1201234567890123", "Acme")]
}

#[test]
fn a_token_that_is_not_recognised() {
    check(
        &errors(401, "Not Authorized"),
        &Owner::Unrecognised,
        expect![[r#"
        Asana does not recognise this token [Service Account Token]
        Asana answered 401: it knows no such token.

        What to do
          1. The token is mistyped or was cut off when it was copied.
             Copy it again, whole. If Asana does not show it any more, make a new one: Admin console → Apps
             → Service accounts.
          2. The token is no longer valid: it expired, or the service account was deleted or given a new
             token.
             Make a new token for the service account and use that.
          3. The token is brand-new. It can take some minutes until Asana knows it.
             Wait five minutes and try again.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          status 401 at 2026-11-24T12:00:00Z
          message: Not Authorized
          request id: req-7"#]],
    );
    check_short(
        &errors(401, "Not Authorized"),
        &known(None, &ours()),
        expect![[r#"
        Asana does not let this token into this organization [-] AskOperator
        Asana knows this token, but answered 401 for this organization's audit log.
        - The organization has blocked tokens or apps of this kind.
        - The Organization Id belongs to another organization than the token."#]],
    );
}

#[test]
fn a_403_is_worded_by_what_is_known_of_the_owner() {
    check(
        &errors(403, "Forbidden"),
        &Owner::Silent,
        expect![[r#"
        This token may not read the audit log [Service Account Token]
        Asana answered 403: it knows the token, but refuses the audit log. It does not say why; this is what
        it can be.

        What to do
          1. The service account lacks the permission "Audit logs".
             Open it in Admin console → Apps → Service accounts, choose scoped permissions, tick "Audit
             logs", save. The token stays the same.
          2. It is a person's own access token. Asana gives audit logs to service accounts only.
             Use the token of a service account: Admin console → Apps → Service accounts → Add service
             account, scoped permissions, "Audit logs".
          3. The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy
             Enterprise, and with Enterprise plus the Compliance Management add-on.
             Look up the plan in Admin console → Billing, and ask your contact at Asana.
          4. The Organization Id or the token is that of another organization.
             Compare the id with the Domain ID at the bottom of Admin console → Settings of the organization
             where the service account lives.
          5. The organization lets API traffic in from listed addresses only.
             Ask an administrator whether the IP allowlist applies to API traffic, and to add this server's
             public address.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          status 403 at 2026-11-24T12:00:00Z
          message: Forbidden
          request id: req-7"#]],
    );
    check_short(
        &errors(403, "Forbidden"),
        &Owner::Unrecognised,
        expect![[r#"
        This token may not read the audit log [Service Account Token] AskOperator
        Asana answered 403: it knows the token, but refuses the audit log. It does not say why; this is what it can be.
        - The service account lacks the permission "Audit logs".
        - It is a person's own access token. Asana gives audit logs to service accounts only.
        - The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.
        - The Organization Id or the token is that of another organization.
        - The organization lets API traffic in from listed addresses only."#]],
    );
    check_short(
        &errors(403, "Forbidden"),
        &known(Some("jane@acme.com"), &ours()),
        expect![[r#"
            This looks like a personal access token [Service Account Token] AskOperator
            Asana answered 403, and names an account with an e-mail address as the token's owner.
            - The token belongs to Jane Doe (jane@acme.com), which looks like a person. Asana gives audit logs to service accounts only.
            - The service account lacks the permission "Audit logs".
            - The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.
            - The organization lets API traffic in from listed addresses only."#]],
    );
    check_short(
        &errors(403, "Forbidden"),
        &known(None, &ours()),
        expect![[r#"
        This token may not read the audit log [Service Account Token] AskOperator
        Asana answered 403: it knows the token, but refuses the audit log. It does not say why; this is what it can be.
        - The service account lacks the permission "Audit logs".
        - The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.
        - The organization lets API traffic in from listed addresses only.
        - The Organization Id or the token is that of another organization."#]],
    );
    check_short(
        &errors(403, "Forbidden"),
        &known(Some("jane@acme.com"), &[]),
        expect![[r#"
            This looks like a personal access token [Service Account Token] AskOperator
            Asana answered 403, and names an account with an e-mail address as the token's owner.
            - The token belongs to Jane Doe (jane@acme.com), which looks like a person. Asana gives audit logs to service accounts only.
            - The service account lacks the permission "Audit logs".
            - The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.
            - The organization lets API traffic in from listed addresses only."#]],
    );
    check_short(
        &errors(403, "Forbidden"),
        &known(None, &[("1209000000000000", "Other")]),
        expect![[r#"
            No organization 1201234567890123 for this token [Organization Id] AskOperator
            Asana answered 403: it finds no organization 1201234567890123 that this token may see.
            - The Organization Id is another one. This token can see: 1209000000000000 (Other).
            - The token was made in another organization."#]],
    );
}

#[test]
fn the_audit_log_poller_asks_nobody_and_lists_all_causes_of_a_403() {
    assert_eq!(
        diagnosed(&settings(), &errors(403, "x"), &Owner::NotAsked).causes.len(),
        5
    );
}

#[test]
fn an_organization_that_is_not_found_is_told_from_those_that_are() {
    check(
        &errors(404, "workspace: Unknown object: 1201234567890123"),
        &known(
            None,
            &[("1209000000000000", "Acme Inc"), ("12090", "Beta"), ("12091", "")],
        ),
        expect![[r#"
            No organization 1201234567890123 for this token [Organization Id]
            Asana answered 404: it finds no organization 1201234567890123 that this token may see.

            What to do
              1. The Organization Id is another one. This token can see: 1209000000000000 (Acme Inc), 12090
                 (Beta), 12091.
                 Use the one you mean. Copy the Domain ID again, from the bottom of Admin console → Settings. It
                 is not the number of a project, team or task.
              2. The token was made in another organization.
                 Make the service account in the organization whose log you want, and use its token.

            What we saw
              GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
              status 404 at 2026-11-24T12:00:00Z
              message: workspace: Unknown object: 1201234567890123
              request id: req-7"#]],
    );
    check_short(
        &errors(404, "x"),
        &known(Some("jane@acme.com"), &[("12090", "Beta")]),
        expect![[r#"
            No organization 1201234567890123 for this token [Organization Id] AskOperator
            Asana answered 404: it finds no organization 1201234567890123 that this token may see.
            - The Organization Id is another one. This token can see: 12090 (Beta).
            - The token was made in another organization.
            - The token belongs to Jane Doe (jane@acme.com), which looks like a person, and the organization may hide itself from personal tokens."#]],
    );
    check_short(
        &errors(404, "x"),
        &Owner::Silent,
        expect![[r#"
        No organization 1201234567890123 for this token [Organization Id] AskOperator
        Asana answered 404: it finds no organization 1201234567890123 that this token may see.
        - The Organization Id is mistyped, or the number of something else.
        - The token was made in another organization."#]],
    );
    let many: Vec<(String, String)> = (0..9).map(|n| (format!("10000{n}"), format!("Org {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    check_short(
        &errors(404, "x"),
        &known(None, &many),
        expect![[r#"
        No organization 1201234567890123 for this token [Organization Id] AskOperator
        Asana answered 404: it finds no organization 1201234567890123 that this token may see.
        - The Organization Id is another one. This token can see: 100000 (Org 0), 100001 (Org 1), 100002 (Org 2), 100003 (Org 3), 100004 (Org 4) and 4 more.
        - The token was made in another organization."#]],
    );
    let elsewhere = Settings {
        api_url: "https://proxy.example/asana".parse().unwrap(),
        ..settings()
    };
    assert!(
        diagnosed(&elsewhere, &errors(404, "x"), &Owner::Silent).causes[2]
            .text
            .contains("https://proxy.example/asana")
    );
}

#[test]
fn plan_request_and_place() {
    check_short(
        &errors(402, "Payment Required"),
        &Owner::Silent,
        expect![[r#"
        This organization has no audit log API [Organization Id] AskOperator
        Asana answered 402: what was asked for is not part of this organization's plan.
        - The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy Enterprise, and with Enterprise plus the Compliance Management add-on.
        - The Organization Id or the token is that of another organization."#]],
    );
    check_short(
        &errors(400, "workspace: Not a recognized ID"),
        &Owner::NotAsked,
        expect![[r#"
            Asana rejects the request [Organization Id] AskOperator
            Asana answered 400: it cannot make sense of the request.
            - The Organization Id is not one that Asana accepts."#]],
    );
    check_short(
        &errors(451, "Unavailable"),
        &Owner::NotAsked,
        expect![[r#"
        Asana does not serve this network [-] AskOperator
        Asana answered 451: refused for legal reasons.
        - This server's public address belongs to a place that Asana may not serve."#]],
    );
    let large = Settings {
        page_records: PageRecords::new(1000).unwrap(),
        requests: RequestLimits::default(),
        ..settings()
    };
    let diagnosis = diagnosed(&large, &errors(400, "limit: too large"), &Owner::NotAsked);
    assert_eq!((diagnosis.causes.len(), diagnosis.field), (2, None));
}

#[test]
fn what_passes_by_itself_says_when() {
    let slow = |header: Option<&str>| Response {
        retry_after: header.map(str::to_owned),
        ..errors(429, "too many requests")
    };
    check(
        &slow(Some("37")),
        &Owner::NotAsked,
        expect![[r#"
        Asana asks us to slow down
        Asana answered 429: too many requests with this token.

        What to do
          Something uses this token a lot, such as another program that reads the same log.
          Try again after 2026-11-24T12:00:37Z. Asking earlier makes the wait longer.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          status 429 at 2026-11-24T12:00:00Z
          message: too many requests
          request id: req-7"#]],
    );
    check_short(
        &slow(None),
        &Owner::NotAsked,
        expect![[r#"
        Asana asks us to slow down [-] Retry
        Asana answered 429: too many requests with this token.
        - Something uses this token a lot, such as another program that reads the same log."#]],
    );
    check_short(
        &response(502, "<html>Bad Gateway</html>"),
        &Owner::NotAsked,
        expect![[r#"
        Asana has a problem right now [-] Retry
        Asana answered 502. It says nothing about your credentials.
        - This is on Asana's side, or on that of a proxy in between. It usually passes by itself."#]],
    );
    check_short(
        &Response {
            retry_after: Some("60".to_owned()),
            ..errors(503, "x")
        },
        &Owner::NotAsked,
        expect![[r#"
            Asana has a problem right now [-] WaitUntil(2026-11-24T12:01:00Z)
            Asana answered 503. It says nothing about your credentials.
            - This is on Asana's side, or on that of a proxy in between. It usually passes by itself."#]],
    );
}

#[test]
fn answers_that_are_not_asanas() {
    check(
        &response(403, "<html>Blocked by <b>Corp</b>\u{1b}[31m</html>"),
        &Owner::Silent,
        expect![[r#"
            This token may not read the audit log [Service Account Token]
            Asana answered 403: it knows the token, but refuses the audit log. It does not say why; this is what
            it can be.

            What to do
              1. The service account lacks the permission "Audit logs".
                 Open it in Admin console → Apps → Service accounts, choose scoped permissions, tick "Audit
                 logs", save. The token stays the same.
              2. It is a person's own access token. Asana gives audit logs to service accounts only.
                 Use the token of a service account: Admin console → Apps → Service accounts → Add service
                 account, scoped permissions, "Audit logs".
              3. The plan does not include the audit log API. Asana offers it with Enterprise+, with legacy
                 Enterprise, and with Enterprise plus the Compliance Management add-on.
                 Look up the plan in Admin console → Billing, and ask your contact at Asana.
              4. The Organization Id or the token is that of another organization.
                 Compare the id with the Domain ID at the bottom of Admin console → Settings of the organization
                 where the service account lives.
              5. The organization lets API traffic in from listed addresses only.
                 Ask an administrator whether the IP allowlist applies to API traffic, and to add this server's
                 public address.
              6. The answer is not in the form that Asana uses, so it may come from something in between, such
                 as a proxy or a login page of your network.
                 Look at what we saw, and ask whoever runs the network.

            What we saw
              GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
              status 403 at 2026-11-24T12:00:00Z
              message: <html>Blocked by <b>Corp</b> [31m</html>"#]],
    );
    check_short(
        &response(302, ""),
        &Owner::NotAsked,
        expect![[r#"
        This is not the answer of Asana's audit log [-] AskOperator
        The answer was a redirect (302). Redirects are not followed, so that the token goes nowhere else.
        - A proxy, a firewall or a login page of your network answers in Asana's place.
        - The API URL https://app.asana.com/api/1.0 is not that of Asana's API."#]],
    );
    check_short(
        &response(407, ""),
        &Owner::NotAsked,
        expect![[r#"
        This is not the answer of Asana's audit log [-] AskOperator
        A proxy between here and Asana wants a login (407).
        - A proxy, a firewall or a login page of your network answers in Asana's place.
        - The API URL https://app.asana.com/api/1.0 is not that of Asana's API."#]],
    );
    check_short(
        &response(418, ""),
        &Owner::NotAsked,
        expect![[r#"
        This is not the answer of Asana's audit log [-] AskOperator
        The answer came with status 418, which Asana does not use here.
        - A proxy, a firewall or a login page of your network answers in Asana's place.
        - The API URL https://app.asana.com/api/1.0 is not that of Asana's API."#]],
    );
    let settings = settings();
    let url = oldest_event_url(&settings);
    let login = response(200, "<html><title>Sign in</title></html>");
    let diagnosis = no_page(
        Seen {
            settings: &settings,
            url: &url,
            now: now(),
            response: &login,
        },
        &EnvelopeProblem::NotAnObject,
    );
    expect![[r#"
        This is not the answer of Asana's audit log
        The answer came with status 200, but it is no page of the audit log: it is not a JSON object.

        What to do
          1. A proxy, a firewall or a login page of your network answers in Asana's place.
             Ask whoever runs the network to let this server reach Asana directly.
          2. The API URL https://app.asana.com/api/1.0 is not that of Asana's API.
             Compare it with the address you were given.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          status 200 at 2026-11-24T12:00:00Z
          message: <html><title>Sign in</title></html>"#]]
    .assert_eq(&diagnosis.to_string());
}

#[test]
fn each_way_to_get_no_answer_has_its_own_text() {
    use TransportFailureKind::{BodyCut, BodyTooLong, Dns, Other, Refused, Reset, Timeout, Tls};
    let mut texts = Vec::new();
    for kind in [Dns, Refused, Timeout, Tls, Reset, BodyCut, BodyTooLong, Other] {
        let failure = TransportFailure {
            kind,
            detail: "detail".to_owned(),
        };
        let diagnosis = no_answer(&settings(), &oldest_event_url(&settings()), now(), &failure);
        assert_eq!(diagnosis.remedy.is_retry(), kind != BodyTooLong);
        texts.push(diagnosis.to_string());
    }
    expect![[r#"
        This server cannot reach app.asana.com
        The name of app.asana.com has no address here. The credentials were not judged.

        What to do
          1. This machine's name resolution does not work, or the host name is mistyped.
             Look the name up here, such as with `getent hosts app.asana.com`, and check the API URL.
          2. This network reaches the outside only through a proxy.
             Set the environment variable HTTPS_PROXY to the proxy's URL; it is used for app.asana.com too.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          no answer at 2026-11-24T12:00:00Z
          message: the host name could not be resolved: detail
        ==========
        This server cannot reach app.asana.com
        The connection to app.asana.com was refused. The credentials were not judged.

        What to do
          1. A firewall refuses the connection.
             Allow outgoing connections to app.asana.com.
          2. This network reaches the outside only through a proxy.
             Set the environment variable HTTPS_PROXY to the proxy's URL; it is used for app.asana.com too.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          no answer at 2026-11-24T12:00:00Z
          message: the connection was refused: detail
        ==========
        This server cannot reach app.asana.com
        app.asana.com did not answer in time. The credentials were not judged.

        What to do
          1. A firewall drops the connection, or the network is slow.
             Allow outgoing connections to app.asana.com, then try again.
          2. This network reaches the outside only through a proxy.
             Set the environment variable HTTPS_PROXY to the proxy's URL; it is used for app.asana.com too.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          no answer at 2026-11-24T12:00:00Z
          message: no answer in time: detail
        ==========
        This server cannot reach app.asana.com
        No secure connection (TLS) to app.asana.com could be made. The credentials were not judged.

        What to do
          1. A proxy in your network opens TLS connections, and its certificate authority is not trusted
             here.
             Get that authority's certificate from whoever runs the network, and give it with `--ca-file` or
             add it to the system's.
          2. This machine's clock is wrong, so certificates seem to be out of date.
             Compare the time below with the real one.
          3. This machine has no list of certificate authorities.
             Install it; most systems call the package ca-certificates.

        What we saw
          GET https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events
          no answer at 2026-11-24T12:00:00Z
          message: no secure connection (TLS) could be made: detail"#]]
    .assert_eq(&texts[..4].join("\n==========\n"));
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 8);
}

#[test]
fn a_loopback_address_speaks_of_this_machine_and_of_no_proxy() {
    let local = Settings {
        api_url: "http://127.0.0.1:8080/api/1.0".parse().unwrap(),
        ..settings()
    };
    for kind in [
        TransportFailureKind::Dns,
        TransportFailureKind::Refused,
        TransportFailureKind::Timeout,
    ] {
        let failure = TransportFailure {
            kind,
            detail: String::new(),
        };
        let text = no_answer(&local, &oldest_event_url(&local), now(), &failure).to_string();
        assert!(
            !text.contains("HTTPS_PROXY") && text.contains("127.0.0.1:8080"),
            "{text}"
        );
    }
}

#[test]
fn no_text_holds_a_token_or_a_control_character() {
    let body = "\u{1b}]0;x\u{7} 2/1200000000000001/1200000000000002:0123456789abcdef0123456789abcdef";
    for status in 100..600 {
        let mut answer = response(status, body);
        answer.request_id = Some(body.to_owned());
        for owner in [Owner::NotAsked, known(Some("jane@acme.com"), &ours())] {
            let text = diagnosed(&settings(), &answer, &owner).to_string();
            assert!(!text.contains("0123456789abcdef"), "{text}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
        }
    }
}
