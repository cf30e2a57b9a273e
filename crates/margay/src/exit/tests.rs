use super::*;

#[derive(Debug, thiserror::Error)]
#[error("could not open the box\nhint: use the key")]
struct Outer(#[source] std::io::Error);

#[test]
fn a_failure_says_what_then_why_then_the_hint() {
    let result: Result<(), _> = Err(Outer(std::io::Error::other("it is nailed shut")));
    let failure = result.or_exit(Exit::Storage).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "could not open the box\n  because: it is nailed shut\nhint: use the key"
    );
    assert_eq!(failure.exit() as u8, 6);
}
