//! Log messages: to standard error, structured, never with a secret or a record's content.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::{Command, Global, LogFormat};
use crate::output;

/// Starts logging. A filter that cannot be read is said, and the default is used.
pub(crate) fn install(global: &Global, command: &Command) {
    let default = if matches!(command, Command::Serve(_)) {
        "info"
    } else {
        "warn"
    };
    // Our own crates speak at the level asked for; libraries only when something is wrong.
    let standard = || {
        EnvFilter::new(format!(
            "warn,margay={default},margay_runtime={default},margay_server={default}"
        ))
    };
    let filter = match global.log.as_deref().map(EnvFilter::try_new) {
        None => standard(),
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            output::note(format_args!(
                "warning: the log filter is not valid ({error}); using the default"
            ));
            standard()
        }
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match global.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
