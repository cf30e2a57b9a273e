//! `docs/reference/schema.md`: the schemas in it are schemas.

use margay_schema::{Schema, SchemaOptions};

#[test]
fn the_schemas_in_the_reference_are_accepted_without_warnings() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/schema.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut count = 0;
    for block in text.split("```yaml\n").skip(1) {
        let mut schema = block.split("```").next().unwrap_or_default().to_owned();
        // A part that shows something else than fields.
        if !schema.lines().any(|line| line == "fields:") {
            continue;
        }
        if !schema.starts_with("schema:") {
            schema.insert_str(0, "schema: Custom.Example\n");
        }
        match Schema::from_yaml_with(&schema, &SchemaOptions::default()) {
            Ok(checked) => assert_eq!(checked.warnings, [], "{schema}"),
            Err(error) => panic!("{schema}\n{error}"),
        }
        count += 1;
    }
    assert!(count >= 5, "there are schemas in it");
}
