//! Whatever bytes a reader is given, it reads or refuses them, in little time and memory; and
//! what is written is read back.
//!
//! Inputs are hand-made seeds and mutants of them. `FUZZ_SECONDS` is the time for the mutants
//! of each reader, `FUZZ_SEED` the number that they depend on. An input that finds a fault is
//! kept in `tests/fuzz/cases`, whose inputs are read by every run.

#[path = "fuzz/cargo_manifest.rs"]
mod cargo_manifest;
#[path = "fuzz/child.rs"]
mod child;
#[path = "fuzz/compressed.rs"]
mod compressed;
#[path = "fuzz/crate_list.rs"]
mod crate_list;
#[path = "fuzz/elf.rs"]
mod elf;
#[path = "fuzz/faults.rs"]
mod faults;
mod harness;
#[path = "fuzz/image_archive.rs"]
mod image_archive;
#[path = "fuzz/json.rs"]
mod json;
#[path = "fuzz/mutation.rs"]
mod mutation;
#[path = "fuzz/properties.rs"]
mod properties;
#[path = "fuzz/random.rs"]
mod random;
#[path = "fuzz/runner.rs"]
mod runner;
#[path = "fuzz/tar_archive.rs"]
mod tar_archive;
#[path = "fuzz/target.rs"]
mod target;
#[path = "fuzz/texts.rs"]
mod texts;

use peak_alloc::PeakAlloc;
use target::Target;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const TARGETS: [&Target; 8] = [
    &cargo_manifest::TARGET,
    &compressed::TARGET,
    &crate_list::TARGET,
    &elf::TARGET,
    &image_archive::TARGET,
    &json::TARGET,
    &tar_archive::TARGET,
    &texts::TARGET,
];

#[test]
fn a_manifest_of_cargo_is_described_or_refused() {
    runner::run(&cargo_manifest::TARGET);
}

#[test]
fn compressed_bytes_are_decompressed_or_refused() {
    runner::run(&compressed::TARGET);
}

#[test]
fn a_list_of_crates_is_read_or_refused() {
    runner::run(&crate_list::TARGET);
}

#[test]
fn an_executable_is_read_or_refused() {
    runner::run(&elf::TARGET);
}

#[test]
fn an_archive_of_an_image_is_read_or_refused() {
    runner::run(&image_archive::TARGET);
}

#[test]
fn a_json_document_is_read_or_refused() {
    runner::run(&json::TARGET);
}

#[test]
fn a_tar_is_read_or_refused() {
    runner::run(&tar_archive::TARGET);
}

#[test]
fn a_reference_or_a_value_is_read_or_refused() {
    runner::run(&texts::TARGET);
}
