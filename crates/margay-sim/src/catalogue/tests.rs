use std::collections::BTreeSet;

use super::{CATALOGUE, Details};

#[test]
fn names_are_unique_and_weights_are_not_zero() {
    let names: BTreeSet<&str> = CATALOGUE.iter().map(|event_type| event_type.name).collect();
    assert_eq!((names.len(), CATALOGUE.len()), (129, 129));
    assert!(CATALOGUE.iter().all(|event_type| event_type.weight > 0));
}

#[test]
fn the_details_of_eighteen_types_are_known() {
    let known = CATALOGUE
        .iter()
        .filter(|event_type| event_type.details != Details::Unknown)
        .count();
    assert_eq!(known, 18);
}

#[test]
fn logins_tasks_and_attachments_are_most_of_it() {
    let total: u32 = CATALOGUE.iter().map(|event_type| event_type.weight).sum();
    let daily: u32 = CATALOGUE
        .iter()
        .filter(|event_type| {
            event_type.category == "logins"
                || event_type.name.starts_with("task_")
                || event_type.name.starts_with("attachment_")
        })
        .map(|event_type| event_type.weight)
        .sum();
    assert!(daily * 10 > total * 7, "{daily} of {total}");
}
