//! Runs a target in a process of its own, so that the input is known that ends it, that never
//! ends, or that takes too much memory.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::child;
use super::target::Target;

/// The fewest mutants of a run that has time for any.
const FEWEST: u64 = 100;

/// How a target is run.
pub struct Run<'a> {
    pub target: &'a Target,
    /// The folder of the inputs that have found a fault.
    pub cases: PathBuf,
    /// The time for mutants, in seconds.
    pub seconds: u64,
    /// What the mutants depend on.
    pub seed: u64,
    /// How long one input may be read, on a machine that does much else.
    pub patience: Duration,
}

/// A number in a variable of the environment.
fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("`{variable}` is `{text}`, which is no number")))
}

/// Reads the kept cases, seeds and mutants of a target.
#[track_caller]
pub fn run(target: &Target) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/cases");
    let run = Run {
        target,
        cases: cases.join(target.name),
        seconds: number("FUZZ_SECONDS").unwrap_or(8),
        seed: number("FUZZ_SEED").unwrap_or(1),
        patience: Duration::from_secs(60),
    };
    match run.run() {
        Ok(said) => println!("{}: {said}", target.name),
        Err(fault) => panic!("{}: {fault}", target.name),
    }
}

impl Run<'_> {
    /// What was done, or the fault that was found and the case that is kept of its input.
    pub fn run(&self) -> Result<String, String> {
        // In memory, where there is a file system of that kind.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let (input, output) = (folder.path().join("input"), folder.path().join("output"));
        let file = File::create(&output).unwrap();
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child::child", "--ignored", "--nocapture"])
            .env(child::TARGET, self.target.name)
            .env(child::CASES, &self.cases)
            .env(child::INPUT, &input)
            .env(child::SECONDS, self.seconds.to_string())
            .env(child::SEED, self.seed.to_string())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let ended = self.wait(child, &input);
        let output = fs::read(output).unwrap();
        let output = String::from_utf8_lossy(&output);
        if ended.is_ok_and(|status| status.success()) {
            return Ok(self.done(&output));
        }
        let how = match ended {
            Ok(status) => status.to_string(),
            Err(time) => format!("it does not end within {time:?}"),
        };
        let case = self.keep(&fs::read(input).unwrap());
        Err(format!(
            "{how} (FUZZ_SEED={})\n{output}\nthe input is `{}`",
            self.seed,
            case.display()
        ))
    }

    /// What a child says that found no fault.
    fn done(&self, output: &str) -> String {
        let said = output
            .lines()
            .find_map(|line| line.strip_prefix(child::DONE));
        let said = said.expect("a child that succeeds says what it did");
        let mutants: u64 = said.split(' ').next().unwrap().parse().unwrap();
        assert!(self.seconds == 0 || mutants >= FEWEST, "only {said}");
        said.to_owned()
    }

    /// Waits for the child, or kills it when it reads the same input for too long.
    fn wait(&self, mut child: Child, input: &Path) -> Result<ExitStatus, Duration> {
        let modified = || fs::metadata(input).and_then(|file| file.modified()).ok();
        let (mut last, mut since) = (modified(), Instant::now());
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return Ok(status);
            }
            let now = modified();
            if now != last {
                (last, since) = (now, Instant::now());
            }
            if now.is_some() && since.elapsed() > self.patience {
                child.kill().unwrap();
                child.wait().unwrap();
                return Err(self.patience);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Keeps an input as a case, unless it is one; gives its path.
    fn keep(&self, input: &[u8]) -> PathBuf {
        let mut kept = child::kept(&self.cases).into_iter();
        if let Some((path, _)) = kept.find(|(_, case)| case == input) {
            return path;
        }
        let digest = Sha256::digest(input);
        let name = digest[..8].iter().map(|byte| format!("{byte:02x}"));
        let path = self.cases.join(name.collect::<String>());
        fs::create_dir_all(&self.cases).unwrap();
        fs::write(&path, input).unwrap();
        path
    }
}
