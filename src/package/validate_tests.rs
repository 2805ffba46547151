//! Tests of validation: what each form accepts and refuses.

use super::*;

#[test]
fn sizes_have_decimal_or_binary_units() {
    assert_eq!(size("100MB"), Ok(100_000_000));
    assert_eq!(size("64MiB"), Ok(64 << 20));
    assert_eq!(size("1.5 GB"), Ok(1_500_000_000));
    assert_eq!(size("123"), Ok(123));
    for text in ["", "MB", "-1MB", "0", "1XB", "1e9", "9999999999GB"] {
        assert!(size(text).is_err(), "{text}");
    }
}

#[test]
fn users_are_numbers_and_the_group_defaults_to_the_same() {
    assert_eq!(user("1000"), Ok("1000:1000".to_owned()));
    assert_eq!(user("1000:0"), Ok("1000:0".to_owned()));
    for text in ["root", "1:", "-1", "+1", "1:1:1", "4294967296", ""] {
        assert!(user(text).is_err(), "{text}");
    }
}

#[test]
fn image_names_follow_the_distribution_specification() {
    for name in [
        "muslin",
        "ghcr.io/OWNER/muslin",
        "localhost:5000/a/b__c",
        "a--b/c.d_e",
    ] {
        assert_eq!(image(name), Ok(()), "{name}");
    }
    for name in [
        "",
        "Muslin",
        "a:1",
        "a@b",
        "a//b",
        "-a",
        "a..b",
        "a___b",
        "x.io:port/a",
    ] {
        assert!(image(name).is_err(), "{name}");
    }
}

#[test]
fn tags_follow_the_distribution_specification() {
    assert!(tag("v1.2-x_Y").is_ok() && tag(&"a".repeat(128)).is_ok());
    for text in ["", "-a", ".a", "a b", "a/b", &"a".repeat(129)] {
        assert!(tag(text).is_err(), "{text}");
    }
}

#[test]
fn ports_are_numbers_with_a_protocol() {
    assert_eq!(port("8080"), Ok("8080/tcp".to_owned()));
    assert_eq!(port("53/udp"), Ok("53/udp".to_owned()));
    for text in ["", "0", "65536", "+80", "80/", "80/sctp", "/tcp"] {
        assert!(port(text).is_err(), "{text}");
    }
}

#[test]
fn signals_are_names_or_numbers() {
    for text in ["SIGTERM", "SIGRTMIN+3", "15", "64"] {
        assert!(signal(text).is_ok(), "{text}");
    }
    for text in ["", "TERM", "SIG", "0", "65", "+15", "sigterm"] {
        assert!(signal(text).is_err(), "{text}");
    }
}

#[test]
fn paths_in_the_image_are_absolute_and_normal() {
    assert_eq!(absolute_path("/usr/share/"), Ok("/usr/share".to_owned()));
    assert_eq!(absolute_path("/"), Ok("/".to_owned()));
    for text in ["", "usr", "/a/../b", "//a", "/./a"] {
        assert!(absolute_path(text).is_err(), "{text}");
    }
}
