//! The forms that values of the table and of flags must have.

use std::collections::BTreeMap;
use std::str::FromStr;

/// What makes a value unusable: what it should be.
pub type Wrong = String;

/// A number of digits alone: Rust's own parsers take `+1`, too.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A size in bytes: `100MB` (decimal), `64MiB` (binary), `1.5GB` or plain bytes.
///
/// # Errors
/// The text has another form.
pub fn size(text: &str) -> Result<u64, Wrong> {
    let wrong = || format!("`{text}` is no size; write one like `100MB` or `64MiB`");
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u32 = match unit.trim() {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let bytes = number * f64::from(factor);
    if !(1.0..=1e15).contains(&bytes) {
        return Err(wrong());
    }
    // In these bounds the conversion is exact enough for a limit.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(bytes as u64)
}

/// `uid` or `uid:gid`, both numbers; a group that is not said is the user's.
///
/// # Errors
/// The text has another form.
pub fn user(text: &str) -> Result<String, Wrong> {
    let (uid, gid) = text.split_once(':').unwrap_or((text, text));
    match (number::<u32>(uid), number::<u32>(gid)) {
        (Some(uid), Some(gid)) => Ok(format!("{uid}:{gid}")),
        _ => Err(format!(
            "`{text}` is not numeric; write `uid:gid`, such as `65532:65532`: Kubernetes can check only numbers to be non-root"
        )),
    }
}

/// `port` or `port/protocol`, where the protocol is `tcp` or `udp`
/// (OCI image-spec 1.1, config.md, `ExposedPorts`).
///
/// # Errors
/// The text has another form.
pub fn port(text: &str) -> Result<String, Wrong> {
    let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    match number::<u16>(port) {
        Some(number) if number > 0 && ["tcp", "udp"].contains(&protocol) => {
            Ok(format!("{number}/{protocol}"))
        }
        _ => Err(format!(
            "`{text}` is no port; write one like `8080` or `53/udp`"
        )),
    }
}

/// An absolute path without `.` and `..`; a slash at its end is dropped.
///
/// # Errors
/// The text has another form.
pub fn absolute_path(text: &str) -> Result<String, Wrong> {
    let wrong = || format!("`{text}` is not an absolute path without `.` and `..`");
    let rest = text.strip_prefix('/').ok_or_else(wrong)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let normal = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_control)
    };
    if !rest.is_empty() && !rest.split('/').all(normal) {
        return Err(wrong());
    }
    Ok(format!("/{rest}"))
}

/// The name of an environment variable.
///
/// # Errors
/// The text has another form.
pub fn env_name(text: &str) -> Result<(), Wrong> {
    let ok = !text.is_empty() && !text.contains(['=', '\0']) && !text.contains(char::is_whitespace);
    ok.then_some(())
        .ok_or_else(|| format!("`{text}` is no name of an environment variable"))
}

/// A signal's name or number.
///
/// # Errors
/// The text has another form.
pub fn signal(text: &str) -> Result<(), Wrong> {
    let name = text.strip_prefix("SIG").is_some_and(|name| {
        name.len() > 1
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || b"+-0123456789".contains(&byte))
    });
    let is_number = number::<u8>(text).is_some_and(|number| (1..=64).contains(&number));
    (name || is_number)
        .then_some(())
        .ok_or_else(|| format!("`{text}` is no signal; write one like `SIGTERM`"))
}

/// A tag (OCI distribution-spec 1.1, "Pulling manifests").
///
/// # Errors
/// The text has another form.
pub fn tag(text: &str) -> Result<(), Wrong> {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let rest = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    (first && rest && text.len() <= 128).then_some(()).ok_or_else(|| {
        format!("`{text}` is no tag; a tag has up to 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two")
    })
}

/// A repository's name with or without a registry, but without tag or digest
/// (OCI distribution-spec 1.1, "Pulling manifests"). `OWNER` may stand for a part.
///
/// # Errors
/// The text has another form.
pub fn image(text: &str) -> Result<(), Wrong> {
    let wrong = || {
        Err(format!(
            "`{text}` is no image name; write one like `ghcr.io/owner/name`: lower-case letters, digits, and single `.`, `_`, `-` between them, without a tag"
        ))
    };
    let (host, path) = match text.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), path)
        }
        _ => (None, text),
    };
    let host_is_fine = host.is_none_or(|host| {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        let name_is_fine = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        name_is_fine && number::<u16>(port).is_some()
    });
    let part_is_fine = |part: &str| part == "OWNER" || is_path_component(part);
    if host_is_fine && path.split('/').all(part_is_fine) && text.len() <= 255 {
        Ok(())
    } else {
        wrong()
    }
}

/// Lower-case letters and digits with `.`, `_`, `__` or `-`s between them.
fn is_path_component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = part
        .split(alphanumeric)
        .filter(|separator| !separator.is_empty());
    part.starts_with(alphanumeric)
        && part.ends_with(alphanumeric)
        && separators.into_iter().all(|separator| {
            [".", "_", "__"].contains(&separator) || separator.bytes().all(|byte| byte == b'-')
        })
}

/// `NAME=value` of a flag.
///
/// # Errors
/// There is no `=`, or nothing before it.
pub fn pair(text: &str) -> Result<(String, String), Wrong> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!(
            "`{text}` lacks a name or a `=`; write `NAME=value`"
        )),
    }
}

/// Labels or annotations: every key is said.
///
/// # Errors
/// A key is empty.
pub fn keys(map: &BTreeMap<String, String>) -> Result<(), Wrong> {
    let empty = map.keys().any(|key| key.trim().is_empty());
    if empty {
        Err("it has an empty key".to_owned())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_or_binary_as_they_say() {
        assert_eq!(size("100MB"), Ok(100_000_000));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("1.5 GB"), Ok(1_500_000_000));
        assert_eq!(size("123"), Ok(123));
        for text in ["", "MB", "-1MB", "0", "1XB", "1e9", "9999999999GB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn users_are_numbers_and_get_a_group() {
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
}
