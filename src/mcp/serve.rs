//! Serves until the client or a signal ends it.

use std::io;
use std::time::Duration;

use muslin_oci::folder::Links;
use rmcp::ServiceExt as _;
use tokio::signal::unix::{SignalKind, signal};

use super::options::ServerOptions;
use super::server::Server;
use super::stdio;

/// How long pending answers may take once the server is ending.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(300);

/// Serves until stdin closes, the client stops reading, or SIGTERM or SIGINT arrives, then
/// cancels the running calls.
///
/// # Errors
/// Threads cannot be started or signals cannot be handled.
pub(crate) fn serve(mut options: ServerOptions) -> io::Result<()> {
    options.environment.links = Links::Refuse;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let server = Server::new(options);
        let calls = server.running_calls();
        let (transport, stdio) = stdio::open();
        let service = tokio::spawn(async move {
            match server.serve(transport).await {
                Ok(running) => {
                    let _ = running.waiting().await;
                }
                Err(error) => tracing::warn!("initialization failed: {error}"),
            }
        });
        tokio::select! {
            _ = terminate.recv() => tracing::info!("ending: SIGTERM"),
            _ = interrupt.recv() => tracing::info!("ending: SIGINT"),
            () = stdio.closed() => tracing::info!("ending: the client has disconnected"),
        }
        // Builds end while pending answers are written.
        let cancelling = tokio::task::spawn_blocking(move || calls.cancel_all());
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, service).await;
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, stdio.flushed()).await;
        let _ = cancelling.await;
        Ok(())
    });
    // A thread may still block on stdin, or on stdout that nobody reads.
    runtime.shutdown_background();
    outcome
}
