//! The process that reads the inputs of a target, each within bounds.

use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::random::Random;
use super::target::{READ, Target};
use super::{ALLOCATOR, TARGETS, faults};

/// The name of the target.
pub const TARGET: &str = "MUSLIN_FUZZ_TARGET";
/// The folder of its cases.
pub const CASES: &str = "MUSLIN_FUZZ_CASES";
/// The file in which the parent finds the input that is read.
pub const INPUT: &str = "MUSLIN_FUZZ_INPUT";
/// The time for mutants, in seconds.
pub const SECONDS: &str = "MUSLIN_FUZZ_SECONDS";
/// What the mutants depend on.
pub const SEED: &str = "MUSLIN_FUZZ_SEED";
/// Begins the line that says what was done.
pub const DONE: &str = "fuzz: ";

/// The most memory that reading one input may take, in bytes.
const MAX_MEMORY: usize = 64 << 20;
/// The most time of a processor that reading one input may take.
const MAX_TIME: Duration = Duration::from_secs(2);
/// The most inputs that mutants are made of.
const MAX_POOL: usize = 2000;

#[test]
#[ignore = "other tests run it in processes of its own"]
fn child() {
    let Ok(name) = env::var(TARGET) else {
        return;
    };
    let number = |variable| env::var(variable).unwrap().parse().unwrap();
    let mut targets = TARGETS.iter().chain(&faults::TARGETS);
    let target = targets.find(|target| target.name == name).unwrap();
    let input = File::create(env::var(INPUT).unwrap()).unwrap();
    let mut reader = Reader { target, input };

    let mut pool = Vec::new();
    for (_, case) in kept(Path::new(&env::var(CASES).unwrap())) {
        reader.read(&case);
        pool.push(case);
    }
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        let outcome = reader.read(&seed);
        assert!(outcome.starts_with(READ), "seed {number}: {outcome}");
        pool.push(seed);
    }

    let mut random = Random::new(number(SEED));
    let mut outcomes = HashSet::new();
    let mut mutants = 0;
    let (time, started) = (Duration::from_secs(number(SECONDS)), Instant::now());
    while started.elapsed() < time {
        let (input, other) = (random.below(pool.len()), random.below(pool.len()));
        let mutant = (target.mutant)(&pool[input], &pool[other], &mut random);
        let outcome = reader.read(&mutant);
        mutants += 1;
        // What is refused for another reason has come further, or elsewhere.
        if outcomes.insert(kind_of(&outcome)) && pool.len() < MAX_POOL {
            pool.push(mutant);
        }
    }
    println!("\n{DONE}{mutants} mutants, {} outcomes", outcomes.len());
}

/// The cases in a folder and their paths, sorted.
pub fn kept(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let case = fs::read(&path).unwrap();
        (path, case)
    };
    paths.into_iter().map(read).collect()
}

/// The first words of an outcome, without numbers and what it quotes of the input.
fn kind_of(outcome: &str) -> String {
    let unquoted: String = outcome.split(['`', '"']).step_by(2).collect();
    let lines = unquoted.lines().filter(|line| !line.contains('|'));
    let is_word = |word: &&str| {
        word.bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b':')
    };
    let words = lines.flat_map(str::split_whitespace).filter(is_word);
    words.take(16).collect::<Vec<_>>().join(" ")
}

struct Reader<'a> {
    target: &'a Target,
    /// Where the present input is written, for the parent.
    input: File,
}

impl Reader<'_> {
    fn read(&mut self, input: &[u8]) -> String {
        self.input.set_len(input.len() as u64).unwrap();
        self.input.write_all_at(input, 0).unwrap();
        let (memory, time) = (ALLOCATOR.current_usage(), processor_time());
        ALLOCATOR.reset_peak_usage();
        let outcome = (self.target.read)(input);
        let memory = ALLOCATOR.peak_usage().saturating_sub(memory);
        let time = processor_time().saturating_sub(time);
        assert!(memory <= MAX_MEMORY, "reading it took {memory} bytes");
        assert!(time <= MAX_TIME, "reading it took {time:?}");
        outcome
    }
}

/// The time of a processor that this process has had.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}
