//! When a request is sent again: after longer and longer waits, a few times.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use muslin_oci::cancellation::{Cancellation, Cancelled};

use crate::settings::{Limits, Settings};

/// How often cancelling is looked for while waiting.
const SLICE: Duration = Duration::from_millis(20);

/// The tries that are left for one request.
#[derive(Debug)]
pub(crate) struct Tries {
    limits: Limits,
    cancellation: Cancellation,
    failures: u32,
}

impl Tries {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            limits: settings.limits,
            cancellation: settings.cancellation.clone(),
            failures: 0,
        }
    }

    /// How often it has failed.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// Counts a failure and waits, at least as long as the registry `asks`, up to a limit; gives
    /// whether there is another try.
    pub(crate) fn wait(&mut self, asks: Option<Duration>) -> Result<bool, Cancelled> {
        self.cancellation.check()?;
        self.failures += 1;
        if self.failures >= self.limits.tries {
            return Ok(false);
        }
        let wait = backoff(self.limits, self.failures, RandomState::new().hash_one(0));
        let wait = wait.max(asks.unwrap_or_default());
        let end = Instant::now() + wait.min(self.limits.longest_wait);
        loop {
            self.cancellation.check()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(true);
            }
            thread::sleep(left.min(SLICE));
        }
    }
}

/// The wait after this many failures: between half and the whole of a time that doubles.
fn backoff(limits: Limits, failures: u32, random: u64) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let whole = limits.first_wait.saturating_mul(doubled);
    let whole = whole.min(limits.longest_wait);
    let thousandths = u32::try_from(500 + random % 501).unwrap_or(1000);
    whole / 1000 * thousandths
}

/// The wait that `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_differ() {
        let limits = Limits {
            longest_wait: Duration::from_secs(3),
            ..Limits::default()
        };
        let waits =
            |random| [1, 2, 3, 4, 40].map(|failures| backoff(limits, failures, random).as_millis());
        assert_eq!(waits(0), [250, 500, 1000, 1500, 1500]);
        assert_eq!(waits(500), [500, 1000, 2000, 3000, 3000]);
    }

    #[test]
    fn a_registry_asks_for_seconds_or_until_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        for (value, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(
                retry_after(value, now),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn the_last_failure_is_not_waited_after_and_cancelling_ends_a_wait() {
        let mut settings = Settings::for_tests();
        settings.limits.tries = 2;
        let mut tries = Tries::new(&settings);
        assert_eq!(tries.wait(None), Ok(true));
        assert_eq!(tries.wait(Some(Duration::from_secs(9))), Ok(false));

        settings.limits.tries = 9;
        let begun = Instant::now();
        let mut tries = Tries::new(&settings);
        let cancellation = settings.cancellation.clone();
        let waiting = thread::spawn(move || tries.wait(Some(Duration::from_secs(50))));
        cancellation.cancel();
        assert_eq!(waiting.join().unwrap(), Err(Cancelled));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
