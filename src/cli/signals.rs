//! SIGINT, SIGTERM and SIGHUP cancel what a command does, and end its child processes.

use std::fs;
use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::compile::process::Processes;

/// How long cancelled work may take to remove its temporary files.
const CLEANUP_TIMEOUT: Duration = Duration::from_millis(600);

/// The work of a command until a signal ends it.
pub(super) struct Task {
    /// Child processes that end with this process, whatever it is that ends it.
    pub(super) processes: Processes,
    /// Disconnected when the work has ended.
    running: Sender<()>,
}

impl Task {
    /// Lets signals cancel the work that follows.
    ///
    /// # Errors
    /// The signals cannot be handled.
    pub(super) fn start() -> io::Result<Self> {
        let processes = Processes::on_terminal();
        let ignored = ignored();
        // What the parent process has set to be ignored, as nohup does, stays ignored.
        let handled = [SIGHUP, SIGINT, SIGTERM]
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let mut signals = Signals::new(handled)?;
        let ours = processes.clone();
        let (running, ended) = channel();
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                ours.cancel();
                let _ = ended.recv_timeout(CLEANUP_TIMEOUT);
                let _ = emulate_default_handler(signal);
                // The first process of a container has no default.
                std::process::exit(128 + signal);
            }
        });
        Ok(Self { processes, running })
    }

    /// Ends the work with this outcome. If a signal has cancelled it, this never returns: the
    /// signal is about to end this process.
    pub(super) fn end<T>(self, outcome: T) -> T {
        drop(self.running);
        while self.processes.is_cancelled() {
            thread::park();
        }
        outcome
    }
}

/// The mask of ignored signals (proc(5), `SigIgn`).
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or(0)
}
