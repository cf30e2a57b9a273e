//! Schemathesis asks the API whatever its document lets it, and what it does not: no 500, and no answer that is not in the document.
//!
//! Installed from `tests/engines/requirements.txt`. Without it the test says so and passes, unless `MARGAY_REQUIRE_ENGINES` is set.

use std::process::Command;

use super::world::Server;

/// What has to hold for each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,ignored_auth";
/// Some sixty operations, each asked so often at least: about a minute.
const EXAMPLES_MAX: &str = "12";

#[test]
fn no_request_makes_it_fail_or_answer_what_its_document_does_not_say() {
    let python = std::env::var("MARGAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_it = Command::new(&python)
        .args(["-c", "import schemathesis"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !has_it {
        assert!(
            std::env::var_os("MARGAY_REQUIRE_ENGINES").is_none(),
            "{python} has no schemathesis"
        );
        return;
    }
    let server = Server::start();
    server.alert("TEST_ONE");
    let run = "import sys; from schemathesis.cli import schemathesis; sys.argv[0] = 'st'; schemathesis()";
    let output = Command::new(&python)
        .current_dir(server.world.data_dir())
        .args(["-c", run, "run", &format!("http://{}/api/openapi.json", server.address)])
        .args(["--header", &format!("X-API-Key: {}", server.token)])
        .args(["--checks", CHECKS, "--max-examples", EXAMPLES_MAX, "--seed", "1"])
        // Ids that it has seen lead it to its own token, without which it is told nothing but 401.
        .args([
            "--exclude-operation-id",
            "rotate_token",
            "--exclude-operation-id",
            "delete_token",
        ])
        .args(["--exclude-operation-id", "replace_token"])
        .args(["--phases", "examples,coverage,fuzzing", "--request-timeout", "30"])
        .args(["--no-color", "--continue-on-failure"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
