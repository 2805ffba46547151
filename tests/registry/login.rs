//! Who asks: passwords, tokens and helpers, and that nobody sees them.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen};
use crate::harness::registry::{PASSWORD, Registry, USER};
use crate::harness::{Muslin, Output, Scratch};
use crate::{copy, digest_of, docker_config, packed};

/// Asserts that neither a password nor its encoding is in what was printed.
#[track_caller]
fn assert_shows_nothing(output: &Output, secrets: &[&str]) {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    for text in [&output.stdout, &output.stderr] {
        for secret in secrets.iter().chain(&[encoded.as_str()]) {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn a_password_is_read_where_docker_and_podman_keep_it() {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let scratch = packed();
    let docker = docker_config(&scratch, &registry.host(), &format!("{USER}:{PASSWORD}"));
    let config = docker.join("config.json");
    scratch.write("run/containers/auth.json", fs::read(&config).unwrap());
    for (at, (name, value)) in [
        ("DOCKER_CONFIG", docker),
        ("REGISTRY_AUTH_FILE", config),
        ("XDG_RUNTIME_DIR", scratch.join("run")),
    ]
    .into_iter()
    .enumerate()
    {
        let to = format!("docker://{}/app:v{at}", registry.host());
        let output = copy(&scratch, "oci:image:v1", &to).env(name, value).run();
        assert_shows_nothing(&output, &[PASSWORD]);
    }
}

#[test]
fn a_wrong_password_is_named_by_its_file() {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let scratch = packed();
    let to = format!("docker://{}/app:v1", registry.host());
    let none = copy(&scratch, "oci:image:v1", &to).status(2).run().stderr;
    assert!(
        none.contains("wants to know who asks for `app`; log in with `docker login"),
        "{none}"
    );

    let config = docker_config(&scratch, &registry.host(), &format!("{USER}:hunter2"));
    let output = copy(&scratch, "oci:image:v1", &to)
        .env("DOCKER_CONFIG", &config)
        .status(2)
        .run();
    let says = format!(
        "refuses the credentials from `{}/config.json`",
        config.display()
    );
    assert!(output.stderr.contains(&says), "{}", output.stderr);
    assert_shows_nothing(&output, &["hunter2"]);
}

#[test]
fn a_helper_is_asked_by_stdin_and_its_secret_is_in_no_process_list() {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let scratch = packed();
    // It keeps what it was given.
    scratch.write_executable(
        "bin/docker-credential-test",
        format!(
            "#!/bin/sh\ncat > '{}'\necho '{{\"ServerURL\": \"x\", \"Username\": \"{USER}\", \"Secret\": \"{PASSWORD}\"}}'\n",
            scratch.join("asked").display()
        ),
    );
    let config = format!("{{\"credHelpers\": {{\"{}\": \"test\"}}}}", registry.host());
    scratch.write("docker/config.json", config);
    let path = format!(
        "{}:{}",
        scratch.join("bin").display(),
        std::env::var("PATH").unwrap()
    );

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                for entry in fs::read_dir("/proc").unwrap().flatten() {
                    let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                    let line = String::from_utf8_lossy(&line).into_owned();
                    seen += usize::from(line.contains("oci:image:v1"));
                    assert!(!line.contains(PASSWORD), "{line}");
                }
                thread::sleep(Duration::from_millis(2));
            }
            seen
        });
        let to = format!("docker://{}/app:v1", registry.host());
        let output = copy(&scratch, "oci:image:v1", &to)
            .env("DOCKER_CONFIG", scratch.join("docker"))
            .env("PATH", path)
            .run();
        done.store(true, Ordering::Relaxed);
        assert_shows_nothing(&output, &[PASSWORD]);
        assert!(watcher.join().unwrap() > 0, "the push was not seen");
    });
    assert_eq!(
        fs::read_to_string(scratch.join("asked")).unwrap(),
        registry.host()
    );
}

#[test]
fn a_helper_that_is_missing_or_fails_is_named() {
    let scratch = Scratch::new();
    scratch.write("docker/config.json", "{\"credsStore\": \"nowhere\"}");
    let inspect = |path: String| {
        Muslin::new()
            .args(["inspect", "docker://127.0.0.1:1/app"])
            .env("DOCKER_CONFIG", scratch.join("docker"))
            .env("PATH", path)
            .status(2)
            .run()
    };
    let path = std::env::var("PATH").unwrap();
    let said = inspect(path.clone()).stderr;
    assert!(
        said.contains("cannot run the credential helper `docker-credential-nowhere`"),
        "{said}"
    );
    scratch.write_executable(
        "bin/docker-credential-nowhere",
        "#!/bin/sh\necho s3cret >&2\necho s3cret\nexit 3\n",
    );
    let output = inspect(format!("{}:{path}", scratch.join("bin").display()));
    assert!(
        output.stderr.contains("`docker-credential-nowhere` failed"),
        "{}",
        output.stderr
    );
    assert_shows_nothing(&output, &["s3cret"]);
}

/// A registry that wants tokens, which a token server at the same address gives for the password
/// of [`USER`], or for a refresh token.
fn with_tokens(registry: &Registry) -> FaultyProxy {
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    FaultyProxy::start(&registry.host(), move |seen: &Seen| {
        let header = seen.header("authorization").unwrap_or_default();
        if seen.path.starts_with("/token") {
            let allowed = header == format!("Basic {basic}") || seen.method == "POST";
            return if allowed {
                Fault::Answer("200 OK".to_owned(), "{\"token\": \"t0ken\"}".to_owned())
            } else {
                Fault::Answer("401 Unauthorized".to_owned(), String::new())
            };
        }
        if header == "Bearer t0ken" {
            return Fault::None;
        }
        let realm = format!("http://{}/token", seen.header("host").unwrap());
        let challenge = format!("Bearer realm=\"{realm}\",service=\"test\"");
        Fault::Answer(
            format!("401 Unauthorized\r\nWWW-Authenticate: {challenge}"),
            String::new(),
        )
    })
}

#[test]
fn a_token_is_asked_for_once_with_what_it_is_for() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = with_tokens(&registry);
    let scratch = packed();
    let config = docker_config(&scratch, &proxy.host(), &format!("{USER}:{PASSWORD}"));
    let to = format!("docker://{}/team/app:v1", proxy.host());
    let output = copy(&scratch, "oci:image:v1", &to)
        .env("DOCKER_CONFIG", &config)
        .run();
    assert_shows_nothing(&output, &[PASSWORD, "t0ken"]);
    registry.assert_tags_are_whole("team/app");
    let asked: Vec<String> = proxy
        .seen()
        .into_iter()
        .map(|seen| seen.path)
        .filter(|path| path.starts_with("/token"))
        .collect();
    assert_eq!(
        asked,
        ["/token?service=test&scope=repository%3Ateam%2Fapp%3Apull%2Cpush"]
    );
    // The second time: ping, token, tag, two manifests.
    proxy.forget();
    copy(&scratch, "oci:image:v1", &to)
        .env("DOCKER_CONFIG", &config)
        .run();
    assert!(proxy.seen().len() <= 10, "{:#?}", proxy.seen());

    let none = copy(&scratch, "oci:image:v1", &to).status(2).run().stderr;
    assert!(none.contains("wants to know who asks"), "{none}");
}

#[test]
fn a_refresh_token_is_exchanged() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = with_tokens(&registry);
    let scratch = packed();
    let config = format!(
        "{{\"auths\": {{\"{}\": {{\"identitytoken\": \"r3fresh\"}}}}}}",
        proxy.host()
    );
    scratch.write("docker/config.json", config);
    let to = format!("docker://{}/app:v1", proxy.host());
    let output = copy(&scratch, "oci:image:v1", &to)
        .env("DOCKER_CONFIG", scratch.join("docker"))
        .run();
    assert_shows_nothing(&output, &["r3fresh", "t0ken"]);
    assert_eq!(
        proxy.count(|seen| seen.path == "/token" && seen.method == "POST"),
        1
    );
    assert_eq!(
        registry.manifest("app", "v1").unwrap().0,
        digest_of(&scratch, "image", "v1")
    );
}

#[test]
fn a_token_server_without_tls_gets_no_password() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let challenge = "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://192.0.2.1/token\"";
    let proxy = FaultyProxy::start(&registry.host(), move |_: &Seen| {
        Fault::Answer(challenge.to_owned(), String::new())
    });
    let config = docker_config(&scratch, &proxy.host(), &format!("{USER}:{PASSWORD}"));
    let to = format!("docker://{}/app:v1", proxy.host());
    let output = copy(&scratch, "oci:image:v1", &to)
        .env("DOCKER_CONFIG", &config)
        .status(2)
        .run();
    assert!(output.stderr.contains("`https` only"), "{}", output.stderr);
    assert_shows_nothing(&output, &[PASSWORD]);
}
