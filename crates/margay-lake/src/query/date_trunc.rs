//! `date_trunc` for the lake's own times, which are all in UTC.
//!
//! The engine's function asks a time zone's table for each value of a column that has a time zone, even where that is UTC: half a
//! microsecond each, two thirds of a histogram by hour. In UTC there is nothing to ask, and units of up to a day always have the same
//! length, so they are truncated here; longer ones by the engine, as those of a column without a time zone, which has its own again
//! afterwards. Everything else about it is the engine's.

use std::sync::Arc;

use deltalake::arrow::array::{Array, ArrayRef, AsArray};
use deltalake::arrow::datatypes::{DataType, FieldRef, TimeUnit, TimestampMicrosecondType};
use deltalake::datafusion::common::Result;
use deltalake::datafusion::functions::datetime::date_trunc::DateTruncFunc;
use deltalake::datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use deltalake::datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
};

/// The names under which the engine and Delta know UTC.
const UTC: [&str; 2] = ["UTC", "+00:00"];

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct DateTrunc {
    engines: DateTruncFunc,
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        self.engines.name()
    }

    fn aliases(&self) -> &[String] {
        self.engines.aliases()
    }

    fn signature(&self) -> &Signature {
        self.engines.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.engines.return_type(arguments)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.engines.return_field_from_args(arguments)
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        self.engines.output_ordering(inputs)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.engines.documentation()
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [granularity, ColumnarValue::Array(times)] = &arguments.args[..] else {
            return self.engines.invoke_with_args(arguments);
        };
        let zone = match times.data_type() {
            DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if UTC.contains(&&**zone) => Arc::clone(zone),
            _ => return self.engines.invoke_with_args(arguments),
        };
        if let Some(unit) = even_unit(granularity) {
            return Ok(ColumnarValue::Array(truncate(times, unit)));
        }
        arguments.args[1] = ColumnarValue::Array(in_zone(times, None));
        match self.engines.invoke_with_args(arguments)? {
            ColumnarValue::Array(truncated) => Ok(ColumnarValue::Array(in_zone(&truncated, Some(zone)))),
            scalar @ ColumnarValue::Scalar(_) => Ok(scalar),
        }
    }
}

/// Returns the microseconds of a unit that is as long at every time; `None` for others, and for what is no unit.
fn even_unit(granularity: &ColumnarValue) -> Option<i64> {
    let ColumnarValue::Scalar(name) = granularity else {
        return None;
    };
    let name = name.try_as_str().flatten()?;
    let units = [
        ("second", 1_000_000),
        ("minute", 60 * 1_000_000),
        ("hour", 3_600 * 1_000_000),
        ("day", 86_400 * 1_000_000),
    ];
    units
        .into_iter()
        .find(|(unit, _)| name.eq_ignore_ascii_case(unit))
        .map(|(_, microseconds)| microseconds)
}

/// Returns the beginnings of the units that these times are in. One that begins before the first microsecond there is begins with it.
fn truncate(times: &ArrayRef, unit: i64) -> ArrayRef {
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let truncated = times.unary::<_, TimestampMicrosecondType>(|time| time.saturating_sub(time.rem_euclid(unit)));
    Arc::new(truncated.with_timezone_opt(times.timezone()))
}

/// Returns the same points in time, said to be in this time zone.
fn in_zone(times: &ArrayRef, zone: Option<Arc<str>>) -> ArrayRef {
    let times = times.as_primitive::<TimestampMicrosecondType>().clone();
    Arc::new(times.with_timezone_opt(zone))
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::array::TimestampMicrosecondArray;
    use deltalake::arrow::datatypes::Field;
    use deltalake::datafusion::common::ScalarValue;
    use deltalake::datafusion::config::ConfigOptions;

    use super::*;

    fn truncated(function: &impl ScalarUDFImpl, granularity: &str, zone: &str) -> ArrayRef {
        // Before and after 1970, a leap day, the last microsecond of a year, a null.
        let times = [
            Some(-1),
            Some(0),
            Some(951_782_399_999_999),
            None,
            Some(1_798_761_599_999_999),
        ];
        let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(times.to_vec()).with_timezone(zone));
        let result = Arc::new(Field::new("truncated", times.data_type().clone(), true));
        let arguments = ScalarFunctionArgs {
            arg_fields: vec![
                Arc::new(Field::new("granularity", DataType::Utf8, false)),
                Arc::new(Field::new("time", times.data_type().clone(), true)),
            ],
            number_rows: times.len(),
            args: vec![
                ColumnarValue::Scalar(ScalarValue::from(granularity)),
                ColumnarValue::Array(times),
            ],
            return_field: result,
            config_options: Arc::new(ConfigOptions::default()),
        };
        match function.invoke_with_args(arguments).unwrap() {
            ColumnarValue::Array(truncated) => truncated,
            ColumnarValue::Scalar(scalar) => panic!("{scalar}"),
        }
    }

    #[test]
    fn it_says_what_the_engines_says_in_every_zone() {
        let (ours, engines) = (DateTrunc::default(), DateTruncFunc::default());
        for zone in ["UTC", "+00:00", "Europe/Berlin"] {
            for granularity in [
                "microsecond",
                "millisecond",
                "second",
                "minute",
                "hour",
                "day",
                "week",
                "month",
                "quarter",
                "year",
                "Hour",
            ] {
                assert_eq!(
                    &truncated(&ours, granularity, zone),
                    &truncated(&engines, granularity, zone),
                    "{granularity} in {zone}"
                );
            }
        }
    }
}
