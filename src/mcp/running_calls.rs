//! The calls that are running, so that the server can cancel them when it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::compile::process::Processes;

/// The child processes of running calls. Clones share them.
#[derive(Clone, Default)]
pub(super) struct RunningCalls(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    cancelled: bool,
    next_id: u64,
    processes: BTreeMap<u64, Processes>,
}

/// Keeps a call registered until it is dropped.
pub(super) struct RunningCall {
    calls: RunningCalls,
    id: u64,
}

impl RunningCalls {
    /// Registers a call by its child processes.
    pub(super) fn register(&self, processes: &Processes) -> RunningCall {
        let mut state = self.lock();
        if state.cancelled {
            processes.cancel();
        }
        let id = state.next_id;
        state.next_id += 1;
        state.processes.insert(id, processes.clone());
        RunningCall {
            calls: self.clone(),
            id,
        }
    }

    /// Ends the child processes of every call. Calls that are registered later are
    /// cancelled at once.
    pub(super) fn cancel_all(&self) {
        let running: Vec<Processes> = {
            let mut state = self.lock();
            state.cancelled = true;
            state.processes.values().cloned().collect()
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

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.calls.lock().processes.remove(&self.id);
    }
}
