use super::*;

#[test]
fn what_grew_or_is_new_fails_and_what_shrank_is_only_told() {
    let is_fault = |old, new| judge("work", old, new).1;
    assert!(is_fault(None, 100));
    assert!(!is_fault(Some(1_000), 1_050));
    assert!(is_fault(Some(1_000), 1_051));
    assert!(!is_fault(Some(1_000), 900));
    assert!(judge("work", Some(1_000), 900).0.contains("shrank"));
    assert_eq!(
        judge("work", Some(1_000), 1_100).0,
        "work: 1100 instructions, +10.0 % of the accepted 1000: it grew by more than 5 %"
    );
}

#[test]
fn only_what_moved_is_accepted_anew() {
    assert!(is_moved(None, 100));
    assert!(!is_moved(Some(1_000), 950));
    assert!(!is_moved(Some(1_000), 1_050));
    assert!(is_moved(Some(1_000), 949));
    assert!(is_moved(Some(1_000), 1_051));
}

#[test]
fn what_is_written_is_read_back() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join(ACCEPTED);
    fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
    let one = Accepted {
        instructions: 12,
        why: "a \"reason\"".to_owned(),
    };
    write(root.path(), "rustc 1", &BTreeMap::from([("work".to_owned(), one)])).expect("it is written");
    let (toolchain, accepted) = read(root.path()).expect("it is read");
    assert_eq!(toolchain, "rustc 1");
    assert_eq!(accepted["work"].instructions, 12);
    assert_eq!(accepted["work"].why, "a \"reason\"");
}
