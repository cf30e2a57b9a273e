use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use deltalake::parquet::arrow::ArrowWriter;
use deltalake::parquet::file::properties::WriterProperties;
use expect_test::{Expect, expect};

use super::*;
use crate::data_file::PARSE_TIME;

/// Writes two row groups of these times and texts and returns what the log is to say.
fn written(times: [Option<i64>; 2], texts: [&str; 2], expected: &Expect) {
    let columns: [(&str, ArrayRef); 3] = [
        (
            "p_event_time",
            Arc::new(TimestampMicrosecondArray::from(times.to_vec()).with_timezone("UTC")),
        ),
        ("p_row_id", Arc::new(StringArray::from(texts.to_vec()))),
        ("other", Arc::new(Int64Array::from(vec![1, 2]))),
    ];
    let rows = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    let footer = writer.finish().unwrap();
    assert_eq!(footer.num_row_groups(), 2);
    expected.assert_eq(&Statistics::of(&footer).to_text());
}

#[test]
fn a_file_says_the_smallest_and_largest_of_all_its_row_groups() {
    written(
        [Some(1_772_323_200_123_999), Some(1_772_323_200_000_000)],
        ["b", "a"],
        &expect![[
            r#"{"maxValues":{"p_event_time":"2026-03-01T00:00:00.123Z","p_row_id":"b"},"minValues":{"p_event_time":"2026-03-01T00:00:00Z","p_row_id":"a"},"nullCount":{"p_event_time":0,"p_row_id":0},"numRecords":2}"#
        ]],
    );
}

#[test]
fn nulls_are_counted_and_are_no_smallest_value() {
    written(
        [None, Some(1_000)],
        ["a", "a"],
        &expect![[
            r#"{"maxValues":{"p_event_time":"1970-01-01T00:00:00.001Z","p_row_id":"a"},"minValues":{"p_event_time":"1970-01-01T00:00:00.001Z","p_row_id":"a"},"nullCount":{"p_event_time":1,"p_row_id":0},"numRecords":2}"#
        ]],
    );
    written(
        [None, None],
        ["a", "a"],
        &expect![[
            r#"{"maxValues":{"p_row_id":"a"},"minValues":{"p_row_id":"a"},"nullCount":{"p_event_time":2,"p_row_id":0},"numRecords":2}"#
        ]],
    );
}

#[test]
fn a_time_before_year_0_has_no_text() {
    assert_eq!(
        time_text(-62_167_219_200_000_000).as_deref(),
        Some("0000-01-01T00:00:00Z")
    );
    assert_eq!(time_text(-62_167_219_200_000_001), None);
    assert_eq!(time_text(i64::MAX), None);
}

#[test]
fn a_time_before_1970_is_cut_to_the_millisecond_before() {
    assert_eq!(time_text(-1).as_deref(), Some("1969-12-31T23:59:59.999Z"));
}

fn check(statistics: &str, expected: Option<(&str, &str)>) {
    let micros = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
    let expected = expected.map(|(from, through)| (micros(from), micros(through)));
    assert_eq!(
        Statistics::parse(statistics).times(PARSE_TIME),
        expected,
        "{statistics}"
    );
}

#[test]
fn the_times_in_the_log_are_as_wide_as_their_cut_digits_make_them() {
    check(
        r#"{"minValues": {"p_parse_time": "2026-03-01T00:00:00.123Z"}, "maxValues": {"p_parse_time": "2026-03-02T00:00:00.456Z"}}"#,
        Some(("2026-03-01T00:00:00.123Z", "2026-03-02T00:00:00.457Z")),
    );
}

#[test]
fn a_log_that_does_not_say_the_times_makes_no_claim() {
    check(r#"{"numRecords": 1, "minValues": {}, "maxValues": {}}"#, None);
    check(
        r#"{"minValues": {"p_parse_time": 1}, "maxValues": {"p_parse_time": 2}}"#,
        None,
    );
    check("not JSON", None);
}
