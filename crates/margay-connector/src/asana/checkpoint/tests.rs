use std::error::Error as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const FORMAT_V1: &str = include_str!("../../../fixtures/formats/checkpoint/v1.json");
const FORMAT_V2: &str = include_str!("../../../fixtures/formats/checkpoint/v2.json");

fn check(json: &str, expected: Expect) {
    let outcome = match Checkpoint::from_json(json) {
        Ok(checkpoint) => format!("{checkpoint:?}"),
        Err(error) => format!(
            "{error} ({})",
            error.source().map_or(String::new(), ToString::to_string)
        ),
    };
    expected.assert_eq(&outcome);
}

#[test]
fn version_1_is_read_for_ever() {
    let checkpoint = Checkpoint::from_json(FORMAT_V1).unwrap();
    assert_eq!(checkpoint.window_start().to_string(), "2026-08-26T10:00:00Z");
    assert_eq!(checkpoint.offset(), Some("eyJ0eXAiOiJKV1Qi.x+/=&#?%é"));
    assert_eq!(
        checkpoint.newest_event_time().unwrap().to_string(),
        "2026-11-24T09:59:58.123Z"
    );
    assert_eq!(checkpoint.window_end(), None);
}

#[test]
fn version_2_is_read_for_ever() {
    let checkpoint = Checkpoint::from_json(FORMAT_V2).unwrap();
    assert_eq!(checkpoint.window_start().to_string(), "2026-08-26T00:00:00Z");
    assert_eq!(checkpoint.window_end().unwrap().to_string(), "2026-08-27T00:00:00Z");
    assert_eq!(checkpoint.offset(), Some("eyJ0eXAiOiJKV1Qi.x+/=&#?%é"));
    assert_eq!(checkpoint.to_json(), FORMAT_V2.trim_end());
}

#[test]
fn a_new_source_begins_at_its_start_without_an_offset() {
    let checkpoint = Checkpoint::start_at("2026-08-26T10:00:00Z".parse().unwrap());
    expect![[r#"{"version":2,"window_start":"2026-08-26T10:00:00Z","window_end":null,"offset":null,"newest_event_time":null}"#]]
        .assert_eq(&checkpoint.to_json());
}

#[test]
fn what_is_not_ours_is_refused_with_a_reason() {
    check(
        r#"{"version":3,"segments":[]}"#,
        expect!["this checkpoint has version 3, and this Margay knows versions up to 2 ()"],
    );
    check(
        "",
        expect!["this is not a checkpoint of an Asana log source (EOF while parsing a value at line 1 column 0)"],
    );
    check(
        "{}",
        expect!["this is not a checkpoint of an Asana log source (missing field `version` at line 1 column 2)"],
    );
    check(
        "[1]",
        expect![
            "this is not a checkpoint of an Asana log source (invalid length 1, expected struct CheckpointV1 with 4 elements at line 1 column 3)"
        ],
    );
    check(
        r#"{"version":1,"window_start":"then","offset":null,"newest_event_time":null}"#,
        expect![
            "this is not a checkpoint of an Asana log source (failed to parse four digit integer as year: invalid digit, expected 0-9 but got t)"
        ],
    );
    check(
        r#"{"version":1,"window_start":"2026-08-26T10:00:00Z","offset":"","newest_event_time":null}"#,
        expect!["the offset in this checkpoint is 0 bytes long; 1 to 8192 are possible ()"],
    );
    check(
        r#"{"version":1,"window_start":"2026-08-26T10:00:00Z","offset":null,"newest_event_time":null,"x":1}"#,
        expect![
            "this is not a checkpoint of an Asana log source (unknown field `x`, expected one of `version`, `window_start`, `offset`, `newest_event_time` at line 1 column 93)"
        ],
    );
}

proptest! {
    #[test]
    fn a_checkpoint_survives_storing(start in 0_i64..4_000_000_000_000, offset in proptest::option::of("\\PC{1,50}"), newest in proptest::option::of(0_i64..4_000_000_000_000), end in proptest::option::of(0_i64..4_000_000_000_000)) {
        let time = |ms| Timestamp::from_millisecond(ms).unwrap();
        let checkpoint = Checkpoint { window_start: time(start), window_end: end.map(time), offset, newest_event_time: newest.map(time) };
        prop_assert_eq!(Checkpoint::from_json(&checkpoint.to_json()).unwrap(), checkpoint);
    }
}
