use super::*;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn only_the_public_internet_is_called() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "2001::1",
        "2001:20::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "::127.0.0.1",
        "4000::1",
    ] {
        assert!(!is_public(address(text)), "{text}");
    }
    for text in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ] {
        assert!(is_public(address(text)), "{text}");
    }
}

#[tokio::test]
async fn what_the_operator_allows_is_called_too() {
    let guard = AddressGuard::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let allowed = guard.resolve("127.0.0.1", 80).await.unwrap();
    assert_eq!(allowed, [SocketAddr::new(address("127.0.0.1"), 80)]);
    assert!(guard.is_allowed(address("127.0.0.1")) && !guard.is_allowed(address("8.8.8.8")));
    let refused = guard.resolve("10.0.0.1", 80).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "10.0.0.1 is at 10.0.0.1, which is not a public address\nhint: to send alerts there, start the server with `--allow-address 10.0.0.1`"
    );
}

#[tokio::test]
async fn a_name_is_judged_by_where_it_leads() {
    let refused = AddressGuard::default().resolve("localhost", 443).await.unwrap_err();
    assert!(
        matches!(refused, AddressProblem::NotPublic { address, .. } if address.is_loopback()),
        "{refused:?}"
    );
    let bracketed = AddressGuard::default().resolve("[::1]", 443).await.unwrap_err();
    assert!(matches!(bracketed, AddressProblem::NotPublic { .. }), "{bracketed:?}");
    let unknown = AddressGuard::default()
        .resolve("no-such-host.invalid", 443)
        .await
        .unwrap_err();
    assert!(matches!(unknown, AddressProblem::Unresolved { .. }), "{unknown:?}");
}
