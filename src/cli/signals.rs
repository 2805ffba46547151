//! Signals that end this process end what it has started, too.

use std::fs;
use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::compile::process::Processes;

/// Programs for a build that end when this process is told to end: cargo is in a
/// process group of its own, which a terminal's ctrl-C does not reach.
///
/// # Errors
/// The system refuses to have signals handled.
pub(super) fn processes_that_end_with_us() -> io::Result<Processes> {
    let processes = Processes::default();
    let ignored = ignored();
    // What whoever started us ignores (nohup does) stays ignored.
    let heard = [SIGHUP, SIGINT, SIGTERM]
        .into_iter()
        .filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(heard)?;
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

/// What came of work with these processes. Where they were ended, nobody hears of it:
/// the signal that did it ends us, too.
pub(super) fn unless_ended<T>(processes: &Processes, outcome: T) -> T {
    while processes.is_cancelled() {
        thread::park();
    }
    outcome
}

/// The signals that are ignored, a bit for each (proc(5), `SigIgn`).
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or(0)
}
