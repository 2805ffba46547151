//! A push through a connection that breaks, waits or lies: it succeeds or says why in its time,
//! and no tag points at an image that is not whole.

use std::time::{Duration, Instant};

use crate::harness::Scratch;
use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen, first};
use crate::harness::registry::Registry;
use crate::{copy, packed};

/// Picks requests.
type Which = fn(&Seen) -> bool;

/// What ends within this time did not wait for something that never comes.
const TIME: Duration = Duration::from_secs(90);

/// Pushes through such a proxy: what is said, and whether it succeeded.
fn push(
    scratch: &Scratch,
    registry: &Registry,
    name: &str,
    rule: impl Fn(&Seen) -> Fault + Send + Sync + 'static,
    status: i32,
) -> (String, FaultyProxy) {
    let proxy = FaultyProxy::start(&registry.host(), rule);
    let begun = Instant::now();
    let to = format!("docker://{}/{name}:v1", proxy.host());
    let output = copy(scratch, "oci:image:v1", &to).status(status).run();
    assert!(begun.elapsed() < TIME, "{name}: {:?}", begun.elapsed());
    registry.assert_tags_are_whole(name);
    let tags = registry.tags(name);
    assert_eq!(tags.is_empty(), status != 0, "{name}: {tags:?}");
    (output.stderr, proxy)
}

fn is_head(seen: &Seen) -> bool {
    seen.method == "HEAD" && seen.path.contains("/blobs/")
}

fn is_post(seen: &Seen) -> bool {
    seen.method == "POST"
}

fn is_large_upload(seen: &Seen) -> bool {
    seen.is_upload() && seen.length > 1 << 20
}

fn is_ping(seen: &Seen) -> bool {
    seen.path == "/v2/"
}

fn is_put_of_manifest(seen: &Seen) -> bool {
    seen.is_manifest("PUT") && seen.path.contains("sha256:")
}

fn is_put_of_tag(seen: &Seen) -> bool {
    seen.is_manifest("PUT") && seen.path.ends_with("/v1")
}

#[test]
fn what_passes_is_sent_again() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let busy = |status: &str, body: &str| Fault::Answer(status.to_owned(), body.to_owned());
    let limit = "{\"errors\": [{\"code\": \"DENIED\", \"message\": \
                 \"You have exceeded a secondary rate limit\"}]}";
    let cases: [(&str, Which, Fault); 16] = [
        ("ping-busy", is_ping, busy("503 Service Unavailable", "")),
        ("head-cut", is_head, Fault::CutBefore),
        ("head-500", is_head, busy("500 Internal Server Error", "")),
        (
            "head-429",
            is_head,
            busy("429 Too Many Requests\r\nRetry-After: 1", ""),
        ),
        ("post-cut", is_post, Fault::CutAnswer),
        ("post-limit", is_post, busy("403 Forbidden", limit)),
        ("upload-cut-before", is_large_upload, Fault::CutBefore),
        (
            "upload-cut-within",
            is_large_upload,
            Fault::CutContent(1 << 20),
        ),
        ("upload-cut-after", is_large_upload, Fault::CutAnswer),
        ("upload-500", is_large_upload, busy("502 Bad Gateway", "")),
        (
            "upload-408",
            is_large_upload,
            busy("408 Request Timeout", ""),
        ),
        (
            "upload-late",
            is_large_upload,
            Fault::Late(Duration::from_secs(2)),
        ),
        ("manifest-cut", is_put_of_manifest, Fault::CutContent(10)),
        (
            "manifest-429",
            is_put_of_manifest,
            busy("429 Too Many Requests", ""),
        ),
        ("tag-cut", is_put_of_tag, Fault::CutBefore),
        ("tag-cut-after", is_put_of_tag, Fault::CutAnswer),
    ];
    for (name, which, fault) in cases {
        push(&scratch, &registry, name, first(1, which, fault), 0);
    }
}

#[test]
fn what_stays_is_one_error_and_leaves_no_tag() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let answer = |status: &str, body: &str| Fault::Answer(status.to_owned(), body.to_owned());
    let zeros = format!("sha256:{}", "0".repeat(64));
    let cases: [(&str, Which, Fault, &str); 8] = [
        (
            "broken",
            is_large_upload,
            Fault::CutContent(1000),
            "breaks at `P",
        ),
        (
            "busy",
            is_post,
            answer("503 Service Unavailable", ""),
            "status 503, 5 times",
        ),
        (
            "denied",
            is_post,
            answer("403 Forbidden", ""),
            "does not allow this for `denied`",
        ),
        (
            "manifest",
            is_put_of_manifest,
            answer("500 Oh", ""),
            "status 500, 5 times",
        ),
        (
            "refused",
            is_put_of_manifest,
            answer(
                "400 Bad Request",
                "{\"errors\": [{\"code\": \"X\", \"message\": \"no\\u001b[31m thanks\"}]}",
            ),
            "status 400 (no[31m thanks)",
        ),
        (
            "digest-of-blob",
            is_large_upload,
            Fault::Header("Docker-Content-Digest", zeros.clone()),
            "the digest `sha256:0000",
        ),
        (
            "digest-of-manifest",
            is_put_of_manifest,
            Fault::Header("Docker-Content-Digest", zeros),
            "the digest `sha256:0000",
        ),
        (
            "no-location",
            is_post,
            answer("202 Accepted", ""),
            "without `Location`",
        ),
    ];
    for (name, which, fault, says) in cases {
        let (said, _) = push(
            &scratch,
            &registry,
            name,
            first(usize::MAX, which, fault),
            2,
        );
        assert!(said.contains(says), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        assert!(
            said.starts_with("error: cannot push to `docker://127.0.0.1:"),
            "{said}"
        );
    }
}

#[test]
fn an_upload_goes_on_where_it_broke() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let broke = std::sync::atomic::AtomicBool::new(false);
    let (_, proxy) = push(
        &scratch,
        &registry,
        "resumed",
        move |seen| match seen.method.as_str() {
            "PUT" if seen.is_upload() && seen.length > 2 << 20 => {
                Fault::Answer("413 Payload Too Large".to_owned(), String::new())
            }
            "GET" if seen.path.contains("/blobs/uploads/") => Fault::AnswerThatWasCut,
            "PATCH" if !broke.swap(true, std::sync::atomic::Ordering::Relaxed) => Fault::CutAnswer,
            _ => Fault::None,
        },
        0,
    );
    let asked = |seen: &Seen| seen.method == "GET" && seen.path.contains("/blobs/uploads/");
    assert_eq!(proxy.count(asked), 1, "{:#?}", proxy.seen());
    let first_byte = |seen: &Seen| {
        let range = seen.header("content-range").unwrap_or_default();
        range.split('-').next().unwrap_or_default().to_owned()
    };
    let starts: Vec<String> = proxy
        .seen()
        .iter()
        .filter(|seen| seen.method == "PATCH")
        .map(first_byte)
        .collect();
    // Both blobs begin once: what had arrived was not sent again.
    assert_eq!(
        starts.iter().filter(|start| *start == "0").count(),
        2,
        "{starts:?}"
    );
}

#[test]
fn a_registry_is_given_the_time_that_it_asks_for() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    let begun = Instant::now();
    let asks = Fault::Answer(
        "429 Too Many Requests\r\nRetry-After: 3".to_owned(),
        String::new(),
    );
    push(&scratch, &registry, "asks", first(1, is_post, asks), 0);
    assert!(
        begun.elapsed() >= Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_stalled_connection_ends_after_its_time() {
    use muslin_oci::transport::{CommandRunner, RegistryClient as _};
    use muslin_registry::{Client, Limits, Settings};

    let Some(registry) = Registry::start() else {
        return;
    };
    let stalled = Fault::Late(Duration::from_secs(100));
    let proxy = FaultyProxy::start(&registry.host(), first(9, is_ping, stalled));
    let client = Client::new(Settings {
        environment: std::collections::BTreeMap::new(),
        insecure: Vec::new(),
        runner: CommandRunner::default(),
        cancellation: muslin_oci::cancellation::Cancellation::default(),
        limits: Limits {
            tries: 2,
            stall: Duration::from_secs(1),
            ..Limits::default()
        },
    });
    let reference = format!("docker://{}/app:v1", proxy.host());
    let begun = Instant::now();
    let error = client.open(&reference.parse().unwrap()).unwrap_err();
    assert!(
        error.to_string().contains("answers nothing to `GET"),
        "{error}"
    );
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(2) && took < Duration::from_secs(50),
        "{took:?}"
    );
}
