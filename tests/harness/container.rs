//! A container engine of the tests' own: a dockerd with folders of its own,
//! started when the first test asks and ended by its process id when the last
//! one lets go; podman where that cannot be.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use std::{fs::File, thread};

use super::Scratch;
use super::tools::{find, skip};

/// Where containers run.
pub struct Engine {
    kind: Kind,
    /// Where images and containers are kept.
    scratch: Scratch,
}

enum Kind {
    Docker {
        client: PathBuf,
        daemon: Mutex<Child>,
    },
    Podman {
        program: PathBuf,
    },
}

/// What a container left.
#[derive(Debug)]
pub struct Finished {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

static RUNNING: Mutex<Weak<Engine>> = Mutex::new(Weak::new());

impl Engine {
    /// The engine of this test program: docker, else podman. Without both the test
    /// is skipped: `let Some(engine) = Engine::get() else { return };`
    pub fn get() -> Option<Arc<Self>> {
        let mut running = RUNNING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(engine) = running.upgrade() {
            return Some(engine);
        }
        match Self::start_docker()
            .or_else(|docker| Self::start_podman().map_err(|podman| format!("{docker}; {podman}")))
        {
            Ok(engine) => {
                let engine = Arc::new(engine);
                *running = Arc::downgrade(&engine);
                Some(engine)
            }
            Err(reason) => {
                drop(running);
                skip(&format!("no container engine: {reason}"));
                None
            }
        }
    }

    /// podman, with folders of its own, for the tests that are about podman.
    pub fn podman() -> Option<Self> {
        Self::start_podman().map_err(|reason| skip(&reason)).ok()
    }

    fn start_docker() -> Result<Self, String> {
        let daemon = find("dockerd").ok_or("`dockerd` is not installed")?;
        let client = find("docker").ok_or("`docker` is not installed")?;
        // A short path: that of a socket may have 107 bytes.
        let scratch = Scratch::new();
        let log = scratch.join("log");
        let output = File::create(&log).unwrap();
        let daemon = Command::new(daemon)
            .args(["--iptables=false", "--bridge=none"])
            .arg("--data-root")
            .arg(scratch.folder("data"))
            .arg("--exec-root")
            .arg(scratch.folder("exec"))
            .arg("--pidfile")
            .arg(scratch.join("pid"))
            .arg("--host")
            .arg(socket(&scratch))
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .map_err(|error| format!("`dockerd` does not start: {error}"))?;
        let engine = Self {
            kind: Kind::Docker {
                client,
                daemon: Mutex::new(daemon),
            },
            scratch,
        };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            let answer = engine
                .command()
                .args(["info", "--format", "{{.Driver}}"])
                .output();
            if answer.is_ok_and(|answer| answer.status.success()) {
                return Ok(engine);
            }
            let Kind::Docker { daemon, .. } = &engine.kind else {
                unreachable!()
            };
            if daemon.lock().unwrap().try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(&log).unwrap_or_default();
        Err(format!(
            "`dockerd` says: {}",
            log.lines().last().unwrap_or("nothing")
        ))
    }

    fn start_podman() -> Result<Self, String> {
        let program = find("podman").ok_or("`podman` is not installed")?;
        let engine = Self {
            kind: Kind::Podman { program },
            scratch: Scratch::new(),
        };
        let answer = engine
            .command()
            .arg("info")
            .output()
            .map_err(|error| error.to_string())?;
        if answer.status.success() {
            return Ok(engine);
        }
        Err(format!(
            "`podman info` says: {}",
            String::from_utf8_lossy(&answer.stderr).trim()
        ))
    }

    /// The client, pointed at this engine.
    pub fn command(&self) -> Command {
        match &self.kind {
            Kind::Docker { client, .. } => {
                let mut command = Command::new(client);
                command.arg("--host").arg(socket(&self.scratch));
                command.env("DOCKER_CONFIG", self.scratch.join("config"));
                command
            }
            Kind::Podman { program } => podman(program, &self.scratch),
        }
    }

    /// A bash that takes a script, in which `docker` is this engine; more of its
    /// arguments may stand behind the first one, such as `--network none` behind `run`.
    pub fn shell(&self, scratch: &Scratch, script: &str, more: &str) -> Command {
        let docker = self.command();
        let mut shim = format!("#!/bin/bash\nexec '{}'", docker.get_program().display());
        for argument in docker.get_args() {
            shim += &format!(" '{}'", argument.display());
        }
        scratch.write_executable("bin/docker", format!("{shim} \"$1\" {more} \"${{@:2}}\"\n"));
        let mut path = OsString::from(scratch.join("bin"));
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        let variables = docker.get_envs();
        let mut shell = Command::new("bash");
        shell
            .args(["-euo", "pipefail", "-c", script])
            .env("PATH", path)
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .stdin(Stdio::null());
        shell
    }

    /// Loads an archive with `docker load` or `podman load`, and gives what it printed.
    #[track_caller]
    pub fn load(&self, archive: &Path) -> String {
        let output = self
            .command()
            .args(["load", "--input"])
            .arg(archive)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "load: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a container without network and removes it.
    #[track_caller]
    pub fn run(&self, options: &[&str], image: &str, args: &[&str]) -> Finished {
        let mut command = self.command();
        command.args(["run", "--rm", "--network=none"]);
        if matches!(self.kind, Kind::Podman { .. }) {
            // Its defaults are more than a container around the tests may give.
            command.args(["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]);
        }
        let output = command
            .args(options)
            .arg(image)
            .args(args)
            .output()
            .unwrap();
        Finished {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Kind::Docker { daemon, .. } = &mut self.kind {
            let daemon = daemon
                .get_mut()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(id) = i32::try_from(daemon.id())
                .ok()
                .and_then(rustix::process::Pid::from_raw)
            {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
            }
            drop(daemon.wait());
        }
    }
}

fn socket(scratch: &Scratch) -> String {
    format!("unix://{}", scratch.join("sock").display())
}

fn podman(program: &Path, scratch: &Scratch) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--root")
        .arg(scratch.join("root"))
        .arg("--runroot")
        .arg(scratch.join("run"))
        .args(["--cgroup-manager=cgroupfs", "--events-backend=file"]);
    // crun, podman's own choice, refuses machines that have both kinds of cgroups.
    if let Some(runc) = find("runc") {
        command.arg("--runtime").arg(runc);
    }
    command
}
