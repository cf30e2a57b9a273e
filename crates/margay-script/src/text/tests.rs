use expect_test::{Expect, expect};

use super::*;

fn check(word: &str, known: &[&str], expected: Expect) {
    expected.assert_eq(&did_you_mean(word, known.iter().copied()).unwrap_or_default());
}

#[test]
fn a_hint_names_the_closest_word_if_it_is_close() {
    check("splitt", &["split", "strip"], expect!["did you mean `split`?"]);
    check("strp", &["split", "strip"], expect!["did you mean `strip`?"]);
    check("x", &["y"], expect![""]);
    check("something", &["split", "strip"], expect![""]);
    check(&"x".repeat(1_000), &["split"], expect![""]);
}
