use super::*;

fn reach(address: &str, public_url: Option<&str>, transport: &Transport) -> Result<Reach, String> {
    let reach = Reach::of(address.parse().unwrap(), public_url, transport);
    reach.map_err(|failure| failure.to_string())
}

#[test]
fn without_a_url_it_is_called_by_its_address() {
    let here = reach("127.0.0.1:8470", None, &Transport::Loopback).unwrap();
    assert_eq!(here.base, "http://127.0.0.1:8470");
    assert_eq!(here.host, None);
    assert!(!here.is_secure() && !here.is_proxied() && !here.is_open_to_eavesdropping());
    let there = reach("10.0.0.5:8470", None, &Transport::Insecure).unwrap();
    assert_eq!(there.host.as_deref(), Some("10.0.0.5:8470"));
    assert!(there.is_open_to_eavesdropping());
    let everywhere = reach("0.0.0.0:8470", None, &Transport::Insecure).unwrap_err();
    assert!(
        everywhere.contains("--public-url https://margay.example.com:8470"),
        "{everywhere}"
    );
}

#[test]
fn behind_a_url_without_tls_of_our_own_there_is_a_proxy() {
    let behind = |url| reach("127.0.0.1:8470", Some(url), &Transport::Loopback);
    let proxied = behind("https://margay.example.com/").unwrap();
    assert_eq!(proxied.base, "https://margay.example.com");
    assert_eq!(proxied.host.as_deref(), Some("margay.example.com"));
    assert!(proxied.is_secure() && proxied.is_proxied() && !proxied.is_open_to_eavesdropping());
    for (url, is_open) in [
        ("http://margay.example.com", true),
        ("http://localhost:9000", false),
        ("http://127.0.0.1:9000", false),
        ("http://[::1]:9000", false),
    ] {
        assert_eq!(behind(url).unwrap().is_open_to_eavesdropping(), is_open, "{url}");
    }
    for bad in [
        "margay.example.com",
        "ftp://margay.example.com",
        "https://",
        "https://a@b",
    ] {
        assert!(behind(bad).is_err(), "{bad}");
    }
}
