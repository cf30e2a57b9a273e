use super::{Access, Errand, TOKEN_REPLACEMENTS_MAX, TokenKind, Tokens};

#[test]
fn every_kind_has_its_own_token_and_is_found_by_it() {
    let tokens = Tokens::new(9);
    for (place, kind) in TokenKind::ALL.into_iter().enumerate() {
        assert_eq!(kind.place(), place);
        assert_eq!(tokens.kind_of(tokens.text(kind)), Some(kind));
    }
    assert_eq!(tokens.kind_of("2/1/2:3"), None);
    let texts = |seed: u64| {
        let tokens = Tokens::new(seed);
        TokenKind::ALL.map(|kind| tokens.text(kind).to_owned())
    };
    assert_eq!(texts(9), texts(9));
    assert_ne!(texts(9), texts(10));
}

#[test]
fn tokens_have_the_form_that_scanners_look_for() {
    let tokens = Tokens::new(1);
    let text = tokens.text(TokenKind::PersonalAccess);
    let (ids, secret) = text.split_once(':').unwrap();
    let ids: Vec<&str> = ids.split('/').collect();
    assert!(
        ids.len() == 3
            && ids[1..]
                .iter()
                .all(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit()))
    );
    assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
}

#[test]
fn a_new_token_becomes_active() {
    assert_eq!(TokenKind::NotYetActive.access(Errand::AuditLog, false), Access::Unknown);
    assert_eq!(TokenKind::NotYetActive.access(Errand::AuditLog, true), Access::Granted);
}

#[test]
fn a_revoked_token_is_nobodys_until_it_is_restored() {
    let (tokens, kind) = (Tokens::new(1), TokenKind::ServiceAccountFull);
    tokens.revoke(kind);
    assert_eq!(tokens.kind_of(tokens.text(kind)), None);
    tokens.restore(kind);
    assert_eq!(tokens.kind_of(tokens.text(kind)), Some(kind));
}

#[test]
fn a_replaced_token_is_dead_and_its_successors_are_finite() {
    let (tokens, kind) = (Tokens::new(1), TokenKind::ServiceAccountFull);
    let old = tokens.text(kind);
    tokens.revoke(kind);
    let new = tokens.replace(kind).unwrap();
    assert_eq!((tokens.kind_of(old), tokens.kind_of(new)), (None, Some(kind)));
    let left = std::iter::from_fn(|| tokens.replace(kind)).count();
    assert_eq!(left, TOKEN_REPLACEMENTS_MAX - 1);
}
