//! Lines of stdin to the SDK, and its lines to stdout.
//!
//! Threads read and write, because stdin and stdout may be files or pipes that others
//! share. What they hold is bounded: a client that sends without end or never reads is
//! waited for, and does not fill the memory.

use std::io::{self, BufReader, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::ServerJsonRpcMessage;
use rmcp::transport::async_rw::AsyncRwTransport;
use rustix::event::{PollFd, PollFlags};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::{Notify, mpsc};

use super::lines::{Line, read_line};

/// Requests that wait for the SDK, in bytes: few, because each may be answered at length.
const INPUT: usize = 4 << 10;
/// Between the threads and the SDK, in bytes.
const PIPE: usize = 64 << 10;
/// Blocks of output that wait for the client.
const QUEUE: usize = 16;
/// The size of such a block in bytes.
const BLOCK: usize = 32 << 10;
/// How long a client may leave answers unread.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the SDK serves over.
pub(super) type Transport = AsyncRwTransport<RoleServer, DuplexStream, DuplexStream>;

/// The state of stdin and stdout.
pub(super) struct Stdio {
    closed: Arc<Notify>,
    unwritten: Arc<AtomicUsize>,
}

impl Stdio {
    /// Waits until the client has closed stdin or no longer reads.
    pub(super) async fn closed(&self) {
        self.closed.notified().await;
    }

    /// Waits until everything that was answered is written.
    pub(super) async fn written(&self) {
        while self.unwritten.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Takes stdin and stdout.
pub(super) fn open() -> (Transport, Stdio) {
    let (to_sdk, from_stdin) = tokio::io::duplex(INPUT);
    let (to_stdout, from_sdk) = tokio::io::duplex(PIPE);
    let closed = Arc::new(Notify::new());
    let unwritten = Arc::new(AtomicUsize::new(0));

    let (lines, received) = mpsc::channel(1);
    let at_end = Arc::clone(&closed);
    thread::spawn(move || read_lines(&lines, &at_end));
    let at_hang_up = Arc::clone(&closed);
    thread::spawn(move || notify_of_hang_up(&at_hang_up));
    let waiting = Arc::clone(&unwritten);
    let (refuse, refusals) = mpsc::channel(1);
    tokio::spawn(feed(received, to_sdk, refuse, waiting));

    let (blocks, queued) = mpsc::channel(QUEUE);
    let written = Arc::clone(&unwritten);
    let at_refusal = Arc::clone(&closed);
    thread::spawn(move || write_blocks(queued, &written, &at_refusal));
    let counted = Arc::clone(&unwritten);
    let out_of_patience = Arc::clone(&closed);
    tokio::spawn(drain(from_sdk, refusals, blocks, counted, out_of_patience));

    let transport = AsyncRwTransport::new_server(from_stdin, to_stdout);
    (transport, Stdio { closed, unwritten })
}

/// Reads stdin line by line.
fn read_lines(lines: &mpsc::Sender<Line>, at_end: &Notify) {
    let mut stdin = BufReader::with_capacity(PIPE, io::stdin());
    while let Ok(Some(line)) = read_line(&mut stdin) {
        if lines.blocking_send(line).is_err() {
            break;
        }
    }
    at_end.notify_one();
}

/// Waits until the other end of stdin is closed, which reading finds only when all
/// before it was read. Where stdin is no pipe this may never be.
fn notify_of_hang_up(closed: &Notify) {
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
    // Whoever closes stdin behind a request may still want its answer.
    closed.notify_one();
}

/// Gives lines to the SDK, one at a time while the client reads what it is sent, and
/// answers those that it cannot be given.
async fn feed(
    mut lines: mpsc::Receiver<Line>,
    mut to_sdk: DuplexStream,
    refusals: mpsc::Sender<Vec<u8>>,
    unwritten: Arc<AtomicUsize>,
) {
    while let Some(line) = lines.recv().await {
        while unwritten.load(Ordering::SeqCst) > BLOCK {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let taken = match line {
            Line::Json(line) => to_sdk.write_all(&line).await.is_ok(),
            Line::Refused(error) => {
                tracing::debug!("refused a line of stdin: {}", error.message);
                // No request can be named: the SDK leaves `id` out, too.
                let answer = ServerJsonRpcMessage::error(error, None);
                let mut answer =
                    serde_json::to_vec(&answer).expect("an error has no keys but strings");
                answer.push(b'\n');
                unwritten.fetch_add(answer.len(), Ordering::SeqCst);
                refusals.send(answer).await.is_ok()
            }
        };
        if !taken {
            break;
        }
        // The SDK answers before it is asked more.
        tokio::task::yield_now().await;
    }
}

/// Queues what the SDK writes, and refusals between its lines.
async fn drain(
    mut from_sdk: DuplexStream,
    mut refusals: mpsc::Receiver<Vec<u8>>,
    blocks: mpsc::Sender<Vec<u8>>,
    unwritten: Arc<AtomicUsize>,
    out_of_patience: Arc<Notify>,
) {
    let mut block = vec![0; BLOCK];
    let mut sdk_goes_on = true;
    let mut between_lines = true;
    loop {
        let bytes = tokio::select! {
            read = from_sdk.read(&mut block), if sdk_goes_on => match read {
                Ok(read @ 1..) => {
                    between_lines = block[read - 1] == b'\n';
                    unwritten.fetch_add(read, Ordering::SeqCst);
                    block[..read].to_vec()
                }
                _ => {
                    sdk_goes_on = false;
                    between_lines = true;
                    continue;
                }
            },
            Some(refusal) = refusals.recv(), if between_lines => refusal,
            else => break,
        };
        let queued = tokio::time::timeout(PATIENCE, blocks.send(bytes));
        if !matches!(queued.await, Ok(Ok(()))) {
            out_of_patience.notify_one();
            break;
        }
    }
}

/// Writes blocks to stdout until it refuses one.
fn write_blocks(mut blocks: mpsc::Receiver<Vec<u8>>, unwritten: &AtomicUsize, refused: &Notify) {
    let mut stdout = io::stdout();
    while let Some(block) = blocks.blocking_recv() {
        let written = stdout.write_all(&block).and_then(|()| stdout.flush());
        unwritten.fetch_sub(block.len(), Ordering::SeqCst);
        if written.is_err() {
            refused.notify_one();
            break;
        }
    }
}
