use std::sync::LazyLock;
use std::time::Duration;

use margay_store::{
    Grantor, JOURNAL_KEEP_DEFAULT, NewApiToken, NewUser, PasswordHash, Permission, Role, SESSION_IDLE_MAX,
    SESSION_LASTS_MAX, SESSIONS_PER_USER_MAX, SessionEnd, SessionRefused, Store, User, UserEdit, UserError,
};
use secrecy::{ExposeSecret, SecretString};

use crate::world::at;

const PASSWORD: &str = "a phrase that nobody has";
/// Hashing is slow on purpose: once for all of these.
static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| PasswordHash::of(&SecretString::from(PASSWORD), "nobody").unwrap());

fn new_user(email: &str, role: Role) -> NewUser {
    NewUser {
        email: email.to_owned(),
        role,
        password: HASH.clone(),
    }
}

async fn admin(store: &Store) -> User {
    store
        .create_first_user(" Ann@example.com ", &HASH, "setup", at(1))
        .await
        .unwrap()
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap()
}

pub(crate) async fn the_first_user_is_an_administrator_and_is_made_once(store: &Store) {
    assert!(store.has_no_user().await.unwrap());
    let ann = admin(store).await;
    assert_eq!((ann.email.as_str(), ann.role), ("Ann@example.com", Role::Admin));
    assert!(!store.has_no_user().await.unwrap());
    let again = store.create_first_user("bob@example.com", &HASH, "setup", at(2)).await;
    assert!(matches!(again, Err(UserError::AlreadySetUp)), "{again:?}");
    let (found, hash) = store.user_of_email("ann@EXAMPLE.com").await.unwrap().unwrap();
    assert_eq!(found, ann);
    assert!(hash.is_of(&PASSWORD.into()));
    assert!(store.user_of_email("bob@example.com").await.unwrap().is_none());
}

pub(crate) async fn users_are_added_changed_and_deleted(store: &Store) {
    let ann = admin(store).await;
    let bob = store
        .create_user(&new_user("bob@example.com", Role::Analyst), Grantor::Operator, at(2))
        .await
        .unwrap();
    let taken = store
        .create_user(&new_user("BOB@example.com", Role::Analyst), Grantor::Operator, at(2))
        .await;
    assert!(matches!(taken, Err(UserError::EmailTaken(_))), "{taken:?}");
    for none in [
        "",
        "bob",
        "@example.com",
        "bob@",
        "b@b@b",
        "b ob@example.com",
        "b\n@example.com",
    ] {
        let refused = store
            .create_user(&new_user(none, Role::Analyst), Grantor::Operator, at(2))
            .await;
        assert!(matches!(refused, Err(UserError::EmailInvalid)), "{none:?}");
    }
    let edit = UserEdit {
        role: Some(Role::ReadOnly),
        is_enabled: None,
    };
    assert_eq!(
        store
            .edit_user(bob.id, edit, Grantor::Operator, at(3))
            .await
            .unwrap()
            .role,
        Role::ReadOnly
    );
    let users = store.users().await.unwrap();
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [ann.id, bob.id]);
    store.delete_user(bob.id, Grantor::Operator).await.unwrap();
    assert!(matches!(store.user(bob.id).await, Err(UserError::Unknown(id)) if id == bob.id));
}

pub(crate) async fn somebody_can_always_manage_users(store: &Store) {
    let ann = admin(store).await;
    let less = [
        UserEdit {
            role: Some(Role::Analyst),
            is_enabled: None,
        },
        UserEdit {
            role: None,
            is_enabled: Some(false),
        },
    ];
    for edit in less {
        let refused = store.edit_user(ann.id, edit, Grantor::Operator, at(2)).await;
        assert!(matches!(refused, Err(UserError::LastAdmin)), "{refused:?}");
    }
    assert!(matches!(
        store.delete_user(ann.id, Grantor::Operator).await,
        Err(UserError::LastAdmin)
    ));
    assert_eq!(store.user(ann.id).await.unwrap(), ann);
    store
        .create_user(&new_user("bob@example.com", Role::Admin), Grantor::Operator, at(2))
        .await
        .unwrap();
    store
        .edit_user(ann.id, less[1], Grantor::Operator, at(3))
        .await
        .unwrap();
    store.delete_user(ann.id, Grantor::Operator).await.unwrap();
}

pub(crate) async fn a_session_lasts_while_it_is_used_and_not_for_ever(store: &Store) {
    let ann = admin(store).await;
    let address = "::ffff:192.0.2.7".parse().ok();
    let issued = store
        .begin_session(ann.id, &HASH, address, "a browser", at(10))
        .await
        .unwrap();
    assert!(!format!("{issued:?}").contains(issued.value.expose_secret()));
    assert_eq!(
        (issued.session.address.as_str(), issued.session.agent.as_str()),
        ("192.0.2.7", "a browser")
    );
    assert_eq!(store.user(ann.id).await.unwrap().last_login_at, Some(at(10)));
    let value = issued.value.expose_secret();
    let (session, user) = store.use_session(value, at(20)).await.unwrap();
    assert_eq!((session.id, user.id), (issued.session.id, ann.id));
    for wrong in ["", "mgs_", &value[1..]] {
        assert!(matches!(
            store.use_session(wrong, at(20)).await,
            Err(SessionRefused::Over)
        ));
    }
    // Used often enough, it goes on until it has lasted too long.
    let (idle, lasts) = (seconds(SESSION_IDLE_MAX), seconds(SESSION_LASTS_MAX));
    let mut now = 10;
    while now + idle - 1 < 10 + lasts {
        now += idle - 1;
        assert!(store.use_session(value, at(now)).await.is_ok(), "at {now}");
    }
    assert!(store.use_session(value, at(10 + lasts)).await.is_err());

    let idle_one = store.begin_session(ann.id, &HASH, None, "", at(10)).await.unwrap();
    assert!(
        store
            .use_session(idle_one.value.expose_secret(), at(10 + idle))
            .await
            .is_err()
    );
    store.prune(at(10 + lasts), JOURNAL_KEEP_DEFAULT).await.unwrap();
    assert!(store.sessions_of(ann.id).await.unwrap().is_empty());
}

pub(crate) async fn who_may_not_log_in_is_logged_out(store: &Store) {
    let ann = admin(store).await;
    let bob = store
        .create_user(&new_user("bob@example.com", Role::Analyst), Grantor::Operator, at(1))
        .await
        .unwrap();
    let log_in = async || {
        let issued = store.begin_session(bob.id, &HASH, None, "", at(10)).await.unwrap();
        (issued.session.id, issued.value.expose_secret().to_owned())
    };
    let is_in = async |value: &str| store.use_session(value, at(11)).await.is_ok();
    let (id, value) = log_in().await;
    store.end_session(ann.id, id, SessionEnd::Ended).await.unwrap();
    assert!(is_in(&value).await, "it is not hers");
    store.end_session(bob.id, id, SessionEnd::Ended).await.unwrap();
    assert!(!is_in(&value).await);

    let (_, value) = log_in().await;
    store.set_password(bob.id, &HASH, Grantor::Operator).await.unwrap();
    assert!(!is_in(&value).await);

    let (_, value) = log_in().await;
    let off = UserEdit {
        role: None,
        is_enabled: Some(false),
    };
    store.edit_user(bob.id, off, Grantor::Operator, at(12)).await.unwrap();
    assert!(!is_in(&value).await);
    assert!(store.begin_session(bob.id, &HASH, None, "", at(13)).await.is_err());
    let on = UserEdit {
        role: None,
        is_enabled: Some(true),
    };
    store.edit_user(bob.id, on, Grantor::Operator, at(14)).await.unwrap();
    let mut values = Vec::new();
    for _ in 0..=SESSIONS_PER_USER_MAX {
        values.push(log_in().await.1);
    }
    assert_eq!(store.sessions_of(bob.id).await.unwrap().len(), SESSIONS_PER_USER_MAX);
    store.delete_user(bob.id, Grantor::Operator).await.unwrap();
    assert!(!is_in(&values[SESSIONS_PER_USER_MAX]).await);
}

pub(crate) async fn a_role_never_lets_more_than_the_one_above(_: &Store) {
    let [admin, analyst, read_only] = Role::ALL.map(Role::permissions);
    assert_eq!(admin.len(), Permission::ALL.len());
    assert!(analyst.is_subset(&admin) && read_only.is_subset(&analyst));
    assert!(analyst.contains(&Permission::LogSourceModify) && !analyst.contains(&Permission::UserModify));
    assert!(
        read_only.iter().all(|permission| permission.as_str().ends_with("Read")),
        "{read_only:?}"
    );
    for role in Role::ALL {
        assert_eq!(Role::of_name(role.as_str()), Some(role));
    }
}

pub(crate) async fn nobody_makes_or_takes_hold_of_somebody_mightier(store: &Store) {
    let ann = admin(store).await;
    let bob = store
        .create_user(&new_user("bob@example.com", Role::Analyst), Grantor::Operator, at(1))
        .await
        .unwrap();
    let full = NewApiToken {
        name: "full".to_owned(),
        permissions: Permission::ALL.into(),
        allowed_networks: Vec::new(),
        expires_at: None,
    };
    let confined = NewApiToken {
        name: "confined".to_owned(),
        allowed_networks: vec!["10.0.0.0/8".parse().unwrap()],
        ..full.clone()
    };
    let short = NewApiToken {
        name: "short".to_owned(),
        expires_at: Some(at(1_000)),
        ..full.clone()
    };
    let poor = NewApiToken {
        name: "poor".to_owned(),
        permissions: [Permission::UserModify].into(),
        ..full.clone()
    };
    for new in [confined, short, poor] {
        let token = store
            .create_api_token(&new, Grantor::Operator, at(2))
            .await
            .unwrap()
            .token;
        let grantor = Grantor::Token(&token);
        let role = UserEdit {
            role: Some(Role::Admin),
            is_enabled: None,
        };
        let refused = [
            store
                .create_user(&new_user("eve@example.com", Role::Admin), grantor, at(3))
                .await
                .err(),
            store.edit_user(bob.id, role, grantor, at(3)).await.err(),
            store.set_password(ann.id, &HASH, grantor).await.err(),
            store.delete_user(ann.id, grantor).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(UserError::Beyond(_))), "{}: {error:?}", new.name);
        }
    }
    let token = store
        .create_api_token(&full, Grantor::Operator, at(2))
        .await
        .unwrap()
        .token;
    let made = store
        .create_user(&new_user("eve@example.com", Role::Admin), Grantor::Token(&token), at(3))
        .await
        .unwrap();
    assert_eq!(made.created_by, "full");
}

pub(crate) async fn a_password_that_was_changed_meanwhile_lets_nobody_in(store: &Store) {
    let ann = admin(store).await;
    let new = PasswordHash::of(&SecretString::from("another phrase that nobody has"), "nobody").unwrap();
    store.set_password(ann.id, &new, Grantor::Operator).await.unwrap();
    let refused = store.begin_session(ann.id, &HASH, None, "", at(2)).await;
    assert!(matches!(refused, Err(UserError::PasswordChanged)), "{refused:?}");
    let refused = store.replace_password(ann.id, &HASH, &HASH).await;
    assert!(matches!(refused, Err(UserError::PasswordChanged)), "{refused:?}");
    store.replace_password(ann.id, &new, &HASH).await.unwrap();
    store.begin_session(ann.id, &HASH, None, "", at(3)).await.unwrap();
}
