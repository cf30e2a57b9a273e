use std::time::Duration;

use super::{PollInterval, PollIntervalProblem};

#[test]
fn whole_seconds_up_to_a_day_are_a_poll_interval() {
    for seconds in [1, 30, 86_400] {
        let interval = PollInterval::from_seconds(seconds).expect("it can be one");
        assert_eq!(
            (interval.seconds(), interval.get()),
            (seconds, Duration::from_secs(seconds))
        );
    }
    for (span, problem) in [
        (Duration::ZERO, PollIntervalProblem::OutOfRange),
        (Duration::from_millis(999), PollIntervalProblem::OutOfRange),
        (Duration::from_millis(1_500), PollIntervalProblem::NotWholeSeconds),
        (Duration::from_secs(86_401), PollIntervalProblem::OutOfRange),
        (Duration::MAX, PollIntervalProblem::OutOfRange),
    ] {
        assert_eq!(PollInterval::new(span), Err(problem), "{span:?}");
    }
}

#[test]
fn a_column_that_holds_none_is_told() {
    assert_eq!(PollInterval::from_sql(-1), Err(PollIntervalProblem::OutOfRange));
    let interval = PollInterval::from_sql(60).expect("it can be one");
    assert_eq!(interval.to_sql(), 60);
}
