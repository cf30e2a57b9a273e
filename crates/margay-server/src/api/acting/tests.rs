use super::object_of;

#[test]
fn a_path_says_what_it_is_about() {
    let about = |matched: &str, path: &str| object_of(matched, path).map(|object| (object.kind, object.id));
    let kind = |kind: &str, id: &str| Some((kind.to_owned(), id.to_owned()));
    assert_eq!(
        about("/api/v1/alerts/{id}/comments", "/api/v1/alerts/7/comments"),
        kind("alert", "7")
    );
    assert_eq!(
        about(
            "/api/v1/log-source-alarms/{sourceId}/{type}",
            "/api/v1/log-source-alarms/7/SOURCE_NO_DATA"
        ),
        kind("log_source_alarm", "7/SOURCE_NO_DATA")
    );
    assert_eq!(about("/api/v1/log-sources", "/api/v1/log-sources"), None);
    assert_eq!(about("/api/v1/log-sources/check", "/api/v1/log-sources/check"), None);
    assert_eq!(about("/api/v1/session", "/api/v1/session"), None);
    assert_eq!(
        about("/api/v1/schemas/{name}", "/api/v1/schemas/Custom.Login"),
        kind("schema", "Custom.Login")
    );
    assert_eq!(
        about("/api/v1/api-tokens/{id}", "/api/v1/api-tokens/mgy_0123456789abcdef"),
        None,
        "a token where its id should be"
    );
    assert_eq!(about("/api/v1/alerts/{id}", "/api/v1/alerts/a%20secret"), None);
}
