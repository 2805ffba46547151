//! Readers with faults, which the runner must find.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use super::child;
use super::runner::Run;
use super::target::{READ, Target};

pub const TARGETS: [&Target; 6] = [
    &MUTANT,
    &faulty("panic", |_| panic!("a fault")),
    &faulty("memory", |_| {
        drop(black_box(vec![0_u8; 65 << 20]));
        READ.to_owned()
    }),
    &faulty("time", |_| {
        let started = Instant::now();
        // More than the time of a processor, on a machine that does much else, too.
        while started.elapsed() < Duration::from_secs(20) {}
        READ.to_owned()
    }),
    &faulty("end", |_| std::process::abort()),
    &faulty("endless", |_| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }),
];

/// A target whose mutants are read so.
const fn faulty(name: &'static str, read: fn(&[u8]) -> String) -> Target {
    Target {
        name,
        seeds: Vec::new,
        mutant: |_, _, _| unreachable!("there is no time for mutants"),
        read,
    }
}

/// What is found in a target that has one case.
fn found(name: &str) -> String {
    let cases = tempfile::tempdir().unwrap();
    let case = cases.path().join("a-case");
    fs::write(&case, "content").unwrap();
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let run = Run {
        target,
        cases: cases.path().to_owned(),
        seconds: 0,
        seed: 1,
        patience: Duration::from_secs(if name == "endless" { 5 } else { 120 }),
    };
    let fault = run.run().unwrap_err();
    let named = format!("the input is `{}`", case.display());
    assert!(fault.ends_with(&named), "{fault}");
    fault
}

#[test]
fn a_case_that_panics_is_found_and_named() {
    let fault = found("panic");
    assert!(fault.contains("a fault"), "{fault}");
}

#[test]
fn a_case_that_takes_much_memory_or_time_is_found_and_named() {
    for name in ["memory", "time"] {
        let fault = found(name);
        assert!(fault.contains("reading it took"), "{fault}");
    }
}

#[test]
fn a_case_that_ends_the_process_or_never_ends_is_found_and_named() {
    let fault = found("end");
    assert!(fault.starts_with("signal: 6"), "{fault}");
    let fault = found("endless");
    assert!(fault.starts_with("it does not end within 5s"), "{fault}");
}

/// The mutants alone have a fault.
const MUTANT: Target = Target {
    name: "mutant",
    seeds: || vec![b"fine".to_vec()],
    mutant: |_, _, _| b"faulty".to_vec(),
    read: |input| {
        assert_eq!(input, b"fine");
        READ.to_owned()
    },
};

#[test]
fn a_mutant_with_a_fault_is_kept_as_a_case() {
    let folder = tempfile::tempdir().unwrap();
    let run = |seconds| Run {
        target: &MUTANT,
        cases: folder.path().join("cases"),
        seconds,
        seed: 1,
        patience: Duration::from_secs(120),
    };
    run(0).run().unwrap();
    assert!(!folder.path().join("cases").exists());
    run(60).run().unwrap_err();
    let kept = child::kept(&folder.path().join("cases"));
    let [(path, content)] = kept.as_slice() else {
        panic!("{kept:?}");
    };
    assert_eq!(content, b"faulty");
    // The case is read even where there is no time for mutants.
    let fault = run(0).run().unwrap_err();
    assert!(fault.contains(path.to_str().unwrap()), "{fault}");
}
