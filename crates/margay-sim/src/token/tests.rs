use super::{Access, Errand, TokenKind, Tokens};

#[test]
fn every_kind_has_its_own_token_and_is_found_by_it() {
    let tokens = Tokens::new(9);
    for (place, kind) in TokenKind::ALL.into_iter().enumerate() {
        assert_eq!(kind.place(), place);
        assert_eq!(tokens.kind_of(tokens.text(kind)), Some(kind));
    }
    assert_eq!(tokens.kind_of("2/1/2:3"), None);
    assert_eq!(Tokens::new(9).texts, tokens.texts);
    assert_ne!(Tokens::new(10).texts, tokens.texts);
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
