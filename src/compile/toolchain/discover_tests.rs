//! Tests of the search, with compilers that answer as scripts and have the folders of
//! real ones.

use std::fs;

use super::*;
use crate::compile::env::Environment;
use crate::compile::process::Processes;

const TARGETS: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];

/// Toolchains, a `PATH` and a cache, in a folder that goes away.
struct Ground {
    root: tempfile::TempDir,
    environment: Environment,
}

impl Ground {
    /// Nothing on the `PATH` yet but what scripts need.
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment::from([("PATH".into(), "/bin".into())]);
        Self { root, environment }
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.root.path()).unwrap().join(path)
    }

    /// Writes a program. Another process does, because one that this process has open
    /// while another test starts something cannot be run ("text file busy").
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

    /// A toolchain in this folder, in front of the `PATH`; it counts its calls in
    /// the file `asked`.
    fn toolchain(&mut self, folder: &str) {
        let (sysroot, asked) = (self.path(folder), self.path("asked"));
        let rustc = format!(
            "#!/bin/sh\necho x >>{asked}\n\
             case $1 in -vV) echo 'rustc 1.90.0 ({folder})' ;; *) echo {sysroot} ;; esac\n"
        );
        self.write(&format!("{folder}/bin/rustc"), &rustc);
        self.write(&format!("{folder}/bin/cargo"), "#!/bin/sh\n");
        let before = text(&self.environment, "PATH").unwrap().to_owned();
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

    /// A rustup in front of the `PATH` that manages `rustup/toolchains`.
    fn rustup(&mut self, script: &str) {
        self.write("rustup/bin/rustup", &format!("#!/bin/sh\n{script}\n"));
        let before = text(&self.environment, "PATH").unwrap().to_owned();
        self.set("PATH", format!("{}:{before}", self.path("rustup/bin")));
        self.set("RUSTUP_HOME", self.path("rustup"));
    }

    fn find(&self, offline: bool) -> Result<Found, ToolchainError> {
        let surroundings = Surroundings {
            cwd: &self.path(""),
            environment: &self.environment,
            cache_dir: &self.path("cache"),
            offline,
            processes: &Processes::default(),
        };
        find(&surroundings, &TARGETS, &|_| ())
    }

    /// Whose toolchain is found, why, and where its library comes from.
    fn found(&self, offline: bool) -> (String, Choice, StdSource) {
        let found = self.find(offline).unwrap();
        let name = found.toolchain.sysroot.strip_prefix(self.path("")).unwrap();
        (name.to_string(), found.choice, found.std)
    }

    fn calls(&self) -> usize {
        fs::read_to_string(self.path("asked"))
            .unwrap()
            .lines()
            .count()
    }
}

#[test]
fn the_usual_toolchain_is_taken_where_it_can_compile() {
    let mut ground = Ground::new();
    ground.toolchain("other");
    ground.standard_library("other");
    ground.toolchain("usual");
    ground.source("usual");
    let source = StdSource::Source(ground.path("usual/lib/rustlib/src/rust"));
    assert_eq!(
        ground.found(false),
        ("usual".to_owned(), Choice::Default, source)
    );
    ground.standard_library("usual");
    let own = ("usual".to_owned(), Choice::Default, StdSource::Toolchain);
    assert_eq!(ground.found(false), own);
}

#[test]
fn another_toolchain_helps_out_and_one_that_is_ready_goes_first() {
    let mut ground = Ground::new();
    ground.toolchain("ready");
    ground.standard_library("ready");
    ground.toolchain("source");
    ground.source("source");
    ground.toolchain("usual");
    let ready = ("ready".to_owned(), Choice::Fallback, StdSource::Toolchain);
    assert_eq!(ground.found(false), ready);
    fs::remove_dir_all(ground.path("ready/lib")).unwrap();
    let (name, choice, _) = ground.found(false);
    assert_eq!((name.as_str(), choice), ("source", Choice::Fallback));
}

#[test]
fn what_somebody_chose_is_not_replaced() {
    let mut ground = Ground::new();
    ground.toolchain("other");
    ground.standard_library("other");
    ground.toolchain("usual");
    for (variable, value) in [
        ("RUSTC", ground.path("usual/bin/rustc").into_string()),
        ("RUSTUP_TOOLCHAIN", "usual".to_owned()),
    ] {
        ground.set(variable, value);
        let error = ground.find(false).unwrap_err();
        assert!(
            matches!(error, ToolchainError::NoStd { .. }),
            "{variable}: {error}"
        );
        ground.environment.remove(std::ffi::OsStr::new(variable));
    }
    ground.write("rust-toolchain.toml", "");
    let error = ground.find(false).unwrap_err().to_string();
    assert!(
        error.contains("`rustup target add x86_64-unknown-linux-musl"),
        "{error}"
    );
    assert!(error.contains("(rustc 1.90.0 (usual))"), "{error}");
}

#[test]
fn rustup_adds_what_it_can_and_its_failure_is_not_the_end() {
    let mut ground = Ground::new();
    ground.toolchain("other");
    ground.standard_library("other");
    let folder = "rustup/toolchains/stable";
    ground.toolchain(folder);
    ground.rustup("echo no network >&2; exit 1");
    let other = ("other".to_owned(), Choice::Fallback, StdSource::Toolchain);
    assert_eq!(ground.found(false), other);

    let library = ground.path(folder).join("lib/rustlib");
    ground.rustup(&format!(
        "[ \"$*\" = \"target add --toolchain stable {}\" ] || exit 1\n\
         for target in $5 $6; do mkdir -p {library}/$target/lib; : >{library}/$target/lib/libstd-1.rlib; done",
        TARGETS.join(" ")
    ));
    assert_eq!(ground.found(true), other, "offline rustup is not asked");
    let added = (folder.to_owned(), Choice::Default, StdSource::Rustup);
    assert_eq!(ground.found(false), added);
}

#[test]
fn a_compiler_is_asked_once_and_again_when_it_was_replaced() {
    let mut ground = Ground::new();
    ground.toolchain("usual");
    ground.standard_library("usual");
    ground.found(false);
    assert_eq!(ground.calls(), 2);
    ground.found(false);
    assert_eq!(ground.calls(), 2);
    let rustc = fs::read_to_string(ground.path("usual/bin/rustc")).unwrap();
    ground.write("usual/bin/rustc", &format!("{rustc}# newer\n"));
    ground.found(false);
    assert_eq!(ground.calls(), 4);
}

#[test]
fn a_compiler_that_fails_or_is_missing_is_named() {
    let mut ground = Ground::new();
    ground.set("PATH", ground.path("bin").into_string());
    let error = ground.find(false).unwrap_err().to_string();
    assert!(error.starts_with("`cargo` is not on the PATH"), "{error}");
    ground.write("bin/cargo", "#!/bin/sh\n");
    ground.write("bin/rustc", "#!/bin/sh\necho out of order >&2; exit 1\n");
    let error = ground.find(false).unwrap_err().to_string();
    let rustc = ground.path("bin/rustc");
    assert_eq!(error, format!("`{rustc} -vV` failed: out of order"));
}
