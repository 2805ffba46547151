//! What people meet on a terminal: questions of git are shown and answered, ctrl-C ends
//! everything, ctrl-Z stops it until `fg`. And where there is no terminal, nothing waits for one.

mod harness;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use harness::slow::{kill, runs, slow_package, started};
use harness::{Muslin, Scratch, tool};

/// The longest wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A shell on a terminal of its own.
struct Terminal {
    script: Child,
    keyboard: ChildStdin,
    screen: Arc<Mutex<String>>,
    /// What was read of the screen already.
    read: usize,
}

impl Terminal {
    /// Starts an interactive shell in a folder; nothing where the machine has no `script`.
    fn start(muslin: &Muslin, home: &Scratch) -> Option<Self> {
        let mut command = tool("script")?;
        let muslin = muslin.command(home);
        command
            .args([
                "--quiet",
                "--return",
                "--command",
                "bash --norc -i",
                "/dev/null",
            ])
            .env_clear()
            .envs(
                muslin
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("TERM", "dumb")
            .env("PS1", "$ ")
            .env("LC_ALL", "C")
            .current_dir(muslin.get_current_dir().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut script = command.spawn().unwrap();
        let screen = Arc::new(Mutex::new(String::new()));
        let mut output = script.stdout.take().unwrap();
        let writer = Arc::clone(&screen);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read) = output.read(&mut buffer) {
                if read == 0 {
                    break;
                }
                writer
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
        });
        let mut terminal = Self {
            keyboard: script.stdin.take().unwrap(),
            script,
            screen,
            read: 0,
        };
        terminal.wait_for("$ ");
        Some(terminal)
    }

    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until this text is on the screen, behind what was waited for before.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let begun = Instant::now();
        loop {
            let screen = self.screen.lock().unwrap().clone();
            if let Some(at) = screen[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "no `{text}` on the screen:\n{screen}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

/// The command line of a build in this folder for one platform, as one types it.
fn build_line(folder: &str) -> String {
    let muslin = env!("CARGO_BIN_EXE_muslin");
    format!("{muslin} build --platform linux/amd64 {folder}; echo status $?\n")
}

#[track_caller]
fn wait_until(what: &str, is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The state of a process, such as `T` for one that is stopped (`proc_pid_stat(5)`).
fn state(id: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// A terminal in a folder with a package whose build takes two minutes.
fn beside_slow_package(scratch: &Scratch) -> Option<Terminal> {
    slow_package(scratch);
    let muslin = Muslin::new().with_toolchain().folder(scratch.path());
    Terminal::start(&muslin, scratch)
}

#[test]
fn ctrl_c_ends_muslin_and_all_that_it_has_started() {
    let scratch = Scratch::new();
    let Some(mut terminal) = beside_slow_package(&scratch) else {
        return;
    };
    terminal.type_keys(&build_line("slow"));
    let id = started(&scratch);
    terminal.type_keys("\x03");
    wait_until("the build script still runs", || !runs(id));
    terminal.type_keys("echo back\n");
    terminal.wait_for("\nback");
}

#[test]
fn ctrl_z_stops_everything_until_fg() {
    let scratch = Scratch::new();
    let Some(mut terminal) = beside_slow_package(&scratch) else {
        return;
    };
    terminal.type_keys(&build_line("slow"));
    let id = started(&scratch);
    terminal.type_keys("\x1a");
    wait_until("the build script is not stopped", || state(id) == Some('T'));
    terminal.wait_for("Stopped");
    terminal.type_keys("fg\n");
    wait_until("the build script does not go on", || state(id) == Some('S'));
    terminal.type_keys("\x03");
    wait_until("the build script still runs", || !runs(id));
}

#[test]
fn a_signal_to_muslin_alone_ends_what_it_has_started_on_a_terminal() {
    let scratch = Scratch::new();
    let Some(mut terminal) = beside_slow_package(&scratch) else {
        return;
    };
    let line = build_line("slow").replace("; echo", " & echo $! > id; wait; echo");
    terminal.type_keys(&line);
    let id = started(&scratch);
    let muslin: u32 = fs::read_to_string(scratch.join("id"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    kill("-TERM", muslin);
    wait_until("the build script still runs", || !runs(id));
    wait_until("muslin still runs", || !runs(muslin));
}

/// A repository with a package, served to those who know user and password.
struct PrivateRepository {
    port: u16,
}

impl PrivateRepository {
    fn start(scratch: &Scratch) -> Self {
        let package = scratch.folder("greeting");
        scratch.write(
            "greeting/Cargo.toml",
            "[package]\nname = \"greeting\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
        );
        scratch.write("greeting/src/lib.rs", "pub fn hello() -> u32 { 1 }\n");
        let git = |folder: &Path, arguments: &[&str]| {
            let status = Command::new("git")
                .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
                .args(arguments)
                .current_dir(folder)
                .status();
            assert!(status.unwrap().success());
        };
        git(&package, &["init", "--quiet", "--initial-branch=main"]);
        git(&package, &["add", "--all"]);
        git(&package, &["commit", "--quiet", "--message", "greeting"]);
        git(
            scratch.path(),
            &[
                "clone",
                "--quiet",
                "--bare",
                "greeting",
                "served/greeting.git",
            ],
        );
        // For the protocol in which a server knows nothing of git.
        git(
            &scratch.join("served/greeting.git"),
            &["update-server-info"],
        );
        // `me:secret` in base64.
        let port = harness::http::serve(&scratch.join("served"), |headers| {
            let known = "authorization: basic bWU6c2VjcmV0";
            headers.iter().any(|line| line.eq_ignore_ascii_case(known))
        });
        Self { port }
    }
}

/// A package that depends on the private repository, and the muslin that builds it.
fn private_package(scratch: &Scratch, repository: &PrivateRepository) -> Muslin {
    scratch.write(
        "app/Cargo.toml",
        format!(
            "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\n\
             greeting = {{ git = \"http://127.0.0.1:{}/greeting.git\" }}\n",
            repository.port
        ),
    );
    scratch.write(
        "app/src/main.rs",
        "fn main() { println!(\"{}\", greeting::hello()); }\n",
    );
    Muslin::new()
        .with_toolchain()
        .folder(scratch.path())
        .env("CARGO_HOME", scratch.folder("cargo-home"))
        // cargo's own git asks nothing.
        .env("CARGO_NET_GIT_FETCH_WITH_CLI", "true")
}

#[test]
fn a_question_for_a_password_is_shown_and_answered() {
    let scratch = Scratch::new();
    let repository = PrivateRepository::start(&scratch);
    let muslin = private_package(&scratch, &repository);
    let Some(mut terminal) = Terminal::start(&muslin, &scratch) else {
        return;
    };
    terminal.type_keys(&build_line("app"));
    terminal.wait_for("Username for");
    terminal.type_keys("me\n");
    terminal.wait_for("Password for");
    terminal.type_keys("secret\n");
    terminal.wait_for("status 0");
}

#[test]
fn without_a_terminal_a_question_is_an_error() {
    let scratch = Scratch::new();
    let repository = PrivateRepository::start(&scratch);
    let muslin = private_package(&scratch, &repository);
    // A session of its own has no terminal.
    let Some(mut setsid) = tool("setsid") else {
        return;
    };
    let home = Scratch::new();
    setsid.arg("--wait").stdin(Stdio::null());
    let muslin = muslin.args(["build", "app"]);
    let output = muslin.started_by(setsid, &home).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && errors.contains("terminal prompts disabled"),
        "{errors}"
    );
}
