use proptest::prelude::*;

use super::*;

fn find(names: &[String], name: &str) -> Option<usize> {
    Names::of(names.iter().map(String::as_str)).find(name)
}

proptest! {
    #[test]
    fn each_name_has_its_position_and_no_other_name_has_one(
        names in proptest::collection::hash_set("[a-c]{0,9}|[a-b]{8}[a-c]{0,2}[a-b]{8}", 0..40),
        other in "[a-c]{0,9}",
    ) {
        let names: Vec<String> = names.into_iter().collect();
        for (position, name) in names.iter().enumerate() {
            prop_assert_eq!(find(&names, name), Some(position));
        }
        prop_assert_eq!(find(&names, &other), names.iter().position(|name| *name == other));
    }
}

#[test]
fn names_that_the_hash_cannot_tell_apart_are_found() {
    let names: Vec<String> = (0..300)
        .map(|index| format!("beginning{index:03}and the end"))
        .collect();
    for (position, name) in names.iter().enumerate() {
        assert_eq!(find(&names, name), Some(position));
    }
    assert_eq!(find(&names, "beginning300and the end"), None);
}
