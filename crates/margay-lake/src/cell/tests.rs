use super::names_of;

#[test]
fn a_nested_field_is_called_as_it_was_written() {
    let names = names_of(&[
        "gid",
        "asana_audit.actor[email]",
        "panther_logs.public.asana_audit.details[a][b]",
        "count(*)",
        "t.list[1]",
    ]);
    assert_eq!(names, ["gid", "actor.email", "details.a.b", "count(*)", "t.list[1]"]);
}

#[test]
fn two_columns_never_get_one_name() {
    assert_eq!(
        names_of(&["a.actor[email]", "b.actor[email]"]),
        ["a.actor[email]", "b.actor[email]"]
    );
}
