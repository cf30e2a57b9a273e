//! Arithmetic. Integers have any size up to a limit; integers and floats compare exactly.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use crate::compare::{hash_bytes, mix};
use crate::heap::Heap;
use crate::limits::INTEGER_BITS_MAX;
use crate::problem::{Fault, Run};
use crate::syntax::{BinaryOperator, UnaryOperator};
use crate::value::Value;

#[cfg(test)]
mod tests;

/// A number, wherever it lives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number<'h> {
    Small(i64),
    Big(&'h BigInt),
    Float(f64),
}

impl<'h> Number<'h> {
    pub(crate) fn of(heap: &'h Heap<'_>, value: Value) -> Option<Self> {
        match value {
            Value::Integer(integer) => Some(Self::Small(integer)),
            Value::Big(place) => Some(Self::Big(heap.big(place))),
            Value::Float(number) => Some(Self::Float(number)),
            _ => None,
        }
    }

    /// Returns the bytes that an operation has to look at.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Small(_) | Self::Float(_) => 8,
            Self::Big(integer) => usize::try_from(integer.bits() / 8).unwrap_or(usize::MAX),
        }
    }

    /// Equal numbers have equal hashes, whether integer or float.
    pub(crate) fn hash(&self) -> u64 {
        match self {
            Self::Small(integer) => mix(7, integer.cast_unsigned()),
            Self::Big(integer) => hash_bytes(&integer.to_signed_bytes_le()),
            Self::Float(number) if number.fract() == 0.0 => match BigInt::from_f64(*number) {
                Some(integer) => match integer.to_i64() {
                    Some(small) => Self::Small(small).hash(),
                    None => Number::Big(&integer).hash(),
                },
                None => mix(8, 0),
            },
            Self::Float(number) if number.is_nan() => mix(8, 1),
            Self::Float(number) => mix(8, number.to_bits()),
        }
    }

    fn is_float(&self) -> bool {
        matches!(self, Self::Float(_))
    }

    fn to_big(self) -> BigInt {
        match self {
            Self::Small(integer) => BigInt::from(integer),
            Self::Big(integer) => integer.clone(),
            Self::Float(number) => BigInt::from_f64(number).unwrap_or_default(),
        }
    }

    /// Returns the nearest float; an integer that is too large has none.
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
    pub(crate) fn to_float(self) -> Run<f64> {
        match self {
            Self::Small(integer) => Ok(integer as f64),
            Self::Float(number) => Ok(number),
            Self::Big(integer) => integer
                .to_f64()
                .filter(|number| number.is_finite())
                .ok_or_else(|| Fault::operation("an integer is too large for a float")),
        }
    }
}

/// Compares two numbers. NaN is equal to itself and greater than all others, so that there is an order.
pub(crate) fn order(left: &Number<'_>, right: &Number<'_>) -> Ordering {
    match (left, right) {
        (Number::Small(left), Number::Small(right)) => left.cmp(right),
        (Number::Float(left), Number::Float(right)) => order_floats(*left, *right),
        (Number::Float(left), right) => order_integer(right, *left).reverse(),
        (left, Number::Float(right)) => order_integer(left, *right),
        (left, right) => left.to_big().cmp(&right.to_big()),
    }
}

fn order_floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right)
        .unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

fn order_integer(integer: &Number<'_>, float: f64) -> Ordering {
    if float.is_nan() || float == f64::INFINITY {
        return Ordering::Less;
    }
    let Some(floor) = BigInt::from_f64(float.floor()) else {
        return Ordering::Greater;
    };
    let order = integer.to_big().cmp(&floor);
    if order == Ordering::Equal && float.fract() != 0.0 {
        Ordering::Less
    } else {
        order
    }
}

/// Applies an operator to one number.
pub(crate) fn unary(heap: &mut Heap<'_>, operator: UnaryOperator, value: Value) -> Run<Value> {
    let Some(number) = Number::of(heap, value) else {
        return Err(unsuitable_unary(operator, value));
    };
    heap.meter.scan(number.bytes())?;
    let result = match (operator, number) {
        (UnaryOperator::Plus, _) => return Ok(value),
        (UnaryOperator::Minus, Number::Float(number)) => return Ok(Value::Float(-number)),
        (UnaryOperator::Minus, Number::Small(integer)) => match integer.checked_neg() {
            Some(integer) => return Ok(Value::Integer(integer)),
            None => -BigInt::from(integer),
        },
        (UnaryOperator::Minus, Number::Big(integer)) => -integer,
        (UnaryOperator::Invert, Number::Small(integer)) => return Ok(Value::Integer(!integer)),
        (UnaryOperator::Invert, Number::Big(integer)) => !integer.clone(),
        (UnaryOperator::Invert, Number::Float(_)) => return Err(unsuitable_unary(operator, value)),
    };
    heap.add_integer(result)
}

#[cold]
fn unsuitable_unary(operator: UnaryOperator, value: Value) -> Fault {
    let sign = match operator {
        UnaryOperator::Plus => "+",
        UnaryOperator::Minus => "-",
        UnaryOperator::Invert => "~",
    };
    Fault::operation(format!("`{sign}` does not go with {}", value.described()))
}

/// Applies an operator to two numbers. `None` if one of them is none, or the operator is for integers only.
pub(crate) fn binary(heap: &mut Heap<'_>, operator: BinaryOperator, left: Value, right: Value) -> Run<Option<Value>> {
    if let (Value::Integer(left), Value::Integer(right)) = (left, right)
        && let Some(result) = small(operator, left, right)
    {
        return Ok(Some(Value::Integer(result)));
    }
    let (Some(left), Some(right)) = (Number::of(heap, left), Number::of(heap, right)) else {
        return Ok(None);
    };
    heap.meter.scan(left.bytes() + right.bytes())?;
    if left.is_float() || right.is_float() || operator == BinaryOperator::Divide {
        return float(operator, left.to_float()?, right.to_float()?);
    }
    let result = match operator {
        BinaryOperator::Add => left.to_big() + right.to_big(),
        BinaryOperator::Subtract => left.to_big() - right.to_big(),
        BinaryOperator::BitAnd => left.to_big() & right.to_big(),
        BinaryOperator::BitOr => left.to_big() | right.to_big(),
        BinaryOperator::BitXor => left.to_big() ^ right.to_big(),
        BinaryOperator::Multiply => {
            charge_product(heap, &left, &right)?;
            left.to_big() * right.to_big()
        }
        BinaryOperator::FloorDivide | BinaryOperator::Modulo => {
            charge_product(heap, &left, &right)?;
            let (quotient, remainder) = divide(&left.to_big(), &right.to_big())?;
            if operator == BinaryOperator::Modulo {
                remainder
            } else {
                quotient
            }
        }
        BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => shift(operator, &left, &right)?,
        _ => return Ok(None),
    };
    heap.add_integer(result).map(Some)
}

/// Charges for a multiplication or division done digit by digit.
fn charge_product(heap: &Heap<'_>, left: &Number<'_>, right: &Number<'_>) -> Run<()> {
    heap.meter
        .steps((left.bytes() as u64 / 8).saturating_mul(right.bytes() as u64 / 8) / 16)
}

/// The result, if it fits 64 bits and is no error.
fn small(operator: BinaryOperator, left: i64, right: i64) -> Option<i64> {
    match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::FloorDivide if right > 0 => Some(left.div_euclid(right)),
        BinaryOperator::Modulo if right > 0 => Some(left.rem_euclid(right)),
        BinaryOperator::BitAnd => Some(left & right),
        BinaryOperator::BitOr => Some(left | right),
        BinaryOperator::BitXor => Some(left ^ right),
        _ => None,
    }
}

fn float(operator: BinaryOperator, left: f64, right: f64) -> Run<Option<Value>> {
    let is_division = matches!(
        operator,
        BinaryOperator::Divide | BinaryOperator::FloorDivide | BinaryOperator::Modulo
    );
    if is_division && right == 0.0 {
        return Err(division_by_zero());
    }
    Ok(Some(Value::Float(match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide => left / right,
        BinaryOperator::FloorDivide => (left / right).floor(),
        BinaryOperator::Modulo => {
            let remainder = left % right;
            if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) {
                remainder + right
            } else {
                remainder
            }
        }
        _ => return Ok(None),
    })))
}

#[cold]
fn division_by_zero() -> Fault {
    Fault::operation("division by zero")
}

/// Divides towards minus infinity; the remainder has the sign of the divisor.
fn divide(left: &BigInt, right: &BigInt) -> Run<(BigInt, BigInt)> {
    if right.is_zero() {
        return Err(division_by_zero());
    }
    let (quotient, remainder) = (left / right, left % right);
    if !remainder.is_zero() && remainder.is_negative() != right.is_negative() {
        return Ok((quotient - 1, remainder + right));
    }
    Ok((quotient, remainder))
}

fn shift(operator: BinaryOperator, left: &Number<'_>, right: &Number<'_>) -> Run<BigInt> {
    let count = right.to_big();
    if count.sign() == Sign::Minus {
        return Err(Fault::operation("a shift by a negative number of bits"));
    }
    let left = left.to_big();
    let count = count.to_u64().unwrap_or(u64::MAX);
    if operator == BinaryOperator::ShiftRight {
        // Beyond its own bits nothing is left but the sign.
        return Ok(left >> count.min(INTEGER_BITS_MAX));
    }
    if !left.is_zero() && count.saturating_add(left.bits()) > INTEGER_BITS_MAX {
        return Err(Fault::operation(format!(
            "an integer has at most {INTEGER_BITS_MAX} bits"
        )));
    }
    Ok(left << count.min(INTEGER_BITS_MAX))
}

/// Returns the integer part of a float.
pub(crate) fn truncate(number: f64) -> Run<BigInt> {
    BigInt::from_f64(number.trunc()).ok_or_else(|| Fault::operation("a float that is not finite is no integer"))
}

/// Writes a float as `str` does: the shortest digits that read back the same, with an exponent if it is below -4 or
/// above 5 (as Go's `%g` has it), and always with a point or an exponent.
pub(crate) fn write_float(out: &mut String, number: f64) {
    if !number.is_finite() {
        out.push_str(if number.is_nan() {
            "nan"
        } else if number > 0.0 {
            "+inf"
        } else {
            "-inf"
        });
        return;
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let plain = format!("{number}");
        out.push_str(&plain);
        if !plain.contains('.') {
            out.push_str(".0");
        }
        return;
    }
    write_exponent(out, digits, exponent);
}

/// Writes digits and an exponent of at least two digits.
pub(crate) fn write_exponent(out: &mut String, digits: &str, exponent: i32) {
    out.push_str(digits);
    out.push('e');
    out.push(if exponent < 0 { '-' } else { '+' });
    let exponent = exponent.unsigned_abs();
    if exponent < 10 {
        out.push('0');
    }
    out.push_str(&exponent.to_string());
}
