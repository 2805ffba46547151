//! The MCP server: the operations as tools, over stdio
//! (Model Context Protocol, "Transports", stdio).
//!
//! `stdio` carries messages, which `lines` reads; `server` answers requests, `tools` says
//! what there is, `arguments` makes Requests of what a client sends, `folders` keeps them
//! within the folders that were allowed, `calls` ends them with the server, `hearing`
//! tells what cargo says and `texts` what was done.

mod arguments;
mod calls;
mod folders;
mod hearing;
mod lines;
mod server;
mod stdio;
mod texts;
mod tools;

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use camino::Utf8PathBuf;
use rmcp::ServiceExt as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::compile::Environment;
pub use folders::{Folders, UnusableFolder};
use muslin_oci::transport::Host;
use server::Server;

/// How long answers that are on their way may take once the client is gone.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// What surrounds the server.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The folder that relative paths start from.
    pub cwd: Utf8PathBuf,
    /// The variables of what tools run.
    pub environment: Environment,
    /// How many threads compress a layer.
    pub threads: NonZeroUsize,
    /// Where layers, tools and standard libraries are kept, or why that cannot be said.
    pub cache_dir: Result<Utf8PathBuf, String>,
    /// How images are read and written on this machine.
    pub host: Host,
    /// What tools may read and write.
    pub folders: Folders,
    /// Whether images of the local Docker daemon may be read and written, too.
    pub docker_daemon: bool,
}

/// Serves until stdin closes or a signal ends it; what was in flight is ended then.
///
/// # Errors
/// The system gives neither threads nor signals.
pub fn serve(surroundings: Surroundings) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let server = Server::new(surroundings);
        let calls = server.calls();
        let (transport, stdio) = stdio::open();
        let service = tokio::spawn(async move {
            match server.serve(transport).await {
                Ok(running) => {
                    let _ = running.waiting().await;
                }
                Err(error) => tracing::warn!("the client said nothing useful: {error}"),
            }
        });
        tokio::select! {
            _ = terminate.recv() => tracing::info!("ending: SIGTERM"),
            _ = interrupt.recv() => tracing::info!("ending: SIGINT"),
            () = stdio.closed() => tracing::info!("ending: the client is gone"),
        }
        // A build ends beside the answers that are on their way.
        let ending = tokio::task::spawn_blocking(move || calls.cancel_all());
        let _ = tokio::time::timeout(LAST_WORDS, service).await;
        let _ = tokio::time::timeout(LAST_WORDS, stdio.written()).await;
        let _ = ending.await;
        Ok(())
    });
    // A thread may still wait for stdin or for a client that does not read.
    runtime.shutdown_background();
    ended
}
