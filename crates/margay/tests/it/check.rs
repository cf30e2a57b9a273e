//! Each mistake with credentials is told apart, as far as the vendor's answer allows.

use std::net::TcpListener;

use margay_sim::{Fault, PlannedFault, Scenario, SimulationConfig, TokenKind};

use crate::world::World;

/// Adds a source that must fail with `exit`, and returns what was said.
fn refused(world: &World, kind: TokenKind, exit: i32) -> String {
    let said = world.add_source(kind, &[]);
    assert_eq!(said.exit, exit, "{kind:?}: {}", said.stderr);
    let listed = world.margay(&["source", "list", "--format", "json"]);
    assert_eq!(listed.stdout.trim(), "[]", "nothing is stored: {}", listed.stderr);
    said.stderr
}

#[test]
fn a_working_token_passes() {
    let world = World::of(10);
    for (kind, name) in [
        (TokenKind::ServiceAccountAuditOnly, "scoped"),
        (TokenKind::ServiceAccountFull, "full"),
    ] {
        let said = world.add_source(kind, &["--name", name]);
        assert_eq!(
            said.exit, 2,
            "a name given twice is refused by the command line: {}",
            said.stderr
        );
    }
    let said = world.add_source(TokenKind::ServiceAccountFull, &[]);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    assert!(said.stdout.contains("added source `My Asana logs`"), "{}", said.stdout);
    assert_eq!(world.margay(&["source", "check", "My Asana logs"]).exit, 0);
}

#[test]
fn a_revoked_token_is_called_unknown() {
    let said = refused(&World::of(10), TokenKind::Revoked, 3);
    assert!(said.contains("401") && said.contains("does not recognise"), "{said}");
}

#[test]
fn a_personal_token_is_called_one_and_names_its_owner() {
    let said = refused(&World::of(10), TokenKind::PersonalAccess, 3);
    assert!(said.contains("personal access token") && said.contains('@'), "{said}");
}

#[test]
fn a_service_account_without_the_scope_is_told_to_tick_audit_logs() {
    let said = refused(&World::of(10), TokenKind::ServiceAccountOtherScope, 3);
    assert!(said.contains("Audit logs"), "{said}");
}

#[test]
fn an_ambiguous_refusal_lists_every_cause() {
    let said = refused(&World::of(10), TokenKind::IpBlocked, 3);
    for cause in ["Audit logs", "IP", "Enterprise"] {
        assert!(said.contains(cause), "{cause}: {said}");
    }
}

#[test]
fn a_plan_without_audit_logs_is_named() {
    let said = refused(&World::of(10), TokenKind::PlanWithoutAudit, 3);
    assert!(said.contains("Enterprise+"), "{said}");
}

#[test]
fn an_unknown_organization_is_told_from_a_bad_token() {
    let world = World::of(10);
    let token = world.simulation.token(TokenKind::ServiceAccountFull).to_owned();
    let said = world.add_source_with("1299999999999999", &token, &[]);
    assert_eq!(said.exit, 3, "{}", said.stderr);
    assert!(said.stderr.contains("1299999999999999"), "{}", said.stderr);
    // The token may be asked which organizations it sees: the right id is offered.
    assert!(
        said.stderr.contains(world.simulation.organization_id()),
        "{}",
        said.stderr
    );
}

#[test]
fn what_is_no_id_and_no_token_is_refused_before_anybody_is_asked() {
    let world = World::of(10);
    let before = world.simulation.requests_served();
    let id = world.simulation.organization_id().to_owned();
    for (organization_id, token) in [
        ("acme.com", "2/1/1:x"),
        (id.as_str(), ""),
        (id.as_str(), "jane@acme.com"),
        (id.as_str(), id.as_str()),
    ] {
        let said = world.add_source_with_any(organization_id, token);
        assert_eq!(said.exit, 2, "{organization_id} {token}: {}", said.stderr);
        assert!(said.stderr.starts_with("error: "), "{}", said.stderr);
    }
    assert_eq!(world.simulation.requests_served(), before);
}

#[test]
fn a_vendor_that_is_not_there_is_unavailable_not_refusing() {
    let world = World::of(1);
    // Bound and dropped: nothing listens on it now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/api/1.0");
    let said = world.add_source(TokenKind::ServiceAccountFull, &["--api-url", &url]);
    assert_eq!(said.exit, 4, "{}", said.stderr);
    assert!(said.stderr.contains("refused"), "{}", said.stderr);
}

#[test]
fn a_name_that_cannot_be_one_is_refused_before_anything_is_read() {
    let add = |name: &str| {
        let world = World::of(0);
        let file = world.data_dir().with_extension("token");
        let more = [
            "--organization-id",
            "1201234567890123",
            "--token-file",
            file.to_str().unwrap(),
        ];
        let said = world.margay(&[["source", "add", "asana", "--name", name].as_slice(), &more].concat());
        assert_eq!(said.exit, 2, "{}", said.stderr);
        said.stderr
    };
    assert_eq!(add(""), "error: this name cannot be used: it is empty\n");
    let missing = add("x");
    assert!(
        missing.contains("hint: name a file with nothing but the Service Account Token"),
        "{missing}"
    );
}

#[test]
fn a_second_source_of_one_log_is_added_with_a_warning() {
    let world = World::connected(0);
    let id = world.simulation.organization_id().to_owned();
    let token = world.simulation.token(TokenKind::ServiceAccountFull).to_owned();
    let said = world.add_source_with_any(&id, &token);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let warning = format!("warning: log source `My Asana logs` reads organization {id} as `Asana.Audit` already");
    assert!(said.stderr.contains(&warning), "{}", said.stderr);
}

impl World {
    /// As [`World::add_source_with`], for texts that may well stand in the message.
    fn add_source_with_any(&self, organization_id: &str, token: &str) -> crate::world::Said {
        let file = self.data_dir().with_extension("token");
        std::fs::write(&file, token).unwrap();
        let url = self.simulation.api_url();
        let file = file.to_str().unwrap();
        self.margay(&[
            "source",
            "add",
            "asana",
            "--name",
            "x",
            "--api-url",
            url,
            "--organization-id",
            organization_id,
            "--token-file",
            file,
        ])
    }
}

#[test]
fn a_vendor_that_never_answers_is_given_up_after_the_request_timeout() {
    let scenario = Scenario {
        faults: vec![PlannedFault::from(Fault::Hang)],
        ..Scenario::default()
    };
    let world = World::with(SimulationConfig {
        scenario,
        ..SimulationConfig::default()
    });
    let said = world.add_source(TokenKind::ServiceAccountAuditOnly, &["--request-timeout", "300ms"]);
    assert_eq!(said.exit, 4, "{}", said.stderr);
    assert!(
        said.stderr.contains("no complete answer within 0.3 s"),
        "{}",
        said.stderr
    );
    let said = world.margay(&["pull", "--request-timeout", "soon"]);
    assert_eq!(said.exit, 2, "{}", said.stderr);
}
