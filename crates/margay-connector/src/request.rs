//! What a connector asks the shell to fetch.

use std::time::Duration;

use url::Url;

/// One GET. The shell adds `Authorization: Bearer …`, `Accept` and `User-Agent`, and follows no redirect.
///
/// - **Invariant**: `url` holds no secret and points at the configured host.
/// - **Units**: `deadline` covers connecting, waiting and reading the whole body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What to get, query included.
    pub url: Url,
    /// After this long the shell gives up and reports a timeout.
    pub deadline: Duration,
    /// A body longer than this many bytes, decompressed, is refused by the shell.
    pub body_bytes_max: usize,
}
