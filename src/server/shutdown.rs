//! Stopping when the operator or the machine asks for it.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled by SIGTERM or Ctrl+C.
///
/// # Errors
/// When the signals can not be listened to.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        asked.cancel();
    });
    Ok(stop)
}
