//! The progress bar of packing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::packing::layers::Progress;

/// Packing that is done sooner shows no bar.
const DELAY: Duration = Duration::from_millis(300);

/// A progress bar on stderr, if that is a terminal.
pub(super) struct PackingBar {
    inner: ProgressBar,
    quiet: bool,
    /// When the first layer began.
    began: OnceLock<Instant>,
    shown: AtomicBool,
}

impl PackingBar {
    /// A bar that appears after [`DELAY`], unless `quiet`.
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

impl Progress for PackingBar {
    fn begins(&self, bytes: u64) {
        self.began.get_or_init(Instant::now);
        self.inner.inc_length(bytes);
    }

    fn compressed(&self, bytes: u64) {
        self.inner.inc(bytes);
        let waited = self
            .began
            .get()
            .is_some_and(|began| began.elapsed() > DELAY);
        if waited && !self.quiet && !self.shown.swap(true, Ordering::Relaxed) {
            self.inner.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for PackingBar {
    fn drop(&mut self) {
        self.inner.finish_and_clear();
    }
}
