//! What stdin carries and stdout answers, also where the client is in the wrong.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::server::{hello, peak_memory};
use crate::harness::slow::{kill, slow_package};
use crate::harness::{Muslin, Scratch};
use crate::{VERSIONS, command, server, text};

/// What no input may make the server use, in bytes.
const MEMORY: u64 = 128 << 20;

#[test]
fn what_is_wrong_gets_an_error_and_the_server_lives() {
    let scratch = Scratch::new();
    let mut server = server(&scratch);
    let code = |answer: &Value| answer["error"]["code"].clone();

    // Blank lines are none; the others are answered each, and without an `id`.
    server.write(b"this is no JSON\n\n{\"cut\n\"\xff\"\n");
    for _ in 0..3 {
        let answer = server.next();
        assert_eq!(code(&answer), -32700, "{answer}");
        assert_eq!(answer.get("id"), None, "{answer}");
    }
    let answer = server.ask(1, "no/such/method", &json!({}));
    assert_eq!(code(&answer), -32601, "{answer}");
    let answer = server.ask(2, "tools/call", &json!({ "name": "nothing" }));
    assert_eq!(code(&answer), -32602, "{answer}");
    for (id, arguments) in [
        (3, json!({ "reference": 4 })),
        (4, json!({})),
        (5, json!({ "reference": "oci:x", "surprise": 1 })),
    ] {
        let answer = server.ask(
            id,
            "tools/call",
            &json!({ "name": "inspect", "arguments": arguments }),
        );
        assert_eq!(code(&answer), -32602, "{answer}");
    }
    server.write(b"[1,2]\n");
    assert_eq!(code(&server.next()), -32600);
    server.send(&json!({ "jsonrpc": "2.0", "id": 6, "method": "tools/call", "params": "text" }));
    assert_eq!(code(&server.next()), -32600);
    let missing = server.call(7, "inspect", &json!({ "reference": "oci:missing" }));
    assert_eq!(missing["isError"], true);
    assert!(text(&missing).contains("missing"), "{missing}");

    // 100 MB in one line, and nesting that a stack would not stand.
    let long = vec![b'x'; 1 << 20];
    server.write(b"{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\",\"params\":{\"text\":\"");
    for _ in 0..100 {
        server.write(&long);
    }
    server.write(b"\"}}\n");
    assert_eq!(code(&server.next()), -32600);
    server.write(&[b"[".repeat(200_000), b"]".repeat(200_000), b"\n".to_vec()].concat());
    assert_eq!(code(&server.next()), -32700);
    let answer = server.ask(9, "ping", &json!({}));
    assert_eq!(answer["result"], json!({}));
    // Two bytes to a value, which take hundreds each in memory.
    for unit in ["{\"\":0}", "[0]", "0"] {
        let values = vec![unit; 100_000].join(",");
        let call = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":10,\"method\":\"tools/call\",\"params\":\
             {{\"name\":\"inspect\",\"arguments\":{{\"x\":[{values}]}}}}}}\n"
        );
        server.write(call.as_bytes());
        assert_eq!(code(&server.next()), -32600);
    }
    assert!(server.peak_memory() < MEMORY, "{}", server.peak_memory());

    // A message that is cut off by the end is none.
    server.write(b"{\"jsonrpc\":\"2.0\",\"id\":10,\"met");
    server.close_stdin();
    let (status, took) = server.ended();
    assert!(status.success());
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// What is answered by the server itself does not tear what the SDK answers.
#[test]
fn refusals_stand_between_the_other_answers() {
    let scratch = Scratch::new();
    let mut server = server(&scratch);
    for id in 1..=100 {
        server.request(id, "tools/list", &json!({}));
        server.write(b"no JSON\n");
    }
    let (mut lists, mut refusals) = (0, 0);
    while lists < 100 || refusals < 100 {
        let answer = server.next();
        match answer["result"]["tools"].as_array() {
            Some(tools) => lists += usize::from(!tools.is_empty()),
            None => refusals += usize::from(answer["error"]["code"] == -32700),
        }
    }
}

/// Calls wait while two work, and what waits is bounded.
#[test]
fn calls_beyond_what_the_server_can_hold_are_refused() {
    let scratch = Scratch::new();
    slow_package(&scratch);
    let mut server = server(&scratch);
    let label = "x".repeat(900_000);
    let arguments = json!({ "path": "slow", "image": { "labels": { "large": label } } });
    let calls = 200;
    for id in 1..=calls {
        let params = json!({ "name": "build", "arguments": arguments });
        server.request(id, "tools/call", &params);
    }
    let mut messages = BTreeSet::new();
    for _ in 0..calls - 16 {
        let answer = server.next();
        messages.insert(answer["error"]["message"].to_string());
    }
    let messages: Vec<String> = messages.into_iter().collect();
    insta::assert_snapshot!(messages.join("\n"), @r#""16 calls are running or waiting; wait for one to end""#);
    assert!(server.peak_memory() < MEMORY, "{}", server.peak_memory());
    server.close_stdin();
    assert!(server.ended().0.success());
}

#[test]
fn a_client_that_never_reads_fills_no_memory() {
    let scratch = Scratch::new();
    let mut child = command(&scratch);
    child.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let id = child.id();
    // As fast as the server takes them, until it takes no more.
    let writer = thread::spawn(move || {
        let _ = writeln!(stdin, "{}", hello(VERSIONS[0]));
        let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        for _ in 0..200_000 {
            if writeln!(stdin, "{list}\nno JSON").is_err() {
                break;
            }
        }
    });
    thread::sleep(Duration::from_secs(3));
    let peak = peak_memory(id);
    assert!(peak < MEMORY, "{peak} bytes");

    kill("-TERM", id);
    let begun = Instant::now();
    assert!(child.wait().unwrap().success());
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    writer.join().unwrap();
}

#[test]
fn logs_go_to_stderr_and_follow_the_variable() {
    let scratch = Scratch::new();
    let run = |level: &str| {
        Muslin::new()
            .folder(scratch.path())
            .env("RUST_LOG", level)
            .stdin("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nonsense\"}\nno JSON\n")
            .arg("mcp")
            .run()
    };
    let loud = run("trace");
    for line in loud.stdout.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        assert_eq!(message["jsonrpc"], "2.0");
    }
    assert!(loud.stderr.contains("DEBUG"), "{}", loud.stderr);
    assert_eq!(run("off").stderr, "");
}
