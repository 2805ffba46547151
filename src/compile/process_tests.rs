//! Tests of starting and killing child processes, with shells as children.

use super::*;
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
fn a_descendant_that_holds_stderr_open_is_not_waited_for() {
    let processes = Processes::with_listener(|_| ());
    let started = Instant::now();
    let status = processes.status(&mut shell("sleep 20 & echo started >&2"));
    assert!(status.unwrap().success());
    assert!(started.elapsed() < Duration::from_secs(10));
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

    let started = Instant::now();
    processes.cancel();
    assert!(!running.wait().unwrap().success());
    assert!(started.elapsed() < Duration::from_secs(1));
    let inner = Pid::from_raw(inner).unwrap();
    let gone = || {
        // A zombie that nobody reaps counts as gone.
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
