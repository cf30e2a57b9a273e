//! A log type with any number of fields, and records that fit it: the same on every machine.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Result;

/// Adds to the state on every draw, and the factors that mix it: splitmix64's constants.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
/// The types that fields have in turn.
const TYPES: [&str; 4] = ["string", "bigint", "float", "boolean"];
/// Different texts of a field.
const TEXTS: u64 = 5_000;
/// Records are this far apart; the first one is at [`FIRST_S`] of a day.
const STEP_S: u64 = 1;
const FIRST_S: u64 = 0;
const DAY_S: u64 = 86_400;

/// A log type of so many fields, beside the time.
pub(super) struct Fields {
    pub(super) count: usize,
}

impl Fields {
    /// Returns its name.
    pub(super) fn log_type(&self) -> String {
        format!("Custom.Bench.Fields{}", self.count)
    }

    /// Returns the name of its table.
    pub(super) fn table(&self) -> String {
        format!("custom_bench_fields{}", self.count)
    }

    /// Returns its schema.
    pub(super) fn schema(&self) -> String {
        let mut text = format!(
            "schema: {}\nfields:\n  - name: at\n    required: true\n    type: timestamp\n    timeFormat: rfc3339\n    isEventTime: true\n",
            self.log_type()
        );
        for number in 0..self.count {
            let kind = TYPES[number % TYPES.len()];
            writeln!(text, "  - name: field_{number}\n    type: {kind}").ok();
        }
        text
    }

    /// Writes records, one a line.
    pub(super) fn write(&self, file: &Path, rows: u64) -> Result<()> {
        let mut target = BufWriter::new(File::create(file)?);
        for row in 0..rows {
            writeln!(target, "{}", self.record(row))?;
        }
        target.flush()?;
        Ok(())
    }

    fn record(&self, row: u64) -> String {
        let second = (FIRST_S + row * STEP_S) % DAY_S;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let mut text = format!(
            "{{\"at\":\"2026-10-01T{hour:02}:{minute:02}:{second:02}.{:03}Z\"",
            row % 1_000
        );
        for number in 0..self.count {
            let drawn = mix(row.wrapping_mul(GAMMA) ^ (number as u64));
            let written = match TYPES[number % TYPES.len()] {
                "string" => write!(text, ",\"field_{number}\":\"value {}\"", drawn % TEXTS),
                "bigint" => write!(text, ",\"field_{number}\":{}", drawn >> 24),
                "float" => write!(text, ",\"field_{number}\":{}.{:02}", drawn >> 44, drawn % 100),
                _ => write!(text, ",\"field_{number}\":{}", drawn.is_multiple_of(3)),
            };
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text.push('}');
        text
    }
}

fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(GAMMA);
    value = (value ^ (value >> 30)).wrapping_mul(MIX[0]);
    value = (value ^ (value >> 27)).wrapping_mul(MIX[1]);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_record_has_every_field_with_its_type() {
        let record: Value = serde_json::from_str(&Fields { count: 8 }.record(7)).unwrap();
        assert_eq!(record.as_object().unwrap().len(), 9);
        assert_eq!(record["at"], "2026-10-01T00:00:07.007Z");
        assert!(record["field_0"].is_string() && record["field_4"].is_string());
        assert!(record["field_1"].is_i64());
        assert!(record["field_2"].is_f64());
        assert!(record["field_3"].is_boolean());
    }

    #[test]
    fn records_are_the_same_each_time_and_differ() {
        let fields = Fields { count: 40 };
        assert_eq!(fields.record(3), fields.record(3));
        assert_ne!(fields.record(3), fields.record(4));
        assert_ne!(fields.record(3), fields.record(3 + DAY_S));
    }

    #[test]
    fn the_schema_names_what_records_have() {
        let schema = Fields { count: 400 }.schema();
        assert_eq!(schema.matches("  - name: field_").count(), 400);
        assert!(schema.starts_with("schema: Custom.Bench.Fields400\n"));
    }
}
