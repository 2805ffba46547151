//! Where workflows run here: repositories to clone, a runner's folders, programs that stand in for
//! others.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::harness::{Scratch, succeed};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    for (name, value) in [("NAME", "test"), ("EMAIL", "test@localhost")] {
        command.env(format!("GIT_AUTHOR_{name}"), value);
        command.env(format!("GIT_COMMITTER_{name}"), value);
    }
    String::from_utf8(succeed(&mut command))
        .unwrap()
        .trim()
        .to_owned()
}

pub fn commit_all(folder: &Path, message: &str) {
    if !folder.join(".git").exists() {
        git(folder, &["init", "--quiet", "--initial-branch=main"]);
        git(folder, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    }
    git(folder, &["add", "--all"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", message],
    );
}

/// Folders that no step reads, and that hold most of the files.
const UNREAD: [&str; 6] = [
    "bench/",
    "docs/",
    "examples/",
    "nix/",
    "templates/",
    "tests/",
];

/// This repository with what is not committed yet, as a repository to clone.
pub fn muslin_repository() -> &'static Path {
    static COPY: OnceLock<Scratch> = OnceLock::new();
    let copy = COPY.get_or_init(|| {
        let copy = Scratch::new();
        let files = git(
            root(),
            &["ls-files", "--cached", "--others", "--exclude-standard"],
        );
        for file in files.lines().filter(|file| {
            root().join(file).is_file() && !UNREAD.iter().any(|folder| file.starts_with(folder))
        }) {
            fs::create_dir_all(copy.join(file).parent().unwrap()).unwrap();
            fs::copy(root().join(file), copy.join(file)).unwrap();
        }
        commit_all(copy.path(), "all");
        copy
    });
    copy.path()
}

/// A workflow of this repository.
pub fn workflow(name: &str) -> PathBuf {
    muslin_repository().join(".github/workflows").join(name)
}

/// A folder of programs that note their command lines in `log`.
pub struct StandIns {
    scratch: Scratch,
}

impl StandIns {
    pub fn new(names: &[&str]) -> Self {
        let scratch = Scratch::new();
        scratch.write("log", "");
        fs::create_dir(scratch.join("bin")).unwrap();
        for name in names {
            let program = root().join("tests/workflows/stand-in");
            symlink(program, scratch.join("bin").join(name)).unwrap();
        }
        Self { scratch }
    }

    pub fn folder(&self) -> PathBuf {
        self.scratch.join("bin")
    }

    pub fn log_file(&self) -> PathBuf {
        self.scratch.join("log")
    }

    /// The command lines, and the definitions that `docker buildx bake` was given.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap()
    }

    /// What `docker buildx bake` was given, each.
    pub fn definitions(&self) -> Vec<Value> {
        let log = self.log();
        let lines = log.lines().filter(|line| line.starts_with('{'));
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// A release of this version at `<folder>/OWNER/muslin/releases/download/…`, made of `commit`;
/// its executable is the program that is tested.
pub fn release(folder: &Path, commit: &str) -> PathBuf {
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let files = folder.join("OWNER/muslin/releases/download").join(version);
    fs::create_dir_all(&files).unwrap();
    let program = format!(
        "#!/bin/sh\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_muslin")
    );
    fs::write(files.join("muslin"), program).unwrap();
    fs::write(files.join("COMMIT"), format!("{commit}\n")).unwrap();
    let pack = "chmod +x muslin && tar -czf muslin-$(uname -m)-unknown-linux-musl.tar.gz muslin \
                && rm muslin && sha256sum *.tar.gz COMMIT >SHA256SUMS";
    succeed(Command::new("sh").args(["-c", pack]).current_dir(&files));
    files
}
