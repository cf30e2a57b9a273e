use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::asana::settings::PageRecords;
use crate::asana::settings::RequestLimits;
use crate::transport::TransportFailureKind;

fn settings() -> Settings {
    Settings {
        api_url: "https://app.asana.com/api/1.0".parse().unwrap(),
        organization_id: "1201234567890123".parse().unwrap(),
        page_records: PageRecords::default(),
        requests: RequestLimits::default(),
    }
}

type Outcome = Result<Response, TransportFailure>;

fn answer(status: u16, body: &str) -> Outcome {
    Ok(Response {
        status,
        retry_after: None,
        date: None,
        request_id: None,
        body: body.as_bytes().to_vec(),
    })
}

/// Plays `answers` and returns what was asked and how it ended.
fn play(answers: Vec<Outcome>) -> (String, CheckReport) {
    let mut asked = String::new();
    let mut answers = answers.into_iter();
    let mut check = Check::new(settings());
    let mut input = CheckInput::Begin {
        now: "2026-11-24T12:00:00Z".parse().unwrap(),
    };
    loop {
        let (next, action) = check.step(input);
        check = next;
        match action {
            CheckAction::Fetch(request) => {
                asked.push_str(request.url.as_str());
                asked.push('\n');
                input = CheckInput::Fetched {
                    outcome: answers.next().expect("an answer for each request"),
                };
            }
            CheckAction::Finish(report) => {
                assert_eq!(answers.count(), 0, "all answers are asked for");
                return (asked, report);
            }
        }
    }
}

fn check(answers: Vec<Outcome>, expected: Expect) {
    let (asked, report) = play(answers);
    let verdict = match &report.verdict {
        Verdict::Failed(diagnosis) => format!("failed, {:?}: {}", diagnosis.remedy, diagnosis.title),
        other => format!("{other:?}"),
    };
    expected.assert_eq(&format!(
        "{asked}{verdict}, oldest {:?}, organizations {:?}",
        report.oldest_event, report.organizations
    ));
}

const PERSON: &str = r#"{"data":{"gid":"1","name":"Jane Doe","email":"jane@acme.com","workspaces":[{"gid":"1201234567890123","name":"Acme"}]}}"#;
const ELSEWHERE: &str =
    r#"{"data":{"gid":"1","name":"export","workspaces":[{"gid":"1209000000000000","name":"Other Inc"}]}}"#;

#[test]
fn one_answer_with_events_passes() {
    check(
        vec![answer(
            200,
            r#"{"data":[{"gid":"1","created_at":"2026-08-27T01:02:03.004Z"}],"next_page":{"offset":"a"}}"#,
        )],
        expect![[r#"
            https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
            Passed, oldest Some(2026-08-27T01:02:03.004Z), organizations []"#]],
    );
    check(
        vec![answer(200, r#"{"data":[{}],"next_page":null}"#)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        Passed, oldest None, organizations []"#]],
    );
}

#[test]
fn an_empty_log_passes_with_a_warning() {
    check(
        vec![answer(200, r#"{"data":[],"next_page":null}"#)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        PassedEmpty, oldest None, organizations []"#]],
    );
}

#[test]
fn a_refusal_asks_whose_token_it_is_only_to_word_the_hint() {
    check(
        vec![answer(401, ""), answer(401, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: Asana does not recognise this token, oldest None, organizations []"#]],
    );
    check(
        vec![answer(402, ""), answer(200, PERSON)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: This organization has no audit log API, oldest None, organizations [Organization { id: OrganizationId("1201234567890123"), name: "Acme" }]"#]],
    );
    check(
        vec![answer(403, ""), answer(200, PERSON)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: This looks like a personal access token, oldest None, organizations [Organization { id: OrganizationId("1201234567890123"), name: "Acme" }]"#]],
    );
    check(
        vec![answer(403, ""), answer(403, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: This token may not read the audit log, oldest None, organizations []"#]],
    );
    check(
        vec![answer(403, ""), answer(200, ELSEWHERE)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: No organization 1201234567890123 for this token, oldest None, organizations [Organization { id: OrganizationId("1209000000000000"), name: "Other Inc" }]"#]],
    );
    check(
        vec![answer(404, ""), answer(200, ELSEWHERE)],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: No organization 1201234567890123 for this token, oldest None, organizations [Organization { id: OrganizationId("1209000000000000"), name: "Other Inc" }]"#]],
    );
    let reset = Err(TransportFailure {
        kind: TransportFailureKind::Reset,
        detail: String::new(),
    });
    check(
        vec![answer(404, ""), reset],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        https://app.asana.com/api/1.0/users/me
        failed, AskOperator: No organization 1201234567890123 for this token, oldest None, organizations []"#]],
    );
}

#[test]
fn everything_else_is_told_at_once() {
    check(
        vec![answer(400, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, AskOperator: Asana rejects the request, oldest None, organizations []"#]],
    );
    check(
        vec![answer(429, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, Retry: Asana asks us to slow down, oldest None, organizations []"#]],
    );
    check(
        vec![answer(451, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, AskOperator: Asana does not serve this network, oldest None, organizations []"#]],
    );
    check(
        vec![answer(500, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, Retry: Asana has a problem right now, oldest None, organizations []"#]],
    );
    check(
        vec![answer(302, "")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, AskOperator: This is not the answer of Asana's audit log, oldest None, organizations []"#]],
    );
    check(
        vec![answer(200, "<html>")],
        expect![[r#"
        https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
        failed, AskOperator: This is not the answer of Asana's audit log, oldest None, organizations []"#]],
    );
    check(
        vec![Err(TransportFailure {
            kind: TransportFailureKind::Dns,
            detail: String::new(),
        })],
        expect![[r#"
            https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
            failed, Retry: This server cannot reach app.asana.com, oldest None, organizations []"#]],
    );
    check(
        vec![Err(TransportFailure {
            kind: TransportFailureKind::BodyTooLong,
            detail: String::new(),
        })],
        expect![[r#"
            https://app.asana.com/api/1.0/workspaces/1201234567890123/audit_log_events?limit=1
            failed, AskOperator: The answer of app.asana.com is too long, oldest None, organizations []"#]],
    );
}

#[test]
#[should_panic(expected = "before a question")]
fn an_answer_before_a_question_is_the_shells_error() {
    drop(Check::new(settings()).step(CheckInput::Fetched {
        outcome: answer(200, ""),
    }));
}

proptest! {
    #[test]
    fn any_two_answers_end_the_check(one in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..60), other in any::<u16>()) {
        let first = Ok(Response { status: one, retry_after: None, date: None, request_id: None, body: body.clone() });
        let second = Ok(Response { status: other, retry_after: None, date: None, request_id: None, body });
        let answers = if (401..=404).contains(&one) { vec![first, second] } else { vec![first] };
        let (_, report) = play(answers);
        prop_assert!(one == 200 || matches!(report.verdict, Verdict::Failed(_)));
    }
}
