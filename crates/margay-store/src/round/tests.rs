use super::*;

#[test]
fn names_read_back_as_their_kind() {
    for kind in RoundKind::ALL {
        assert_eq!(RoundKind::from_str(kind.as_str()), Some(kind));
    }
    assert_eq!(RoundKind::from_str("other"), None);
}

#[test]
fn long_problems_are_cut_between_characters() {
    assert_eq!(shortened("x".repeat(PROBLEM_BYTES_MAX)), "x".repeat(PROBLEM_BYTES_MAX));
    let cut = shortened("é".repeat(PROBLEM_BYTES_MAX));
    assert!(cut.len() <= PROBLEM_BYTES_MAX && cut.ends_with("é…"));
}
