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
/// The collector that traces are sent to, as `--otlp-endpoint`. The name, as that of the other `OTEL_` variables, is OpenTelemetry's.
pub(crate) const OTLP_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// What traces call this server; `margay` without it. OpenTelemetry's library reads it, as it reads `OTEL_EXPORTER_OTLP_HEADERS` and
/// the other variables that `docs/reference/traces.md` names.
pub(crate) const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// The longest that one request to a vendor may take, as `--request-timeout`.
pub(crate) const REQUEST_TIMEOUT: &str = "MARGAY_REQUEST_TIMEOUT";
/// How many arenas the C library's allocator may have; set by Margay itself unless it or [`GLIBC_TUNABLES`] is set. The name is glibc's.
pub(crate) const ARENAS_MAX: &str = "MALLOC_ARENA_MAX";
/// What the C library is told. Read only to leave its allocator alone then.
pub(crate) const GLIBC_TUNABLES: &str = "GLIBC_TUNABLES";
/// Set by Margay for itself, when it has begun itself again to set [`ARENAS_MAX`].
pub(crate) const BEGUN_AGAIN: &str = "MARGAY_BEGUN_AGAIN";
/// What the operating system's session calls whoever runs a command; the audit log names them so.
pub(crate) const OS_USER: [&str; 2] = ["LOGNAME", "USER"];
