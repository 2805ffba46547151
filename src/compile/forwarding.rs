//! Forwards the lines that a child process writes to stderr.

use std::io::{self, Read as _};
use std::process::ChildStderr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

/// Called with each line that a child writes to stderr.
pub(super) type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// How long the lines are waited for that were written before the exit: on a machine that does
/// much else, and where a descendant never stops to write.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the thread looks whether the child has exited.
const POLL_PERIOD: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// The thread that forwards the stderr of a child.
pub(super) struct Forwarding {
    /// Whether the child has exited, so that all that it wrote is there to be read.
    exited: Arc<AtomicBool>,
    /// Disconnected when all lines that the child wrote were forwarded.
    forwarded: Receiver<()>,
}

impl Forwarding {
    /// Calls `listener` with each line, in a thread of its own.
    pub(super) fn start(stderr: ChildStderr, listener: Listener) -> Self {
        let (done, forwarded) = mpsc::channel();
        let exited = Arc::new(AtomicBool::new(false));
        let child_exited = Arc::clone(&exited);
        thread::spawn(move || {
            let _done: Sender<()> = done;
            forward_lines(stderr, &child_exited, &*listener);
        });
        Self { exited, forwarded }
    }

    /// Waits until all that the child wrote was forwarded. It must have exited.
    pub(super) fn finish(self) {
        self.exited.store(true, Ordering::Release);
        let _ = self.forwarded.recv_timeout(PATIENCE);
    }
}

/// Calls `listener` with each line, until stderr is closed, or nothing is left to read after the
/// child has exited: a descendant that still runs, such as a server, may hold it open.
fn forward_lines(mut stderr: ChildStderr, exited: &AtomicBool, listener: &dyn Fn(&str)) {
    let listen = |line: &[u8]| listener(String::from_utf8_lossy(line).trim_end());
    let mut line = Vec::new();
    let mut chunk = [0; 1 << 12];
    loop {
        // Before the look at stderr: what the child wrote is there when it has exited.
        let has_exited = exited.load(Ordering::Acquire);
        if !is_readable(&stderr) {
            if has_exited {
                break;
            }
            continue;
        }
        let read = match stderr.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for piece in chunk[..read].split_inclusive(|&byte| byte == b'\n') {
            line.extend_from_slice(piece);
            if line.ends_with(b"\n") {
                listen(&line);
                line.clear();
            }
        }
    }
    if !line.is_empty() {
        listen(&line);
    }
}

/// Waits a moment for something to read, or for the end of what there is.
fn is_readable(stderr: &ChildStderr) -> bool {
    let mut polled = [PollFd::new(stderr, PollFlags::IN)];
    match rustix::event::poll(&mut polled, Some(&POLL_PERIOD)) {
        Ok(ready) => ready > 0,
        Err(Errno::INTR) => false,
        // Reading says what is wrong.
        Err(_) => true,
    }
}
