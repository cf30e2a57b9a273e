use expect_test::expect;

use super::*;

#[test]
fn paths_are_keys_with_dots_between_them() {
    let long = "k".repeat(EVENT_PATH_BYTES_MAX + 1);
    let deep = ["k"; EVENT_PATH_KEY_COUNT_MAX + 1].join(".");
    let texts = [
        "a",
        "a.b.c",
        "a.0",
        "a\\.b.c\\\\d",
        "é.ü",
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a\\",
        "a\\b",
        &long,
        &deep,
    ];
    let shown: Vec<String> = texts
        .iter()
        .map(|text| {
            let mut text_shown = (*text).to_owned();
            text_shown.truncate(12);
            match EventPath::parse(text) {
                Ok(path) => format!("{text_shown} => {:?}\n", path.keys()),
                Err(message) => format!("{text_shown} => {message}\n"),
            }
        })
        .collect();
    expect![[r#"
        a => ["a"]
        a.b.c => ["a", "b", "c"]
        a.0 => ["a", "0"]
        a\.b.c\\d => ["a.b", "c\\d"]
        é.ü => ["é", "ü"]
         => a path is one or more keys with a dot between them
        . => a path is one or more keys with a dot between them
        a. => a path is one or more keys with a dot between them
        .a => a path is one or more keys with a dot between them
        a..b => a path is one or more keys with a dot between them
        a\ => in a path, a backslash comes before a dot or another backslash
        a\b => in a path, a backslash comes before a dot or another backslash
        kkkkkkkkkkkk => a path has at most 1024 bytes, this has 1025
        k.k.k.k.k.k. => a path has at most 64 keys, this has 65
    "#]]
    .assert_eq(&shown.concat());
    assert_eq!(EventPath::parse("a\\.b.c").unwrap().to_string(), "a\\.b.c");
}
