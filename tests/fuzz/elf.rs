//! Executables: the facts of their headers, and the list of crates that is added to them.

use std::io::Cursor;

use muslin::elf::ElfFacts;
use muslin::platform::TargetPlatform;
use muslin_auditable::section;

use super::crate_list;
use super::harness::{Architecture, dynamic_executable};
use super::mutation::mutant;
use super::target::{READ, Target, outcome};

pub const TARGET: Target = Target {
    name: "elf",
    seeds,
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read,
};

const WORDS: &[&[u8]] = &[
    b"\x7fELF\x02\x01\x01\0",
    b".dep-v0\0",
    b".debug_info\0",
    // Types of program headers.
    b"\x01\0\0\0",
    b"\x02\0\0\0",
    b"\x03\0\0\0",
    b"\x51\xe5\x74\x64",
    b"\x52\xe5\x74\x64",
    // Tags of dynamic entries.
    b"\x01\0\0\0\0\0\0\0",
    b"\x18\0\0\0\0\0\0\0",
    b"\x1e\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0",
    b"\xfb\xff\xff\x6f\0\0\0\0\x01\0\0\0\0\0\0\0",
];

/// A section with a list of crates.
fn list() -> Vec<u8> {
    crate_list::zlib(crate_list::JSON.as_bytes())
}

fn seeds() -> Vec<Vec<u8>> {
    let small = Architecture::Amd64.executable("hello\n", 100);
    let listed = section::add(&small, &list()).unwrap().unwrap();
    vec![
        small,
        Architecture::Arm64.executable("hello\n", 0),
        listed,
        dynamic_executable(300),
    ]
}

fn facts(file: &[u8]) -> Result<ElfFacts, muslin::elf::ElfError> {
    ElfFacts::read(Cursor::new(file))
}

fn read(input: &[u8]) -> String {
    let before = facts(input);
    let added = section::add(input, &list());
    let Ok(before) = before else {
        return outcome(before);
    };
    for platform in TargetPlatform::ALL {
        let fit = before.fit_for(platform);
        assert!(before.is_static() || fit.is_err(), "{before:?}");
    }
    assert!(before.needed.len() <= 64);
    if let Ok(Some(with_list)) = added {
        let after = facts(&with_list).expect("what was added to is still an executable");
        assert!(after.crates.is_some());
        // Names may be in the header, which is another.
        let unnamed = |facts: ElfFacts| ElfFacts {
            interpreter: facts.interpreter.map(|_| String::new()),
            needed: vec![String::new(); facts.needed.len()],
            crates: None,
            ..facts
        };
        assert_eq!(unnamed(after), unnamed(before));
    }
    has(&facts(input).unwrap())
}

/// [`READ`] and what an executable has.
fn has(facts: &ElfFacts) -> String {
    let parts = [
        ("interpreter", facts.interpreter.is_some()),
        ("libraries", !facts.needed.is_empty()),
        ("pie", facts.position_independent),
        ("relro", facts.relro),
        ("now", facts.bind_now),
        ("stack", facts.executable_stack),
        ("debug", facts.debug_info),
        ("crates", facts.crates.is_some()),
    ];
    let there = parts.into_iter().filter(|(_, is_there)| *is_there);
    let there: Vec<&str> = there.map(|(name, _)| name).collect();
    format!("{READ}: {}", there.join(" "))
}
