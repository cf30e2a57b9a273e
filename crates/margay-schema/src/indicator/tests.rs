use expect_test::{Expect, expect};

use super::*;

/// Runs a scanner over texts, and shows each text that gave something.
fn check(indicator: Indicator, texts: &[&str], expected: Expect) {
    let show = |text: &&str| {
        let mut found = Found::default();
        indicator.scan(text, &mut found);
        let indicators = found.into_indicators();
        let columns: Vec<String> = indicators
            .iter()
            .map(|(column, values)| format!("{}={}", &column.name()[6..], values.collect::<Vec<_>>().join(",")))
            .collect();
        format!(
            "{text:?}: {}\n",
            if columns.is_empty() {
                "-".to_owned()
            } else {
                columns.join(" ")
            }
        )
    };
    let out: String = texts.iter().map(show).collect();
    expected.assert_eq(&out);
}

#[test]
fn ip() {
    check(
        Indicator::Ip,
        &[
            "192.0.2.7",
            " 192.0.2.7 ",
            "2001:db8::1",
            "::ffff:192.0.2.7",
            "192.0.2.07",
            "192.0.2",
            "fe80::1%eth0",
            "x",
            "",
        ],
        expect![[r#"
            "192.0.2.7": ip_addresses=192.0.2.7
            " 192.0.2.7 ": ip_addresses=192.0.2.7
            "2001:db8::1": ip_addresses=2001:db8::1
            "::ffff:192.0.2.7": ip_addresses=::ffff:192.0.2.7
            "192.0.2.07": -
            "192.0.2": -
            "fe80::1%eth0": -
            "x": -
            "": -
        "#]],
    );
}

#[test]
fn domain() {
    check(
        Indicator::Domain,
        &[
            "example.com",
            " Example.com ",
            "xn--mnchen-3ya.de",
            "a.xn--bcher-kva.example",
            "xn--",
            "xn--\u{e9}",
            "",
        ],
        expect![[r#"
            "example.com": domain_names=example.com
            " Example.com ": domain_names=Example.com
            "xn--mnchen-3ya.de": domain_names=münchen.de
            "a.xn--bcher-kva.example": domain_names=a.bücher.example
            "xn--": domain_names=xn--
            "xn--é": domain_names=xn--é
            "": -
        "#]],
    );
}

#[test]
fn hostname() {
    check(
        Indicator::Hostname,
        &["example.com", "192.0.2.7", "2001:db8::1", "xn--mnchen-3ya.de", " "],
        expect![[r#"
        "example.com": domain_names=example.com
        "192.0.2.7": ip_addresses=192.0.2.7
        "2001:db8::1": ip_addresses=2001:db8::1
        "xn--mnchen-3ya.de": domain_names=münchen.de
        " ": -
    "#]],
    );
}

#[test]
fn url() {
    check(
        Indicator::Url,
        &[
            "https://example.com/path?q=1",
            "https://user:pass@example.com:8443/x",
            "http://192.0.2.7/",
            "http://[2001:db8::1]:80/",
            "ftp://example.com",
            "https://example.com?q=a@b",
            "https://xn--mnchen-3ya.de#x",
            "example.com/path",
            "/path",
            "https://",
            "mailto:a@example.com",
            "https://exa mple.com/",
        ],
        expect![[r#"
            "https://example.com/path?q=1": domain_names=example.com
            "https://user:pass@example.com:8443/x": domain_names=example.com
            "http://192.0.2.7/": ip_addresses=192.0.2.7
            "http://[2001:db8::1]:80/": ip_addresses=2001:db8::1
            "ftp://example.com": domain_names=example.com
            "https://example.com?q=a@b": domain_names=example.com
            "https://xn--mnchen-3ya.de#x": domain_names=münchen.de
            "example.com/path": -
            "/path": -
            "https://": -
            "mailto:a@example.com": -
            "https://exa mple.com/": -
        "#]],
    );
}

#[test]
fn net_addr() {
    check(
        Indicator::NetAddr,
        &[
            "example.com:443",
            "192.0.2.7:443",
            "[2001:db8::1]:443",
            "[2001:db8::1]",
            "2001:db8::1",
            "example.com",
            ":443",
            "[x",
        ],
        expect![[r#"
            "example.com:443": domain_names=example.com
            "192.0.2.7:443": ip_addresses=192.0.2.7
            "[2001:db8::1]:443": ip_addresses=2001:db8::1
            "[2001:db8::1]": ip_addresses=2001:db8::1
            "2001:db8::1": ip_addresses=2001:db8::1
            "example.com": domain_names=example.com
            ":443": -
            "[x": domain_names=[x
        "#]],
    );
}

#[test]
fn email() {
    check(
        Indicator::Email,
        &[
            "kim@example.com",
            " kim@example.com ",
            "kim",
            "@",
            "kim@",
            "Kim <kim@example.com>",
        ],
        expect![[r#"
        "kim@example.com": emails=kim@example.com
        " kim@example.com ": emails=kim@example.com
        "kim": -
        "@": -
        "kim@": -
        "Kim <kim@example.com>": -
    "#]],
    );
}

#[test]
fn hashes() {
    check(
        Indicator::Md5,
        &[
            "D41D8CD98F00B204E9800998ECF8427E",
            "d41d8cd98f00b204e9800998ecf8427",
            "no",
        ],
        expect![[r#"
        "D41D8CD98F00B204E9800998ECF8427E": md5_hashes=d41d8cd98f00b204e9800998ecf8427e
        "d41d8cd98f00b204e9800998ecf8427": -
        "no": -
    "#]],
    );
    check(
        Indicator::Sha1,
        &[
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "d41d8cd98f00b204e9800998ecf8427e",
        ],
        expect![[r#"
        "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709": sha1_hashes=da39a3ee5e6b4b0d3255bfef95601890afd80709
        "d41d8cd98f00b204e9800998ecf8427e": -
    "#]],
    );
    check(
        Indicator::Sha256,
        &[
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            &"g".repeat(64),
        ],
        expect![[r#"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": sha256_hashes=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg": -
        "#]],
    );
}

#[test]
fn mac() {
    check(
        Indicator::Mac,
        &[
            "00:1A:2B:3C:4D:5E",
            "00-1a-2b-3c-4d-5e",
            "001a.2b3c.4d5e",
            "00:1a:2b:3c:4d:5e:6f:70",
            "00:1a:2b",
            "001a2b3c4d5e",
            "00:1a-2b:3c:4d:5e",
            "éé:1a:2b:3c:4d:5e",
        ],
        expect![[r#"
            "00:1A:2B:3C:4D:5E": mac_addresses=00:1a:2b:3c:4d:5e
            "00-1a-2b-3c-4d-5e": mac_addresses=00:1a:2b:3c:4d:5e
            "001a.2b3c.4d5e": mac_addresses=00:1a:2b:3c:4d:5e
            "00:1a:2b:3c:4d:5e:6f:70": mac_addresses=00:1a:2b:3c:4d:5e:6f:70
            "00:1a:2b": -
            "001a2b3c4d5e": -
            "00:1a-2b:3c:4d:5e": -
            "éé:1a:2b:3c:4d:5e": -
        "#]],
    );
}

#[test]
fn plain_text() {
    for indicator in [
        Indicator::ActorId,
        Indicator::Username,
        Indicator::TraceId,
        Indicator::SerialNumber,
        Indicator::AwsTag,
    ] {
        let mut found = Found::default();
        for text in ["b", "a", "b", "", "  "] {
            indicator.scan(text.trim(), &mut found);
        }
        let indicators = found.into_indicators();
        assert_eq!(indicators.iter().count(), 1);
        let (column, values) = indicators.iter().next().unwrap();
        assert_eq!(values.collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(indicators.get(column).len(), 2);
    }
}

#[test]
fn aws() {
    check(
        Indicator::AwsAccountId,
        &["123456789012", " 123456789012", "12345678901"],
        expect![[r#"
        "123456789012": aws_account_ids=123456789012
        " 123456789012": -
        "12345678901": -
    "#]],
    );
    check(
        Indicator::AwsInstanceId,
        &["i-0abc", "x-0abc", " i-0abc"],
        expect![[r#"
        "i-0abc": aws_instance_ids=i-0abc
        "x-0abc": -
        " i-0abc": -
    "#]],
    );
    check(
        Indicator::AwsTag,
        &["key:value", " key:value "],
        expect![[r#"
        "key:value": aws_tags=key:value
        " key:value ": aws_tags= key:value 
    "#]],
    );
    let arns = [
        "arn:aws:iam::123456789012:role/Admin",
        "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc",
        "arn:aws:sts::123456789012:assumed-role/Admin/kim@example.com",
        "arn:aws:s3:::bucket/key:with:colons",
        "arn:aws:iam",
        "nonsense",
    ];
    check(
        Indicator::AwsArn,
        &arns,
        expect![[r#"
        "arn:aws:iam::123456789012:role/Admin": aws_account_ids=123456789012 aws_arns=arn:aws:iam::123456789012:role/Admin
        "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc": aws_account_ids=123456789012 aws_arns=arn:aws:ec2:us-east-1:123456789012:instance/i-0abc aws_instance_ids=i-0abc
        "arn:aws:sts::123456789012:assumed-role/Admin/kim@example.com": aws_account_ids=123456789012 aws_arns=arn:aws:sts::123456789012:assumed-role/Admin/kim@example.com emails=kim@example.com
        "arn:aws:s3:::bucket/key:with:colons": aws_arns=arn:aws:s3:::bucket/key:with:colons
        "arn:aws:iam": -
        "nonsense": -
    "#]],
    );
    check(
        Indicator::AwsArnOnly,
        &arns,
        expect![[r#"
        "arn:aws:iam::123456789012:role/Admin": aws_arns=arn:aws:iam::123456789012:role/Admin
        "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc": aws_arns=arn:aws:ec2:us-east-1:123456789012:instance/i-0abc
        "arn:aws:sts::123456789012:assumed-role/Admin/kim@example.com": aws_arns=arn:aws:sts::123456789012:assumed-role/Admin/kim@example.com
        "arn:aws:s3:::bucket/key:with:colons": aws_arns=arn:aws:s3:::bucket/key:with:colons
        "arn:aws:iam": -
        "nonsense": -
    "#]],
    );
}

#[test]
fn long_text_is_no_indicator() {
    let longest = "x".repeat(INDICATOR_BYTES_MAX);
    let mut found = Found::default();
    Indicator::Username.scan(&longest, &mut found);
    let longer = "x".repeat(INDICATOR_BYTES_MAX + 1);
    Indicator::ActorId.scan(&longer, &mut found);
    let far_longer = format!("xn--{}", "a".repeat(100_000));
    Indicator::Domain.scan(&far_longer, &mut found);
    let indicators = found.into_indicators();
    assert_eq!(indicators.get(IndicatorColumn::Usernames).len(), 1);
    assert_eq!(indicators.iter().count(), 1);
}

#[test]
fn columns_and_scanners_are_in_order_and_have_distinct_names() {
    assert!(IndicatorColumn::ALL.is_sorted_by(|a, b| a < b && a.name() < b.name()));
    assert!(Indicator::ALL.is_sorted_by(|a, b| a.name() < b.name()));
    for indicator in Indicator::ALL {
        assert_eq!(Indicator::of_name(indicator.name()), Some(indicator));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text: String, odd in "[a-z0-9:/@.\\[\\]é -]{0,24}|xn--[a-z0-9-]{0,20}|arn:[a-z:/@-]{0,30}") {
        let mut found = Found::default();
        for indicator in Indicator::ALL {
            indicator.scan(&text, &mut found);
            indicator.scan(&odd, &mut found);
        }
        let indicators = found.into_indicators();
        let sorted: Vec<(IndicatorColumn, &str)> = indicators
            .iter()
            .flat_map(|(column, values)| values.map(move |value| (column, value)))
            .collect();
        proptest::prop_assert!(sorted.is_sorted_by(|a, b| a < b));
        proptest::prop_assert!(sorted.iter().all(|(_, value)| !value.is_empty()));
        for column in IndicatorColumn::ALL {
            let own = sorted.iter().filter(|(other, _)| *other == column).map(|(_, value)| *value);
            proptest::prop_assert!(indicators.get(column).eq(own));
        }
    }
}
