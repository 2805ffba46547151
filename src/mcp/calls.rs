//! The tools that are at work, and ending them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::compile::process::Processes;

/// The calls in flight. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Calls(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    ended: bool,
    next: u64,
    running: BTreeMap<u64, Processes>,
}

/// A call in flight; dropping it says that it is done.
pub(super) struct Call {
    calls: Calls,
    number: u64,
}

impl Calls {
    /// A call begins that starts these programs.
    pub(super) fn begin(&self, processes: &Processes) -> Call {
        let mut state = self.lock();
        if state.ended {
            processes.cancel();
        }
        let number = state.next;
        state.next += 1;
        state.running.insert(number, processes.clone());
        Call {
            calls: self.clone(),
            number,
        }
    }

    /// Ends what every call has started; from now on none starts anything.
    pub(super) fn cancel_all(&self) {
        let running: Vec<Processes> = {
            let mut state = self.lock();
            state.ended = true;
            state.running.values().cloned().collect()
        };
        thread::scope(|scope| {
            for processes in &running {
                scope.spawn(|| processes.cancel());
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.lock().running.remove(&self.number);
    }
}
