//! What the strings, numbers and booleans of one place have in common.

use super::look::Looks;
use super::moment::{self, Customs, Rfc3339};
use super::number::{self, Number, Units};

/// Counts of the scalars of one place, by what they could be read as.
#[derive(Debug, Clone)]
pub(super) struct Scalars {
    /// Strings that are not empty.
    pub(super) strings: u64,
    pub(super) empty_strings: u64,
    pub(super) numbers: u64,
    pub(super) booleans: u64,
    /// Strings and numbers that `bigint` would hold.
    pub(super) wholes: u64,
    /// Those of them that are strings.
    pub(super) whole_strings: u64,
    /// Those of them that `float` would not hold.
    pub(super) wholes_beyond_float: u64,
    /// Strings and numbers that `float` would hold, and `bigint` would not.
    pub(super) fractions: u64,
    /// Numbers that neither would hold.
    pub(super) numbers_too_precise: u64,
    /// Strings that mean a number and would not come back the same.
    pub(super) strings_like_numbers: u64,
    /// The strings `true` and `false`.
    pub(super) boolean_strings: u64,
    /// Strings that are RFC 3339 and would come back as the same moment.
    pub(super) rfc3339: u64,
    /// Those of them with another offset than UTC's.
    pub(super) local_times: u64,
    /// Those of them that are Go's zero time.
    pub(super) go_zero_times: u64,
    /// Strings that are RFC 3339 and would not come back the same.
    pub(super) times_too_fine: u64,
    /// Strings and numbers that are plausible times, by unit.
    pub(super) units: Units,
    /// Ways to write times that read every string so far.
    pub(super) customs: Customs,
    /// What every string so far looks like.
    pub(super) looks: Looks,
}

impl Default for Scalars {
    fn default() -> Self {
        Self {
            strings: 0,
            empty_strings: 0,
            numbers: 0,
            booleans: 0,
            wholes: 0,
            whole_strings: 0,
            wholes_beyond_float: 0,
            fractions: 0,
            numbers_too_precise: 0,
            strings_like_numbers: 0,
            boolean_strings: 0,
            rfc3339: 0,
            local_times: 0,
            go_zero_times: 0,
            times_too_fine: 0,
            units: Units::default(),
            customs: Customs::ALL,
            looks: Looks::ALL,
        }
    }
}

impl Scalars {
    /// Returns how many scalars there are that are neither null nor empty.
    pub(super) fn count(&self) -> u64 {
        self.strings + self.numbers + self.booleans
    }

    pub(super) fn add_string(&mut self, text: &str) {
        if text.is_empty() {
            self.empty_strings += 1;
            return;
        }
        self.strings += 1;
        self.customs = self.customs.that_read(text);
        self.looks = self.looks.of(text);
        if matches!(text, "true" | "false") {
            self.boolean_strings += 1;
        }
        match number::of_string(text) {
            Number::Neither if number::looks_like_number(text) => self.strings_like_numbers += 1,
            Number::Neither => self.add_time(text),
            number => {
                self.whole_strings += u64::from(number != Number::Fraction);
                self.add_numeric(text, number);
            }
        }
    }

    pub(super) fn add_number(&mut self, text: &str) {
        self.numbers += 1;
        self.add_numeric(text, number::of_number(text));
    }

    pub(super) fn add_boolean(&mut self) {
        self.booleans += 1;
    }

    fn add_numeric(&mut self, text: &str, number: Number) {
        match number {
            Number::Whole { fits_float } => {
                self.wholes += 1;
                self.wholes_beyond_float += u64::from(!fits_float);
            }
            Number::Fraction => self.fractions += 1,
            Number::Neither => self.numbers_too_precise += 1,
        }
        if let Some(unit) = number::unit(text) {
            self.units[unit] += 1;
        }
    }

    fn add_time(&mut self, text: &str) {
        match moment::rfc3339(text) {
            Rfc3339::Moment { is_local, is_go_zero } => {
                self.rfc3339 += 1;
                self.local_times += u64::from(is_local);
                self.go_zero_times += u64::from(is_go_zero);
            }
            Rfc3339::TooFine => self.times_too_fine += 1,
            Rfc3339::No => {}
        }
    }
}
