use expect_test::expect;

use super::*;

const SOURCE: &str = "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e";

#[test]
fn a_source_id_prints_hyphenated_and_lower_case() {
    let id: SourceId = "5C4F2F0E1F5B4A8E9D4C0A6F7B1C2D3E".parse().unwrap();
    assert_eq!(id.to_string(), SOURCE);
    assert_eq!("nonsense".parse::<SourceId>(), Err(SourceIdError));
}

/// Stored in every table, so it may never change.
#[test]
fn a_row_id_is_fixed_by_source_and_record() {
    let source: SourceId = SOURCE.parse().unwrap();
    expect!["35a938bf-6814-5c10-9187-c4cf393c4320"].assert_eq(&RowId::of(source, "1201").to_string());
    assert_eq!(RowId::of(source, "1201"), RowId::of(source, "1201"));
    assert_ne!(RowId::of(source, "1201"), RowId::of(source, "1202"));
}

#[test]
fn a_row_id_is_read_back_from_its_text() {
    let id = RowId::of(SOURCE.parse().unwrap(), "1201");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!("nonsense".parse::<RowId>(), Err(RowIdError));
}
