//! SIGTERM and Ctrl-C ask for an end: what is in hand is finished first, in seconds. A second one changes nothing; SIGKILL is safe.

use tokio_util::sync::CancellationToken;

/// Returns a token that is cancelled by the first SIGTERM, SIGINT or (elsewhere) Ctrl-C.
pub(crate) fn stop_token() -> CancellationToken {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        wait().await;
        asked.cancel();
    });
    stop
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("signals cannot be heard; stop with SIGKILL, nothing is lost");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
