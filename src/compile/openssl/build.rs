//! Building OpenSSL with its own `Configure` and make, and the C compilers of the build.
//!
//! The build script of `openssl-src` would leave the folder that it builds in, and the paths of the
//! compilers, as strings in the library.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::{OpensslError, unwritable};
use super::source;
use crate::compile::context::BuildContext;
use crate::compile::copy::copy_tree;
use crate::compile::env::{path_directories, which};
use crate::compile::linker::zig::Zig;
use crate::compile::linker::zigbuild_env::ZigbuildEnv;
use crate::compile::linker::{C_ARGUMENTS_VARIABLE, c_macros};
use crate::compile::toolchain::installed::Toolchain;

/// What OpenSSL is built with.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Where, and with which environment.
    pub context: BuildContext<'a>,
    /// The toolchain, whose cargo fetches the source.
    pub toolchain: &'a Toolchain,
    /// zig.
    pub zig: &'a Zig,
    /// The variables that name the C compilers.
    pub zigbuild_env: &'a ZigbuildEnv,
    /// Text that differs whenever the user's rustflags differ: zig gets their target CPU.
    pub rustflags: &'a str,
    /// `--jobs`
    pub jobs: Option<&'a str>,
}

/// The options of `Configure`: those of `openssl-src` for musl, with folders that are in the image. muslin
/// puts its certificates where OpenSSL looks for them in `/etc/ssl`.
const OPTIONS: [&str; 24] = [
    "--prefix=/usr/local",
    "--openssldir=/etc/ssl",
    "--libdir=lib",
    "no-shared",
    "no-module",
    "no-tests",
    "no-comp",
    "no-zlib",
    "no-zlib-dynamic",
    "no-legacy",
    "no-ssl3",
    "no-md2",
    "no-rc5",
    "no-weak-ssl-ciphers",
    "no-camellia",
    "no-idea",
    "no-seed",
    // These two want what musl does not have.
    "no-engine",
    "no-async",
    "-DOPENSSL_NO_SECURE_MEMORY",
    // As the cc crate compiles for musl: the executable is position-independent, and its linker drops what is not called.
    "-fPIC",
    "-ffunction-sections",
    "-fdata-sections",
    // The compiler wrapper of cargo-zigbuild asks for it.
    "-g0",
];

/// Where `make install` puts what is built, below the folder that it is given.
const PREFIX: &str = "usr/local";

/// 1980-01-01, as [`c_macros::DATE_MACROS`] have it (<https://reproducible-builds.org/specs/source-date-epoch>).
const SOURCE_DATE_EPOCH: &str = "315532800";

/// The modules of perl that `Configure` loads, and that a minimal perl does not have.
const PERL_MODULES: [&str; 4] = ["FindBin", "IPC::Cmd", "File::Compare", "Pod::Usage"];

/// Text for cache keys that differs whenever OpenSSL is built otherwise.
pub(super) fn recipe() -> String {
    let fixed = [
        // The version of what the functions below do.
        "1",
        SOURCE_DATE_EPOCH,
    ];
    let all = fixed.iter().chain(&OPTIONS).chain(&c_macros::DATE_MACROS);
    all.copied().collect::<Vec<_>>().join("\n")
}

/// The programs of the machine that build OpenSSL.
#[derive(Debug)]
pub(super) struct Tools {
    perl: Utf8PathBuf,
    make: Utf8PathBuf,
}

impl Tools {
    /// Finds them on the `PATH`.
    ///
    /// # Errors
    /// Some are missing.
    pub(super) fn find(context: &BuildContext<'_>) -> Result<Self, OpensslError> {
        let make = which(context.environment, "make");
        let perl = which(context.environment, "perl");
        let has_modules = |perl: &Utf8PathBuf| {
            let mut command = Command::new(perl);
            command
                .args(PERL_MODULES.map(|module| format!("-M{module}")))
                .args(["-e", "1"])
                .env_clear()
                .envs(context.environment);
            let output = context.processes.output(&mut command);
            output.is_ok_and(|output| output.status.success())
        };
        let is_minimal = perl.as_ref().is_some_and(|perl| !has_modules(perl));
        match (perl, make) {
            (Some(perl), Some(make)) if !is_minimal => Ok(Self { perl, make }),
            (perl, make) => {
                let perl = match perl {
                    None => Some("`perl`".to_owned()),
                    Some(_) => is_minimal.then(|| {
                        let modules = PERL_MODULES.map(|module| format!("`{module}`"));
                        format!("the modules {} of perl", modules.join(", "))
                    }),
                };
                let make = make.is_none().then(|| "`make`".to_owned());
                let missing: Vec<String> = perl.into_iter().chain(make).collect();
                Err(OpensslError::NoTools {
                    missing: missing.join(" and "),
                })
            }
        }
    }
}

/// Builds OpenSSL for one target in the folder `scratch`, and gives the folder in it that has
/// `include` and `lib`, and nothing else.
///
/// # Errors
/// What [`OpensslError`] says.
pub(super) fn build(
    inputs: &Inputs<'_>,
    tools: &Tools,
    source: &Utf8Path,
    scratch: &Utf8Path,
    target: &str,
) -> Result<Utf8PathBuf, OpensslError> {
    let failed_to_write = |error| unwritable(scratch, error);
    // A copy, in which it is built: names of its files are relative then, in every build the same.
    let folder = scratch.join("source");
    let programs = scratch.join("bin");
    fs::create_dir(scratch)
        .and_then(|()| copy_tree(source, &folder))
        .and_then(|()| fs::create_dir(&programs))
        .and_then(|()| link_programs(inputs.zigbuild_env, target, &programs))
        .map_err(failed_to_write)?;
    let jobs = inputs.jobs.and_then(|jobs| jobs.parse::<usize>().ok());
    let jobs = jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, Into::into));
    let staged = scratch.join("staged");

    let run = |program: &Utf8Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&folder);
        set_environment(&mut command, inputs, &programs, &folder);
        run(&inputs.context, &mut command).map_err(|message| OpensslError::Build {
            version: source::version().to_owned(),
            target: target.to_owned(),
            program: program.to_string(),
            message,
        })
    };
    let configuration = [["./Configure", configuration(target)].as_slice(), &OPTIONS].concat();
    run(&tools.perl, &configuration)?;
    run(&tools.make, &[&format!("-j{jobs}"), "build_libs"])?;
    run(&tools.make, &["install_dev", &format!("DESTDIR={staged}")])?;

    // Without what names folders for pkg-config and CMake.
    let ready = scratch.join("ready");
    let installed = staged.join(PREFIX);
    fs::create_dir_all(ready.join("lib"))
        .and_then(|()| fs::rename(installed.join("include"), ready.join("include")))
        .and_then(|()| {
            ["lib/libcrypto.a", "lib/libssl.a"]
                .iter()
                .try_for_each(|name| fs::rename(installed.join(name), ready.join(name)))
        })
        .map_err(failed_to_write)?;
    Ok(ready)
}

/// OpenSSL's name of a target.
fn configuration(target: &str) -> &'static str {
    if target.starts_with("aarch64") {
        "linux-aarch64"
    } else {
        "linux-x86_64"
    }
}

/// Puts the C compiler and its companions of a target into a folder, by short names: OpenSSL has the names in a
/// string.
fn link_programs(zigbuild_env: &ZigbuildEnv, target: &str, programs: &Utf8Path) -> io::Result<()> {
    let target = target.replace('-', "_");
    for (variable, name) in [("CC", "cc"), ("AR", "ar"), ("RANLIB", "ranlib")] {
        let program = zigbuild_env.get(&format!("{variable}_{target}"));
        let program = program.ok_or_else(|| io::Error::other(format!("no {name} for {target}")))?;
        symlink(program, programs.join(name))?;
    }
    Ok(())
}

/// Sets the whole environment. Of the user's, there is only what leads to programs and folders: the library is
/// for all builds.
fn set_environment(
    command: &mut Command,
    inputs: &Inputs<'_>,
    programs: &Utf8Path,
    folder: &Utf8Path,
) {
    let environment = inputs.context.environment;
    let of_user = environment.iter().filter(|(name, _)| {
        ["HOME", "TMPDIR", "PERL5LIB"]
            .iter()
            .any(|kept| *name == kept)
    });
    let mut directories = vec![programs.to_owned()];
    directories.extend(path_directories(environment));
    let path = std::env::join_paths(&directories).expect("they are parts of a PATH");
    let crates = format!("/crates/{}/openssl", source::package().directory_name());
    let mut c_arguments = vec![format!("-ffile-prefix-map={folder}={crates}")];
    c_arguments.extend(c_macros::DATE_MACROS.map(str::to_owned));
    command
        .env_clear()
        .envs(of_user)
        .envs(inputs.zigbuild_env)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH)
        .env(C_ARGUMENTS_VARIABLE, c_arguments.join("\n"))
        .envs([("CC", "cc"), ("AR", "ar"), ("RANLIB", "ranlib")]);
}

/// Lines of a program that failed that are shown.
const SHOWN_LINES: usize = 8;

/// Runs a program of which only the last lines are told, where it fails.
fn run(context: &BuildContext<'_>, command: &mut Command) -> Result<(), String> {
    let output = context.processes.output(command);
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = stderr.trim().lines().collect();
    Err(lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n"))
}
