use margay_store::{
    Answer, ApiTokenError, Grantor, IDEMPOTENCY_KEY_BYTES_MAX, IDEMPOTENCY_KEYS_MAX, IdempotencyError, Idempotent,
    JOURNAL_KEEP_DEFAULT, NETWORKS_PER_TOKEN_MAX, NewApiToken, OPERATOR_ACTOR, Permission, Request, Store,
    TOKEN_PREFIX, TokenRefused,
};
use secrecy::ExposeSecret;

use crate::world::{at, days};

fn new_token(name: &str) -> NewApiToken {
    NewApiToken {
        name: name.to_owned(),
        permissions: [Permission::AlertRead, Permission::LogSourceModify].into(),
        allowed_networks: vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        expires_at: Some(at(1_000)),
    }
}

pub(crate) async fn a_token_is_known_by_its_value_and_reads_back_without_it(store: &Store) {
    let issued = store
        .create_api_token(&new_token(" ci "), Grantor::Operator, at(1))
        .await
        .unwrap();
    let value = issued.value.expose_secret();
    assert!(value.starts_with(TOKEN_PREFIX) && value.len() == TOKEN_PREFIX.len() + 64);
    assert!(!format!("{issued:?}").contains(value));
    let token = store.api_token(issued.token.id).await.unwrap();
    assert_eq!(token, issued.token);
    assert_eq!((token.name.as_str(), token.created_by.as_str()), ("ci", OPERATOR_ACTOR));
    assert_eq!(token.permissions, new_token("").permissions);
    assert_eq!(token.allowed_networks, new_token("").allowed_networks);
    assert_eq!((token.expires_at, token.last_used_at), (Some(at(1_000)), None));
    let used = store
        .use_api_token(value, "10.1.2.3".parse().ok(), at(2))
        .await
        .unwrap();
    assert_eq!(used.id, token.id);

    let other = store
        .create_api_token(&new_token("Another"), Grantor::Operator, at(1))
        .await
        .unwrap();
    assert_ne!(other.value.expose_secret(), value);
    let names: Vec<String> = store
        .api_tokens()
        .await
        .unwrap()
        .into_iter()
        .map(|token| token.name)
        .collect();
    assert_eq!(names, ["Another", "ci"]);
}

pub(crate) async fn a_token_is_refused_elsewhere_afterwards_and_when_it_is_gone(store: &Store) {
    let issued = store
        .create_api_token(&new_token("ci"), Grantor::Operator, at(1))
        .await
        .unwrap();
    let (id, value) = (issued.token.id, issued.value.expose_secret());
    let here = "10.0.0.1".parse().ok();
    // A socket that speaks both shows an IPv4 client so.
    let mapped = "::ffff:10.0.0.1".parse().ok();
    assert!(store.use_api_token(value, mapped, at(2)).await.is_ok());
    let refused = store
        .use_api_token(value, "192.0.2.1".parse().ok(), at(2))
        .await
        .unwrap_err();
    assert!(matches!(refused, TokenRefused::Network(_)), "{refused}");
    let refused = store.use_api_token(value, None, at(2)).await.unwrap_err();
    assert!(matches!(refused, TokenRefused::Nowhere), "{refused}");
    let refused = store.use_api_token(value, here, at(1_000)).await.unwrap_err();
    assert!(
        matches!(refused, TokenRefused::Expired(end) if end == at(1_000)),
        "{refused}"
    );
    for wrong in ["", "mgy_", &value[..value.len() - 1], &value.to_uppercase()] {
        let refused = store.use_api_token(wrong, here, at(2)).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::Unknown), "{refused}");
    }

    let rotated = store.rotate_api_token(id, Grantor::Operator, at(3)).await.unwrap();
    assert_eq!(rotated.token.rotated_at, Some(at(3)));
    assert!(matches!(
        store.use_api_token(value, here, at(4)).await.unwrap_err(),
        TokenRefused::Unknown
    ));
    let value = rotated.value.expose_secret();
    assert_eq!(store.use_api_token(value, here, at(4)).await.unwrap().id, id);
    store.delete_api_token(id, Grantor::Operator).await.unwrap();
    assert!(matches!(
        store.use_api_token(value, here, at(5)).await.unwrap_err(),
        TokenRefused::Unknown
    ));
    for gone in [
        store.delete_api_token(id, Grantor::Operator).await.unwrap_err(),
        store.rotate_api_token(id, Grantor::Operator, at(5)).await.unwrap_err(),
        store
            .change_api_token(id, &new_token("x"), Grantor::Operator, at(5))
            .await
            .unwrap_err(),
        store.api_token(id).await.unwrap_err(),
    ] {
        assert!(
            matches!(gone, ApiTokenError::Unknown(unknown) if unknown == id),
            "{gone}"
        );
    }
}

pub(crate) async fn when_a_token_was_used_is_written_each_minute(store: &Store) {
    let issued = store
        .create_api_token(&new_token("ci"), Grantor::Operator, at(1))
        .await
        .unwrap();
    let here = "10.0.0.1".parse().ok();
    for (now, noted) in [(2, 2), (30, 2), (61, 2), (62, 62), (5, 5)] {
        store
            .use_api_token(issued.value.expose_secret(), here, at(now))
            .await
            .unwrap();
        let token = store.api_token(issued.token.id).await.unwrap();
        assert_eq!(token.last_used_at, Some(at(noted)), "at {now}");
    }
}

pub(crate) async fn a_token_is_changed_and_keeps_its_value(store: &Store) {
    let issued = store
        .create_api_token(&new_token("ci"), Grantor::Operator, at(1))
        .await
        .unwrap();
    let changed = NewApiToken {
        name: "CI".to_owned(),
        permissions: [Permission::SummaryRead].into(),
        allowed_networks: Vec::new(),
        expires_at: None,
    };
    let token = store
        .change_api_token(issued.token.id, &changed, Grantor::Operator, at(2))
        .await
        .unwrap();
    assert_eq!((token.name.as_str(), token.expires_at), ("CI", None));
    assert_eq!(token.permissions, changed.permissions);
    let anywhere = None;
    assert!(
        store
            .use_api_token(issued.value.expose_secret(), anywhere, at(3))
            .await
            .is_ok()
    );
}

pub(crate) async fn a_token_gives_away_no_more_than_it_has(store: &Store) {
    // AlertRead and LogSourceModify, from 10.0.0.0/8, until second 1,000.
    let own = store
        .create_api_token(&new_token("own"), Grantor::Operator, at(1))
        .await
        .unwrap()
        .token;
    let grantor = Grantor::Token(&own);
    let within = NewApiToken {
        permissions: [Permission::AlertRead].into(),
        allowed_networks: vec!["10.1.0.0/16".parse().unwrap()],
        expires_at: Some(at(900)),
        ..new_token("within")
    };
    let made = store.create_api_token(&within, grantor, at(1)).await.unwrap().token;
    assert_eq!(made.created_by, "own");
    let beyond = [
        NewApiToken {
            permissions: [Permission::AlertRead, Permission::SummaryRead].into(),
            ..within.clone()
        },
        NewApiToken {
            allowed_networks: Vec::new(),
            ..within.clone()
        },
        NewApiToken {
            allowed_networks: vec!["10.1.0.0/16".parse().unwrap(), "11.0.0.0/8".parse().unwrap()],
            ..within.clone()
        },
        NewApiToken {
            expires_at: None,
            ..within.clone()
        },
        NewApiToken {
            expires_at: Some(at(1_001)),
            ..within.clone()
        },
    ];
    for mut case in beyond {
        let refused = store
            .change_api_token(made.id, &case, grantor, at(2))
            .await
            .unwrap_err();
        assert!(matches!(refused, ApiTokenError::Beyond { .. }), "{refused}");
        let refused = store.change_api_token(own.id, &case, grantor, at(2)).await.unwrap_err();
        assert!(matches!(refused, ApiTokenError::Beyond { .. }), "{refused}");
        "beyond".clone_into(&mut case.name);
        let refused = store.create_api_token(&case, grantor, at(2)).await.unwrap_err();
        assert!(matches!(refused, ApiTokenError::Beyond { .. }), "{refused}");

        // Nor does it get at a value that lets do more.
        let rich = store
            .create_api_token(&case, Grantor::Operator, at(2))
            .await
            .unwrap()
            .token;
        let refused = store.rotate_api_token(rich.id, grantor, at(3)).await.unwrap_err();
        assert!(matches!(refused, ApiTokenError::Beyond { .. }), "{refused}");
        let is_richer = !rich.permissions.is_subset(&own.permissions);
        let deleted = store.delete_api_token(rich.id, grantor).await;
        assert_eq!(deleted.is_err(), is_richer);
        store.delete_api_token(rich.id, Grantor::Operator).await.ok();
    }
    store.rotate_api_token(made.id, grantor, at(4)).await.unwrap();
    store.rotate_api_token(own.id, grantor, at(4)).await.unwrap();
}

pub(crate) async fn what_cannot_be_a_token_is_refused(store: &Store) {
    store
        .create_api_token(&new_token("ci"), Grantor::Operator, at(1))
        .await
        .unwrap();
    let network = "192.0.2.0/24".parse().unwrap();
    let cases = [
        new_token(" "),
        new_token("CI"),
        NewApiToken {
            permissions: [].into(),
            ..new_token("a")
        },
        NewApiToken {
            allowed_networks: vec![network; NETWORKS_PER_TOKEN_MAX + 1],
            ..new_token("a")
        },
        NewApiToken {
            expires_at: Some(at(1)),
            ..new_token("a")
        },
        new_token("Margay"),
        new_token("Command line"),
        new_token("ann@example.com"),
    ];
    let mut refused = Vec::new();
    for case in cases {
        refused.push(
            store
                .create_api_token(&case, Grantor::Operator, at(1))
                .await
                .unwrap_err(),
        );
    }
    assert!(
        matches!(
            &refused[..],
            [
                ApiTokenError::NameInvalid(_),
                ApiTokenError::NameTaken(_),
                ApiTokenError::NoPermission,
                ApiTokenError::TooManyNetworks(_),
                ApiTokenError::ExpiresInThePast,
                ApiTokenError::NameReserved(_),
                ApiTokenError::NameReserved(_),
                ApiTokenError::NameReserved(_)
            ]
        ),
        "{refused:?}"
    );
}

const ANSWER: &str = r#"{"id":"1"}"#;

fn request<'a>(key: &'a str, body: &'a [u8]) -> Request<'a> {
    Request {
        actor: "token 1",
        route: "POST /things",
        key,
        body,
    }
}

pub(crate) async fn a_request_that_comes_twice_is_answered_alike(store: &Store) {
    let asked = request("k", b"with a secret");
    let answer = Answer {
        status: 201,
        body: ANSWER.to_owned(),
    };
    assert_eq!(store.begin_idempotent(asked, at(0)).await.unwrap(), Idempotent::Begun);
    assert_eq!(
        store.begin_idempotent(asked, at(1)).await.unwrap(),
        Idempotent::InProgress
    );
    store.finish_idempotent(asked, Some(&answer)).await.unwrap();
    assert_eq!(
        store.begin_idempotent(asked, at(2)).await.unwrap(),
        Idempotent::Answered(answer)
    );
    let other = request("k", b"something else");
    assert_eq!(store.begin_idempotent(other, at(2)).await.unwrap(), Idempotent::Reused);
    // Another's key, another route's and another key have nothing to do with it.
    for apart in [
        Request {
            actor: "token 2",
            ..asked
        },
        Request {
            route: "POST /others",
            ..asked
        },
        Request { key: "l", ..asked },
    ] {
        assert_eq!(store.begin_idempotent(apart, at(2)).await.unwrap(), Idempotent::Begun);
    }
    // A day later nobody remembers.
    assert_eq!(
        store.begin_idempotent(other, at(days(1))).await.unwrap(),
        Idempotent::Begun
    );
    for length in [0, IDEMPOTENCY_KEY_BYTES_MAX + 1] {
        let refused = store
            .begin_idempotent(request(&"k".repeat(length), b""), at(0))
            .await
            .unwrap_err();
        assert!(matches!(refused, IdempotencyError::KeyLength(_)), "{refused}");
    }
}

pub(crate) async fn a_request_that_failed_or_whose_server_died_may_begin_again(store: &Store) {
    let asked = request("k", b"body");
    store.begin_idempotent(asked, at(0)).await.unwrap();
    store.finish_idempotent(asked, None).await.unwrap();
    assert_eq!(store.begin_idempotent(asked, at(1)).await.unwrap(), Idempotent::Begun);
    assert_eq!(
        store.begin_idempotent(asked, at(300)).await.unwrap(),
        Idempotent::InProgress
    );
    assert_eq!(store.begin_idempotent(asked, at(301)).await.unwrap(), Idempotent::Begun);
}

pub(crate) async fn answers_are_removed_after_a_day_and_beyond_the_limit(store: &Store) {
    let asked = request("old", b"body");
    store.begin_idempotent(asked, at(0)).await.unwrap();
    let answer = Answer {
        status: 201,
        body: ANSWER.to_owned(),
    };
    store.finish_idempotent(asked, Some(&answer)).await.unwrap();
    // A clock that was set back: only pruning can have removed it.
    store.prune(at(days(1)), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert_eq!(store.begin_idempotent(asked, at(1)).await.unwrap(), Idempotent::Begun);
    store.finish_idempotent(asked, Some(&answer)).await.unwrap();
    let of_another = Request {
        actor: "another",
        ..asked
    };
    store.begin_idempotent(of_another, at(1)).await.unwrap();
    store.finish_idempotent(of_another, Some(&answer)).await.unwrap();
    store.begin_idempotent(request("slow", b"body"), at(1)).await.unwrap();
    for number in 0..=IDEMPOTENCY_KEYS_MAX {
        let key = number.to_string();
        store.begin_idempotent(request(&key, b"body"), at(2)).await.unwrap();
        store
            .finish_idempotent(request(&key, b"body"), Some(&answer))
            .await
            .unwrap();
    }
    // Neither what another asked nor what is being worked on is pushed out.
    assert_eq!(
        store.begin_idempotent(of_another, at(3)).await.unwrap(),
        Idempotent::Answered(answer.clone())
    );
    assert_eq!(
        store.begin_idempotent(request("slow", b"body"), at(3)).await.unwrap(),
        Idempotent::InProgress
    );
    assert_eq!(store.begin_idempotent(asked, at(3)).await.unwrap(), Idempotent::Begun);
}
