//! Tests of starting and killing child processes, with shells as children.

use super::*;
use std::io::{BufRead as _, BufReader};
use std::time::Instant;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn output_returns_all_that_was_written() {
    let processes = Processes::default();
    let output = processes.output(&mut shell("seq 30000; seq 30000 >&2; exit 3"));
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout.len(), 168_894);
    assert_eq!(output.stderr.len(), 168_894);
}

#[test]
fn a_listener_is_called_with_each_line() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&heard);
    let processes =
        Processes::with_listener(move |line| lines.lock().unwrap().push(line.to_owned()));
    let status = processes.status(&mut shell("echo one >&2; printf two >&2"));
    assert!(status.unwrap().success());
    assert_eq!(*heard.lock().unwrap(), ["one", "two"]);
}

#[test]
fn no_line_is_lost_where_a_listener_is_slow() {
    let heard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&heard);
    let processes = Processes::with_listener(move |_| {
        thread::sleep(GRACE_PERIOD / 50);
        *count.lock().unwrap() += 1;
    });
    let status = processes.status(&mut shell("seq 100 >&2"));
    assert!(status.unwrap().success());
    assert_eq!(*heard.lock().unwrap(), 100);
}

#[test]
fn a_descendant_that_holds_stderr_open_is_not_waited_for() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&heard);
    let processes =
        Processes::with_listener(move |line| lines.lock().unwrap().push(line.to_owned()));
    let status = processes.status(&mut shell("sleep 600 & echo $! >&2"));
    assert!(status.unwrap().success());
    let descendant = heard.lock().unwrap()[0].parse().unwrap();
    // It would be gone if it had been waited for.
    let descendant = Pid::from_raw(descendant).unwrap();
    rustix::process::kill_process(descendant, Signal::KILL).unwrap();
}

#[test]
fn cancelling_kills_children_and_their_descendants() {
    let processes = Processes::default();
    // The inner shell ignores SIGTERM.
    let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done' & wait";
    let mut running = processes
        .spawn(shell(script).stdout(Stdio::piped()))
        .unwrap();
    let mut inner = String::new();
    BufReader::new(running.stdout())
        .read_line(&mut inner)
        .unwrap();
    let inner: i32 = inner.trim().parse().unwrap();

    processes.cancel();
    assert!(!running.wait().unwrap().success());
    let inner = Pid::from_raw(inner).unwrap();
    let gone = || {
        // A zombie that nobody reaps counts as gone.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", inner.as_raw_nonzero()));
        stat.map_or(true, |stat| stat.contains(") Z "))
    };
    let cancelled = Instant::now();
    while !gone() {
        let waited = cancelled.elapsed();
        assert!(waited < Duration::from_secs(60), "it still runs");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(processes.is_cancelled());
    assert!(processes.spawn(&mut shell("true")).is_err());
}

#[test]
fn a_child_that_is_not_waited_for_ends_with_its_handle() {
    let on_terminal = Processes {
        share_terminal: true,
        ..Processes::default()
    };
    for processes in [Processes::default(), on_terminal] {
        let mut running = processes
            .spawn(shell("sh -c 'echo $$; sleep 60' & wait").stdout(Stdio::piped()))
            .unwrap();
        let mut inner = String::new();
        BufReader::new(running.stdout())
            .read_line(&mut inner)
            .unwrap();
        let inner = Pid::from_raw(inner.trim().parse().unwrap()).unwrap();
        drop(running);
        let started = Instant::now();
        while stat(inner).is_some() {
            assert!(started.elapsed() < Duration::from_secs(10), "it still runs");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
