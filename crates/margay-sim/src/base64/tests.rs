use super::{decode, encode_into};

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    encode_into(&mut text, bytes);
    text
}

#[test]
fn the_vectors_of_rfc_4648_hold() {
    let pairs = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
    ];
    for (plain, text) in pairs {
        assert_eq!(encoded(plain.as_bytes()), text);
        assert_eq!(decode(text).unwrap(), plain.as_bytes());
    }
}

#[test]
fn text_that_nobody_encoded_is_refused() {
    for text in [
        "Z", "Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v\n", "Zm9-", "Zm 9", "é===",
    ] {
        assert_eq!(decode(text), None, "{text:?}");
    }
}
