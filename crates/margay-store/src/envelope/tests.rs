use margay_schema::SourceId;

use super::*;

const KEY_A: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const KEY_B: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn key(text: &str) -> MasterKey {
    MasterKey::load("/nowhere/master.key".as_ref(), Some(text.into())).unwrap()
}

fn source(number: u128) -> SourceId {
    SourceId::from_uuid(uuid::Uuid::from_u128(number))
}

#[test]
fn a_sealed_secret_opens_with_the_same_key_and_purpose() {
    let envelope = seal(&key(KEY_A), Purpose::Credentials(source(1)), b"secret").unwrap();
    assert_eq!(
        *unseal(&key(KEY_A), Purpose::Credentials(source(1)), &envelope).unwrap(),
        b"secret"
    );
}

#[test]
fn it_does_not_open_with_another_key_for_another_owner_or_purpose() {
    let envelope = seal(&key(KEY_A), Purpose::Credentials(source(1)), b"secret").unwrap();
    let attempts = [
        (KEY_B, Purpose::Credentials(source(1))),
        (KEY_A, Purpose::Credentials(source(2))),
        (KEY_A, Purpose::KeyCheck),
    ];
    for (text, purpose) in attempts {
        assert_eq!(
            unseal(&key(text), purpose, &envelope).unwrap_err(),
            UnsealError::NotAuthentic
        );
    }
}

#[test]
fn no_changed_bit_opens() {
    let envelope = seal(&key(KEY_A), Purpose::KeyCheck, b"secret").unwrap();
    for index in 0..envelope.len() {
        let mut changed = envelope.clone();
        changed[index] ^= 1;
        assert!(
            unseal(&key(KEY_A), Purpose::KeyCheck, &changed).is_err(),
            "byte {index}"
        );
        assert!(
            unseal(&key(KEY_A), Purpose::KeyCheck, &envelope[..index]).is_err(),
            "cut at {index}"
        );
    }
}

#[test]
fn the_same_secret_never_looks_the_same() {
    let envelope = || seal(&key(KEY_A), Purpose::KeyCheck, b"secret").unwrap();
    assert_ne!(envelope(), envelope());
}

/// What version 1 wrote once must open for good.
#[test]
fn an_envelope_of_version_1_opens() {
    let hex = include_str!("../../fixtures/formats/envelope/v1.hex").trim();
    let envelope: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let secret = unseal(&key(KEY_A), Purpose::Credentials(source(1)), &envelope).unwrap();
    assert_eq!(*secret, b"0/a1b2c3 an access token");
}
