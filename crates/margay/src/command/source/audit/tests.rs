use super::*;

fn permille(text: &str) -> Option<u16> {
    parse_sample(text).ok().map(Sample::get)
}

#[test]
fn a_share_is_read_in_tenths_of_a_percent() {
    assert_eq!(permille("5%"), Some(50));
    assert_eq!(permille("0.1 %"), Some(1));
    assert_eq!(permille("100"), Some(1_000));
    for wrong in ["0%", "100.1%", "0.05%", "-5%", "five", "", "1e2%"] {
        assert_eq!(permille(wrong), None, "{wrong}");
    }
}
