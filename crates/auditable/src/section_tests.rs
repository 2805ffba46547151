use std::process::Command;

use auditable_serde::{DependencyKind, Package, Source, VersionInfo};
use object::elf::FileHeader64;
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use object::{LittleEndian as LE, Object as _, ObjectSection as _};

use super::{SECTION, SectionError, add, decode, encode};

fn list() -> VersionInfo {
    VersionInfo {
        packages: vec![Package {
            name: "app".to_owned(),
            version: "1.2.3".parse().unwrap(),
            source: Source::Local,
            kind: DependencyKind::Runtime,
            dependencies: Vec::new(),
            root: true,
        }],
        format: 1,
    }
}

/// The executable of these tests.
fn executable() -> Vec<u8> {
    std::fs::read(std::env::current_exe().unwrap()).unwrap()
}

fn section_of(executable: &[u8]) -> Option<Vec<u8>> {
    let file = object::read::elf::ElfFile64::<LE>::parse(executable).unwrap();
    let section = file.section_by_name(SECTION)?;
    Some(section.data().unwrap().to_vec())
}

#[test]
fn a_list_that_was_added_is_read_again() {
    let section = encode(&list()).unwrap();
    let with_list = add(&executable(), &section).unwrap().unwrap();
    assert_eq!(section_of(&with_list).unwrap(), section);
    assert_eq!(decode(&section).unwrap(), list());
    assert_eq!(decode(b"no zlib"), None);
}

#[test]
fn every_other_section_and_every_loaded_byte_stays() {
    let before = executable();
    let after = add(&before, &encode(&list()).unwrap()).unwrap().unwrap();
    let sections = |file: &[u8]| -> Vec<(String, Vec<u8>)> {
        let file = object::read::elf::ElfFile64::<LE>::parse(file).unwrap();
        file.sections()
            .map(|section| {
                let name = section.name().unwrap().to_owned();
                let content = section.data().unwrap().to_vec();
                (name, content)
            })
            .filter(|(name, _)| name != SECTION && name != ".shstrtab")
            .collect()
    };
    assert_eq!(sections(&before), sections(&after));
    let header = FileHeader64::<LE>::parse(&*before).unwrap();
    for segment in header.program_headers(LE, &*before).unwrap() {
        let content = segment.data(LE, &*before).unwrap();
        // The header of the file says where the sections are.
        let at = usize::try_from(segment.p_offset(LE)).unwrap();
        let skipped = size_of::<FileHeader64<LE>>()
            .saturating_sub(at)
            .min(content.len());
        assert_eq!(content[skipped..], after[at..at + content.len()][skipped..]);
    }
}

#[test]
fn an_executable_with_a_list_runs() {
    let folder = std::env::temp_dir().join(format!("muslin-auditable-{}", std::process::id()));
    let with_list = add(&executable(), &encode(&list()).unwrap())
        .unwrap()
        .unwrap();
    std::fs::write(&folder, with_list).unwrap();
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&folder, permissions).unwrap();
    let said = Command::new(&folder).arg("--list").output().unwrap();
    std::fs::remove_file(&folder).unwrap();
    assert!(said.status.success());
    assert!(String::from_utf8_lossy(&said.stdout).contains("an_executable_with_a_list_runs"));
}

#[test]
fn an_executable_that_has_a_list_keeps_it() {
    let section = encode(&list()).unwrap();
    let with_list = add(&executable(), &section).unwrap().unwrap();
    assert!(add(&with_list, b"other").unwrap().is_none());
}

#[test]
fn an_executable_without_sections_gets_a_table() {
    let mut bare = executable();
    // e_shoff, and e_shentsize, e_shnum and e_shstrndx.
    bare[40..48].fill(0);
    bare[58..64].fill(0);
    let with_list = add(&bare, b"list").unwrap().unwrap();
    assert_eq!(section_of(&with_list).unwrap(), b"list");
}

#[test]
fn what_is_no_executable_or_lies_about_itself_is_an_error() {
    assert!(matches!(
        add(b"#!/bin/sh", b""),
        Err(SectionError::NotElf(_))
    ));
    let whole = executable();
    for size in [0, 1, 16, 63, 64, 100, whole.len() - 1] {
        // Each table that it names is behind its end, at least in part.
        assert!(add(&whole[..size], b"list").is_err(), "{size} bytes");
    }
    let mut lying = whole;
    // e_phoff
    lying[32..40].fill(0xff);
    assert!(add(&lying, b"list").is_err());
}
