//! Who may read what, and what the others are told.

use std::time::Duration;

use margay_sim::{PlanRefusal, SimulationConfig, TokenKind};

use crate::client::World;

#[tokio::test]
async fn each_kind_gets_its_answers() {
    let world = World::start(50).await;
    let own = format!("/workspaces/{}", world.simulation.organization_id());
    // Audit log, me, workspaces, the workspace.
    let table = [
        (TokenKind::ServiceAccountFull, [200, 200, 200, 200]),
        (TokenKind::ServiceAccountAuditOnly, [200, 403, 403, 403]),
        (TokenKind::ServiceAccountOtherScope, [403, 403, 403, 403]),
        (TokenKind::PersonalAccess, [403, 200, 200, 200]),
        (TokenKind::Revoked, [401, 401, 401, 401]),
        (TokenKind::NotYetActive, [401, 401, 401, 401]),
        (TokenKind::PlanWithoutAudit, [402, 200, 200, 200]),
        (TokenKind::IpBlocked, [403, 403, 403, 403]),
        (TokenKind::UnknownOrganization, [403, 200, 200, 403]),
    ];
    assert_eq!(table.len(), TokenKind::ALL.len());
    for (kind, expected) in table {
        let mut statuses = [0; 4];
        let audit = format!("{own}/audit_log_events?limit=1");
        for (status, path) in statuses
            .iter_mut()
            .zip([audit.as_str(), "/users/me", "/workspaces", &own])
        {
            let answer = world.get(kind, path).await;
            *status = answer.status;
            if answer.status != 200 {
                assert!(!answer.message().is_empty());
            }
        }
        assert_eq!(statuses, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn a_missing_or_malformed_token_is_a_401() {
    let world = World::start(50).await;
    let token = world.simulation.token(TokenKind::ServiceAccountFull).to_owned();
    let basic = format!("Basic {token}");
    let cut = format!("Bearer {}", &token[..token.len() - 1]);
    for authorization in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some(&basic),
        Some(&cut),
        Some(&token),
    ] {
        let answer = world.get_with("/users/me", authorization).await;
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (401, "Not Authorized"),
            "{authorization:?}"
        );
    }
}

#[tokio::test]
async fn a_new_token_works_after_a_few_minutes() {
    let world = World::start(50).await;
    assert_eq!(world.audit_as(TokenKind::NotYetActive, "limit=1").await.status, 401);
    world.clock.advance(Duration::from_mins(3));
    assert_eq!(world.audit_as(TokenKind::NotYetActive, "limit=1").await.status, 200);
}

#[tokio::test]
async fn a_plan_can_be_refused_with_403() {
    let config = SimulationConfig {
        plan_refusal: PlanRefusal::Forbidden,
        ..SimulationConfig::default()
    };
    let world = World::start_with(config).await;
    assert_eq!(world.audit_as(TokenKind::PlanWithoutAudit, "").await.status, 403);
}

#[tokio::test]
async fn wrong_organisation_ids_are_told_apart() {
    let world = World::start(50).await;
    let status = async |id: &str| {
        let path = format!("/workspaces/{id}/audit_log_events?limit=1");
        world.get(TokenKind::ServiceAccountFull, &path).await.status
    };
    assert_eq!(status("1204094735693514").await, 404);
    assert_eq!(status("example.com").await, 400);
    assert_eq!(status("").await, 400);
    assert_eq!(status("%31").await, 404);
    let elsewhere = world.get(TokenKind::UnknownOrganization, "/workspaces").await.json();
    let other = elsewhere["data"][0]["gid"].as_str().unwrap().to_owned();
    assert_eq!(status(&other).await, 403);
    let path = format!("/workspaces/{other}/audit_log_events");
    assert_eq!(world.get(TokenKind::UnknownOrganization, &path).await.status, 200);
}

#[tokio::test]
async fn users_are_found_by_id_address_or_as_me() {
    let world = World::start(50).await;
    let me = world.get(TokenKind::PersonalAccess, "/users/me").await.json();
    for id in [&me["data"]["gid"], &me["data"]["email"]] {
        let path = format!("/users/{}", id.as_str().unwrap());
        assert_eq!(world.get(TokenKind::ServiceAccountFull, &path).await.json(), me);
    }
    assert_eq!(me["data"]["workspaces"][0]["gid"], world.simulation.organization_id());
    assert_eq!(world.get(TokenKind::ServiceAccountFull, "/users/1").await.status, 404);
}

#[tokio::test]
async fn unknown_paths_are_404_in_the_vendors_shape() {
    let world = World::start(50).await;
    for path in [
        "",
        "/",
        "/workspaces/",
        "/tasks/1",
        "/users",
        "/workspaces/1/audit_log_events/2",
        "//workspaces",
    ] {
        let answer = world.get(TokenKind::ServiceAccountFull, path).await;
        let expected = if path == "/workspaces/" { 400 } else { 404 };
        assert_eq!(answer.status, expected, "{path:?}");
        assert!(!answer.message().is_empty());
    }
}
