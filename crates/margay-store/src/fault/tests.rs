use super::*;

#[test]
fn result_codes_are_sorted_by_what_a_person_can_do() {
    let table = [
        (5, FaultKind::Busy),
        (6, FaultKind::Busy),
        (261, FaultKind::Busy),      // BUSY_RECOVERY
        (517, FaultKind::Busy),      // BUSY_SNAPSHOT
        (8, FaultKind::ReadOnly),    // READONLY
        (1032, FaultKind::ReadOnly), // READONLY_DBMOVED
        (10, FaultKind::Io),
        (778, FaultKind::Io),        // IOERR_WRITE
        (4874, FaultKind::DiskFull), // IOERR_SHMSIZE
        (11, FaultKind::Damaged),
        (779, FaultKind::Damaged), // CORRUPT_INDEX
        (26, FaultKind::Damaged),
        (13, FaultKind::DiskFull),
        (14, FaultKind::Io),
        (1, FaultKind::Unexpected),
        (1555, FaultKind::Unexpected), // CONSTRAINT_PRIMARYKEY
    ];
    for (code, kind) in table {
        assert_eq!(kind_of_code(code), kind, "code {code}");
    }
}

#[test]
fn a_fault_does_not_print_its_cause() {
    let path: Arc<Path> = Path::new("/data/margay.db").into();
    let fault = StorageFault::new(&path, sqlx::Error::Protocol("inner words".to_owned()));
    assert!(!fault.to_string().contains("inner words"));
    assert!(fault.to_string().contains("/data/margay.db"));
    assert!(Error::source(&fault).is_some());
}
