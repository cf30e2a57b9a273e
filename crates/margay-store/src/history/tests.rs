use super::*;

#[test]
fn names_read_back_as_their_kind() {
    for kind in HistoryKind::ALL {
        assert_eq!(HistoryKind::from_str(kind.as_str()), Some(kind));
    }
    assert_eq!(HistoryKind::from_str("other"), None);
}
