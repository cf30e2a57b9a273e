use secrecy::ExposeSecret;

use super::{SecretRef, is_same, resolve};

#[test]
fn a_file_is_found_beside_the_file_that_names_it_and_blanks_around_it_do_not_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| SecretRef::File(name.to_owned());
    std::fs::write(folder.path().join("token"), " s3cret \n").expect("a file");
    std::fs::write(folder.path().join("empty"), "\n").expect("a file");
    std::fs::write(folder.path().join("long"), "x".repeat(20_000)).expect("a file");
    let secret = resolve(folder.path(), &file("token")).expect("it is there");
    assert_eq!(secret.expose_secret(), "s3cret");
    for (reference, problem) in [
        (file("empty"), "it is empty"),
        (file("nowhere"), "No such file"),
        (file("-"), "not from standard input"),
        (file("long"), "at most 16384 bytes"),
        (SecretRef::Env("MARGAY_TEST_NOT_SET".to_owned()), "is not set"),
    ] {
        let told = resolve(folder.path(), &reference).expect_err("there is none");
        assert!(told.contains(problem), "{told}");
    }
}

#[test]
fn secrets_are_the_same_byte_by_byte() {
    for (one, other, expected) in [
        ("abc", "abc", true),
        ("abc", "abd", false),
        ("abc", "ab", false),
        ("", "a", false),
    ] {
        assert_eq!(is_same(&one.into(), &other.into()), expected, "{one} {other}");
    }
}
