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
