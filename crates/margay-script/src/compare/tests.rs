use super::*;
use crate::meter::Meter;

#[test]
fn every_number_has_its_place_in_one_order() {
    let mut heap = Heap::on(None, Meter::for_record(0));
    let large = heap.add_integer(num_bigint::BigInt::from(10).pow(30)).unwrap();
    let ordered = [
        Value::Float(f64::NEG_INFINITY),
        Value::Integer(i64::MIN),
        Value::Float(-1.5),
        Value::Integer(-1),
        Value::Float(-0.5),
        Value::Integer(0),
        Value::Float(0.5),
        Value::Integer(1),
        Value::Integer(i64::MAX),
        Value::Float(9_223_372_036_854_775_808.0),
        large,
        Value::Float(1e31),
        Value::Float(f64::INFINITY),
        Value::Float(f64::NAN),
    ];
    for (position, left) in ordered.iter().enumerate() {
        for (other, right) in ordered.iter().enumerate() {
            assert_eq!(
                order(&heap, *left, *right).unwrap(),
                position.cmp(&other),
                "{left:?} {right:?}"
            );
            assert_eq!(
                equal(&heap, *left, *right).unwrap(),
                position == other,
                "{left:?} {right:?}"
            );
        }
    }
}
