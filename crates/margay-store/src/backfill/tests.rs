use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn names_read_back_as_their_reason() {
    for reason in BackfillReason::ALL {
        assert_eq!(BackfillReason::from_str(reason.as_str()), Some(reason));
    }
    assert_eq!(BackfillReason::from_str("other"), None);
}

#[test]
fn windows_cover_their_range_one_after_the_other() {
    let table: [(&[(i64, i64)], bool); 8] = [
        (&[(0, 10)], true),
        (&[(0, 3), (3, 4), (4, 10)], true),
        (&[], false),
        (&[(0, 9)], false),
        (&[(1, 10)], false),
        (&[(0, 5), (6, 10)], false),
        (&[(0, 5), (4, 10)], false),
        (&[(0, 5), (5, 5), (5, 10)], false),
    ];
    for (windows, is_fine) in table {
        let new = NewBackfill {
            from: at(0),
            to: at(10),
            reason: BackfillReason::Asked,
            windows: windows.iter().map(|window| (at(window.0), at(window.1))).collect(),
            now: at(0),
        };
        let expected = if is_fine {
            Ok(())
        } else {
            Err(BackfillProblem::NotCovered)
        };
        assert_eq!(check(&new), expected, "{windows:?}");
    }
}

#[test]
fn there_are_only_so_many_windows() {
    let with = |count: i64| NewBackfill {
        from: at(0),
        to: at(count),
        reason: BackfillReason::Asked,
        windows: (0..count).map(|begin| (at(begin), at(begin + 1))).collect(),
        now: at(0),
    };
    let most = i64::try_from(WINDOWS_PER_BACKFILL_MAX).unwrap();
    assert_eq!(check(&with(most)), Ok(()));
    let beyond = WINDOWS_PER_BACKFILL_MAX + 1;
    assert_eq!(check(&with(most + 1)), Err(BackfillProblem::TooManyWindows(beyond)));
}
