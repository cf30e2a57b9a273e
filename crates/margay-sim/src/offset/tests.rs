use std::collections::BTreeSet;

use super::{Offset, OffsetSealer, UsedOffsets, digest};
use crate::log::{Part, Position};

fn offset() -> Offset {
    let position = Position {
        time_ms: 1_780_272_000_123,
        part: Part::Added,
        index: 7,
    };
    Offset {
        query: digest("event_type=task_deleted"),
        position,
        issued_ms: 1_780_272_100_000,
    }
}

#[test]
fn what_was_sealed_can_be_opened_by_the_same_seed_only() {
    let text = OffsetSealer::new(1).seal(&offset());
    assert_eq!(OffsetSealer::new(1).open(&text), Some(offset()));
    assert_eq!(OffsetSealer::new(2).open(&text), None);
}

#[test]
fn one_place_gets_a_new_offset_every_time() {
    let sealer = OffsetSealer::new(1);
    let texts: BTreeSet<String> = (0..500).map(|_| sealer.seal(&offset())).collect();
    assert_eq!(texts.len(), 500);
    for sign in ['=', '+', '/'] {
        assert!(texts.iter().any(|text| text.contains(sign)), "{sign}");
    }
}

#[test]
fn any_changed_character_is_noticed() {
    let sealer = OffsetSealer::new(1);
    let text = sealer.seal(&offset());
    for place in 0..text.len() {
        let mut garbled = text.clone().into_bytes();
        garbled[place] = if garbled[place] == b'A' { b'B' } else { b'A' };
        assert_eq!(
            sealer.open(&String::from_utf8(garbled).unwrap()),
            None,
            "character {place}"
        );
    }
    assert_eq!(sealer.open(&text[..text.len() - 4]), None);
    assert_eq!(sealer.open(&text.replace('=', "")), None);
    assert_eq!(sealer.open(""), None);
}

#[test]
fn an_offset_is_used_up_by_its_first_use() {
    let used = UsedOffsets::default();
    assert_eq!([used.take("a"), used.take("b"), used.take("a")], [true, true, false]);
}
