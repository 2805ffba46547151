//! The creation time of an image: given, or 1970, never the present.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Text that is not a time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{origin} is `{text}`, which is no time; give seconds since 1970 or RFC 3339 such as `2026-01-31T12:00:00Z`"
)]
pub struct MalformedTime {
    origin: &'static str,
    text: String,
}

/// The creation time for configs, RFC 3339 in whole seconds of UTC: that of `--created`, or
/// of `SOURCE_DATE_EPOCH` (seconds since 1970), or 1970-01-01T00:00:00Z.
///
/// # Errors
/// The given time is neither seconds since 1970 nor RFC 3339.
pub fn created(
    flag: Option<&str>,
    source_date_epoch: Option<&str>,
) -> Result<String, MalformedTime> {
    let given = flag
        .map(|text| ("`--created`", text))
        .or(source_date_epoch.map(|text| ("SOURCE_DATE_EPOCH", text)));
    let time = match given {
        None => UNIX_EPOCH,
        Some((origin, text)) => parse(text).ok_or_else(|| MalformedTime {
            origin,
            text: text.to_owned(),
        })?,
    };
    Ok(humantime::format_rfc3339_seconds(time).to_string())
}

fn parse(text: &str) -> Option<SystemTime> {
    /// 9999-12-31T23:59:59Z: RFC 3339 has years of four digits.
    const LAST: u64 = 253_402_300_799;
    match text.parse() {
        Ok(seconds) if seconds <= LAST => Some(UNIX_EPOCH + Duration::from_secs(seconds)),
        Ok(_) => None,
        Err(_) => humantime::parse_rfc3339(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_was_made_in_1970_unless_told_otherwise() {
        assert_eq!(created(None, None).unwrap(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn the_flag_comes_before_the_variable() {
        let made = created(Some("2026-01-31T12:00:00Z"), Some("1"));
        assert_eq!(made.unwrap(), "2026-01-31T12:00:00Z");
        assert_eq!(
            created(None, Some("86400")).unwrap(),
            "1970-01-02T00:00:00Z"
        );
    }

    #[test]
    fn what_is_no_time_is_named() {
        for text in ["now", "-1", "253402300800", ""] {
            let error = created(None, Some(text)).unwrap_err();
            assert!(error.to_string().contains("SOURCE_DATE_EPOCH"), "{error}");
        }
    }
}
