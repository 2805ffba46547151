//! Running the program that cargo built for this test.

use std::ffi::OsString;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs, thread};

use super::Scratch;

/// One run of `muslin` with an environment of its own: nothing is inherited but
/// PATH and where cargo and rustup keep their downloads. HOME and the cache are
/// fresh folders. Stdout, stderr and status are compared if they were given.
///
/// ```ignore
/// Muslin::new().args(["inspect", "oci:nowhere"]).status(2).stderr("error: …\n").run();
/// ```
#[must_use = "nothing runs before `run`"]
pub struct Muslin {
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    stdin: Vec<u8>,
    status: i32,
    stdout: Option<String>,
    stderr: Option<String>,
    sccache: bool,
}

/// What a run left.
#[derive(Debug)]
pub struct Output {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Muslin {
    /// A run that must end with status 0 unless [`status`](Self::status) says otherwise.
    pub fn new() -> Self {
        Self {
            args: Vec::new(),
            env: Vec::new(),
            folder: None,
            stdin: Vec::new(),
            status: 0,
            stdout: None,
            stderr: None,
            sccache: false,
        }
    }

    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable; it wins over what the harness sets.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Uses a cache in which zig and the musl standard library are installed, and
    /// nothing else of the caller's own cache: for tests that compile.
    pub fn with_toolchain(self) -> Self {
        self.env("MUSLIN_CACHE_DIR", cache_with_toolchain())
    }

    /// Uses [`kept_cache`].
    pub fn with_kept_cache(self) -> Self {
        self.env("MUSLIN_CACHE_DIR", kept_cache())
    }

    /// Uses [`cache_with_sccache`]: all other tests compile without it.
    pub fn with_sccache(mut self) -> Self {
        self.sccache = true;
        self.env("MUSLIN_CACHE_DIR", cache_with_sccache())
    }

    /// Uses the caller's own cache folder, for muslin itself alone: `make image` has
    /// compiled it with that.
    pub fn with_users_cache(self) -> Self {
        self.env("MUSLIN_CACHE_DIR", users_cache())
    }

    /// The folder in which the program starts; a fresh one if not given.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The exit status that must come.
    pub fn status(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// All of stdout, as it must be.
    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout = Some(text.into());
        self
    }

    /// All of stderr, as it must be.
    pub fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr = Some(text.into());
        self
    }

    /// Runs the program and compares.
    ///
    /// # Panics
    ///
    /// If status, stdout or stderr is not what was asked for.
    #[track_caller]
    pub fn run(self) -> Output {
        let home = Scratch::new();
        let output = self.spawn(&home);
        assert_eq!(
            output.status, self.status,
            "`muslin {:?}` ended with the wrong status\n--- stdout\n{}--- stderr\n{}",
            self.args, output.stdout, output.stderr
        );
        if let Some(stdout) = &self.stdout {
            assert_eq!(&output.stdout, stdout, "stdout of `muslin {:?}`", self.args);
        }
        if let Some(stderr) = &self.stderr {
            assert_eq!(&output.stderr, stderr, "stderr of `muslin {:?}`", self.args);
        }
        output
    }

    /// The command itself, for tests that start it and end it themselves. The
    /// folder `home` must outlive it.
    pub fn command(&self, home: &Scratch) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muslin"));
        command
            .args(&self.args)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.folder("home"))
            .env("XDG_CACHE_HOME", home.folder("cache"))
            .env("CARGO_HOME", or_in_home("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", or_in_home("RUSTUP_HOME", ".rustup"))
            .env("TMPDIR", home.folder("tmp"))
            .current_dir(self.folder.clone().unwrap_or_else(|| home.folder("work")));
        if !self.sccache {
            // That of the machine is no part of what is tested.
            command.env("RUSTC_WRAPPER", "");
        }
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command
    }

    /// The command that starts the program as the last arguments of `starter`, in its folder and
    /// with its variables alone. The folder `home` must outlive it.
    pub fn started_by(&self, mut starter: Command, home: &Scratch) -> Command {
        let command = self.command(home);
        starter
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(command.get_current_dir().unwrap())
            .env_clear();
        let set = command.get_envs();
        starter.envs(set.filter_map(|(name, value)| Some((name, value?))));
        starter
    }

    /// Starts the program with nothing to read and nobody who reads it.
    pub fn start_silently(&self, home: &Scratch) -> Child {
        self.command(home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn spawn(&self, home: &Scratch) -> Output {
        let mut child = self
            .command(home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = self.stdin.clone();
        // The program may end without reading it all.
        let writer = thread::spawn(move || drop(pipe.write_all(&bytes)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Output {
            // -1: ended by a signal.
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Output {
    /// The text with each folder named replaced, for snapshots.
    pub fn redacted(text: &str, folder: &Path, name: &str) -> String {
        text.replace(folder.to_str().unwrap(), name)
    }
}

fn or_in_home(variable: &str, folder: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| home().join(folder), PathBuf::from)
}

/// The cache folder of all tests of this program, with links to what `muslin setup` has
/// installed. It is one, because cargo compiles again where its path is another.
pub fn cache_with_toolchain() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        // Not below the target folder: packages in it would be in muslin's own workspace.
        let folder = env::temp_dir();
        remove_caches_of_ended_programs(&folder);
        let cache = folder.join(format!("{CACHE_PREFIX}{}", std::process::id()));
        link_toolchain(&cache);
        cache
    })
}

/// The cache folder of tests that build published packages, which take minutes to compile and
/// are kept there.
pub fn kept_cache() -> PathBuf {
    let cache = users_cache().join("tests");
    link_toolchain(&cache);
    cache
}

/// A cache folder that has a toolchain and sccache.
pub fn cache_with_sccache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let cache = users_cache().join("tests-sccache");
        link_toolchain(&cache.join("links"));
        fs::create_dir_all(cache.join("tools")).unwrap();
        for name in ["std", "zig-cache"] {
            let _ = symlink(cache.join("links").join(name), cache.join(name));
        }
        for tool in fs::read_dir(users_cache().join("tools")).unwrap().flatten() {
            let _ = symlink(tool.path(), cache.join("tools").join(tool.file_name()));
        }
        let setup = Muslin::new().env("MUSLIN_CACHE_DIR", &cache);
        setup.args(["setup", "--sccache"]).run();
        cache
    })
}

fn link_toolchain(cache: &Path) {
    fs::create_dir_all(cache).unwrap();
    for name in ["std", "tools", "zig-cache"] {
        let installed = users_cache().join(name);
        fs::create_dir_all(&installed).unwrap();
        match symlink(installed, cache.join(name)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => panic!("{error}"),
            _ => {}
        }
    }
}

const CACHE_PREFIX: &str = "muslin-test-cache-";

fn remove_caches_of_ended_programs(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let id = name.strip_prefix(CACHE_PREFIX);
        if id.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            // Another program may have begun with it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// What muslin uses where nothing is set.
fn users_cache() -> PathBuf {
    let set = |name| env::var_os(name).map(PathBuf::from);
    set("MUSLIN_CACHE_DIR").unwrap_or_else(|| {
        set("XDG_CACHE_HOME")
            .unwrap_or_else(|| home().join(".cache"))
            .join("muslin")
    })
}

fn home() -> PathBuf {
    env::home_dir().expect("a home folder")
}
