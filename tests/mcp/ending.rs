//! The end of the server and of what it was doing.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::Scratch;
use crate::harness::server::{Server, hello};
use crate::harness::slow::{SOON, kill, runs, slow_package, started};
use crate::{VERSIONS, command, server};

#[test]
fn it_ends_within_a_second_whoever_ends_it() {
    let scratch = Scratch::new();
    for end in ["stdin", "-TERM", "-INT"] {
        let took = |_| {
            let mut server = server(&scratch);
            assert_eq!(server.ask(1, "ping", &json!({}))["result"], json!({}));
            match end {
                "stdin" => server.close_stdin(),
                signal => kill(signal, server.id()),
            }
            let (status, took) = server.ended();
            assert!(status.success(), "{end}: {status}");
            took
        };
        // On a machine that does much else, one of several is quick.
        let quickest = (0..5).map(took).min().unwrap();
        assert!(quickest < Duration::from_secs(1), "{end}: {quickest:?}");
    }
}

#[test]
fn requests_behind_which_stdin_closes_are_answered() {
    let scratch = Scratch::new();
    let mut server = Server::start(command(&scratch));
    server.send(&hello(VERSIONS[0]));
    server.request(1, "tools/list", &json!({}));
    server.close_stdin();
    assert_eq!(server.answer(0)["result"]["serverInfo"]["name"], "muslin");
    assert_eq!(server.answer(1)["result"]["tools"][0]["name"], "build");
}

/// A server that builds [`slow_package`] for request 1, and the process ID of the
/// build script that runs.
fn building(scratch: &Scratch) -> (Server, u32) {
    slow_package(scratch);
    let mut server = server(scratch);
    server.request(
        1,
        "tools/call",
        &json!({ "name": "build", "arguments": { "path": "slow" } }),
    );
    let build_script = started(scratch);
    (server, build_script)
}

#[test]
fn a_build_in_flight_ends_with_the_server() {
    for end in ["stdin", "-TERM"] {
        let scratch = Scratch::new();
        let (mut server, build_script) = building(&scratch);
        assert!(runs(build_script));
        match end {
            "stdin" => server.close_stdin(),
            signal => kill(signal, server.id()),
        }
        let (status, took) = server.ended();
        assert!(status.success(), "{end}: {status}");
        assert!(took < SOON, "{end}: {took:?}");
        assert!(!runs(build_script), "{end}: the build script still runs");
        assert!(!scratch.join("slow/target/muslin").exists());
    }
}

#[test]
fn a_cancelled_build_ends_and_the_server_goes_on() {
    let scratch = Scratch::new();
    let (mut server, build_script) = building(&scratch);
    server.send(&json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
    }));
    let begun = Instant::now();
    while runs(build_script) {
        assert!(begun.elapsed() < SOON, "it still runs");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.ask(2, "ping", &json!({}))["result"], json!({}));
    assert!(!scratch.join("slow/target/muslin").exists());

    // The same package builds when it is let.
    scratch.write("slow/build.rs", "fn main() {}\n");
    let built = server.call(3, "build", &json!({ "path": "slow" }));
    assert_eq!(built["isError"], false, "{built}");
}
