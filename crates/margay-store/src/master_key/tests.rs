use super::*;

/// The bytes 0, 1, … 31.
fn counting() -> [u8; KEY_BYTES] {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn check(text: &str, expected: Option<[u8; KEY_BYTES]>) {
    assert_eq!(text::decode(text).map(|bytes| *bytes), expected, "{text:?}");
}

#[test]
fn keys_are_hexadecimal_or_base64_text() {
    check(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        Some(counting()),
    );
    check(
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        Some(counting()),
    );
    check("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Some(counting()));
    check("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", Some(counting()));
    check("//////////////////////////////////////////8=", Some([255; KEY_BYTES]));
    check("__________________________________________8=", Some([255; KEY_BYTES]));
}

#[test]
fn anything_else_is_no_key() {
    check("", None);
    check("password", None);
    check("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", None);
    check("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e", None);
    check("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", None); // bits left over
    check("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==", None);
    check("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHé8=", None);
    check("+00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", None);
}

#[test]
fn text_reads_back_as_the_same_key() {
    check(&text::encode(&counting()), Some(counting()));
}

#[test]
fn debug_shows_nothing() {
    let key = MasterKey::from_text(&text::encode(&counting()), KeyOrigin::Environment).unwrap();
    assert_eq!(format!("{key:?}"), "MasterKey(..)");
}
