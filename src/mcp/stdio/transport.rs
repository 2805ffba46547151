//! Connects stdin and stdout with the SDK.

use std::sync::Arc;
use std::thread;

use rmcp::RoleServer;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::DuplexStream;
use tokio::sync::{Notify, mpsc};

use super::backlog::Backlog;
use super::{input, output};

/// Requests that wait for the SDK, in bytes: few, because each may have a long answer.
const INPUT_PIPE: usize = 4 << 10;
/// Answers that wait to be queued for stdout, in bytes.
const OUTPUT_PIPE: usize = 64 << 10;
/// Blocks of output that are queued for stdout.
const OUTPUT_QUEUE: usize = 16;

/// The transport of the SDK.
pub(in super::super) type Transport = AsyncRwTransport<RoleServer, DuplexStream, DuplexStream>;

/// The state of stdin and stdout.
pub(in super::super) struct Stdio {
    closed: Arc<Notify>,
    backlog: Backlog,
}

impl Stdio {
    /// Waits until the client has closed stdin or does not read stdout any more.
    pub(in super::super) async fn closed(&self) {
        self.closed.notified().await;
    }

    /// Waits until every answer is written.
    pub(in super::super) async fn flushed(&self) {
        self.backlog.at_most(0).await;
    }
}

/// Starts to read stdin and to write stdout.
pub(in super::super) fn open() -> (Transport, Stdio) {
    let (to_sdk, sdk_input) = tokio::io::duplex(INPUT_PIPE);
    let (sdk_output, from_sdk) = tokio::io::duplex(OUTPUT_PIPE);
    let closed = Arc::new(Notify::new());
    let backlog = Backlog::default();

    let (message_sender, messages) = mpsc::channel(1);
    let (refusal_sender, refusals) = mpsc::channel(1);
    let (block_sender, blocks) = mpsc::channel(OUTPUT_QUEUE);
    let at_end = Arc::clone(&closed);
    thread::spawn(move || input::read_messages(&message_sender, &at_end));
    let at_hang_up = Arc::clone(&closed);
    thread::spawn(move || input::notify_of_hang_up(&at_hang_up));
    tokio::spawn(input::forward(
        messages,
        to_sdk,
        refusal_sender,
        backlog.clone(),
    ));

    let at_timeout = Arc::clone(&closed);
    tokio::spawn(output::queue(
        from_sdk,
        refusals,
        block_sender,
        backlog.clone(),
        at_timeout,
    ));
    let at_error = Arc::clone(&closed);
    let written = backlog.clone();
    thread::spawn(move || output::write_blocks(blocks, &written, &at_error));

    let transport = AsyncRwTransport::new_server(sdk_input, sdk_output);
    (transport, Stdio { closed, backlog })
}
