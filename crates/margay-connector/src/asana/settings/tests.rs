use std::error::Error as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const FORMAT_V2: &str = include_str!("../../../fixtures/formats/asana-settings/v2.json");
const FORMAT_V1: &str = include_str!("../../../fixtures/formats/asana-settings/v1.json");

fn check_url(text: &str, expected: Expect) {
    let outcome = text
        .parse::<ApiUrl>()
        .map_or_else(|error| format!("error: {error}"), |url| url.to_string());
    expected.assert_eq(&outcome);
}

fn check_id(text: &str, expected: Expect) {
    let outcome = text
        .parse::<OrganizationId>()
        .map_or_else(|error| format!("error: {error}"), |id| id.to_string());
    expected.assert_eq(&outcome);
}

fn check_stored(json: &str, expected: Expect) {
    let outcome = match Settings::from_json(json) {
        Ok(settings) => format!("{settings:?}"),
        Err(error) => format!(
            "{error} ({})",
            error.source().map_or(String::new(), ToString::to_string)
        ),
    };
    expected.assert_eq(&outcome);
}

#[test]
fn an_api_url_is_normalised() {
    check_url(
        "https://app.asana.com/api/1.0",
        expect!["https://app.asana.com/api/1.0"],
    );
    check_url(
        " https://APP.asana.com:443/api/1.0// ",
        expect!["https://app.asana.com/api/1.0"],
    );
    check_url("https://proxy.example:8443", expect!["https://proxy.example:8443"]);
    check_url(
        "http://127.0.0.1:9999/api/1.0",
        expect!["http://127.0.0.1:9999/api/1.0"],
    );
    check_url("http://localhost:1/", expect!["http://localhost:1"]);
    check_url("http://[::1]:80/api", expect!["http://[::1]/api"]);
    assert_eq!(ApiUrl::default().to_string(), API_URL_DEFAULT);
}

#[test]
fn an_api_url_that_would_leak_or_mislead_is_refused() {
    check_url(
        "http://app.asana.com/api/1.0",
        expect![[r#"
        error: the API URL has to begin with https://
        hint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1])"#]],
    );
    check_url(
        "http://localhost.example.com/",
        expect![[r#"
        error: the API URL has to begin with https://
        hint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1])"#]],
    );
    check_url(
        "ftp://app.asana.com/",
        expect![[r#"
        error: the API URL has to begin with https://
        hint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1])"#]],
    );
    check_url(
        "https://user:secret@app.asana.com/api/1.0",
        expect![[r#"
        error: the API URL holds a user name or password
        hint: the Service Account Token is given separately"#]],
    );
    check_url(
        "https://app.asana.com/api/1.0?x=1",
        expect![[r#"
        error: the API URL has a part after `?` or `#`
        hint: it ends with the version, as https://app.asana.com/api/1.0 does"#]],
    );
    check_url(
        "https://app.asana.com/api/1.0#x",
        expect![[r#"
        error: the API URL has a part after `?` or `#`
        hint: it ends with the version, as https://app.asana.com/api/1.0 does"#]],
    );
    check_url(
        "app.asana.com",
        expect![[r#"
        error: the API URL cannot be read: relative URL without a base
        hint: it looks like https://app.asana.com/api/1.0"#]],
    );
    check_url(
        "",
        expect![[r#"
        error: the API URL cannot be read: relative URL without a base
        hint: it looks like https://app.asana.com/api/1.0"#]],
    );
    check_url(
        &format!("https://{}.example", "a".repeat(2048)),
        expect!["error: the API URL is longer than 2048 bytes"],
    );
}

#[test]
fn an_organization_id_is_5_to_20_digits() {
    check_id("1201234567890123", expect!["1201234567890123"]);
    check_id("  12345\n", expect!["12345"]);
    check_id("00012", expect!["00012"]);
    check_id(
        "1234",
        expect![[r#"
        error: the Organization Id has 5 to 20 digits, not 4
        hint: copy the Domain ID again, from the bottom of Admin console → Settings"#]],
    );
    check_id(
        "123456789012345678901",
        expect![[r#"
        error: the Organization Id has 5 to 20 digits, not 21
        hint: copy the Domain ID again, from the bottom of Admin console → Settings"#]],
    );
    check_id(
        "",
        expect![[r#"
        error: the Organization Id is empty
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "１２３４５６",
        expect![[r#"
        error: the Organization Id consists of digits only; it is not the organization's name
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
}

#[test]
fn what_is_pasted_by_mistake_is_named() {
    check_id(
        "https://app.asana.com/0/1201234567890123/list",
        expect![[r#"
        error: the Organization Id is a number, not a URL
        hint: the number in this URL is 1201234567890123; use it if it is the Domain ID in Admin console → Settings"#]],
    );
    check_id(
        "https://app.asana.com/1/1201234567890123/project/1209999999999999",
        expect![[r#"
            error: the Organization Id is a number, not a URL
            hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "app.asana.com/admin",
        expect![[r#"
        error: the Organization Id is a number, not a URL
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "jane@example.com",
        expect![[r#"
        error: the Organization Id is a number, not an e-mail address
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "example.com",
        expect![[r#"
        error: the Organization Id is a number, not a domain name
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "Acme Inc.",
        expect![[r#"
        error: the Organization Id consists of digits only; it is not the organization's name
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "Acme",
        expect![[r#"
        error: the Organization Id consists of digits only; it is not the organization's name
        hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings"#]],
    );
    check_id(
        "2/1200000000000001/1200000000000002:0123456789abcdef0123456789abcdef",
        expect![[r#"
            error: this looks like a Service Account Token, not an Organization Id
            hint: were the two fields swapped?"#]],
    );
}

#[test]
fn page_sizes_have_bounds() {
    assert_eq!(PageRecords::default().get(), 100);
    assert!(PageRecords::new(0).is_err());
    assert!(PageRecords::new(1000).is_ok());
    assert_eq!(
        PageRecords::new(1001).unwrap_err().to_string(),
        "a page holds 1 to 1000 records, not 1001"
    );
}

#[test]
fn version_1_of_the_stored_form_is_read_for_ever() {
    let settings = Settings::from_json(FORMAT_V1).unwrap();
    assert_eq!(settings.api_url.to_string(), "https://app.asana.com/api/1.0");
    assert_eq!(settings.organization_id.as_str(), "1201234567890123");
    assert_eq!(settings.page_records.get(), 100);
    assert_eq!(settings.requests, RequestLimits::default());
}

#[test]
fn stored_settings_that_are_not_ours_are_refused_with_a_reason() {
    check_stored(
        r#"{"version":3,"later":true}"#,
        expect!["these settings have version 3, and this Margay knows versions up to 2 ()"],
    );
    check_stored(
        "{}",
        expect!["these are not settings of an Asana log source (missing field `version` at line 1 column 2)"],
    );
    check_stored(
        "",
        expect!["these are not settings of an Asana log source (EOF while parsing a value at line 1 column 0)"],
    );
    check_stored(
        r#"{"version":1,"api_url":"https://a.example","organization_id":"12345","page_records":1,"x":1}"#,
        expect![
            "these are not settings of an Asana log source (unknown field `x`, expected one of `version`, `api_url`, `organization_id`, `page_records`, `requests_per_minute`, `requests_in_flight_max` at line 1 column 89)"
        ],
    );
    check_stored(
        r#"{"version":1,"api_url":"http://a.example","organization_id":"12345","page_records":1}"#,
        expect![[r#"
            the API URL is not valid (the API URL has to begin with https://
            hint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1]))"#]],
    );
    check_stored(
        r#"{"version":1,"api_url":"https://a.example","organization_id":"x","page_records":1}"#,
        expect![[r#"
            the Organization Id is not valid (the Organization Id consists of digits only; it is not the organization's name
            hint: Asana shows it as Domain ID, at the bottom of Admin console → Settings)"#]],
    );
    check_stored(
        r#"{"version":1,"api_url":"https://a.example","organization_id":"12345","page_records":0}"#,
        expect!["the page size is not valid (a page holds 1 to 1000 records, not 0)"],
    );
}

proptest! {
    #[test]
    fn settings_survive_storing(host in "[a-z]{1,10}", path in "(/[a-z0-9.]{1,5}){0,3}", id in "[0-9]{5,20}", count in 1_u16..=1000) {
        let settings = Settings {
            api_url: format!("https://{host}.example{path}").parse().unwrap(),
            organization_id: id.parse().unwrap(),
            page_records: PageRecords::new(count).unwrap(),
            requests: RequestLimits::default(),
        };
        prop_assert_eq!(Settings::from_json(&settings.to_json()).unwrap(), settings);
    }

    #[test]
    fn no_text_panics_and_errors_never_repeat_it(text in "\\PC{0,60}") {
        let marked = format!("{text}Zq7Zq7");
        for outcome in [marked.parse::<ApiUrl>().map_err(|error| error.to_string()).err(), marked.parse::<OrganizationId>().map_err(|error| error.to_string()).err()] {
            prop_assert!(outcome.is_none_or(|error| !error.contains("Zq7Zq7")));
        }
    }
}

#[test]
fn version_2_is_read_for_ever() {
    let settings = Settings::from_json(FORMAT_V2).unwrap();
    assert_eq!(settings.requests, RequestLimits::new(900, 8).unwrap());
    assert_eq!(settings.to_json(), FORMAT_V2.trim_end());
}

#[test]
fn request_limits_are_within_their_bounds() {
    for (per_minute, in_flight_max) in [
        (0, 1),
        (1, 0),
        (REQUESTS_PER_MINUTE_MAX + 1, 1),
        (1, REQUESTS_IN_FLIGHT_MAX + 1),
    ] {
        assert!(
            RequestLimits::new(per_minute, in_flight_max).is_err(),
            "{per_minute}, {in_flight_max}"
        );
    }
    expect!["0 requests a minute, 4 at once, are not possible; 1 to 1000000 a minute and 1 to 50 at once are"]
        .assert_eq(&RequestLimits::new(0, 4).unwrap_err().to_string());
}
