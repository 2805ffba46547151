//! The programs that a build starts, and ending all of them.
//!
//! Each is the leader of a process group of its own, so that what it starts (rustc,
//! build scripts, zig) ends with it.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

/// How long a group may take to end by itself.
const GRACE: Duration = Duration::from_millis(300);

/// Hears what programs write to stderr, a line at a time.
type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// The programs of one build. Clones share them.
#[derive(Clone, Default)]
pub struct Processes {
    state: Arc<Mutex<State>>,
    listener: Option<Listener>,
}

#[derive(Default)]
struct State {
    cancelled: bool,
    groups: HashSet<Pid>,
}

/// A program that was started.
pub struct Running {
    child: Child,
    processes: Processes,
    /// Closed when all that it wrote to stderr is forwarded.
    forwarding: Option<Receiver<()>>,
}

impl fmt::Debug for Processes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Processes").finish_non_exhaustive()
    }
}

impl Processes {
    /// Programs whose stderr goes to `listener`, line by line, and not to ours.
    pub fn with_listener(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            listener: Some(Arc::new(listener)),
            ..Self::default()
        }
    }

    /// Starts a program; what it writes to stderr goes to the listener, or to our own.
    ///
    /// # Errors
    /// It cannot be started, or everything was cancelled.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Running> {
        let Some(listener) = self.listener.clone() else {
            return self.start(command);
        };
        let mut running = self.start(command.stderr(Stdio::piped()))?;
        let stderr = running.child.stderr.take().expect("its stderr is piped");
        let (done, forwarding) = mpsc::channel();
        running.forwarding = Some(forwarding);
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

    /// Runs a program to its end; its stderr goes where that of [`Self::spawn`] does.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub fn status(&self, command: &mut Command) -> io::Result<ExitStatus> {
        self.spawn(command)?.wait()
    }

    /// Runs a program to its end and gives what it writes.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub fn output(&self, command: &mut Command) -> io::Result<Output> {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = self.start(command)?;
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

    /// Ends every program, and with it what it started; from now on none starts.
    pub fn cancel(&self) {
        let groups = {
            let mut state = self.lock();
            state.cancelled = true;
            state.groups.clone()
        };
        let send = |signal| {
            for group in &groups {
                // What has ended meanwhile needs no signal.
                let _ = rustix::process::kill_process_group(*group, signal);
            }
        };
        send(Signal::TERM);
        if !groups.is_empty() {
            thread::sleep(GRACE);
        }
        send(Signal::KILL);
    }

    /// Whether everything was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    fn start(&self, command: &mut Command) -> io::Result<Running> {
        // Under the lock, so that none starts while others are ended.
        let mut state = self.lock();
        if state.cancelled {
            return Err(io::Error::other("cancelled"));
        }
        let child = command.process_group(0).spawn()?;
        state.groups.insert(Pid::from_child(&child));
        Ok(Running {
            child,
            processes: self.clone(),
            forwarding: None,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// What the program writes to stdout, which must be piped.
    pub fn stdout(&mut self) -> impl io::Read + use<> {
        self.child.stdout.take().expect("its stdout is piped")
    }

    /// Waits for the program's end.
    ///
    /// # Errors
    /// The system does not say how it ended.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        let pid = Pid::from_child(&self.child);
        // Its number is not another's until it was waited for, and by then nobody
        // sends it signals.
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), ended) {}
        self.processes.lock().groups.remove(&pid);
        let status = self.child.wait()?;
        if let Some(forwarding) = self.forwarding.take() {
            // What it has left behind, a server say, may hold its stderr open.
            let _ = forwarding.recv_timeout(GRACE);
        }
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_program_writes_comes_back_whole() {
        let processes = Processes::default();
        let output = processes.output(&mut shell("seq 30000; seq 30000 >&2; exit 3"));
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(output.stdout.len(), 168_894);
        assert_eq!(output.stderr.len(), 168_894);
    }

    #[test]
    fn a_listener_hears_each_line() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&heard);
        let processes =
            Processes::with_listener(move |line| lines.lock().unwrap().push(line.to_owned()));
        let status = processes.status(&mut shell("echo one >&2; printf two >&2"));
        assert!(status.unwrap().success());
        assert_eq!(*heard.lock().unwrap(), ["one", "two"]);
    }

    #[test]
    fn a_server_that_a_program_leaves_behind_is_not_waited_for() {
        let processes = Processes::with_listener(|_| ());
        let started = Instant::now();
        let status = processes.status(&mut shell("sleep 20 & echo started >&2"));
        assert!(status.unwrap().success());
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn cancelling_ends_what_was_started_and_what_that_started() {
        let processes = Processes::default();
        // The one inside does not want to end.
        let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done' & wait";
        let mut running = processes
            .spawn(shell(script).stdout(Stdio::piped()))
            .unwrap();
        let mut inner = String::new();
        BufReader::new(running.stdout())
            .read_line(&mut inner)
            .unwrap();
        let inner: i32 = inner.trim().parse().unwrap();

        let started = Instant::now();
        processes.cancel();
        assert!(!running.wait().unwrap().success());
        assert!(started.elapsed() < Duration::from_secs(1));
        let inner = Pid::from_raw(inner).unwrap();
        let gone = || {
            // A zombie that nobody waits for counts as gone.
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", inner.as_raw_nonzero()));
            stat.map_or(true, |stat| stat.contains(") Z "))
        };
        while !gone() {
            assert!(started.elapsed() < Duration::from_secs(5), "it still runs");
            thread::sleep(Duration::from_millis(10));
        }
        assert!(processes.is_cancelled());
        assert!(processes.spawn(&mut shell("true")).is_err());
    }
}
