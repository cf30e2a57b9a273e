use jiff::Timestamp;
use margay_store::Revision;

use super::*;

const LOGIN: &str = "schema: Custom.Login\nfields:\n  - {name: id, type: string}\n";

fn stored(name: &str, yaml: &str) -> CustomSchema {
    CustomSchema {
        name: name.parse().unwrap(),
        version: 7,
        revision: Revision::new(9),
        state: SchemaState::Active,
        yaml: yaml.to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn with(custom: &[CustomSchema]) -> Content {
    Content::with_custom(custom).unwrap()
}

fn name(text: &str) -> LogType {
    text.parse().unwrap()
}

#[test]
fn every_built_in_file_has_the_name_that_it_is_listed_under() {
    let content = Content::built_in().unwrap();
    let names: Vec<&str> = content
        .schemas()
        .iter()
        .map(|known| known.schema.log_type().as_str())
        .collect();
    assert_eq!(names, built_in_names());
    for name in names {
        assert!(!name.starts_with("Custom."), "{name}: such names are the users'");
        assert!(built_in_text(&name.parse().unwrap()).is_some());
    }
}

#[test]
fn a_custom_schema_stands_beside_the_built_in_ones() {
    let content = with(&[stored("Custom.Login", LOGIN)]);
    let known = content.schema(&name("Custom.Login")).unwrap();
    assert_eq!(
        (known.version, known.origin),
        (7, SchemaOrigin::Custom(SchemaState::Active))
    );
    assert!(content.schema(&name("Asana.Audit")).is_some());
    assert_eq!(content.problem_of(&name("Custom.Login")), None);
}

#[test]
fn a_key_of_a_newer_language_does_not_break_a_stored_schema() {
    let content = with(&[stored("Custom.Login", &format!("fromTheFuture: true\n{LOGIN}"))]);
    assert!(content.schema(&name("Custom.Login")).is_some());
}

#[test]
fn an_archived_schema_still_compiles() {
    let archived = CustomSchema {
        state: SchemaState::Archived,
        ..stored("Custom.Login", LOGIN)
    };
    let content = with(&[archived]);
    assert_eq!(
        content.schema(&name("Custom.Login")).unwrap().origin,
        SchemaOrigin::Custom(SchemaState::Archived)
    );
}

#[test]
fn a_broken_schema_is_set_aside_with_its_reason() {
    let other = LOGIN.replace("Login", "Logout");
    let built_in = LOGIN.replace("Custom.Login", "Asana.Audit");
    let table = [
        (stored("Custom.Login", "schema: ["), "this is not YAML"),
        (
            stored("Custom.Login", &LOGIN.replace("string", "sting")),
            "did you mean `string`?",
        ),
        (
            stored("Custom.Login", &other),
            "its text is of another log type, `Custom.Logout`",
        ),
        (stored("Asana.Audit", &built_in), "a built-in schema has its name"),
    ];
    for (broken, reason) in table {
        let content = with(&[broken.clone(), stored("Custom.Logout", &other)]);
        let [found] = content.broken() else { panic!("{reason}") };
        assert_eq!((&found.log_type, found.version), (&broken.name, 7));
        assert!(found.reason.contains(reason), "{reason}: {}", found.reason);
        assert!(
            content.schema(&name("Custom.Logout")).is_some(),
            "the next one compiles"
        );
        let built_in = content.schema(&name("Asana.Audit")).unwrap();
        assert_eq!(built_in.origin, SchemaOrigin::BuiltIn);
    }
}

#[test]
fn a_name_is_found_in_any_case_or_guessed() {
    let broken = stored("Custom.Broken", "schema: [");
    let content = with(&[stored("Custom.Login", LOGIN), broken]);
    for (written, found) in [
        ("custom.LOGIN", Ok("Custom.Login")),
        ("Custom.Broken", Ok("Custom.Broken")),
        ("asana.audit", Ok("Asana.Audit")),
        ("Custom.Logn", Err("did you mean `Custom.Login`?")),
        ("Asana.Audits", Err("did you mean `Asana.Audit`?")),
        ("", Err("`margay schema list --all` shows what there is")),
    ] {
        let answer = content.find(written).map(LogType::as_str);
        assert_eq!(answer, found.map_err(str::to_owned), "{written}");
    }
}
