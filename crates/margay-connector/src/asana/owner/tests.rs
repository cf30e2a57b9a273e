use expect_test::{Expect, expect};

use super::*;

fn check(status: u16, body: &str, expected: Expect) {
    let response = Response {
        status,
        retry_after: None,
        date: None,
        request_id: None,
        body: body.as_bytes().to_vec(),
    };
    let owner = Owner::parse(&response);
    let stranger = owner.is_stranger_to(&"1201234567890123".parse().unwrap());
    expected.assert_eq(&format!("{owner:?} person={:?} stranger={stranger}", owner.person()));
}

#[test]
fn the_owner_is_read_as_far_as_it_is_told() {
    check(
        200,
        r#"{"data":{"gid":"1","name":"Jane Doe","email":"jane@acme.com","workspaces":[{"gid":"1209","name":"x"},{"gid":"1209000000000000","name":"Acme"}]}}"#,
        expect![[
            r#"Known(Account { name: "Jane Doe", email: Some("jane@acme.com"), organizations: [Organization { id: OrganizationId("1209000000000000"), name: "Acme" }] }) person=Some("Jane Doe (jane@acme.com)") stranger=true"#
        ]],
    );
    check(
        200,
        r#"{"data":{"gid":"1","name":"audit export","email":"","workspaces":[{"gid":"1201234567890123"}]}}"#,
        expect![[
            r#"Known(Account { name: "audit export", email: None, organizations: [Organization { id: OrganizationId("1201234567890123"), name: "" }] }) person=None stranger=false"#
        ]],
    );
    check(
        200,
        r#"{"data":{"email":"jane@acme.com"}}"#,
        expect![[
            r#"Known(Account { name: "", email: Some("jane@acme.com"), organizations: [] }) person=Some("jane@acme.com") stranger=false"#
        ]],
    );
    check(
        200,
        r#"{"data":{"name":null,"email":null,"workspaces":null}}"#,
        expect![[r#"Known(Account { name: "", email: None, organizations: [] }) person=None stranger=false"#]],
    );
    check(
        200,
        r#"{"data":[]}"#,
        expect![[r#"Known(Account { name: "", email: None, organizations: [] }) person=None stranger=false"#]],
    );
    check(200, "<html>", expect!["Silent person=None stranger=false"]);
    check(401, "", expect!["Unrecognised person=None stranger=false"]);
    check(403, "", expect!["Silent person=None stranger=false"]);
}
