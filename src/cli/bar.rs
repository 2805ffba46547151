//! A bar for packing that takes its time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::packing::layers::Progress;

/// Who waits for less than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// A bar on stderr, if that is a terminal.
pub(super) struct Bar {
    inner: ProgressBar,
    quiet: bool,
    /// When the first layer began.
    began: OnceLock<Instant>,
    shown: AtomicBool,
}

impl Bar {
    /// A bar that appears when there is something to wait for, unless nothing is to be said.
    pub(super) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let style = "{prefix:>12.green.bold} [{bar:27}] {bytes} of {total_bytes}";
        let style = ProgressStyle::with_template(style).expect("the template is well-formed");
        bar.set_style(style.progress_chars("=> "));
        bar.set_prefix("Packing");
        Self {
            inner: bar,
            quiet,
            began: OnceLock::new(),
            shown: AtomicBool::new(false),
        }
    }
}

impl Progress for Bar {
    fn begins(&self, bytes: u64) {
        self.began.get_or_init(Instant::now);
        self.inner.inc_length(bytes);
    }

    fn compressed(&self, bytes: u64) {
        self.inner.inc(bytes);
        let waited = self
            .began
            .get()
            .is_some_and(|began| began.elapsed() > PATIENCE);
        if waited && !self.quiet && !self.shown.swap(true, Ordering::Relaxed) {
            self.inner.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.inner.finish_and_clear();
    }
}
