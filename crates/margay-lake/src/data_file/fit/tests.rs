use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StringViewArray};
use deltalake::arrow::buffer::{NullBuffer, OffsetBuffer};
use deltalake::arrow::datatypes::{Field, Fields, Schema};

use super::*;

fn rows(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

/// A list of objects with the members `a`, the second object null: `[{a}, null], null, [], [{a}]`.
fn objects(members: &Fields, columns: Vec<ArrayRef>) -> ListArray {
    let nulls = NullBuffer::from(vec![true, false, true]);
    let objects = StructArray::try_new(members.clone(), columns, Some(nulls)).unwrap();
    let item = Arc::new(Field::new("element", DataType::Struct(members.clone()), true));
    let offsets = OffsetBuffer::new(vec![0, 2, 2, 2, 3].into());
    let nulls = NullBuffer::from(vec![true, false, true, true]);
    ListArray::try_new(item, offsets, Arc::new(objects), Some(nulls)).unwrap()
}

#[test]
fn columns_come_by_name_and_missing_ones_are_null() {
    let before = rows(vec![
        ("b", Arc::new(StringArray::from(vec![Some("x"), None]))),
        ("gone", Arc::new(StringArray::from(vec!["y", "y"]))),
    ]);
    let wanted = Arc::new(Schema::new(vec![text("a"), text("b")]));
    let after = batch(&before, &wanted).unwrap();
    let expected = rows(vec![
        ("a", Arc::new(StringArray::from(vec![None::<&str>, None]))),
        ("b", Arc::new(StringArray::from(vec![Some("x"), None]))),
    ]);
    assert_eq!(after, expected);
}

#[test]
fn objects_in_lists_gain_members_and_nulls_stay_where_they_are() {
    let narrow = Fields::from(vec![text("a")]);
    let wide = Fields::from(vec![text("new"), text("a")]);
    let a: ArrayRef = Arc::new(StringArray::from(vec![Some("1"), None, Some("3")]));
    let new: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>; 3]));
    let before = objects(&narrow, vec![Arc::clone(&a)]);
    let expected = objects(&wide, vec![new, a]);
    let wanted = Schema::new(vec![Field::new("list", expected.data_type().clone(), true)]);
    let after = batch(&rows(vec![("list", Arc::new(before))]), &Arc::new(wanted)).unwrap();
    assert_eq!(after.column(0).as_list::<i32>(), &expected);
}

#[test]
fn what_another_writer_kept_in_another_shape_is_brought_into_ours() {
    let before = rows(vec![(
        "a",
        Arc::new(StringViewArray::from(vec!["a text longer than twelve bytes"])),
    )]);
    let after = batch(&before, &Arc::new(Schema::new(vec![text("a")]))).unwrap();
    assert_eq!(
        after.column(0).as_string::<i32>().value(0),
        "a text longer than twelve bytes"
    );
}

#[test]
fn a_value_that_does_not_fit_is_an_error_and_not_null() {
    let before = rows(vec![("a", Arc::new(Int64Array::from(vec![1 << 40])))]);
    let wanted = Arc::new(Schema::new(vec![Field::new("a", DataType::Int32, true)]));
    assert!(batch(&before, &wanted).is_err());
}
