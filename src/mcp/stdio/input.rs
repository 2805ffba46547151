//! From stdin to the SDK.

use std::io::{self, BufReader};

use rmcp::model::ServerJsonRpcMessage;
use rustix::event::{PollFd, PollFlags};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio::sync::{Notify, mpsc};

use super::backlog::Backlog;
use super::message::{Message, read_message};

/// The buffer of stdin in bytes.
const BUFFER: usize = 64 << 10;
/// While more bytes than this wait for the client, no request is taken.
const MAX_BACKLOG: usize = 32 << 10;

/// Reads messages from stdin until its end.
pub(super) fn read_messages(messages: &mpsc::Sender<Message>, at_end: &Notify) {
    let mut stdin = BufReader::with_capacity(BUFFER, io::stdin());
    while let Ok(Some(message)) = read_message(&mut stdin) {
        if messages.blocking_send(message).is_err() {
            break;
        }
    }
    at_end.notify_one();
}

/// Notifies when the client closes the other end of stdin. Reading would notice it only
/// behind everything that was sent before. Does nothing where stdin is not a pipe.
pub(super) fn notify_of_hang_up(closed: &Notify) {
    let stdin = io::stdin();
    loop {
        let mut polled = [PollFd::new(&stdin, PollFlags::empty())];
        match rustix::event::poll(&mut polled, None) {
            Ok(_)
                if polled[0]
                    .revents()
                    .intersects(PollFlags::HUP | PollFlags::ERR) =>
            {
                break;
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
    closed.notify_one();
}

/// Forwards messages to the SDK while the client reads its answers, and answers invalid
/// ones with an error.
pub(super) async fn forward(
    mut messages: mpsc::Receiver<Message>,
    mut to_sdk: DuplexStream,
    refusals: mpsc::Sender<Vec<u8>>,
    backlog: Backlog,
) {
    while let Some(message) = messages.recv().await {
        backlog.at_most(MAX_BACKLOG).await;
        let forwarded = match message {
            Message::Json(line) => to_sdk.write_all(&line).await.is_ok(),
            Message::Invalid(error) => {
                tracing::debug!("refused a message: {}", error.message);
                // Without `id`, as the SDK answers a request whose `id` is not known.
                let answer = ServerJsonRpcMessage::error(error, None);
                let mut answer =
                    serde_json::to_vec(&answer).expect("an error has no keys but strings");
                answer.push(b'\n');
                backlog.add(answer.len());
                refusals.send(answer).await.is_ok()
            }
        };
        if !forwarded {
            break;
        }
        // Lets the SDK answer before it gets the next message.
        tokio::task::yield_now().await;
    }
}
