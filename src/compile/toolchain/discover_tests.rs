//! Tests of discovery, with shell scripts for cargo, rustc and rustup, and empty files for
//! libraries.

use std::ffi::OsString;
use std::fs;

use super::*;
use crate::compile::env::Environment;
use crate::compile::process::Processes;

const TARGETS: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];

/// The directory of `mkdir`, which the scripts below call.
fn coreutils() -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    let mut directories = std::env::split_paths(&path);
    let found = directories.find(|directory| directory.join("mkdir").is_file());
    found.unwrap().into()
}

/// A temporary directory with toolchains and a cache, and the environment that leads to them.
struct FakeMachine {
    root: tempfile::TempDir,
    environment: Environment,
}

impl FakeMachine {
    /// A machine without toolchains.
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment::from([("PATH".into(), coreutils())]);
        Self { root, environment }
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.root.path()).unwrap().join(path)
    }

    /// Writes an executable, through another process: one that this process has open for
    /// writing while a test in another thread forks cannot be run ("text file busy").
    fn write(&self, path: &str, script: &str) {
        let text = self.path("text");
        fs::write(&text, script).unwrap();
        let installed = Command::new("install")
            .args(["-D", "-m", "755", text.as_str(), self.path(path).as_str()])
            .status();
        assert!(installed.unwrap().success());
    }

    fn set(&mut self, variable: &str, value: impl Into<String>) {
        self.environment
            .insert(variable.into(), value.into().into());
    }

    /// Adds a toolchain in this folder to the front of the `PATH`. Each call of its rustc adds
    /// a line to the file `calls`.
    fn toolchain(&mut self, folder: &str) {
        let (sysroot, calls) = (self.path(folder), self.path("calls"));
        let rustc = format!(
            "#!/bin/sh\necho x >>{calls}\n\
             case $1 in -vV) echo 'rustc 1.90.0 ({folder})' ;; *) echo {sysroot} ;; esac\n"
        );
        self.write(&format!("{folder}/bin/rustc"), &rustc);
        self.write(&format!("{folder}/bin/cargo"), "#!/bin/sh\n");
        let before = var(&self.environment, "PATH").unwrap().to_owned();
        self.set("PATH", format!("{sysroot}/bin:{before}"));
    }

    fn standard_library(&self, folder: &str) {
        for target in TARGETS {
            let library = format!("{folder}/lib/rustlib/{target}/lib/libstd-1.rlib");
            self.write(&library, "");
        }
    }

    fn source(&self, folder: &str) {
        let manifest = format!("{folder}/lib/rustlib/src/rust/library/std/Cargo.toml");
        self.write(&manifest, "");
    }

    /// Adds a rustup that manages `rustup/toolchains` to the front of the `PATH`.
    fn rustup(&mut self, script: &str) {
        self.write("rustup/bin/rustup", &format!("#!/bin/sh\n{script}\n"));
        let before = var(&self.environment, "PATH").unwrap().to_owned();
        self.set("PATH", format!("{}:{before}", self.path("rustup/bin")));
        self.set("RUSTUP_HOME", self.path("rustup"));
    }

    fn discover(&self, offline: bool) -> Result<DiscoveredToolchain, ToolchainError> {
        let context = BuildContext {
            cwd: &self.path(""),
            environment: &self.environment,
            cache_dir: &self.path("cache"),
            offline,
            processes: &Processes::default(),
        };
        discover(&context, &TARGETS, &|_| ())
    }

    /// The folder of the toolchain that is discovered, why, and where its std comes from.
    fn discovered(&self, offline: bool) -> (String, Choice, StdSource) {
        let found = self.discover(offline).unwrap();
        let name = found.toolchain.sysroot.strip_prefix(self.path("")).unwrap();
        (name.to_string(), found.choice, found.std)
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("calls"))
            .unwrap()
            .lines()
            .count()
    }
}

#[test]
fn the_default_toolchain_is_used_where_it_can_compile() {
    let mut machine = FakeMachine::new();
    machine.toolchain("other");
    machine.standard_library("other");
    machine.toolchain("default");
    machine.source("default");
    let source = StdSource::RustSrc(machine.path("default/lib/rustlib/src/rust"));
    assert_eq!(
        machine.discovered(false),
        ("default".to_owned(), Choice::Default, source)
    );
    machine.standard_library("default");
    let own = ("default".to_owned(), Choice::Default, StdSource::Toolchain);
    assert_eq!(machine.discovered(false), own);
}

#[test]
fn another_toolchain_is_the_fallback_and_one_with_std_goes_first() {
    let mut machine = FakeMachine::new();
    machine.toolchain("with-std");
    machine.standard_library("with-std");
    machine.toolchain("source");
    machine.source("source");
    machine.toolchain("default");
    let with_std = (
        "with-std".to_owned(),
        Choice::Fallback,
        StdSource::Toolchain,
    );
    assert_eq!(machine.discovered(false), with_std);
    fs::remove_dir_all(machine.path("with-std/lib")).unwrap();
    let (name, choice, _) = machine.discovered(false);
    assert_eq!((name.as_str(), choice), ("source", Choice::Fallback));
}

#[test]
fn a_chosen_toolchain_has_no_fallback() {
    let mut machine = FakeMachine::new();
    machine.toolchain("other");
    machine.standard_library("other");
    machine.toolchain("default");
    for (variable, value) in [
        ("RUSTC", machine.path("default/bin/rustc").into_string()),
        ("RUSTUP_TOOLCHAIN", "default".to_owned()),
    ] {
        machine.set(variable, value);
        let error = machine.discover(false).unwrap_err();
        assert!(
            matches!(error, ToolchainError::NoMuslStd { .. }),
            "{variable}: {error}"
        );
        machine.environment.remove(std::ffi::OsStr::new(variable));
    }
    machine.write("rust-toolchain.toml", "");
    let error = machine.discover(false).unwrap_err().to_string();
    assert!(
        error.contains("`rustup target add x86_64-unknown-linux-musl"),
        "{error}"
    );
    assert!(error.contains("(rustc 1.90.0 (default))"), "{error}");
}

#[test]
fn rustup_adds_targets_and_its_failure_leads_to_the_fallback() {
    let mut machine = FakeMachine::new();
    machine.toolchain("other");
    machine.standard_library("other");
    let folder = "rustup/toolchains/stable";
    machine.toolchain(folder);
    machine.rustup("echo no network >&2; exit 1");
    let other = ("other".to_owned(), Choice::Fallback, StdSource::Toolchain);
    assert_eq!(machine.discovered(false), other);

    let library = machine.path(folder).join("lib/rustlib");
    machine.rustup(&format!(
        "[ \"$*\" = \"target add --toolchain stable {}\" ] || exit 1\n\
         for target in $5 $6; do mkdir -p {library}/$target/lib; : >{library}/$target/lib/libstd-1.rlib; done",
        TARGETS.join(" ")
    ));
    assert_eq!(
        machine.discovered(true),
        other,
        "offline, rustup is not run"
    );
    let added = (folder.to_owned(), Choice::Default, StdSource::Rustup);
    assert_eq!(machine.discovered(false), added);
}

#[test]
fn rustc_is_probed_once_and_again_when_it_was_replaced() {
    let mut machine = FakeMachine::new();
    machine.toolchain("default");
    machine.standard_library("default");
    machine.discovered(false);
    assert_eq!(machine.calls(), 2);
    machine.discovered(false);
    assert_eq!(machine.calls(), 2);
    let rustc = fs::read_to_string(machine.path("default/bin/rustc")).unwrap();
    machine.write("default/bin/rustc", &format!("{rustc}# newer\n"));
    machine.discovered(false);
    assert_eq!(machine.calls(), 4);
    // A proxy runs another compiler with other variables.
    machine.set("RUSTUP_HOME", "/elsewhere");
    machine.discovered(false);
    assert_eq!(machine.calls(), 6);
    let path = machine.environment[std::ffi::OsStr::new("PATH")].clone();
    machine.set("PATH", path.into_string().unwrap() + ":/elsewhere");
    machine.discovered(false);
    assert_eq!(machine.calls(), 8);
}

#[test]
fn a_rustc_that_fails_or_is_missing_is_named_in_the_error() {
    let mut machine = FakeMachine::new();
    machine.set("PATH", machine.path("bin").into_string());
    let error = machine.discover(false).unwrap_err().to_string();
    assert!(error.starts_with("`cargo` is not on the PATH"), "{error}");
    machine.write("bin/cargo", "#!/bin/sh\n");
    machine.write("bin/rustc", "#!/bin/sh\necho out of order >&2; exit 1\n");
    let error = machine.discover(false).unwrap_err().to_string();
    let rustc = machine.path("bin/rustc");
    assert_eq!(error, format!("`{rustc} -vV` failed: out of order"));
}

#[test]
fn a_toolchain_that_is_not_installed_is_named_with_the_remedy() {
    let mut machine = FakeMachine::new();
    machine.write("bin/cargo", "#!/bin/sh\n");
    let path = var(&machine.environment, "PATH").unwrap().to_owned();
    machine.set("PATH", format!("{}:{path}", machine.path("bin")));
    machine.set("RUST_BACKTRACE", "1");
    let says = |text: &str| {
        let backtrace = "[ \"$RUST_BACKTRACE\" = 0 ] || printf '\\nStack backtrace:\\n' >&2";
        let rustc = format!("#!/bin/sh\necho \"{text}\" >&2\n{backtrace}\nexit 1\n");
        machine.write("bin/rustc", &rustc);
        machine.discover(false).unwrap_err().to_string()
    };
    let released = "info: a hint\nerror: toolchain '1.70.0-x86_64-unknown-linux-gnu' is not \
                    installed\nhelp: run \\`rustup toolchain install\\` to install it";
    assert_eq!(
        says(released),
        "the toolchain `1.70.0-x86_64-unknown-linux-gnu`, which rustup chooses, is not installed; \
         run `rustup toolchain install 1.70.0-x86_64-unknown-linux-gnu`"
    );
    let file = machine.path("rust-toolchain.toml");
    fs::write(&file, "").unwrap();
    let custom = format!(
        "error: custom toolchain 'mine' specified in override file '{file}' is not installed"
    );
    assert_eq!(
        says(&custom),
        format!(
            "the toolchain `mine`, which `{file}` chooses, is not installed; \
             run `rustup toolchain link mine PATH`"
        )
    );
    let rustc = machine.path("bin/rustc");
    assert_eq!(
        says("error: the path '/nowhere' has no bin/ directory"),
        format!("`{rustc} -vV` failed: the path '/nowhere' has no bin/ directory")
    );
}
