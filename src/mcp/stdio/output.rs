//! From the SDK to stdout.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, DuplexStream};
use tokio::sync::{Notify, mpsc};

use super::backlog::Backlog;

/// The largest block that is queued for stdout, in bytes.
const BLOCK: usize = 32 << 10;
/// A client that reads nothing for this long has gone.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Queues the output of the SDK, and refusals between its lines.
pub(super) async fn queue(
    mut from_sdk: DuplexStream,
    mut refusals: mpsc::Receiver<Vec<u8>>,
    blocks: mpsc::Sender<Vec<u8>>,
    backlog: Backlog,
    at_timeout: Arc<Notify>,
) {
    let mut block = vec![0; BLOCK];
    let mut sdk_is_open = true;
    let mut between_lines = true;
    loop {
        let bytes = tokio::select! {
            read = from_sdk.read(&mut block), if sdk_is_open => match read {
                Ok(read @ 1..) => {
                    between_lines = block[read - 1] == b'\n';
                    backlog.add(read);
                    block[..read].to_vec()
                }
                _ => {
                    sdk_is_open = false;
                    between_lines = true;
                    continue;
                }
            },
            Some(refusal) = refusals.recv(), if between_lines => refusal,
            else => break,
        };
        let queued = tokio::time::timeout(READ_TIMEOUT, blocks.send(bytes));
        if !matches!(queued.await, Ok(Ok(()))) {
            at_timeout.notify_one();
            break;
        }
    }
}

/// Writes blocks to stdout until it fails.
pub(super) fn write_blocks(
    mut blocks: mpsc::Receiver<Vec<u8>>,
    backlog: &Backlog,
    at_error: &Notify,
) {
    let mut stdout = io::stdout();
    while let Some(block) = blocks.blocking_recv() {
        let written = stdout.write_all(&block).and_then(|()| stdout.flush());
        backlog.subtract(block.len());
        if written.is_err() {
            at_error.notify_one();
            break;
        }
    }
}
