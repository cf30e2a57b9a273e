use deltalake::arrow::array::{Array, AsArray};
use margay_schema::{Normalised, Origin, Schema};

use super::*;
use crate::columns::{event_columns, merge, to_arrow};

fn schema(fields: &str) -> Schema {
    Schema::from_yaml(&format!("schema: Test.Log\nfields:\n{fields}")).unwrap()
}

fn event(schema: &Schema, record: &str) -> Event {
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "label",
        record_id: "1",
        parse_time: "2026-01-02T03:04:05Z".parse().unwrap(),
        schema_version: 1,
    };
    match schema.normalise(record.as_bytes(), &origin) {
        Normalised::Event(event) => event,
        Normalised::Reject(reject) => panic!("{reject}"),
    }
}

const X: &str = "  - {name: o, type: object, fields: [{name: x, type: int}]}\n";
const XY: &str =
    "  - {name: o, type: object, fields: [{name: why, type: int}, {name: x, type: int}]}\n  - {name: z, type: int}\n";

#[test]
fn a_wider_table_gets_nulls_where_the_schema_has_nothing() {
    let (old, new) = (schema(X), schema(XY));
    let table = merge("t", &event_columns(&old).unwrap(), &event_columns(&new).unwrap())
        .unwrap()
        .unwrap();
    let table = to_arrow(&table).unwrap();
    for (schema, expected_y) in [(&old, None), (&new, Some(7))] {
        let events = [event(schema, r#"{"o": {"x": 1, "why": 7}}"#)];
        let batch = events_to_batch(schema.fields(), &events, &table).unwrap();
        let object = batch.column_by_name("o").unwrap().as_struct();
        let y = object.column_by_name("why").unwrap();
        let y = y.as_primitive::<deltalake::arrow::datatypes::Int32Type>();
        assert_eq!(y.is_valid(0).then(|| y.value(0)), expected_y);
        assert!(batch.column_by_name("z").unwrap().is_null(0));
    }
}

#[test]
fn an_event_of_another_schema_is_a_misfit() {
    let (old, new) = (schema(X), schema(XY));
    let table = to_arrow(&event_columns(&new).unwrap()).unwrap();
    let error = events_to_batch(new.fields(), &[event(&old, "{}")], &table).unwrap_err();
    assert!(error.to_string().contains("does not fit the batch's schema"), "{error}");
}

#[test]
fn rows_are_cut_by_number_by_text_and_by_day() {
    struct Text(usize, i32);
    impl Row for Text {
        fn text_len(&self) -> usize {
            self.0
        }

        fn day(&self) -> i32 {
            self.1
        }
    }
    let runs = |rows: &[Text]| cut(rows).map(|(day, run)| (day, run.len())).collect::<Vec<_>>();
    assert_eq!(runs(&[]), []);
    let many: Vec<_> = (0..=ROWS_MAX).map(|_| Text(1, 7)).collect();
    assert_eq!(runs(&many), [(7, ROWS_MAX), (7, 1)]);
    let large: Vec<_> = (0..3).map(|_| Text(TEXT_BYTES_MAX, 7)).collect();
    assert_eq!(runs(&large), [(7, 1), (7, 1), (7, 1)]);
    let days: Vec<_> = [-1, -1, 0, 3].into_iter().map(|day| Text(1, day)).collect();
    assert_eq!(runs(&days), [(-1, 2), (0, 1), (3, 1)]);
}

#[test]
fn days_before_1970_are_negative() {
    assert_eq!(day_of(-1), -1);
    assert_eq!(day_of(0), 0);
    assert_eq!(day_of(MICROSECONDS_PER_DAY), 1);
}
