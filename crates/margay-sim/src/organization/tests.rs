use std::collections::BTreeSet;

use super::{ADMIN_COUNT, Organization, names};
use crate::catalogue::ResourceKind;
use crate::random::Random;

#[test]
fn ids_have_sixteen_digits_and_are_unique() {
    let organization = Organization::new(3);
    let people = organization.people.iter().map(|person| person.gid.to_string());
    let accounts = organization
        .service_accounts
        .iter()
        .map(|account| account.gid.to_string());
    let apps = organization.apps.iter().map(|app| app.gid.to_string());
    let own = [organization.gid.clone(), organization.other_gid.clone()];
    let all: Vec<String> = people.chain(accounts).chain(apps).chain(own).collect();
    assert!(all.iter().all(|gid| gid.len() == 16), "{all:?}");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn mail_addresses_are_unique_and_reserved() {
    let organization = Organization::new(3);
    let mails: BTreeSet<&str> = organization.people.iter().map(|person| person.email.as_str()).collect();
    assert_eq!(mails.len(), organization.people.len());
    assert!(mails.iter().all(|mail| mail.contains("@example.")));
}

#[test]
fn one_seed_makes_one_organisation() {
    assert_eq!(
        format!("{:?}", Organization::new(5)),
        format!("{:?}", Organization::new(5))
    );
    assert_ne!(Organization::new(5).gid, Organization::new(6).gid);
}

#[test]
fn difficult_names_and_titles_are_there() {
    let organization = Organization::new(1);
    let difficult = organization
        .people
        .iter()
        .filter(|person| names::DIFFICULT_NAMES.contains(&person.name.as_str()));
    assert!(difficult.count() > ADMIN_COUNT);
    let task = organization.difficult_task(0, &mut Random::of(1, 1, 1));
    assert!(task.name.unwrap().contains("onerror"));
}

#[test]
fn stories_may_be_nameless_and_tasks_have_a_subtype() {
    let organization = Organization::new(1);
    let mut random = Random::of(1, 2, 3);
    let stories: Vec<_> = (0..50)
        .map(|_| organization.resource(ResourceKind::Story, &mut random))
        .collect();
    assert!(stories.iter().any(|story| story.name.is_none()) && stories.iter().any(|story| story.name.is_some()));
    assert!(organization.resource(ResourceKind::Task, &mut random).subtype.is_some());
}
