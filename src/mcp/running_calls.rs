//! The calls that are running, so that the server can cancel them when it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::compile::process::Processes;

/// How long cancelled calls may take to remove their temporary files.
const CLEANUP_TIMEOUT: Duration = Duration::from_millis(600);

/// The running calls, each by what cancels it. Clones share them.
#[derive(Clone, Default)]
pub(super) struct RunningCalls(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when a call has ended.
    ended: Condvar,
}

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

    /// Cancels every call and waits a moment for them to end. Calls that are registered later
    /// are cancelled at once.
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
        let run = |state: &mut State| !state.processes.is_empty();
        let waited = self
            .0
            .ended
            .wait_timeout_while(self.lock(), CLEANUP_TIMEOUT, run);
        drop(waited);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.calls.lock().processes.remove(&self.id);
        self.calls.0.ended.notify_all();
    }
}
