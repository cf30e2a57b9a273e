//! What flowed through a source over time, in steps as long as somebody likes.

use std::time::Duration;

use jiff::Timestamp;
use margay_schema::SourceId;
use margay_store::{FINE_KEPT, MeasureStep, Measures, StorageFault, Store};

/// The most steps of an answer: two points for each pixel of a chart.
pub const STEPS_MAX: i64 = 5_000;
/// The longest step: a month.
pub const INTERVAL_MAX: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// Which steps are wanted, on their edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureRange {
    /// The beginning of the first step.
    pub from: Timestamp,
    /// The end of the last step, exclusive.
    pub to: Timestamp,
    /// How long a step is, in seconds.
    interval: i64,
    step: MeasureStep,
}

/// Why such steps cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeasureRangeError {
    /// It ends before it begins.
    #[error("`from` is not before `to`")]
    Empty,
    /// The step is not a multiple of what is kept.
    #[error("`interval` is a multiple of 5 minutes, {} minutes at most", INTERVAL_MAX.as_secs() / 60)]
    Interval,
    /// That long ago only hours are kept.
    #[error("that long ago is only known by the hour\nhint: choose an `interval` that is a multiple of 60 minutes")]
    OnlyByHour,
    /// There would be more than [`STEPS_MAX`].
    #[error("that would be {0} steps, and {STEPS_MAX} are the most\nhint: choose a longer `interval`")]
    TooMany(i64),
}

impl MeasureRange {
    /// Reads which steps are wanted.
    ///
    /// # Errors
    /// See [`MeasureRangeError`].
    pub fn new(from: Timestamp, to: Timestamp, interval: Duration, now: Timestamp) -> Result<Self, MeasureRangeError> {
        if from >= to {
            return Err(MeasureRangeError::Empty);
        }
        let fine = seconds(MeasureStep::Fine.duration());
        let has_part = interval.subsec_nanos() != 0;
        let length = seconds(interval);
        if has_part || length == 0 || interval > INTERVAL_MAX || length % fine != 0 {
            return Err(MeasureRangeError::Interval);
        }
        let step = if length % seconds(MeasureStep::Coarse.duration()) == 0 {
            MeasureStep::Coarse
        } else {
            MeasureStep::Fine
        };
        if step == MeasureStep::Fine && from.as_second() < now.as_second() - seconds(FINE_KEPT) {
            return Err(MeasureRangeError::OnlyByHour);
        }
        // Whole steps: what is shown at a time is all that flowed in its step.
        let (from, to) = (floor(from, length), ceiling(to, length));
        let count = (to.as_second() - from.as_second()) / length;
        if count > STEPS_MAX {
            return Err(MeasureRangeError::TooMany(count));
        }
        Ok(Self {
            from,
            to,
            interval: length,
            step,
        })
    }

    /// Returns how long a step is, in minutes.
    pub fn interval_minutes(&self) -> i64 {
        self.interval / 60
    }

    /// Returns the steps in which something flowed, in order, each with its beginning.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(&self, store: &Store, source_id: SourceId) -> Result<Vec<(Timestamp, Measures)>, StorageFault> {
        let measured = store.measures(source_id, self.step, self.from, self.to).await?;
        let mut steps: Vec<(Timestamp, Measures)> = Vec::new();
        for (at, measures) in measured {
            let begin = floor(at, self.interval);
            match steps.last_mut().filter(|(last, _)| *last == begin) {
                Some((_, sum)) => sum.add(&measures),
                None => steps.push((begin, measures)),
            }
        }
        Ok(steps)
    }
}

fn floor(time: Timestamp, interval: i64) -> Timestamp {
    let second = time.as_second().div_euclid(interval) * interval;
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

fn ceiling(time: Timestamp, interval: i64) -> Timestamp {
    let begin = floor(time, interval);
    if begin == time {
        return time;
    }
    Timestamp::from_second(begin.as_second().saturating_add(interval)).unwrap_or(Timestamp::MAX)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, minutes: u64) -> Result<MeasureRange, MeasureRangeError> {
        let (now, from) = ("2026-03-10T12:00:00Z".parse().unwrap(), from.parse().unwrap());
        MeasureRange::new(from, now, Duration::from_secs(60 * minutes), now)
    }

    #[test]
    fn steps_are_whole_and_as_fine_as_what_is_kept() {
        let ok = range("2026-03-10T10:07:00Z", 60).unwrap();
        assert_eq!(
            (ok.from.to_string().as_str(), ok.step),
            ("2026-03-10T10:00:00Z", MeasureStep::Coarse)
        );
        assert_eq!(range("2026-03-10T10:07:00Z", 5).unwrap().step, MeasureStep::Fine);
        let ends = |minutes| range("2026-03-10T10:07:00Z", minutes).unwrap().to.to_string();
        assert_eq!(
            (ends(60).as_str(), ends(35).as_str()),
            ("2026-03-10T12:00:00Z", "2026-03-10T12:25:00Z")
        );
        assert_eq!(range("2026-01-10T10:00:00Z", 5), Err(MeasureRangeError::OnlyByHour));
        assert!(range("2026-01-10T10:00:00Z", 60).is_ok());
        assert_eq!(range("2026-03-10T10:00:00Z", 7), Err(MeasureRangeError::Interval));
        assert_eq!(range("2026-03-10T10:00:00Z", 0), Err(MeasureRangeError::Interval));
        assert_eq!(range("2026-03-10T12:00:00Z", 60), Err(MeasureRangeError::Empty));
        assert!(matches!(
            range("2020-01-01T00:00:00Z", 60),
            Err(MeasureRangeError::TooMany(_))
        ));
    }
}
