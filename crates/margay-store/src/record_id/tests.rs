use expect_test::{Expect, expect};

use super::*;

fn check(id: &str, expected: &Expect) {
    expected.assert_eq(&key_of(id));
}

#[test]
fn ordinary_ids_are_remembered_as_they_are() {
    check("1209876543210987", &expect!["1209876543210987"]);
    check("sha256:abc", &expect!["sha256:abc"]);
    check("é 日本", &expect!["é 日本"]);
    check("", &expect![""]);
}

#[test]
fn odd_ids_are_remembered_by_their_hash() {
    check(
        "a\0b",
        &expect!["id-sha256:59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138"],
    );
    check(
        "id-sha256:",
        &expect!["id-sha256:e39a0387fa58abec0e9762ccf3da39d715351132167f3e5a8ff9cbd65c633d2b"],
    );
    assert_eq!(key_of(&"x".repeat(PLAIN_BYTES_MAX)), "x".repeat(PLAIN_BYTES_MAX));
    assert_eq!(key_of(&"x".repeat(PLAIN_BYTES_MAX + 1)).len(), HASHED_PREFIX.len() + 64);
    assert_ne!(key_of("a\0b"), key_of("a\0c"));
}
