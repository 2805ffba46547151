//! Waits for locks of files (`flock`), so that waiting can be cancelled.

use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::Duration;

use crate::cancellation::Cancellation;

/// The time between two attempts.
const INTERVAL: Duration = Duration::from_millis(20);
/// After so many attempts whoever waits is told so: half a second.
const ATTEMPTS_BEFORE_NOTICE: u32 = 25;

/// Waits for the exclusive lock of a file or folder, which lasts until the file is closed.
/// `notice` is called once if that takes longer than half a second.
///
/// # Errors
/// The file system has no locks, or the work is cancelled.
pub fn lock(file: &File, cancellation: &Cancellation, notice: impl FnOnce()) -> io::Result<()> {
    wait_for(|| file.try_lock(), cancellation, notice)
}

/// As [`lock`], for the lock that several share.
///
/// # Errors
/// Those of [`lock`].
pub fn lock_shared(
    file: &File,
    cancellation: &Cancellation,
    notice: impl FnOnce(),
) -> io::Result<()> {
    wait_for(|| file.try_lock_shared(), cancellation, notice)
}

fn wait_for(
    attempt: impl Fn() -> Result<(), TryLockError>,
    cancellation: &Cancellation,
    notice: impl FnOnce(),
) -> io::Result<()> {
    let mut notice = Some(notice);
    let mut attempts = 0;
    loop {
        cancellation.check()?;
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        attempts += 1;
        if attempts == ATTEMPTS_BEFORE_NOTICE
            && let Some(notice) = notice.take()
        {
            notice();
        }
        thread::sleep(INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancellation::Cancelled;
    use std::cell::Cell;

    #[test]
    fn waiting_is_noticed_once_and_ends_when_it_is_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let other = File::open(folder.path()).unwrap();
        other.lock().unwrap();
        let file = File::open(folder.path()).unwrap();
        let cancellation = Cancellation::default();
        let notices = Cell::new(0);
        let notice = || {
            notices.set(notices.get() + 1);
            cancellation.cancel();
        };
        let error = lock(&file, &cancellation, notice).unwrap_err();
        assert!(Cancelled::is_cause_of(&error));
        assert_eq!(notices.get(), 1);

        drop(other);
        let notice = || panic!("nobody else holds it");
        lock(&file, &Cancellation::default(), notice).unwrap();
    }
}
