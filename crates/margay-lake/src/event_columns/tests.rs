use deltalake::arrow::array::Array;
use margay_schema::{Normalised, Origin};

use super::*;

const FIELDS: &str = "
  - {name: at, type: timestamp, timeFormats: [rfc3339], isEventTime: true}
  - {name: n, type: int}
";

fn schema(log_type: &str) -> Schema {
    Schema::from_yaml(&format!("schema: {log_type}\nfields:{FIELDS}")).unwrap()
}

/// An event of that second after 2026-03-01, with its number.
fn event(schema: &Schema, second: i64, n: usize) -> Event {
    let start: jiff::Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let at = start + jiff::SignedDuration::from_secs(second);
    let origin = Origin {
        source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse().unwrap(),
        source_label: "label",
        record_id: &n.to_string(),
        parse_time: at,
        schema_version: 1,
    };
    match schema.normalise(format!(r#"{{"at": "{at}", "n": {n}}}"#).as_bytes(), &origin) {
        Normalised::Event(event) => event,
        Normalised::Reject(reject) => panic!("{reject}"),
    }
}

fn numbers(batch: &RecordBatch) -> Vec<i32> {
    let column = batch.column_by_name("n").unwrap();
    column
        .as_primitive::<deltalake::arrow::datatypes::Int32Type>()
        .values()
        .to_vec()
}

#[test]
fn events_are_kept_by_day_and_those_of_a_run_in_order_of_time() {
    const DAY: i64 = 86_400;
    let schema = schema("Test.Log");
    let mut collected = EventColumns::new(schema.clone()).unwrap();
    for (n, second) in [2 * DAY, 9, DAY, 5, 7].into_iter().enumerate() {
        collected.push(&event(&schema, second, n)).unwrap();
    }
    assert_eq!((collected.len(), collected.sources().len()), (5, 1));
    let table = collected.arrow.clone();
    let days: Vec<_> = collected.into_days(table).map(Result::unwrap).collect();
    let first_day = days[0].0;
    let days: Vec<_> = days
        .iter()
        .map(|(day, batches)| (day - first_day, batches.iter().map(numbers).collect::<Vec<_>>()))
        .collect();
    assert_eq!(days, [(0, vec![vec![3, 4, 1]]), (1, vec![vec![2]]), (2, vec![vec![0]])]);
}

#[test]
fn a_day_of_many_events_is_several_batches_and_none_is_lost() {
    let schema = schema("Test.Log");
    let mut collected = EventColumns::new(schema.clone()).unwrap();
    let count = 2 * batch::ROWS_MAX + 1;
    for n in 0..count {
        collected.push(&event(&schema, 1, n)).unwrap();
    }
    let table = collected.arrow.clone();
    let (_, batches) = collected.into_days(table).next().unwrap().unwrap();
    assert_eq!(
        batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(),
        [batch::ROWS_MAX, batch::ROWS_MAX, 1]
    );
    let mut all: Vec<i32> = batches.iter().flat_map(numbers).collect();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..i32::try_from(count).unwrap()));
}

#[test]
fn a_table_that_has_more_columns_gets_nulls_in_them() {
    let (narrow, wide) = (schema("Test.Log"), {
        let fields = format!("{FIELDS}  - {{name: more, type: string}}\n");
        Schema::from_yaml(&format!("schema: Test.Log\nfields:{fields}")).unwrap()
    });
    let collected = EventColumns::of(&narrow, &[event(&narrow, 1, 7)]).unwrap();
    let table = EventColumns::new(wide).unwrap().arrow;
    let (_, batches) = collected.into_days(table.clone()).next().unwrap().unwrap();
    assert_eq!(batches[0].schema(), table);
    assert_eq!(numbers(&batches[0]), [7]);
    assert!(batches[0].column_by_name("more").unwrap().is_null(0));
}

#[test]
fn an_event_of_another_schema_is_refused() {
    let (one, other) = (schema("Test.Log"), schema("Test.Other"));
    let error = EventColumns::of(&one, &[event(&other, 1, 1)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an event of `Test.Other` is in a batch of `Test.Log`"
    );
}
