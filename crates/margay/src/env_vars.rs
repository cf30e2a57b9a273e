//! Every environment variable that Margay reads. Nothing else in the workspace reads the environment.
//!
//! `docs/reference/cli.md` describes each.

/// The data directory, as `--data-dir`.
pub(crate) const DATA_DIR: &str = "MARGAY_DATA_DIR";
/// The master key that encrypts credentials, 32 bytes as hexadecimal or base64; without it a key file is made in the data directory.
pub(crate) const MASTER_KEY: &str = "MARGAY_MASTER_KEY";
/// Which log messages are written to standard error, in the syntax of `tracing`'s filters; `warn` without it, `info` for `serve`.
pub(crate) const LOG: &str = "MARGAY_LOG";
/// `text` (default) or `json`: the form of log messages.
pub(crate) const LOG_FORMAT: &str = "MARGAY_LOG_FORMAT";
/// A PEM file of certificate authorities to trust besides the system's, as `--ca-file`.
pub(crate) const CA_FILE: &str = "MARGAY_CA_FILE";
/// The longest that one request to a vendor may take, as `--request-timeout`.
pub(crate) const REQUEST_TIMEOUT: &str = "MARGAY_REQUEST_TIMEOUT";
