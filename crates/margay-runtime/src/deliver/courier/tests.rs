use super::*;

fn courier(allowed: &[&str]) -> Courier {
    let allowed = allowed.iter().map(|net| net.parse().unwrap()).collect();
    Courier::new(AddressGuard::new(allowed), Clock::system(), None).unwrap()
}

async fn checked(courier: &Courier, url: &str) -> Result<(), String> {
    courier
        .check_address(&url.parse().unwrap())
        .await
        .map_err(|problem| problem.outcome)
}

#[tokio::test]
async fn calls_without_tls_go_only_to_addresses_that_were_allowed() {
    let strict = courier(&[]);
    assert!(
        checked(&strict, "https://example.com/x").await.is_ok(),
        "its name is resolved by the guard"
    );
    assert!(
        checked(&strict, "http://8.8.8.8/x")
            .await
            .unwrap_err()
            .contains("not sent without TLS")
    );
    assert!(
        checked(&strict, "https://127.0.0.1/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    assert!(
        checked(&strict, "http://[::1]/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    assert!(
        checked(&strict, "http://localhost/x")
            .await
            .unwrap_err()
            .contains("not a public address")
    );
    let loopback = courier(&["127.0.0.0/8", "::1/128"]);
    for url in [
        "http://127.0.0.1:1/x",
        "http://[::1]:1/x",
        "http://localhost:1/x",
        "https://127.0.0.1/x",
    ] {
        assert_eq!(checked(&loopback, url).await, Ok(()), "{url}");
    }
}
