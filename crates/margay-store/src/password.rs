//! Passwords: which are taken, and how they are kept.
//!
//! Argon2id with the costs that OWASP's password storage cheat sheet gives first (19 MiB, two passes, one lane; read 2026-11-26). A hash
//! takes some tens of milliseconds of a core: callers in async code leave their thread for it.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Parsed;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};

/// The shortest password, in characters: what NIST SP 800-63B-4 (section 3.1.1.2, read 2026-11-26) asks for where it stands alone is 15,
/// for one of several factors 8. People who choose a phrase have more.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest, in bytes: hashing reads all of it.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// Passwords of twelve characters and more that stand at the top of published lists, and what people make of this program's name.
const COMMON: [&str; 24] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123123123123",
    "111111111111",
    "000000000000",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwerty123456",
    "q1w2e3r4t5y6",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "password1234",
    "password12345",
    "passwordpassword",
    "administrator",
    "administrator1",
    "adminadminadmin",
    "changeme1234",
    "letmeinletmein",
    "iloveyou1234",
    "welcome12345",
    "margaymargay",
    "margay123456",
];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Fewer characters than [`PASSWORD_CHARS_MIN`].
    #[error(
        "a password has at least {PASSWORD_CHARS_MIN} characters\nhint: a phrase of four or five words is easy to keep"
    )]
    TooShort,
    /// More bytes than [`PASSWORD_BYTES_MAX`].
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// It is the first that anybody tries.
    #[error("this password is on every list of common ones\nhint: a phrase of four or five words is easy to keep")]
    Common,
    /// It is the address that it belongs to.
    #[error("the e-mail address is no password")]
    IsEmail,
    /// It could not be hashed.
    #[error("the password could not be hashed: the operating system gave no random bytes")]
    NotHashed,
}

/// A password as it is kept. Never shown, though nothing of the password can be read from it.
#[derive(Clone)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

impl PasswordHash {
    /// Hashes the password of `email`, if it may be one.
    ///
    /// # Errors
    /// When it is too short, too long, or the first that anybody tries.
    pub fn of(password: &SecretString, email: &str) -> Result<Self, PasswordProblem> {
        let text = password.expose_secret();
        if text.chars().count() < PASSWORD_CHARS_MIN {
            return Err(PasswordProblem::TooShort);
        }
        if text.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordProblem::TooLong);
        }
        let folded = text.to_lowercase();
        if COMMON.contains(&folded.as_str()) || is_one_character(text) {
            return Err(PasswordProblem::Common);
        }
        if folded == email.trim().to_lowercase() {
            return Err(PasswordProblem::IsEmail);
        }
        let hash = Argon2::default()
            .hash_password(text.as_bytes())
            .map_err(|_| PasswordProblem::NotHashed)?;
        Ok(Self(hash.to_string()))
    }

    /// A hash that no password has, for users that do not exist: whoever asks waits as long.
    pub fn of_nobody() -> Self {
        Self(
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                .to_owned(),
        )
    }

    /// Whether `password` is the one.
    pub fn is_of(&self, password: &SecretString) -> bool {
        let text = password.expose_secret();
        // What is longer was never taken; it is not read to its end.
        text.len() <= PASSWORD_BYTES_MAX
            && Parsed::new(&self.0)
                .is_ok_and(|parsed| Argon2::default().verify_password(text.as_bytes(), &parsed).is_ok())
    }

    pub(crate) fn from_kept(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn kept(&self) -> &str {
        &self.0
    }
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{PASSWORD_BYTES_MAX, PasswordHash, PasswordProblem};

    const EMAIL: &str = "ann@example.com";

    fn hash(password: &str) -> Result<PasswordHash, PasswordProblem> {
        PasswordHash::of(&SecretString::from(password), EMAIL)
    }

    #[test]
    fn a_password_is_known_by_its_hash_and_no_other_is() {
        let password = "correct horse battery staple";
        let kept = hash(password).unwrap();
        assert!(
            kept.kept().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            kept.kept()
        );
        assert_eq!(format!("{kept:?}"), "PasswordHash");
        let again = PasswordHash::from_kept(kept.kept().to_owned());
        assert!(again.is_of(&password.into()));
        for other in [
            "",
            "correct horse battery stapl",
            "Correct horse battery staple",
            kept.kept(),
        ] {
            assert!(!again.is_of(&other.into()), "{other}");
        }
        assert_ne!(hash(password).unwrap().kept(), kept.kept(), "each has its own salt");
        // Nobody's takes as long to look at as anybody's.
        let costs = |hash: &PasswordHash| {
            let parsed = argon2::password_hash::phc::PasswordHash::new(hash.kept()).unwrap();
            (
                parsed.algorithm.to_string(),
                parsed.params.to_string(),
                parsed.hash.map(|hash| hash.len()),
            )
        };
        assert_eq!(costs(&PasswordHash::of_nobody()), costs(&kept));
        assert!(!PasswordHash::of_nobody().is_of(&password.into()));
        assert!(!PasswordHash::from_kept("nonsense".to_owned()).is_of(&password.into()));
    }

    #[test]
    fn what_anybody_would_try_is_refused() {
        for (password, problem) in [
            ("elevenchars", PasswordProblem::TooShort),
            ("éééééééé", PasswordProblem::TooShort),
            ("Password1234", PasswordProblem::Common),
            ("zzzzzzzzzzzzzzz", PasswordProblem::Common),
            ("ANN@example.com", PasswordProblem::IsEmail),
        ] {
            assert_eq!(hash(password).unwrap_err(), problem, "{password}");
        }
        let long = "ab".repeat(PASSWORD_BYTES_MAX / 2 + 1);
        assert_eq!(hash(&long).unwrap_err(), PasswordProblem::TooLong);
        assert!(hash(&long[..PASSWORD_BYTES_MAX]).is_ok());
    }
}
