use super::object_of;

const ID: &str = "0198a1c2-0000-7000-8000-000000000001";

#[test]
fn a_path_says_what_it_is_about() {
    let about = |matched: &str, path: &str| {
        let path = path.replace("ID", ID);
        object_of(matched, &path).map(|object| (object.kind, object.id))
    };
    let kind = |kind: &str, id: &str| Some((kind.to_owned(), id.replace("ID", ID)));
    assert_eq!(
        about("/api/v1/alerts/{id}/comments", "/api/v1/alerts/ID/comments"),
        kind("alert", "ID")
    );
    assert_eq!(
        about(
            "/api/v1/log-source-alarms/{sourceId}/{type}",
            "/api/v1/log-source-alarms/ID/SOURCE_NO_DATA"
        ),
        kind("log_source_alarm", "ID/SOURCE_NO_DATA")
    );
    assert_eq!(
        about("/api/v1/schemas/{name}", "/api/v1/schemas/Custom.Login"),
        kind("schema", "Custom.Login")
    );
    assert_eq!(about("/api/v1/log-sources", "/api/v1/log-sources"), None);
    assert_eq!(about("/api/v1/log-sources/check", "/api/v1/log-sources/check"), None);
    assert_eq!(about("/api/v1/session", "/api/v1/session"), None);
}

#[test]
fn what_is_no_key_is_not_kept() {
    for (matched, path) in [
        ("/api/v1/api-tokens/{id}", "/api/v1/api-tokens/mgy_0123456789abcdef"),
        (
            "/api/v1/api-tokens/{id}",
            "/api/v1/api-tokens/0123456789abcdef0123456789abcdef0",
        ),
        ("/api/v1/alerts/{id}", "/api/v1/alerts/a%20secret"),
        ("/api/v1/schemas/{name}", "/api/v1/schemas/mgs_0123456789abcdef"),
        ("/api/v1/schemas/{name}", "/api/v1/schemas/1%2F1201-a-token"),
    ] {
        assert_eq!(object_of(matched, path), None, "{path}");
    }
}
