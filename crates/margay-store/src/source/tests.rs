use super::*;

#[test]
fn labels_are_trimmed_and_bounded() {
    let longest = "é".repeat(LABEL_CHARS_MAX);
    let table = [
        ("  our Asana \n", Ok("our Asana")),
        ("x", Ok("x")),
        (&longest, Ok(&*longest)),
        ("", Err(LabelProblem::Empty)),
        (" \t ", Err(LabelProblem::Empty)),
        (&format!("{longest}e"), Err(LabelProblem::TooLong(LABEL_CHARS_MAX + 1))),
        ("two\nlines", Err(LabelProblem::ControlCharacter)),
        ("nul\0", Err(LabelProblem::ControlCharacter)),
    ];
    for (label, expected) in table {
        assert_eq!(parse_label(label), expected, "{label:?}");
    }
}

#[test]
fn ids_carry_the_time_and_differ() {
    let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
    let (one, two) = (new_id(now), new_id(now));
    assert_ne!(one, two);
    assert_eq!(one.as_uuid().get_version_num(), 7);
    let (seconds, nanoseconds) = one.as_uuid().get_timestamp().unwrap().to_unix();
    assert_eq!(
        (i64::try_from(seconds).unwrap(), nanoseconds),
        (now.as_second(), 678_000_000)
    );
}
