//! Where Asana's API is.

use std::str::FromStr;

use url::{Host, Url};

/// Asana's own API.
pub const API_URL_DEFAULT: &str = "https://app.asana.com/api/1.0";
/// A longer URL is a mistake. Real ones have less than 100 bytes.
const API_URL_BYTES_MAX: usize = 2048;

/// The address under which all requests go. Nothing else is ever called.
///
/// - **Invariant**: `https` with any host, or `http` with a loopback host (`localhost`, `127.0.0.0/8`, `::1`), because the
///   token travels with every request and only a loopback connection is private without TLS. No user, password, query or
///   fragment; no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl(Url);

/// Why a text is no API URL. Never repeats the text: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiUrlError {
    /// Not a URL.
    #[error("the API URL cannot be read: {0}\nhint: it looks like {API_URL_DEFAULT}")]
    Malformed(url::ParseError),
    /// Too long.
    #[error("the API URL is longer than {API_URL_BYTES_MAX} bytes")]
    TooLong,
    /// `http` to another machine, or no web address at all.
    #[error(
        "the API URL has to begin with https://\nhint: http:// would show the token to the network; it is only taken for this machine (localhost, 127.0.0.1, [::1])"
    )]
    NotSecure,
    /// A user or password in it.
    #[error("the API URL holds a user name or password\nhint: the Service Account Token is given separately")]
    UserInfo,
    /// A query or fragment in it.
    #[error("the API URL has a part after `?` or `#`\nhint: it ends with the version, as {API_URL_DEFAULT} does")]
    QueryOrFragment,
}

impl FromStr for ApiUrl {
    type Err = ApiUrlError;

    fn from_str(text: &str) -> Result<Self, ApiUrlError> {
        let text = text.trim();
        if text.len() > API_URL_BYTES_MAX {
            return Err(ApiUrlError::TooLong);
        }
        let mut url = Url::parse(text).map_err(ApiUrlError::Malformed)?;
        let is_private = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        if !is_private {
            return Err(ApiUrlError::NotSecure);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ApiUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ApiUrlError::QueryOrFragment);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl ApiUrl {
    /// Returns the address of `segments` below the API.
    ///
    /// # Panics
    /// Never: an `http` or `https` URL has a path.
    pub(crate) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("an http or https URL has a path")
            .pop_if_empty()
            .extend(segments);
        url
    }

    /// Returns the host, with the port if it is not the usual one.
    pub fn authority(&self) -> &str {
        self.0.authority()
    }

    /// Returns the host without the port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is Asana's own.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it points at this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl Default for ApiUrl {
    fn default() -> Self {
        API_URL_DEFAULT.parse().expect("the built-in URL is valid")
    }
}

impl std::fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}
