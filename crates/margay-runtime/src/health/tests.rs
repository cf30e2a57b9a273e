use margay_connector::Remedy;
use margay_connector::asana::Observed;

use super::*;

fn shown(looks: &[Looked]) -> Vec<(&'static str, bool)> {
    looks.iter().map(|look| (look.name.as_str(), look.is_healthy)).collect()
}

fn diagnosis(field: Option<CredentialField>, status: Option<u16>) -> RoundEnd {
    RoundEnd::NeedsOperator(Diagnosis {
        title: "refused".to_owned(),
        summary: "it was refused.".to_owned(),
        field,
        causes: Vec::new(),
        observed: Observed {
            endpoint: "GET https://example.com".to_owned(),
            status,
            vendor_message: Some("Not Authorized".to_owned()),
            request_id: None,
            at: Timestamp::UNIX_EPOCH,
        },
        remedy: Remedy::AskOperator,
    })
}

#[test]
fn a_round_that_worked_shows_all_that_is_the_vendors() {
    let all = [
        ("reachable", true),
        ("token", true),
        ("organization", true),
        ("audit_log", true),
    ];
    assert_eq!(shown(&looks(&RoundEnd::Drained)), all);
    assert_eq!(shown(&looks(&RoundEnd::DeadlineReached)), all);
}

#[test]
fn what_is_refused_tells_which_check_fails_and_those_before_it_passed() {
    use CredentialField::{OrganizationId, ServiceAccountToken};
    for (field, status, failing, passed) in [
        (Some(ServiceAccountToken), Some(401), "token", 1),
        (Some(ServiceAccountToken), Some(403), "audit_log", 3),
        (Some(OrganizationId), Some(404), "organization", 2),
        (Some(OrganizationId), Some(403), "organization", 2),
        (None, Some(401), "token", 1),
        (None, Some(402), "audit_log", 3),
        (None, Some(404), "organization", 2),
        (None, None, "reachable", 0),
    ] {
        let looks = looks(&diagnosis(field, status));
        assert_eq!(looks.len(), passed + 1, "{field:?} {status:?}");
        let (last, before) = looks.split_last().unwrap();
        assert!(before.iter().all(|look| look.is_healthy));
        assert_eq!(
            (last.name.as_str(), last.is_healthy),
            (failing, false),
            "{field:?} {status:?}"
        );
        assert_eq!(last.raw.as_deref(), Some("Not Authorized"));
        assert_eq!(last.message, "refused: it was refused.");
    }
}

#[test]
fn a_check_is_written_down_when_it_changes_and_now_and_then() {
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let known = [HealthCheck {
        name: CheckName::Landing,
        last_success_at: Some(at(1_000)),
        last_failure_at: Some(at(500)),
        message: String::new(),
        raw: None,
    }];
    let ok = works(CheckName::Landing, "");
    assert!(!is_news(&ok, &known, at(1_100)));
    assert!(is_news(&ok, &known, at(1_000 + 900)));
    assert!(is_news(
        &fails(CheckName::Landing, String::new(), None),
        &known,
        at(1_001)
    ));
    assert!(is_news(&works(CheckName::Schema, ""), &known, at(1_001)));
}
