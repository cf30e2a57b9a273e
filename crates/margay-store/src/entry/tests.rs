use super::*;

const RECORDS: [(&str, &str); 4] = [
    (
        "1209876543210987",
        r#"{"gid":"1209876543210987","event_type":"user_login_succeeded"}"#,
    ),
    ("", ""),
    ("sha256:00", "not JSON at all, with a NUL \0 in it"),
    ("é", "\u{1F408} 18446744073709551615"),
];

fn unpack_whole(packed: &Packed) -> Result<Vec<EntryRecord>, EntryProblem> {
    let count = i64::try_from(packed.record_count).unwrap();
    unpack(FORMAT, count, i64::try_from(packed.raw_bytes).unwrap(), &packed.blob)
}

#[test]
fn records_read_back_as_they_were_in_the_same_order() {
    let records = unpack_whole(&pack(&RECORDS)).unwrap();
    let pairs: Vec<(&str, &str)> = records.iter().map(|record| (&*record.id, &*record.body)).collect();
    assert_eq!(pairs, RECORDS);
}

#[test]
fn no_changed_byte_passes() {
    let packed = pack(&RECORDS);
    let whole = unpack_whole(&packed).unwrap();
    for index in 0..packed.blob.len() {
        for bit in 0..8 {
            let mut blob = packed.blob.clone();
            blob[index] ^= 1 << bit;
            let changed = Packed { blob, ..packed };
            // The frame's header has a reserved bit that says nothing: a change there changes no record.
            assert_ne!(
                unpack_whole(&changed).map(|records| records != whole),
                Ok(true),
                "bit {bit} of byte {index}"
            );
        }
        let cut = Packed {
            blob: packed.blob[..index].to_vec(),
            ..packed
        };
        assert!(unpack_whole(&cut).is_err(), "cut at {index}");
    }
}

#[test]
fn a_row_that_does_not_fit_its_blob_is_named() {
    let packed = pack(&RECORDS);
    let length = i64::try_from(packed.raw_bytes).unwrap();
    let table = [
        (4, 4, length, EntryProblem::UnknownFormat(4)),
        (2, 3, length, EntryProblem::OtherRecordCount),
        (1, 3, length, EntryProblem::OtherRecordCount),
        (1, 5, length, EntryProblem::OtherRecordCount),
        (1, -1, length, EntryProblem::OtherRecordCount),
        (1, i64::MAX, length, EntryProblem::OtherRecordCount),
        (1, 4, length - 1, EntryProblem::NotUnpackable),
        (1, 4, length + 1, EntryProblem::OtherLength),
        (1, 4, -1, EntryProblem::OtherLength),
        (1, 4, i64::MAX, EntryProblem::OtherLength),
    ];
    for (format, count, length, problem) in table {
        assert_eq!(
            unpack(format, count, length, &packed.blob),
            Err(problem),
            "{format} {count} {length}"
        );
    }
}

#[test]
fn lengths_that_lie_are_broken_records() {
    let table: [&[u8]; 4] = [
        b"\x01",
        b"\x05\0\0\0ab",
        b"\x01\0\0\0a\x02\0\0\0b",
        b"\x01\0\0\0\xff\0\0\0\0",
    ];
    for raw in table {
        let blob = compress(raw);
        let length = i64::try_from(raw.len()).unwrap();
        assert_eq!(
            unpack(FORMAT, 1, length, &blob),
            Err(EntryProblem::BrokenRecord),
            "{raw:?}"
        );
    }
}

/// What format 1 wrote once must read for good: `v1.hex` is never edited.
#[test]
fn an_entry_of_format_1_reads() {
    let hex = include_str!("../../fixtures/formats/entry/v1.hex");
    let digits: String = hex.split_whitespace().collect();
    let blob: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/formats/entry/v1.expected.json")).unwrap();

    let count = expected["record_count"].as_i64().unwrap();
    let records = unpack(1, count, expected["raw_bytes"].as_i64().unwrap(), &blob).unwrap();
    let records: Vec<serde_json::Value> = records
        .iter()
        .map(|record| serde_json::json!({ "id": record.id, "body": record.body }))
        .collect();
    assert_eq!(serde_json::Value::Array(records), expected["records"]);
}

#[test]
fn debug_leaves_the_body_out() {
    let record = EntryRecord {
        id: "7".to_owned(),
        body: "private".to_owned(),
    };
    assert_eq!(format!("{record:?}"), r#"EntryRecord { id: "7", body_bytes: 7 }"#);
}
