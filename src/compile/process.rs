//! Child processes of a task, and killing all of them when it is cancelled.
//!
//! On a terminal, children are in the process group of this process: they may ask for a
//! password, and ctrl-C and ctrl-Z reach all of them. Elsewhere each leads a group of its own,
//! so that its descendants (rustc, build scripts, zig) are killed with it, and one that asks
//! for a terminal fails where it would be stopped for ever.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use muslin_oci::cancellation::Cancellation;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::forwarding::{Forwarding, Listener};

/// The time between `SIGTERM` and `SIGKILL`.
const GRACE_PERIOD: Duration = Duration::from_millis(300);

/// Starts the child processes of one task, and cancels it. Clones share the children.
#[derive(Clone, Default)]
pub struct Processes {
    children: Arc<Mutex<HashSet<Pid>>>,
    cancellation: Cancellation,
    listener: Option<Listener>,
    /// Whether children are in the process group of this process.
    share_terminal: bool,
}

/// A child process that was started.
pub struct RunningProcess {
    child: Child,
    processes: Processes,
    forwarding: Option<Forwarding>,
    /// Whether it was killed because it asked for a terminal.
    wanted_terminal: Arc<AtomicBool>,
    is_reaped: bool,
}

impl fmt::Debug for Processes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Processes").finish_non_exhaustive()
    }
}

impl Processes {
    /// Calls `listener` with each line of stderr, in place of inheriting stderr.
    pub fn with_listener(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            listener: Some(Arc::new(listener)),
            ..Self::default()
        }
    }

    /// Lets children ask on the terminal of this process, if it has one.
    pub fn on_terminal() -> Self {
        Self {
            share_terminal: File::open("/dev/tty").is_ok(),
            ..Self::default()
        }
    }

    /// Starts a process. Its stderr goes to the listener, or is inherited if there is none.
    ///
    /// # Errors
    /// It cannot be started, or [`Self::cancel`] was called.
    pub fn spawn(&self, command: &mut Command) -> io::Result<RunningProcess> {
        let Some(listener) = self.listener.clone() else {
            return self.start(command);
        };
        let mut running = self.start(command.stderr(Stdio::piped()))?;
        let stderr = running.child.stderr.take().expect("its stderr is piped");
        running.forwarding = Some(Forwarding::start(stderr, listener));
        Ok(running)
    }

    /// Tells the listener a line, or writes it to stderr if there is none.
    pub fn tell(&self, line: &str) {
        match &self.listener {
            Some(listener) => listener(line),
            None => anstream::eprintln!("{line}"),
        }
    }

    /// What [`Self::cancel`] cancels besides the children: reading, writing and waiting.
    #[must_use]
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// Runs a process and waits for it to exit. Its stderr goes where that of [`Self::spawn`] goes.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub fn status(&self, command: &mut Command) -> io::Result<ExitStatus> {
        self.spawn(command)?.wait()
    }

    /// Runs a process, waits for it to exit and returns what it wrote to stdout and stderr.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub fn output(&self, command: &mut Command) -> io::Result<Output> {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut running = self.start(command.stderr(Stdio::piped()))?;
        let mut stderr = running.child.stderr.take().expect("its stderr is piped");
        let errors = thread::spawn(move || {
            let mut bytes = Vec::new();
            io::copy(&mut stderr, &mut bytes).map(|_| bytes)
        });
        let mut stdout = Vec::new();
        io::copy(&mut running.stdout(), &mut stdout)?;
        let stderr = errors.join().expect("copying does not panic")?;
        Ok(Output {
            status: running.wait()?,
            stdout,
            stderr,
        })
    }

    /// Runs a process with the stdin and stdout of the command, waits for it to exit and
    /// returns what it wrote to stderr.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub fn errors(&self, command: &mut Command) -> io::Result<Output> {
        let mut running = self.start(command.stderr(Stdio::piped()))?;
        let mut pipe = running.child.stderr.take().expect("its stderr is piped");
        let mut stderr = Vec::new();
        io::copy(&mut pipe, &mut stderr)?;
        Ok(Output {
            status: running.wait()?,
            stdout: Vec::new(),
            stderr,
        })
    }

    /// Cancels the task: kills all children and their descendants, lets no other start from
    /// now on, and cancels [`Self::cancellation`].
    pub fn cancel(&self) {
        let children = {
            let children = self.lock();
            self.cancellation.cancel();
            children.clone()
        };
        self.kill(&children);
    }

    /// Kills children and their descendants: first with `SIGTERM`.
    fn kill(&self, children: &HashSet<Pid>) {
        if children.is_empty() {
            return;
        }
        // Whose parent has exited is nobody's descendant, so they are looked up before that.
        let descendants = if self.share_terminal {
            descendants(children)
        } else {
            Vec::new()
        };
        let send = |signal| {
            // What has exited meanwhile is no error.
            for &child in children {
                let _ = if self.share_terminal {
                    rustix::process::kill_process(child, signal)
                } else {
                    rustix::process::kill_process_group(child, signal)
                };
            }
            for descendant in &descendants {
                if descendant.is_running() {
                    let _ = rustix::process::kill_process(descendant.pid, signal);
                }
            }
        };
        send(Signal::TERM);
        thread::sleep(GRACE_PERIOD);
        send(Signal::KILL);
    }

    /// Whether [`Self::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    fn start(&self, command: &mut Command) -> io::Result<RunningProcess> {
        // Under the lock, so that no child starts while `cancel` reads the list.
        let mut children = self.lock();
        self.cancellation.check()?;
        if !self.share_terminal {
            command.process_group(0);
            for (name, value) in NEVER_ASK {
                if is_unset(command, name) {
                    command.env(name, value);
                }
            }
        }
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        children.insert(pid);
        let wanted_terminal = Arc::new(AtomicBool::new(false));
        if !self.share_terminal {
            let wanted_terminal = Arc::clone(&wanted_terminal);
            thread::spawn(move || kill_if_it_wants_a_terminal(pid, &wanted_terminal));
        }
        Ok(RunningProcess {
            child,
            processes: self.clone(),
            forwarding: None,
            wanted_terminal,
            is_reaped: false,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Pid>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunningProcess {
    /// The stdout of the process, which must be piped.
    pub fn stdout(&mut self) -> impl io::Read + use<> {
        self.child.stdout.take().expect("its stdout is piped")
    }

    /// Waits for the process to exit.
    ///
    /// # Errors
    /// `wait` fails.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let pid = Pid::from_child(&self.child);
        // Its id may be reused as soon as it was reaped, so it leaves the list before that.
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), ended) {}
        self.processes.lock().remove(&pid);
        let status = self.child.wait()?;
        self.is_reaped = true;
        if self.wanted_terminal.load(Ordering::Relaxed) {
            return Err(io::Error::other(
                "it asks for something on a terminal, such as a password, and has none here",
            ));
        }
        if let Some(forwarding) = self.forwarding.take() {
            forwarding.finish();
        }
        Ok(status)
    }
}

/// Kills the process with its descendants, if it is not waited for.
impl Drop for RunningProcess {
    fn drop(&mut self) {
        if self.is_reaped {
            return;
        }
        let pid = Pid::from_child(&self.child);
        self.processes.kill(&HashSet::from([pid]));
        self.processes.lock().remove(&pid);
        let _ = self.child.wait();
    }
}

/// Variables with which git and ssh fail where they would ask.
const NEVER_ASK: [(&str, &str); 2] = [
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
];

/// Whether a command sets no variable of this name. Commands here have their whole environment
/// from `envs`.
fn is_unset(command: &Command, name: &str) -> bool {
    command.get_envs().all(|(found, _)| found != name)
}

/// Waits until a child has exited, and kills its group once it was stopped because it has read
/// from a terminal, or changed its settings, in the background.
fn kill_if_it_wants_a_terminal(child: Pid, wanted_terminal: &AtomicBool) {
    let any = WaitIdOptions::EXITED | WaitIdOptions::STOPPED;
    loop {
        match rustix::process::waitid(WaitId::Pid(child), any | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(Some(status)) if status.stopped() => {
                let signal = status.stopping_signal();
                let asks = [Signal::TTIN, Signal::TTOU].map(|signal| Some(signal.as_raw()));
                if asks.contains(&signal) {
                    wanted_terminal.store(true, Ordering::Relaxed);
                    let _ = rustix::process::kill_process_group(child, Signal::KILL);
                    return;
                }
                // Somebody has stopped it: take notice, and wait for what comes.
                let _ = rustix::process::waitid(WaitId::Pid(child), WaitIdOptions::STOPPED);
            }
            // It has exited, or was reaped.
            _ => return,
        }
    }
}

/// A process that a child has started.
struct Descendant {
    pid: Pid,
    /// Its start time, in clock ticks after boot: an ID may be used again.
    started: String,
}

impl Descendant {
    fn is_running(&self) -> bool {
        stat(self.pid).is_some_and(|(_, started)| started == self.started)
    }
}

/// The descendants of processes, from proc(5); none where there is no such file system.
fn descendants(of: &HashSet<Pid>) -> Vec<Descendant> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: Vec<(Pid, i32, String)> = numbers
        .filter_map(|number| {
            let pid = Pid::from_raw(number)?;
            let (parent, started) = stat(pid)?;
            Some((pid, parent, started))
        })
        .collect();
    let mut found: Vec<Descendant> = Vec::new();
    let mut parents: Vec<i32> = of.iter().map(|pid| pid.as_raw_nonzero().get()).collect();
    while let Some(parent) = parents.pop() {
        for (pid, _, started) in all.iter().filter(|(_, of, _)| *of == parent) {
            parents.push(pid.as_raw_nonzero().get());
            found.push(Descendant {
                pid: *pid,
                started: started.clone(),
            });
        }
    }
    found
}

/// The parent of a process and its start time (`proc_pid_stat(5)`).
fn stat(pid: Pid) -> Option<(i32, String)> {
    let text = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name before them may contain anything.
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    Some((fields.get(1)?.parse().ok()?, (*fields.get(19)?).to_owned()))
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
