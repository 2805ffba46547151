//! Every call can be cancelled, and says what it waits for.

use std::fs::{self, File};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::server::Server;
use crate::harness::slow::{kill, runs};
use crate::harness::{Architecture, Muslin, Scratch};
use crate::{VERSIONS, command, server};

fn cancel(server: &mut Server, id: u32) {
    server.send(&json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
    }));
}

/// Calls a tool that reports its progress.
fn start(server: &mut Server, id: u32, tool: &str, arguments: &Value) {
    let params = json!({
        "name": tool, "arguments": arguments, "_meta": { "progressToken": id },
    });
    server.request(id, "tools/call", &params);
}

/// Waits for a progress notification with this text.
#[track_caller]
fn wait_for_progress(server: &mut Server, text: &str) {
    loop {
        let message = server.next();
        let said = message["params"]["message"].as_str();
        if said.is_some_and(|said| said.contains(text)) {
            return;
        }
        assert!(message["id"].is_null(), "answered meanwhile: {message}");
    }
}

#[track_caller]
fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_call_that_waits_for_another_writer_says_so_and_can_be_cancelled() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let executables = json!([{ "platform": "linux/amd64", "path": "app" }]);
    let to = |to: &str| json!({ "executables": executables, "image": { "to": [to] } });
    let mut server = server(&scratch);
    let other = File::open(scratch.folder("taken")).unwrap();
    other.lock().unwrap();
    // As many as run at once.
    for id in [1, 2] {
        start(&mut server, id, "pack", &to("oci:taken"));
        wait_for_progress(&mut server, "/taken`");
    }
    start(&mut server, 3, "pack", &to("oci:free"));
    wait_for_progress(
        &mut server,
        "waiting until one of the 2 calls that run has ended",
    );
    for id in [1, 2] {
        cancel(&mut server, id);
    }
    let packed = server.answer(3);
    assert_eq!(packed["result"]["isError"], false, "{packed}");
    assert_eq!(fs::read_dir(scratch.join("taken")).unwrap().count(), 0);
}

/// A server whose Docker never ends, and the process ID of that.
fn server_with_endless_docker(scratch: &Scratch) -> Server {
    scratch.write_executable(
        "bin/docker",
        "#!/bin/sh\necho $$ > docker.new && mv docker.new docker.id && exec sleep 120\n",
    );
    let mut command = command(scratch);
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", scratch.join("bin").display());
    command.arg("--docker-daemon").env("PATH", path);
    Server::initialized(command, VERSIONS[0])
}

fn docker_id(scratch: &Scratch) -> u32 {
    let id = || fs::read_to_string(scratch.join("docker.id")).ok();
    wait_until("no Docker", || id().is_some());
    id().unwrap().trim().parse().unwrap()
}

#[test]
fn docker_ends_with_the_call_that_has_started_it() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    let executables = json!([{ "platform": "linux/amd64", "path": "app" }]);
    let load = json!({ "executables": executables, "image": { "to": ["docker-daemon:a:b"] } });
    let save = json!({ "reference": "docker-daemon:a:b" });
    for (tool, arguments) in [("pack", load), ("inspect", save)] {
        for ended_by_client in [true, false] {
            let _ = fs::remove_file(scratch.join("docker.id"));
            let mut server = server_with_endless_docker(&scratch);
            start(&mut server, 1, tool, &arguments);
            let docker = docker_id(&scratch);
            if ended_by_client {
                cancel(&mut server, 1);
            } else {
                kill("-TERM", server.id());
            }
            wait_until("it still runs", || !runs(docker));
        }
    }
}

/// Writes `big.tar`, a docker-archive with a layer that takes some time to compress.
fn big_archive(scratch: &Scratch) {
    Architecture::Amd64.write(scratch, "big", "hello", 90_000_000);
    Muslin::new()
        .folder(scratch.path())
        .args(["pack", "--quiet", "--executable", "linux/amd64=big"])
        .args(["--to", "docker-archive:big.tar"])
        .run();
}

#[test]
fn packing_joining_and_inspecting_end_when_they_are_cancelled_and_leave_nothing() {
    let scratch = Scratch::new();
    big_archive(&scratch);
    Architecture::Amd64.write(&scratch, "other", "another", 90_000_000);
    let executables = json!([{ "platform": "linux/amd64", "path": "other" }]);
    let calls = [
        (
            "index",
            json!({ "sources": ["docker-archive:big.tar"], "to": "oci:new" }),
        ),
        ("inspect", json!({ "reference": "docker-archive:big.tar" })),
        (
            "pack",
            json!({ "executables": executables, "image": { "to": ["oci:new"] } }),
        ),
    ];
    for (tool, arguments) in calls {
        for ended_by_client in [true, false] {
            let mut command = command(&scratch);
            command.env("MUSLIN_CACHE_DIR", scratch.folder("cache"));
            let mut server = Server::initialized(command, VERSIONS[0]);
            start(&mut server, 1, tool, &arguments);
            thread::sleep(Duration::from_millis(100));
            if ended_by_client {
                // As many as run at once: the last is answered when one of them has ended.
                start(&mut server, 2, tool, &arguments);
                thread::sleep(Duration::from_millis(100));
                cancel(&mut server, 1);
                cancel(&mut server, 2);
                start(&mut server, 3, "setup_check", &json!({}));
                server.answer(3);
                assert!(!scratch.join("new/index.json").exists(), "{tool}");
                server.close_stdin();
            } else {
                kill("-TERM", server.id());
            }
            let (status, took) = server.ended();
            assert!(status.success(), "{tool}: {status}");
            assert!(took < Duration::from_secs(1), "{tool}: {took:?}");
            assert!(!scratch.join("new/index.json").exists(), "{tool}");
            let left = |folder: &str| {
                let entries = fs::read_dir(scratch.join(folder)).into_iter().flatten();
                entries
                    .map(|entry| entry.unwrap().file_name())
                    .collect::<Vec<_>>()
            };
            assert_eq!(left("tmp").len(), 0, "{tool}: {:?}", left("tmp"));
            let new = left("cache/blobs/sha256");
            let new = new.iter().filter(|name| name.len() != 64);
            assert_eq!(new.count(), 0, "{tool}");
        }
    }
}
