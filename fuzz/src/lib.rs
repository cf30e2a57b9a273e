//! What the fuzz targets share: an origin, a few records, and a check of what is printed.

use margay_schema::{Origin, Schema, SourceId};

/// Records that most schemas can say something about.
pub const RECORDS: [&str; 6] = [
    "{}",
    r#"{"a":"1","b":2,"c":{"a":[1,null,"x"]},"t":"2026-01-02T03:04:05Z"}"#,
    r#"{"a":"{\"a\":1}","t":1767323045,"list":[{"a":1},{"b":[]}]}"#,
    r#"{"gid":"1","created_at":"2026-01-02T03:04:05.678Z","event_type":"x","actor":{"name":"n","email":"a@b.example"}}"#,
    "one two 192.0.2.1 [x] \"y z\" - 4",
    "a,b,\"c\"\"d\",,e",
];

/// Where every record comes from.
pub fn origin() -> Origin<'static> {
    Origin {
        source_id: SourceId::from_uuid(uuid::Uuid::nil()),
        source_label: "fuzz",
        record_id: "1",
        parse_time: jiff::Timestamp::UNIX_EPOCH,
        schema_version: 1,
    }
}

/// Reads a schema that is in order.
///
/// # Panics
/// If it is not.
pub fn schema(text: &str) -> Schema {
    Schema::from_yaml(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A schema with this parser, in YAML's flow style, and a few string fields.
pub fn schema_of_parser(parser: &str) -> String {
    let field = |name: &&str| format!("  - {{name: {name}, type: string, indicators: [ip, username]}}\n");
    let fields: String = ["a", "b", "c", "d", "e"].iter().map(field).collect();
    format!("schema: Custom.Fuzz\nparser: {parser}\nfields:\n{fields}")
}

/// Checks that a text is JSON.
///
/// # Panics
/// If it is not.
pub fn assert_json(text: &str) {
    let read = serde_json::from_str::<&serde_json::value::RawValue>(text);
    assert!(read.is_ok(), "{text}");
}
