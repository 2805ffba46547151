//! What the client needs of the host, as arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use muslin_oci::cancellation::Cancellation;
use muslin_oci::transport::CommandRunner;

/// How registries are reached.
#[derive(Clone)]
pub struct Settings {
    /// The environment variables: where credentials, certificates and proxies are.
    pub environment: BTreeMap<OsString, OsString>,
    /// Hosts, with their ports, that may be asked without TLS.
    pub insecure: Vec<String>,
    /// Runs credential helpers.
    pub runner: CommandRunner,
    /// Ends every request and every wait.
    pub cancellation: Cancellation,
    /// The time limits.
    pub limits: Limits,
}

/// How long and how often something is tried.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How often a request is sent, before its last failure is reported.
    pub tries: u32,
    /// The wait after the first failure; it doubles with each other.
    pub first_wait: Duration,
    /// The longest wait, also where a registry asks for a longer one.
    pub longest_wait: Duration,
    /// How long a connection may bring no byte, and take none.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            stall: Duration::from_secs(60),
        }
    }
}

/// Without the environment, which may hold secrets.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("insecure", &self.insecure)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// A variable, if it is UTF-8 and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.environment.get(&OsString::from(name))?.to_str()?;
        (!value.is_empty()).then_some(value)
    }
}

#[cfg(test)]
impl Settings {
    /// Settings without an environment, with short waits.
    pub(crate) fn for_tests() -> Self {
        Self {
            environment: BTreeMap::new(),
            insecure: Vec::new(),
            runner: CommandRunner::default(),
            cancellation: Cancellation::default(),
            limits: Limits {
                first_wait: Duration::from_millis(1),
                ..Limits::default()
            },
        }
    }
}
