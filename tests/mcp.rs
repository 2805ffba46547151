//! `muslin mcp` as its clients see it: answers, limits, folders and its end.

#![cfg(feature = "mcp")]

mod harness;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use harness::server::Server;
use harness::slow::{runs, slow_package, started};
use harness::{Architecture, Muslin, Scratch};
use serde_json::{Value, json};

/// The newest version with a handshake, and one older.
const VERSIONS: [&str; 2] = ["2025-11-25", "2025-06-18"];
/// What no input may make the server use, in bytes.
const MEMORY: u64 = 128 << 20;

/// `muslin mcp` in this folder, with the cache of the user where builds need it.
fn command(scratch: &Scratch) -> Command {
    Muslin::new()
        .folder(scratch.path())
        .with_users_cache()
        .arg("mcp")
        .command(scratch)
}

fn server(scratch: &Scratch) -> Server {
    Server::initialized(command(scratch), VERSIONS[0])
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}

fn kill(signal: &str, id: u32) {
    let status = Command::new("kill")
        .args([signal, &id.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn the_tools_are_those_of_the_snapshot() {
    let scratch = Scratch::new();
    let mut lists = Vec::new();
    for version in VERSIONS {
        let mut server = Server::initialized(command(&scratch), version);
        lists.push(server.ask(1, "tools/list", &json!({}))["result"].take());
    }
    assert_eq!(lists[0], lists[1]);
    insta::assert_json_snapshot!("tools", lists[0]);
}

#[test]
fn pack_index_and_inspect_do_what_the_commands_do() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "amd64/app", "hello", 1000);
    Architecture::Arm64.write(&scratch, "arm64/app", "hello", 1000);
    let mut server = server(&scratch);
    let executables = |platforms: &[&str]| -> Value {
        platforms
            .iter()
            .map(|platform| {
                let folder = platform.split_once('/').unwrap().1;
                json!({ "platform": platform, "path": format!("{folder}/app") })
            })
            .collect()
    };
    let both = server.call(
        1,
        "pack",
        &json!({
            "executables": executables(&["linux/amd64", "linux/arm64"]),
            "image": { "labels": { "team": "a" }, "version": "2.0.0", "to": ["oci:both"] },
        }),
    );
    let command = Muslin::new().folder(scratch.path()).args([
        "pack",
        "--json",
        "--executable",
        "linux/amd64=amd64/app",
        "--executable",
        "linux/arm64=arm64/app",
        "--label",
        "team=a",
        "--version-label",
        "2.0.0",
        "--to",
        "oci:command",
    ]);
    let command: Value = serde_json::from_str(&command.run().stdout).unwrap();
    assert_eq!(both["structuredContent"]["digest"], command["digest"]);
    let digest = command["digest"].as_str().unwrap();
    assert!(
        text(&both).starts_with(&format!("`app` is {digest}\n")),
        "{both}"
    );

    for (id, platform) in [(2, "linux/amd64"), (3, "linux/arm64")] {
        let to = format!("oci:single:{}", platform.replace('/', "-"));
        let packed = server.call(
            id,
            "pack",
            &json!({
                "executables": executables(&[platform]),
                "image": { "labels": { "team": "a" }, "version": "2.0.0", "to": [to] },
            }),
        );
        assert_eq!(packed["isError"], false, "{packed}");
    }
    let joined = server.call(
        4,
        "index",
        &json!({ "sources": ["oci:single:linux-amd64", "oci:single:linux-arm64"], "to": "oci:joined" }),
    );
    assert_eq!(joined["structuredContent"]["digest"], command["digest"]);

    let inspected = server.call(5, "inspect", &json!({ "reference": "oci:joined" }));
    let report = &inspected["structuredContent"];
    let by_command = Muslin::new()
        .folder(scratch.path())
        .args(["inspect", "--json", "oci:joined"])
        .run();
    let mut by_command: Value = serde_json::from_str(&by_command.stdout).unwrap();
    by_command["reference"] = report["reference"].clone();
    assert_eq!(*report, by_command);
    assert!(text(&inspected).contains("/usr/local/bin/app: static"));
    let short = server.call(
        6,
        "inspect",
        &json!({ "reference": "oci:joined", "files": false }),
    );
    let layers = &short["structuredContent"]["platforms"][0]["layers"];
    assert_eq!(layers[0]["files"], json!([]));
}

#[test]
fn paths_lead_into_the_folders_and_nowhere_else() {
    let scratch = Scratch::new();
    let outside = Scratch::new();
    Architecture::Amd64.write(&scratch, "app", "hello", 1000);
    Architecture::Amd64.write(&outside, "app", "hello", 1000);
    outside.write(
        "Cargo.toml",
        "[package]\nname = \"outside\"\nversion = \"1.0.0\"\n",
    );
    let there = outside.path().to_str().unwrap();
    symlink(outside.path(), scratch.join("link")).unwrap();
    symlink(outside.join("new"), scratch.join("dangling")).unwrap();
    let mut server = server(&scratch);

    let executable = |path: &str| json!([{ "platform": "linux/amd64", "path": path }]);
    let to = |to: &str| json!({ "executables": executable("app"), "image": { "to": [to] } });
    let away = format!("{there}/app");
    let cases = [
        ("inspect", json!({ "reference": format!("oci:{there}") })),
        ("inspect", json!({ "reference": "docker-archive:link/app" })),
        (
            "inspect",
            json!({ "reference": "oci-archive:../../etc/passwd" }),
        ),
        (
            "index",
            json!({ "sources": ["oci:app"], "to": format!("oci:{there}/new") }),
        ),
        (
            "pack",
            json!({ "executables": executable(&away), "image": { "to": ["oci:x"] } }),
        ),
        (
            "pack",
            json!({ "executables": executable("link/app"), "image": { "to": ["oci:x"] } }),
        ),
        ("pack", to(&format!("oci:{there}/new"))),
        ("pack", to("oci-archive:link/new.tar")),
        ("pack", to("oci:dangling")),
        ("build", json!({ "path": there })),
        ("build", json!({ "path": "link" })),
        ("setup_check", json!({ "path": there })),
    ];
    for (id, (tool, arguments)) in (1..).zip(cases) {
        let result = server.call(id, tool, &arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        let said = text(&result);
        assert!(
            said.contains("is outside the folders"),
            "{tool} {arguments}: {said}"
        );
        assert!(
            said.ends_with("start it with `--root FOLDER` to allow another"),
            "{said}"
        );
    }
    let daemon = server.call(90, "inspect", &json!({ "reference": "docker-daemon:a:b" }));
    assert!(
        text(&daemon).contains("start it with `--docker-daemon`"),
        "{daemon}"
    );
    let nowhere = server.call(91, "build", &json!({ "crate": "hexyl" }));
    assert!(
        text(&nowhere).ends_with("say in `to` of `image` where it goes"),
        "{nowhere}"
    );
    let names: Vec<_> = fs::read_dir(outside.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");

    // A second folder is allowed when it is named.
    let mut wider = command(&scratch);
    wider
        .args(["--root", "."])
        .arg("--root")
        .arg(outside.path());
    let mut wider = Server::initialized(wider, VERSIONS[0]);
    let packed = wider.call(1, "pack", &to(&format!("oci:{there}/image")));
    assert_eq!(packed["isError"], false, "{packed}");
}

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
            Some(tools) => lists += usize::from(tools.len() == 5),
            None => refusals += usize::from(answer["error"]["code"] == -32700),
        }
    }
}

#[test]
fn a_client_that_never_reads_fills_no_memory() {
    let scratch = Scratch::new();
    let mut child = command(&scratch);
    child
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let id = child.id();
    // As fast as the server takes them, until it takes no more.
    let writer = thread::spawn(move || {
        use std::io::Write as _;
        let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": VERSIONS[0], "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" } } });
        let _ = writeln!(stdin, "{hello}");
        let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        for _ in 0..200_000 {
            if writeln!(stdin, "{list}").is_err() {
                break;
            }
        }
    });
    thread::sleep(Duration::from_secs(3));
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(peak * 1024 < MEMORY, "{peak} KiB");

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
fn it_ends_within_a_second_whoever_ends_it() {
    let scratch = Scratch::new();
    for end in ["stdin", "-TERM", "-INT"] {
        let mut server = server(&scratch);
        assert_eq!(server.ask(1, "ping", &json!({}))["result"], json!({}));
        match end {
            "stdin" => server.close_stdin(),
            signal => kill(signal, server.id()),
        }
        let (status, took) = server.ended();
        assert!(status.success(), "{end}: {status}");
        assert!(took < Duration::from_secs(1), "{end}: {took:?}");
    }
}

#[test]
fn requests_behind_which_stdin_closes_are_answered() {
    let scratch = Scratch::new();
    let mut server = Server::start(command(&scratch));
    server.request(
        0,
        "initialize",
        &json!({ "protocolVersion": VERSIONS[0], "capabilities": {},
                 "clientInfo": { "name": "test", "version": "1" } }),
    );
    server.request(1, "tools/list", &json!({}));
    server.close_stdin();
    assert_eq!(server.answer(0)["result"]["serverInfo"]["name"], "muslin");
    assert_eq!(server.answer(1)["result"]["tools"][0]["name"], "build");
}

#[test]
fn a_build_in_flight_ends_with_the_server() {
    for end in ["stdin", "-TERM"] {
        let scratch = Scratch::new();
        slow_package(&scratch);
        let mut server = server(&scratch);
        server.request(
            1,
            "tools/call",
            &json!({ "name": "build", "arguments": { "path": "slow" } }),
        );
        let build_script = started(&scratch);
        assert!(runs(build_script));
        match end {
            "stdin" => server.close_stdin(),
            signal => kill(signal, server.id()),
        }
        let (status, took) = server.ended();
        assert!(status.success(), "{end}: {status}");
        assert!(took < Duration::from_secs(1), "{end}: {took:?}");
        assert!(!runs(build_script), "{end}: the build script still runs");
        assert!(!scratch.join("slow/target/muslin").exists());
    }
}

#[test]
fn a_cancelled_build_ends_and_the_server_goes_on() {
    let scratch = Scratch::new();
    slow_package(&scratch);
    let mut server = server(&scratch);
    server.request(
        1,
        "tools/call",
        &json!({ "name": "build", "arguments": { "path": "slow" } }),
    );
    let build_script = started(&scratch);
    server.send(&json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
    }));
    let begun = Instant::now();
    while runs(build_script) {
        assert!(begun.elapsed() < Duration::from_secs(2), "it still runs");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.ask(2, "ping", &json!({}))["result"], json!({}));
    assert!(!scratch.join("slow/target/muslin").exists());

    // The same package builds when it is let.
    scratch.write("slow/build.rs", "fn main() {}\n");
    let built = server.call(3, "build", &json!({ "path": "slow" }));
    assert_eq!(built["isError"], false, "{built}");
}

#[test]
fn a_build_tells_its_progress_and_its_errors() {
    let scratch = Scratch::new();
    scratch.write(
        "app/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n",
    );
    scratch.write("app/src/main.rs", "fn main() { println!(\"hello\") }\n");
    let mut server = server(&scratch);
    server.request(
        1,
        "tools/call",
        &json!({ "name": "build", "arguments": { "path": "app" }, "_meta": { "progressToken": "t" } }),
    );
    let mut said = Vec::new();
    let built = loop {
        let message = server.next();
        if message["id"] == 1 {
            break message;
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "t");
        let number = message["params"]["progress"].as_f64().unwrap();
        assert!(said.last().is_none_or(|(last, _)| *last < number));
        said.push((number, message["params"]["message"].to_string()));
    };
    assert!(
        said.iter().any(|(_, text)| text.contains("Compiling app")),
        "{said:?}"
    );
    let report = &built["result"]["structuredContent"];
    let again = Muslin::new()
        .folder(scratch.join("app"))
        .with_users_cache()
        .args(["build", "--json", "--to", "oci:again"])
        .run();
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["digest"], again["digest"]);
    assert!(scratch.join("app/target/muslin/app/index.json").is_file());

    // What the compiler says is in the error: an agent sees no terminal.
    scratch.write("app/src/main.rs", "fn main() { no_such_function() }\n");
    let failed = server.call(2, "build", &json!({ "path": "app" }));
    assert_eq!(failed["isError"], true);
    assert!(
        text(&failed).contains("cannot find function `no_such_function`"),
        "{failed}"
    );
}

#[test]
fn a_machine_without_a_compiler_says_so() {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    scratch.write("src/main.rs", "fn main() {}\n");
    let mut command = command(&scratch);
    command
        .env("PATH", "/nowhere")
        .env_remove("CARGO")
        .env_remove("RUSTC");
    let mut server = Server::initialized(command, VERSIONS[0]);
    let built = server.call(1, "build", &json!({}));
    assert_eq!(built["isError"], true);
    assert!(
        text(&built).contains("`cargo` is not on the PATH"),
        "{built}"
    );
    let checked = server.call(2, "setup_check", &json!({}));
    assert_eq!(
        checked["structuredContent"]["items"][0]["ready"], false,
        "{checked}"
    );
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

/// The server's own process tells nothing of the folder that it is in.
#[test]
fn the_folders_are_said_by_name_when_one_is_missing() {
    let scratch = Scratch::new();
    Muslin::new()
        .folder(scratch.path())
        .args(["mcp", "--root", "missing"])
        .status(2)
        .stderr(format!(
            "error: `--root {}` is no folder that can be read: No such file or directory (os error 2)\n",
            Path::new(scratch.path()).canonicalize().unwrap().join("missing").display()
        ))
        .run();
}
