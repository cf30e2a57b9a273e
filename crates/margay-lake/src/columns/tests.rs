use super::*;

fn schema(fields: &str) -> Schema {
    Schema::from_yaml(&format!("schema: Test.Log\nfields:\n{fields}")).unwrap()
}

fn columns(fields: &str) -> StructType {
    event_columns(&schema(fields)).unwrap()
}

const A: &str = "  - {name: a, type: string}\n";

#[test]
fn every_type_has_its_column() {
    let columns = columns(
        "  - {name: s, type: string}
  - {name: i2, type: smallint}
  - {name: i4, type: int}
  - {name: i8, type: bigint}
  - {name: f, type: float}
  - {name: b, type: boolean}
  - {name: t, type: timestamp, timeFormats: [rfc3339]}
  - {name: j, type: json}
  - {name: o, type: object, fields: [{name: x, type: int}]}
  - {name: l, type: array, element: {type: bigint}}
",
    );
    let types: Vec<_> = columns
        .fields()
        .take(8)
        .map(|column| column.data_type().to_string())
        .collect();
    assert_eq!(
        types,
        [
            "string",
            "short",
            "integer",
            "long",
            "double",
            "boolean",
            "timestamp",
            "string"
        ]
    );
    assert!(columns.fields().all(StructField::is_nullable));
    assert_eq!(columns.fields().last().unwrap().name(), EVENT_DATE);
    assert_eq!(columns.num_fields(), 10 + 8 + 15 + 1);
}

#[test]
fn the_same_columns_add_nothing() {
    assert_eq!(merge("t", &columns(A), &columns(A)).unwrap(), None);
}

#[test]
fn new_columns_are_added_at_every_depth() {
    let object = |fields: &str| format!("  - {{name: o, type: object, fields: [{fields}]}}\n");
    let list = |fields: &str| format!("  - {{name: l, type: array, element: {{type: object, fields: [{fields}]}}}}\n");
    let x = "{name: x, type: int}";
    let xy = "{name: x, type: int}, {name: why, type: int}";
    let existing = columns(&(object(x) + &list(x)));
    let merged = merge("t", &existing, &columns(&(object(xy) + &list(xy) + A)))
        .unwrap()
        .unwrap();
    assert_eq!(merged.fields().last().unwrap().name(), "a");
    let text = to_arrow(&merged).unwrap().field_with_name("l").unwrap().to_string();
    assert!(text.contains(r#""why""#), "{text}");
    assert_eq!(
        merge("t", &merged, &existing).unwrap(),
        None,
        "a schema with fewer fields changes nothing"
    );
}

#[test]
fn a_changed_type_is_refused_by_name() {
    let existing = columns("  - {name: o, type: object, fields: [{name: x, type: int}]}\n");
    let wanted = columns("  - {name: o, type: object, fields: [{name: x, type: string}]}\n");
    let error = merge("t", &existing, &wanted).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column `o.x` of table `t` is int and cannot become string\nhint: keep the field's type, or give the new field another name"
    );
}

#[test]
fn a_name_that_differs_by_case_only_is_refused() {
    let error = merge("t", &columns(A), &columns("  - {name: A, type: string}\n")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field `A` of table `t` cannot be a column: it differs from the column `a` by case only"
    );
}

#[test]
fn the_rejects_have_a_day_too() {
    let columns = reject_columns();
    let names: Vec<_> = columns.fields().map(|column| column.name().as_str()).collect();
    assert_eq!(
        names,
        [
            "p_log_type",
            "p_row_id",
            "id",
            "record_id",
            "error",
            "payload",
            "p_event_time",
            "p_parse_time",
            "p_schema_version",
            "p_source_id",
            "p_source_label",
            "p_event_date"
        ]
    );
}
