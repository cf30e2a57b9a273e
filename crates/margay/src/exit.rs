//! Exit codes, and the one error type of the commands that carries them.
//!
//! The codes are a promise (`docs/reference/cli.md`): a script may rely on them.

use std::fmt;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Something that should not happen, or that has no code of its own.
    Failure = 1,
    /// The command line, a setting or a file given to the command is wrong.
    Usage = 2,
    /// The vendor refuses the credentials or the organization.
    Refused = 3,
    /// The vendor cannot be reached or has a problem now; trying again may help.
    Unavailable = 4,
    /// Another process uses the data directory.
    InUse = 5,
    /// The data directory, the database or the lake cannot be read or written.
    Storage = 6,
    /// The SQL is wrong or was refused, or took too long.
    Query = 7,
    /// A schema, a file that was checked or the data directory has problems, or records do not fit their schema.
    Problems = 8,
}

impl Exit {
    /// Returns the code of the API's problem that says the same: the audit log has it, whoever was refused.
    pub(crate) fn problem_code(self) -> &'static str {
        match self {
            Self::Usage => "invalid_value",
            Self::Refused => "credentials_refused",
            Self::Unavailable => "vendor_unavailable",
            Self::InUse => "conflict",
            Self::Query => "query_invalid",
            Self::Problems => "schema_invalid",
            Self::Storage | Self::Failure => "internal",
        }
    }
}

/// Why a command failed: what a person reads, and the exit code.
pub(crate) struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure that says `message`.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self {
            exit,
            error: anyhow::Error::msg(message),
        }
    }

    /// The failure that is this error.
    pub(crate) fn of(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
        }
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What failed, without causes and hints.
    pub(crate) fn message(&self) -> String {
        let text = self.error.to_string();
        split_hint(&text).0.to_owned()
    }
}

/// Says what failed, then each cause that adds something, then the hint on its own line.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hints: Vec<String> = Vec::new();
        let mut said = String::new();
        for (depth, cause) in self.error.chain().enumerate() {
            let text = cause.to_string();
            let (message, hint) = split_hint(&text);
            hints.extend(hint.map(str::to_owned));
            if depth == 0 {
                write!(formatter, "{message}")?;
            } else if !said.contains(message) {
                write!(formatter, "\n  because: {message}")?;
            }
            said.push_str(message);
        }
        for hint in hints {
            write!(formatter, "\n{hint}")?;
        }
        Ok(())
    }
}

fn split_hint(text: &str) -> (&str, Option<&str>) {
    match text.find("\nhint: ") {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// Gives an error its exit code.
pub(crate) trait OrExit<T> {
    /// Turns an error into a [`Failure`] with this code.
    fn or_exit(self, exit: Exit) -> Outcome<T>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Outcome<T> {
        self.map_err(|error| Failure {
            exit,
            error: error.into(),
        })
    }
}

#[cfg(test)]
mod tests;
