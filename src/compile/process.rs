//! Child processes of a task, and killing all of them when it is cancelled.
//!
//! Each child leads a process group of its own, so that its descendants (rustc, build
//! scripts, zig) are killed with it.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use muslin_oci::cancellation::Cancellation;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

/// The time between `SIGTERM` and `SIGKILL`.
const GRACE_PERIOD: Duration = Duration::from_millis(300);

/// Called with each line that a child writes to stderr, and with what is waited for.
type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// Starts the child processes of one task, and cancels it. Clones share the children.
#[derive(Clone, Default)]
pub struct Processes {
    /// The process groups of running children.
    groups: Arc<Mutex<HashSet<Pid>>>,
    cancellation: Cancellation,
    listener: Option<Listener>,
}

/// A child process that was started.
pub struct RunningProcess {
    child: Child,
    processes: Processes,
    /// Disconnected when all lines of its stderr were forwarded.
    stderr_forwarded: Option<Receiver<()>>,
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
        let (done, forwarded) = mpsc::channel();
        running.stderr_forwarded = Some(forwarded);
        thread::spawn(move || {
            let _done: Sender<()> = done;
            let mut reader = BufReader::new(stderr);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                listener(String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        });
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
        let groups = {
            let groups = self.lock();
            self.cancellation.cancel();
            groups.clone()
        };
        let send = |signal| {
            for group in &groups {
                // A group that has exited meanwhile is no error.
                let _ = rustix::process::kill_process_group(*group, signal);
            }
        };
        send(Signal::TERM);
        if !groups.is_empty() {
            thread::sleep(GRACE_PERIOD);
        }
        send(Signal::KILL);
    }

    /// Whether [`Self::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    fn start(&self, command: &mut Command) -> io::Result<RunningProcess> {
        // Under the lock, so that no child starts while `cancel` reads the list.
        let mut groups = self.lock();
        self.cancellation.check()?;
        let child = command.process_group(0).spawn()?;
        groups.insert(Pid::from_child(&child));
        Ok(RunningProcess {
            child,
            processes: self.clone(),
            stderr_forwarded: None,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Pid>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
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
        if let Some(forwarded) = self.stderr_forwarded.take() {
            // A descendant that still runs, such as a server, may hold stderr open.
            let _ = forwarded.recv_timeout(GRACE_PERIOD);
        }
        Ok(status)
    }
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
