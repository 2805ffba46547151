//! Parts of tests that want a process of their own, to be killed or measured.

use std::env;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;

use muslin_oci::transport;

use super::support::*;

const ROLE: &str = "MUSLIN_TEST_ROLE";
const ROOT: &str = "MUSLIN_TEST_ROOT";
const REFERENCE: &str = "MUSLIN_TEST_REFERENCE";

/// This program again, in a role, on the fixture of its parent.
pub fn child(fixture: &Fixture, role: &str, reference: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "child::role", "--ignored", "--nocapture"])
        .env(ROLE, role)
        .env(ROOT, &fixture.root)
        .env(REFERENCE, reference)
        .stdout(Stdio::piped());
    command
}

/// What a child says that ends by itself, behind `said:`, a line for each.
pub fn said(mut command: Command) -> Vec<String> {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}{errors}");
    let lines = text.lines().filter_map(|line| line.split_once("said:"));
    lines.map(|(_, line)| line.to_owned()).collect()
}

#[test]
#[ignore = "other tests run it in processes of its own"]
fn role() {
    let Ok(role) = env::var(ROLE) else {
        return;
    };
    let root = env::var(ROOT).unwrap();
    let reference = env::var(REFERENCE).unwrap();
    let fixture = Fixture::at(root.into());
    match role.as_str() {
        "write" => write(&fixture, &reference),
        "write-and-stay" => {
            write(&fixture, &reference);
            loop {
                thread::park();
            }
        }
        "write-forever" => loop {
            write(&fixture, &reference);
        },
        "check" => check(&fixture, &reference),
        _ => panic!("no role `{role}`"),
    }
}

/// Writes the image of layout `a` and then that of `b`.
fn write(fixture: &Fixture, to: &str) {
    for from in ["oci:a", "oci:b"] {
        let image = fixture.open(from).image().unwrap();
        fs::write(fixture.root.join("ready"), "").unwrap();
        if let Err(error) = fixture.write(to, &image) {
            println!("said:{}", fixture.line(&error));
        }
    }
}

/// Says what is wrong, and the most memory that this process ever had, in KiB.
fn check(fixture: &Fixture, from: &str) {
    match transport::verify(&fixture.reference(from), &fixture.host) {
        Ok(report) => match report.findings.first() {
            Some(finding) => println!("said:{}", fixture.line(&finding.kind)),
            None => println!("said:sound"),
        },
        Err(error) => println!("said:{}", fixture.line(&error)),
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most = most.unwrap().trim().strip_suffix(" kB").unwrap();
    println!("said:{most}");
}
