//! Where a registry may lead, and what is sent there.

use crate::harness::Muslin;
use crate::harness::faulty_proxy::{Fault, FaultyProxy, Seen, first};
use crate::harness::registry::{PASSWORD, Registry, USER};
use crate::{copy, digest_of, docker_config, packed};

#[test]
fn a_redirect_to_another_host_is_followed_without_credentials() {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let scratch = packed();
    let login = format!("{USER}:{PASSWORD}");
    let config = docker_config(&scratch, &registry.host(), &login);
    let there = format!("docker://{}/app:v1", registry.host());
    let pushed = copy(&scratch, "oci:image:v1", &there).env("DOCKER_CONFIG", &config);
    pushed.run();

    // Where the blobs are: a host of its own, which wants no password.
    let storage = FaultyProxy::start(&registry.host(), |_| {
        Fault::Answer("200 OK".to_owned(), "these are other bytes".to_owned())
    });
    let elsewhere = storage.host();
    let proxy = FaultyProxy::start(&registry.host(), move |seen: &Seen| {
        if seen.path.contains("/blobs/") {
            let location = format!("http://{elsewhere}{}?signature=hidden", seen.path);
            let head = format!("307 Temporary Redirect\r\nLocation: {location}");
            Fault::Answer(head, String::new())
        } else {
            Fault::None
        }
    });
    let config = docker_config(&scratch, &proxy.host(), &login);
    let reference = format!("docker://{}/app:v1", proxy.host());
    let output = copy(&scratch, &reference, "oci:back")
        .env("DOCKER_CONFIG", &config)
        .status(2)
        .run();
    // It came there, and what it got was not believed.
    assert!(output.stderr.contains("should have"), "{}", output.stderr);
    assert!(!output.stderr.contains("hidden"), "{}", output.stderr);
    let asked = storage.seen();
    assert!(!asked.is_empty());
    assert!(
        asked
            .iter()
            .all(|seen| seen.header("authorization").is_none()),
        "{asked:#?}"
    );
    let sent = proxy.count(|seen| seen.header("authorization").is_some());
    assert!(sent > 2);
}

#[test]
fn another_scheme_is_not_followed() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = packed();
    for (location, says) in [
        ("https://127.0.0.1:1/x?token=hidden", "has another scheme"),
        ("ftp://127.0.0.1/x?token=hidden", "no URL of the web"),
        ("http://user:hidden@127.0.0.1/x", "no URL of the web"),
    ] {
        let head = format!("202 Accepted\r\nLocation: {location}");
        let fault = Fault::Answer(head, String::new());
        let is_post = |seen: &Seen| seen.method == "POST";
        let proxy = FaultyProxy::start(&registry.host(), first(usize::MAX, is_post, fault));
        let to = format!("docker://{}/app:v1", proxy.host());
        let said = copy(&scratch, "oci:image:v1", &to).status(2).run().stderr;
        assert!(
            said.contains("which is not followed") && said.contains(says),
            "{said}"
        );
        assert!(!said.contains("token"), "{said}");
    }
    assert_eq!(registry.tags("app"), [""; 0]);
}

#[test]
fn redirects_have_an_end() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let proxy = FaultyProxy::start(&registry.host(), |seen: &Seen| {
        if seen.path == "/v2/" {
            return Fault::None;
        }
        let head = format!("307 Temporary Redirect\r\nLocation: {}", seen.path);
        Fault::Answer(head, String::new())
    });
    let reference = format!("docker://{}/app:v1", proxy.host());
    let output = Muslin::new().args(["inspect", &reference]).status(2).run();
    assert!(
        output.stderr.contains("one redirect too many"),
        "{}",
        output.stderr
    );
    assert!(proxy.seen().len() < 10);
}

#[test]
fn a_registry_with_tls_is_reached_with_the_certificate_of_its_ca() {
    let Some(registry) = Registry::with_tls() else {
        return;
    };
    let scratch = packed();
    let there = format!("docker://{}/app:v1", registry.host());
    copy(&scratch, "oci:image:v1", &there)
        .env("SSL_CERT_FILE", registry.ca())
        .run();
    copy(&scratch, &there, "oci:back")
        .env("SSL_CERT_FILE", registry.ca())
        .run();
    assert_eq!(
        digest_of(&scratch, "back", "v1"),
        digest_of(&scratch, "image", "v1")
    );
}
