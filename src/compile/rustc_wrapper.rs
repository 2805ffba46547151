//! The `RUSTC_WRAPPER` of a build: it names the folders of this build, and calls the user's wrapper.
//!
//! In rustflags, the path of a workspace would be part of what compiler caches compare: sccache would
//! share nothing between two projects. Here only what can contain such a path gets it.

use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::env::Environment;
use super::script::write_script;

/// Adds the remaps of the workspace to its own packages, and those of the target directory to
/// what build scripts generate; neither to what is compiled for the machine that builds. Where
/// sccache itself fails (status 2 or 254; rustc ends with 1 or 101), rustc is called without it.
const SCRIPT: &str = "#!/bin/sh\n\
    case \" $* \" in\n\
    *\" --target \"*)\n\
    case ${CARGO_MANIFEST_DIR-}/ in\n\
    \"${MUSLIN_WORKSPACE:-/}\"/*) remaps=${MUSLIN_WORKSPACE_REMAPS-} ;;\n\
    *) remaps=${OUT_DIR:+${MUSLIN_TARGET_REMAPS-}} ;;\n\
    esac\n\
    IFS='\n'\n\
    set -f\n\
    set -- \"$@\" $remaps\n\
    ;;\n\
    esac\n\
    if [ -n \"${MUSLIN_SCCACHE-}\" ]; then\n\
    \"$MUSLIN_RUSTC_WRAPPER\" \"$@\"\n\
    status=$?\n\
    case $status in\n\
    2 | 254) ;;\n\
    *) exit $status ;;\n\
    esac\n\
    exec \"$@\"\n\
    fi\n\
    exec ${MUSLIN_RUSTC_WRAPPER:+\"$MUSLIN_RUSTC_WRAPPER\"} \"$@\"\n";

/// The user's wrapper, which the script calls.
pub(super) const INNER_VARIABLE: &str = "MUSLIN_RUSTC_WRAPPER";

/// Set where that wrapper is sccache.
pub(super) const SCCACHE_VARIABLE: &str = "MUSLIN_SCCACHE";

const FILE_NAME: &str = "rustc-wrapper";

/// The path of the script in the cache, which is always the same: cargo compares it.
///
/// # Errors
/// It cannot be written.
pub(super) fn ensure(cache_dir: &Utf8Path) -> io::Result<Utf8PathBuf> {
    let folder = cache_dir.join("tools");
    let path = folder.join(FILE_NAME);
    if fs::read(&path).is_ok_and(|found| found == SCRIPT.as_bytes()) {
        return Ok(path);
    }
    fs::create_dir_all(&folder)?;
    let temporary = tempfile::Builder::new()
        .prefix(FILE_NAME)
        .tempfile_in(&folder)?
        .into_temp_path();
    let unfinished = Utf8Path::from_path(&temporary).expect("a name below a path in UTF-8");
    write_script(unfinished, SCRIPT)?;
    temporary.persist(&path)?;
    Ok(path)
}

/// What the script adds, from all remaps of a build. Gives those that are for all packages.
///
/// `remaps` has a directory before those in it; `targets` are the directories that cargo builds in.
pub(super) fn split(
    remaps: &[(Utf8PathBuf, String)],
    workspace: &Utf8Path,
    targets: &[&Utf8PathBuf],
    environment: &mut Environment,
) -> Vec<(Utf8PathBuf, String)> {
    let is_in_target = |path: &Utf8Path| targets.iter().any(|target| path.starts_with(target));
    let is_in_workspace = |path: &Utf8Path| path.starts_with(workspace) || is_in_target(path);
    let arguments = |is_in: &dyn Fn(&Utf8Path) -> bool| {
        let remaps = remaps.iter().filter(|(from, _)| is_in(from));
        let arguments: Vec<String> = remaps.map(argument).collect();
        arguments.join("\n")
    };
    for (name, value) in [
        ("MUSLIN_WORKSPACE", workspace.to_string()),
        ("MUSLIN_WORKSPACE_REMAPS", arguments(&is_in_workspace)),
        ("MUSLIN_TARGET_REMAPS", arguments(&is_in_target)),
    ] {
        environment.insert(name.into(), value.into());
    }
    let all = remaps.iter().filter(|(from, _)| !is_in_workspace(from));
    all.cloned().collect()
}

/// A remap as rustc takes it.
pub(super) fn argument((from, to): &(Utf8PathBuf, String)) -> String {
    format!("--remap-path-prefix={from}={to}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What the script calls for a package in this folder.
    fn called(manifest_dir: &str, variables: &[(&str, &str)], arguments: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = ensure(Utf8Path::from_path(folder.path()).unwrap()).unwrap();
        let mut environment = Environment::new();
        let remaps = [
            ("/home/a b/app", "/workspace"),
            ("/home/a b/app/target", "/workspace/target"),
            ("/registry", "/crates"),
        ]
        .map(|(from, to)| (Utf8PathBuf::from(from), to.to_owned()));
        let workspace = Utf8Path::new("/home/a b/app");
        let target = workspace.join("target");
        let rest = split(&remaps, workspace, &[&target], &mut environment);
        assert_eq!(rest, [remaps[2].clone()]);
        let mut command = Command::new(path);
        command
            .args(["printf", "<%s>"])
            .args(arguments)
            .env_clear()
            .envs(&environment)
            .env("CARGO_MANIFEST_DIR", manifest_dir)
            .envs(variables.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }

    const WORKSPACE: &str = "<--remap-path-prefix=/home/a b/app=/workspace>";
    const TARGET: &str = "<--remap-path-prefix=/home/a b/app/target=/workspace/target>";

    #[test]
    fn only_packages_of_the_workspace_get_its_path() {
        let arguments = ["--target", "x"];
        let own = called("/home/a b/app/part", &[], &arguments);
        assert_eq!(own, format!("<--target><x>{WORKSPACE}{TARGET}"));
        assert_eq!(called("/home/a b/app", &[], &arguments), own);
        assert_eq!(called("/home/a b/apple", &[], &arguments), "<--target><x>");
        assert_eq!(
            called("/registry/itoa-1.0.0", &[], &arguments),
            "<--target><x>"
        );
    }

    #[test]
    fn what_build_scripts_generate_gets_the_path_of_the_target_directory() {
        let variables = [("OUT_DIR", "/home/a b/app/target/out")];
        let said = called("/registry/libc-1", &variables, &["--target", "x"]);
        assert_eq!(said, format!("<--target><x>{TARGET}"));
    }

    #[test]
    fn what_runs_on_this_machine_gets_none() {
        assert_eq!(
            called("/home/a b/app", &[], &["--crate-name", "x"]),
            "<--crate-name><x>"
        );
    }

    #[test]
    fn sccache_that_fails_itself_is_left_out_and_errors_of_rustc_stay() {
        for (status, said) in [(0, ""), (1, ""), (2, "<a>"), (101, ""), (254, "<a>")] {
            let folder = tempfile::tempdir().unwrap();
            let wrapper = Utf8Path::from_path(folder.path()).unwrap().join("sccache");
            write_script(&wrapper, &format!("#!/bin/sh\nexit {status}\n")).unwrap();
            let variables = [(INNER_VARIABLE, wrapper.as_str()), (SCCACHE_VARIABLE, "1")];
            assert_eq!(called("/", &variables, &["a"]), said, "{status}");
        }
    }

    #[test]
    fn the_users_wrapper_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let wrapper = folder.path().join("a wrapper");
        let path = Utf8Path::from_path(&wrapper).unwrap();
        write_script(path, "#!/bin/sh\nprintf wrapped\nexec \"$@\"\n").unwrap();
        let said = called("/", &[(INNER_VARIABLE, path.as_str())], &["--target", "x"]);
        assert_eq!(said, "wrapped<--target><x>");
    }
}
