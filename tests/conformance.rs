//! What muslin writes is what the OCI image specification describes, and what
//! the tools that people have take.

#![cfg(feature = "build")]

mod harness;
mod oci_schema;

use std::process::Command;

use harness::{Architecture, Scratch, arm64};

#[test]
fn executables_made_by_hand_run() {
    let scratch = Scratch::new();
    let amd64 = Architecture::Amd64.write(&scratch, "amd64", "hello\n", 5000);
    let output = Command::new(amd64).output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
    let path = Architecture::Arm64.write(&scratch, "arm64", "hello\n", 5000);
    let Some(mut command) = arm64(&path) else {
        return;
    };
    let output = command.output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
}
