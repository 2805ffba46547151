//! The bytes of output that the client has not taken yet.

use tokio::sync::watch;

/// Counts bytes that wait to be written to stdout. Clones share the count.
#[derive(Clone, Default)]
pub(super) struct Backlog(watch::Sender<usize>);

impl Backlog {
    pub(super) fn add(&self, bytes: usize) {
        self.0.send_modify(|waiting| *waiting += bytes);
    }

    pub(super) fn subtract(&self, bytes: usize) {
        self.0.send_modify(|waiting| *waiting -= bytes);
    }

    /// Waits until this many bytes wait, or fewer.
    pub(super) async fn at_most(&self, bytes: usize) {
        let mut changes = self.0.subscribe();
        // It cannot fail: `self` keeps the sender.
        let _ = changes.wait_for(|waiting| *waiting <= bytes).await;
    }
}
