//! Registries and images in them that cannot be read or written.

use super::harness::faulty_proxy::{Fault, FaultyProxy};
use super::harness::registry::{Registry, USER};
use super::*;

#[test]
fn references_that_name_no_image_of_a_registry() {
    let scratch = Scratch::new();
    let given = executable(&scratch);
    for (name, args) in [
        ("registry_no_host", &["inspect", "docker://"][..]),
        ("registry_no_name", &["inspect", "docker://ghcr.io/"]),
        (
            "registry_upper_case",
            &["copy", "docker://ghcr.io/Owner/App", "oci:x"],
        ),
        (
            "registry_tag",
            &["copy", "oci:x", "docker://ghcr.io/owner/app:-1"],
        ),
        (
            "registry_digest",
            &["inspect", "docker://ghcr.io/owner/app@sha256:12"],
        ),
        (
            "registry_insecure",
            &["inspect", "docker://a.b/c", "--insecure", "http://a.b"],
        ),
        (
            "push_no_package",
            &["pack", "--push", "--executable", &given],
        ),
    ] {
        insta::assert_snapshot!(name, said(&scratch, args));
    }
}

#[test]
fn images_of_the_description_that_cannot_be_pushed() {
    for (name, image) in [("push_no_host", "app"), ("push_owner", "ghcr.io/OWNER/app")] {
        let scratch = Scratch::new();
        let manifest = format!("[package.metadata.muslin]\nimage = \"{image}\"\n");
        package(&scratch, &manifest, &["app"]);
        let given = executable(&scratch);
        insta::assert_snapshot!(
            name,
            said(&scratch, &["pack", "--push", "--executable", &given])
        );
    }
}

/// What is said of an image at this host, with the host named `HOST`.
fn said_of(scratch: &Scratch, muslin: Muslin, host: &str) -> String {
    say(scratch, muslin).replace(host, "HOST")
}

#[test]
fn registries_that_have_no_such_image_or_are_none() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let scratch = Scratch::new();
    let inspect =
        |host: &str| Muslin::new().args(["inspect".to_owned(), format!("docker://{host}/app:v9")]);
    let host = registry.host();
    insta::assert_snapshot!(
        "registry_unknown_tag",
        said_of(&scratch, inspect(&host), &host)
    );

    let page = "<!doctype html><title>Welcome</title>".to_owned();
    let head = "200 OK\r\nContent-Type: text/html; charset=utf-8".to_owned();
    let web = FaultyProxy::start(&host, move |_| Fault::Answer(head.clone(), page.clone()));
    insta::assert_snapshot!(
        "registry_web_page",
        said_of(&scratch, inspect(&web.host()), &web.host())
    );
    let head = "404 Not Found".to_owned();
    let none = FaultyProxy::start(&host, move |_| Fault::Answer(head.clone(), String::new()));
    insta::assert_snapshot!(
        "registry_none",
        said_of(&scratch, inspect(&none.host()), &none.host())
    );
    insta::assert_snapshot!(
        "registry_unreachable",
        said_of(&scratch, inspect("127.0.0.1:1"), "127.0.0.1:1")
    );
}

#[test]
fn registries_that_do_not_know_who_asks() {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let scratch = Scratch::new();
    let host = registry.host();
    let inspect = || Muslin::new().args(["inspect".to_owned(), format!("docker://{host}/app")]);
    insta::assert_snapshot!("registry_no_login", said_of(&scratch, inspect(), &host));
    let pair = format!("{USER}:wrong");
    let auth = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(pair)
    };
    let config = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{auth}\"}}}}}}");
    scratch.write("login/config.json", config);
    let wrong = inspect().env("DOCKER_CONFIG", scratch.join("login"));
    insta::assert_snapshot!("registry_wrong_login", said_of(&scratch, wrong, &host));
    scratch.write("login/config.json", "{\"auths\": s3cret");
    let broken = inspect().env("DOCKER_CONFIG", scratch.join("login"));
    insta::assert_snapshot!("registry_broken_login", said_of(&scratch, broken, &host));
}

#[test]
fn certificates_that_nobody_trusts() {
    let Some(registry) = Registry::with_tls() else {
        return;
    };
    let scratch = Scratch::new();
    let host = registry.host();
    let inspect = || Muslin::new().args(["inspect".to_owned(), format!("docker://{host}/app")]);
    insta::assert_snapshot!("registry_untrusted", said_of(&scratch, inspect(), &host));
    let missing = inspect().env("SSL_CERT_FILE", scratch.join("nowhere.pem"));
    insta::assert_snapshot!(
        "registry_no_certificates",
        said_of(&scratch, missing, &host)
    );
    let empty = scratch.write("empty.pem", "no certificate");
    let empty = inspect().env("SSL_CERT_FILE", empty);
    insta::assert_snapshot!(
        "registry_empty_certificates",
        said_of(&scratch, empty, &host)
    );
}
