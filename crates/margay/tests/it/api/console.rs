//! The console's files, as the binary answers them.

use super::world::{Answer, Server};

fn get(server: &Server, path: &str) -> Answer {
    server.ask("GET", path, &[], "")
}

fn nonce_of(answer: &Answer) -> String {
    let policy = &answer.headers["content-security-policy"];
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

#[test]
fn each_page_has_a_nonce_of_its_own_and_no_script_but_our_files() {
    let server = Server::start();
    let (page, other) = (
        get(&server, "/"),
        get(&server, "/integrations/log-sources/new?q=%3Cscript%3E"),
    );
    for answer in [&page, &other] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        let policy = &answer.headers["content-security-policy"];
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let nonce = nonce_of(answer);
        assert!(answer.text.contains(&format!("nonce=\"{nonce}\"")));
        assert!(!answer.text.contains("__MARGAY_NONCE__") && !answer.text.contains("%3Cscript%3E"));
    }
    assert_ne!(nonce_of(&page), nonce_of(&other));
    assert!(!page.headers["x-build-id"].is_empty());
}

#[test]
fn files_are_kept_by_browsers_as_long_as_they_are_the_same() {
    let server = Server::start();
    let page = get(&server, "/").text;
    let (_, rest) = page.split_once("src=\"/assets/").unwrap();
    let script = format!("/assets/{}", rest.split_once('"').unwrap().0);
    let plain = get(&server, &script);
    assert_eq!(plain.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(plain.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(plain.headers["x-content-type-options"], "nosniff");
    let theme = get(&server, "/theme.js");
    assert_eq!(theme.headers["cache-control"], "no-cache");
    let tag = [("If-None-Match", theme.headers["etag"].as_str())];
    let again = server.ask("GET", "/theme.js", &tag, "");
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let head = server.ask("HEAD", &script, &[("Accept-Encoding", "gzip, br")], "");
    assert_eq!(head.headers["content-encoding"], "br");
    let length = |answer: &Answer| answer.headers["content-length"].parse::<usize>().unwrap();
    assert!(
        length(&head) < length(&plain) / 2,
        "{} of {}",
        length(&head),
        length(&plain)
    );
}

#[test]
fn what_is_not_there_is_no_page() {
    let server = Server::start();
    for path in [
        "/assets/nothing.js",
        "/assets/../../etc/passwd",
        "/api",
        "/api/v2/log-sources",
    ] {
        get(&server, path).assert_problem(404, "not_found");
    }
    // Neither the build's notes nor the files behind an encoding are files.
    for path in ["/.source-hash", "/licences.txt.br", "/index.html"] {
        assert_eq!(
            get(&server, path).headers["content-type"],
            "text/html; charset=utf-8",
            "{path}"
        );
    }
    let posted = server.ask("POST", "/login", &[("Content-Length", "0")], "");
    posted.assert_problem(405, "method_not_allowed");
    assert_eq!(posted.headers["allow"], "GET, HEAD");
    let foreign = server.ask("GET", "/", &[("Host", "evil.example")], "");
    foreign.assert_problem(421, "host_not_allowed");
}
