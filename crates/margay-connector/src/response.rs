//! What a vendor answered.

/// A complete HTTP answer, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header as sent.
    pub retry_after: Option<String>,
    /// The `Date` header as sent: what the vendor's clock showed when it answered.
    pub date: Option<String>,
    /// The vendor's name for this request, to quote to its support.
    pub request_id: Option<String>,
    /// The whole body, decompressed.
    pub body: Vec<u8>,
}

/// The body is a customer's audit log: it stays out of debug output.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .field("date", &self.date)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
