//! The grammars of strings in the specification.

/// `type/subtype` as RFC 6838, section 4.2, restricts both names.
pub fn is_media_type(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(kind, subtype)| is_restricted(kind) && is_restricted(subtype))
}

fn is_restricted(name: &str) -> bool {
    let more = |c: char| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c);
    (1..=127).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(more)
}

/// `algorithm:encoded`, with the length that a registered algorithm has.
pub fn is_digest(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else {
        return false;
    };
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let algorithm_fits = algorithm.split(['+', '.', '_', '-']).all(part);
    let hexadecimal = |length| {
        encoded.len() == length
            && encoded
                .chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    };
    let encoded_fits = match algorithm {
        "sha256" | "blake3" => hexadecimal(64),
        "sha512" => hexadecimal(128),
        _ => {
            !encoded.is_empty()
                && encoded
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "=_-".contains(c))
        }
    };
    algorithm_fits && encoded_fits
}

/// A date and time of RFC 3339, section 5.6, that is on the calendar.
pub fn is_date_time(text: &str) -> bool {
    parse_date_time(text).is_some()
}

fn parse_date_time(text: &str) -> Option<()> {
    let (date, time) = text.split_once(['T', 't'])?;
    let mut date = date.split('-');
    let (year, month, day) = (
        digits(date.next()?, 4)?,
        digits(date.next()?, 2)?,
        digits(date.next()?, 2)?,
    );
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if date.next().is_some() || !(1..=days).contains(&day) {
        return None;
    }
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock
        .split_once('.')
        .map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    if fraction.is_some_and(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut clock = clock.split(':');
    let (hour, minute, second) = (
        digits(clock.next()?, 2)?,
        digits(clock.next()?, 2)?,
        digits(clock.next()?, 2)?,
    );
    if clock.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if zone.eq_ignore_ascii_case("z") {
        return Some(());
    }
    let (hour, minute) = zone[1..].split_once(':')?;
    (digits(hour, 2)? <= 23 && digits(minute, 2)? <= 59).then_some(())
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// The value of `org.opencontainers.image.ref.name`: parts of letters and
/// digits, joined by one separator each.
pub fn is_reference_name(text: &str) -> bool {
    text.split('/').all(|component| {
        let joined = component.replace("--", "@");
        joined
            .split(['-', '.', '_', ':', '@', '+'])
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()))
    })
}

/// `port`, `port/tcp` or `port/udp`.
pub fn is_exposed_port(text: &str) -> bool {
    let (port, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let number = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    number && ["tcp", "udp"].contains(&protocol)
}

/// `NAME=value`.
pub fn is_variable(text: &str) -> bool {
    text.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty())
}

/// A scheme, a colon and something without white space (RFC 3986).
pub fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && rest.chars().all(|c| c.is_ascii_graphic())
    })
}

/// The name of a signal, `SIGKILL` or `SIGRTMIN+3`, or its number.
pub fn is_signal(text: &str) -> bool {
    let number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let name = text.strip_prefix("SIG").is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "+-".contains(c))
    });
    number || name
}
