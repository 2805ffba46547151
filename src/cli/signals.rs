//! SIGINT, SIGTERM and SIGHUP end child processes, too.

use std::fs;
use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::compile::process::Processes;

/// Child processes that end with this process, whatever it is that ends it.
///
/// # Errors
/// The signals cannot be handled.
pub(super) fn end_with_this_process() -> io::Result<Processes> {
    let processes = Processes::on_terminal();
    let ignored = ignored();
    // What the parent process has set to be ignored, as nohup does, stays ignored.
    let handled = [SIGHUP, SIGINT, SIGTERM]
        .into_iter()
        .filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(handled)?;
    let ours = processes.clone();
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            ours.cancel();
            let _ = emulate_default_handler(signal);
            // The first process of a container has no default.
            std::process::exit(128 + signal);
        }
    });
    Ok(processes)
}

/// The outcome of work with these processes. If a signal has ended them, this never
/// returns: the signal is about to end this process.
pub(super) fn unless_ended<T>(processes: &Processes, outcome: T) -> T {
    while processes.is_cancelled() {
        thread::park();
    }
    outcome
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
