use proptest::prelude::*;

use super::*;
use crate::meter::Meter;
use crate::text::Output;

fn show(heap: &Heap<'_>, value: Value) -> String {
    let mut output = Output::new(heap);
    output.repr(value).unwrap();
    output.text
}

fn floor_div(left: i128, right: i128) -> i128 {
    let quotient = left / right;
    if left % right != 0 && (left < 0) != (right < 0) {
        quotient - 1
    } else {
        quotient
    }
}

proptest! {
    #[test]
    fn integers_are_exact(left: i64, right: i64, scale in prop::sample::select(vec![1_i64, 1 << 20, 1 << 40])) {
        let (left, right) = (left / scale, right / scale);
        let (wide_left, wide_right) = (i128::from(left), i128::from(right));
        let mut expected = vec![
            (BinaryOperator::Add, wide_left + wide_right),
            (BinaryOperator::Subtract, wide_left - wide_right),
            (BinaryOperator::Multiply, wide_left * wide_right),
            (BinaryOperator::BitAnd, wide_left & wide_right),
            (BinaryOperator::BitOr, wide_left | wide_right),
            (BinaryOperator::BitXor, wide_left ^ wide_right),
        ];
        if right != 0 {
            expected.push((BinaryOperator::FloorDivide, floor_div(wide_left, wide_right)));
            expected.push((BinaryOperator::Modulo, wide_left - wide_right * floor_div(wide_left, wide_right)));
        }
        let mut heap = Heap::on(None, Meter::for_record(0));
        for (operator, wanted) in expected {
            let got = binary(&mut heap, operator, Value::Integer(left), Value::Integer(right)).unwrap().unwrap();
            prop_assert_eq!(show(&heap, got), wanted.to_string(), "{:?}", operator);
        }
    }

    #[test]
    fn equal_numbers_have_equal_hashes(integer in prop_oneof![any::<i64>(), -(1_i64 << 53)..1 << 53]) {
        #[expect(clippy::cast_precision_loss, reason = "the order tells whether they are equal")]
        let float = integer as f64;
        let (left, right) = (Number::Small(integer), Number::Float(float));
        let is_equal = BigInt::from(integer) == truncate(float).unwrap();
        prop_assert_eq!(order(&left, &right) == Ordering::Equal, is_equal);
        if is_equal {
            prop_assert_eq!(left.hash(), right.hash());
        }
    }

    #[test]
    fn floats_are_written_so_that_they_read_back(float: f64) {
        let mut text = String::new();
        write_float(&mut text, float);
        let read: f64 = text.parse().unwrap();
        prop_assert!(read.to_bits() == float.to_bits() || float.is_nan() && read.is_nan());
        prop_assert!(text.contains(['.', 'e', 'n']));
    }
}
