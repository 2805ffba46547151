//! Cancels work from another thread.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cancels work that reads or waits. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

/// The error of work that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Cancellation {
    /// Cancels the work. Each of its threads ends at its next check.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`Self::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether the work may go on.
    ///
    /// # Errors
    /// [`Self::cancel`] was called.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Reads from `inner` until the work is cancelled; then reading fails with [`Cancelled`]
    /// within the [`io::Error`].
    pub fn reader<R: Read>(&self, inner: R) -> CancellableReader<R> {
        CancellableReader {
            inner,
            cancellation: self.clone(),
        }
    }
}

impl Cancelled {
    /// Whether this is the error of a stream that was cancelled.
    #[must_use]
    pub fn is_cause_of(error: &io::Error) -> bool {
        matches!(error.get_ref(), Some(inner) if inner.is::<Self>())
    }
}

impl From<Cancelled> for io::Error {
    fn from(cancelled: Cancelled) -> Self {
        Self::other(cancelled)
    }
}

/// A reader that fails once its work is cancelled.
#[derive(Debug)]
pub struct CancellableReader<R> {
    inner: R,
    cancellation: Cancellation,
}

impl<R: Read> Read for CancellableReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.cancellation.check()?;
        self.inner.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_fails_once_its_work_is_cancelled() {
        let cancellation = Cancellation::default();
        let mut reader = cancellation.reader(io::repeat(1));
        reader.read_exact(&mut [0; 10]).unwrap();
        cancellation.clone().cancel();
        let error = reader.read(&mut [0]).unwrap_err();
        assert!(Cancelled::is_cause_of(&error));
        // Those who copy read again after this kind.
        assert_ne!(error.kind(), io::ErrorKind::Interrupted);
    }
}
