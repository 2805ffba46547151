//! Tests of `elf`.

use super::*;
use std::io::Cursor;

/// What a linker makes by default for musl.
fn hardened() -> ElfFacts {
    ElfFacts {
        machine: Machine::Aarch64,
        interpreter: None,
        needed: Vec::new(),
        position_independent: true,
        relro: true,
        bind_now: true,
        executable_stack: false,
        debug_info: false,
        crates: None,
    }
}

#[test]
fn only_what_is_static_and_hardened_is_fit() {
    let arm64 = |change: fn(&mut ElfFacts)| {
        let mut facts = hardened();
        change(&mut facts);
        facts.fit_for(TargetPlatform::LinuxArm64)
    };
    assert_eq!(arm64(|_| ()), Ok(()));
    assert!(hardened().fit_for(TargetPlatform::LinuxAmd64).is_err());
    assert!(arm64(|facts| facts.interpreter = Some("/lib/ld.so".into())).is_err());
    assert!(arm64(|facts| facts.needed = vec!["libc.so.6".into()]).is_err());
    assert!(arm64(|facts| facts.position_independent = false).is_err());
    assert!(arm64(|facts| facts.executable_stack = true).is_err());
    assert!(arm64(|facts| facts.relro = false).is_err());
    assert!(arm64(|facts| facts.bind_now = false).is_err());
}

#[test]
fn a_script_is_no_executable_for_an_image() {
    let error = ElfFacts::read(Cursor::new(b"#!/bin/sh\necho hello\n")).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"it is not an ELF executable for a 64-bit little-endian machine (Invalid ELF header size or alignment)");
}

#[test]
fn the_program_that_runs_this_test_is_dynamic_and_therefore_unfit() {
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    let facts = ElfFacts::read(file).unwrap();
    assert!(!facts.is_static());
    let here = match facts.machine {
        Machine::X86_64 => TargetPlatform::LinuxAmd64,
        _ => TargetPlatform::LinuxArm64,
    };
    assert!(matches!(facts.fit_for(here), Err(Unfit::Dynamic(_))));
}
