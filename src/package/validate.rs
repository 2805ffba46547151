//! Validating values of the metadata table and of flags.

use std::collections::BTreeMap;
use std::str::FromStr;

/// Why a value is invalid, and what to write instead.
pub type Invalid = String;

/// Parses a number that consists of digits only: `str::parse` accepts `+1`, too.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Parses a size: `100MB` (decimal), `64MiB` (binary), `1.5GB` or a number of bytes.
///
/// # Errors
/// The text is invalid.
pub fn size(text: &str) -> Result<u64, Invalid> {
    let invalid = || format!("`{text}` is no size; write one like `100MB` or `64MiB`");
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
        _ => return Err(invalid()),
    };
    let number: f64 = number.parse().map_err(|_| invalid())?;
    let bytes = number * f64::from(factor);
    if !(1.0..=1e15).contains(&bytes) {
        return Err(invalid());
    }
    // In these bounds the conversion is exact enough for a maximum size.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(bytes as u64)
}

/// Normalizes `uid` or `uid:gid` to `uid:gid`. The group is by default the same number.
///
/// # Errors
/// The text is invalid.
pub fn user(text: &str) -> Result<String, Invalid> {
    let (uid, gid) = text.split_once(':').unwrap_or((text, text));
    match (number::<u32>(uid), number::<u32>(gid)) {
        (Some(uid), Some(gid)) => Ok(format!("{uid}:{gid}")),
        _ => Err(format!(
            "`{text}` is not numeric; write `uid:gid`, such as `65532:65532`: Kubernetes can check only numbers to be non-root"
        )),
    }
}

/// Normalizes `port` or `port/protocol` to `port/protocol`. The protocol is `tcp`, the default,
/// or `udp` (OCI image-spec 1.1, config.md, `ExposedPorts`).
///
/// # Errors
/// The text is invalid.
pub fn port(text: &str) -> Result<String, Invalid> {
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

/// Checks for an absolute path without `.` and `..`, and removes a trailing slash.
///
/// # Errors
/// The text is invalid.
pub fn absolute_path(text: &str) -> Result<String, Invalid> {
    let invalid = || format!("`{text}` is not an absolute path without `.` and `..`");
    let rest = text.strip_prefix('/').ok_or_else(invalid)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let normal = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(char::is_control)
    };
    if !rest.is_empty() && !rest.split('/').all(normal) {
        return Err(invalid());
    }
    Ok(format!("/{rest}"))
}

/// Checks the name of an environment variable.
///
/// # Errors
/// The text is invalid.
pub fn env_name(text: &str) -> Result<(), Invalid> {
    let ok = !text.is_empty() && !text.contains(['=', '\0']) && !text.contains(char::is_whitespace);
    ok.then_some(())
        .ok_or_else(|| format!("`{text}` is no name of an environment variable"))
}

/// Checks the name or the number of a signal.
///
/// # Errors
/// The text is invalid.
pub fn signal(text: &str) -> Result<(), Invalid> {
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

/// Checks a tag (OCI distribution-spec 1.1, "Pulling manifests").
///
/// # Errors
/// The text is invalid.
pub fn tag(text: &str) -> Result<(), Invalid> {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let rest = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    (first && rest && text.len() <= 128).then_some(()).ok_or_else(|| {
        format!("`{text}` is no tag; a tag has up to 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two")
    })
}

/// Checks the name of a repository, with or without a registry, without tag and digest
/// (OCI distribution-spec 1.1, "Pulling manifests"). A component may be `OWNER`.
///
/// # Errors
/// The text is invalid.
pub fn image(text: &str) -> Result<(), Invalid> {
    let invalid = || {
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
    let host_is_valid = host.is_none_or(|host| {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        let name_is_valid = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        name_is_valid && number::<u16>(port).is_some()
    });
    let component_is_valid = |part: &str| part == "OWNER" || is_path_component(part);
    if host_is_valid && path.split('/').all(component_is_valid) && text.len() <= 255 {
        Ok(())
    } else {
        invalid()
    }
}

/// Whether this is a component of a repository's name: lower-case letters and digits, with
/// `.`, `_`, `__` or any number of `-` between them.
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

/// Parses `NAME=value` of a flag.
///
/// # Errors
/// There is no `=`, or the name is empty.
pub fn pair(text: &str) -> Result<(String, String), Invalid> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!(
            "`{text}` lacks a name or a `=`; write `NAME=value`"
        )),
    }
}

/// Checks that no key of labels or annotations is empty.
///
/// # Errors
/// A key is empty.
pub fn keys(map: &BTreeMap<String, String>) -> Result<(), Invalid> {
    let empty = map.keys().any(|key| key.trim().is_empty());
    if empty {
        Err("it has an empty key".to_owned())
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
