use super::super::piece::{Piece, Quoting};

fn decode(text: &str, quoting: Quoting) -> String {
    let piece = Piece::quoted(text, quoting);
    let decoded = piece.decode();
    assert!(piece.means(&decoded), "{text}");
    assert!(!piece.means(&format!("{decoded}x")) && !piece.means(&format!("x{decoded}")));
    let mut json = String::from("\"");
    piece.write_inside_string(&mut json);
    json.push('"');
    assert_eq!(serde_json::from_str::<String>(&json).unwrap(), decoded, "{text}");
    decoded
}

#[test]
fn doubled_quotes_are_one_and_single_ones_themselves() {
    for (text, meaning) in [
        (r#"a""b"#, r#"a"b"#),
        (r#""""#, "\""),
        (r#""""""#, "\"\""),
        (r#"say "hi" to"#, r#"say "hi" to"#),
        (r#"a"""b"#, r#"a""b"#),
        ("", ""),
        ("\\\"\"é\n", "\\\"é\n"),
    ] {
        assert_eq!(decode(text, Quoting::Doubled), meaning, "{text}");
    }
}

#[test]
fn backslashes_escape_and_otherwise_stay() {
    for (text, meaning) in [
        (r#"a\"b\'c\\d\/e"#, r#"a"b'c\d/e"#),
        (r"\n\r\t\b\f", "\n\r\t\u{8}\u{c}"),
        (r"C:\Windows\System", r"C:\Windows\System"),
        (r"\u00e9\u20AC", "é€"),
        (r"\ud83d\ude00!", "😀!"),
        (r"\ud83dx \ude00 \ud83d\u0041", "\u{fffd}x \u{fffd} \u{fffd}A"),
        (r"\x22\x7E\xC3\xg1", "\"~\\xC3\\xg1"),
        (r"\u00g0 \u12", r"\u00g0 \u12"),
        (r"end\", r"end\"),
        (r"\é", r"\é"),
        (r"\uéé", r"\uéé"),
    ] {
        assert_eq!(decode(text, Quoting::Escaped), meaning, "{text}");
    }
}

#[test]
fn trimming_takes_the_space_around() {
    assert_eq!(Piece::plain(" \ta b\u{a0} ").trim(), Piece::plain("a b"));
    assert!(Piece::plain("  ").trim().is_empty());
}
