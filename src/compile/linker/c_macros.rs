//! The dates that C code may ask of its compiler.
//!
//! A compiler fills in `__DATE__`, `__TIME__` and `__TIMESTAMP__` from the clock, so
//! that a build of tomorrow has other bytes. Here they are those of
//! `SOURCE_DATE_EPOCH`, and without one those of 1980-01-01, which is what Nix's
//! builds have: both lanes make the same bytes.

use std::time::{Duration, UNIX_EPOCH};

/// 1980-01-01T00:00:00Z in seconds since 1970.
const DEFAULT_EPOCH: u64 = 315_532_800;

/// The first second of the year 10000.
const END: u64 = 253_402_300_800;

/// Arguments for a C compiler that define the three macros (ISO C, 6.10.8.1; GCC's
/// manual, "Common Predefined Macros"), in UTC. What is no number of seconds counts as
/// nothing: whoever reads `SOURCE_DATE_EPOCH` for the image refuses it.
pub fn definitions(source_date_epoch: Option<&str>) -> Vec<String> {
    let seconds = source_date_epoch
        .and_then(|text| text.parse().ok())
        .filter(|seconds| *seconds < END)
        .unwrap_or(DEFAULT_EPOCH);
    let time = UNIX_EPOCH + Duration::from_secs(seconds);
    // `1980-01-01T00:00:00Z`
    let text = humantime::format_rfc3339_seconds(time).to_string();
    let (year, month, day, clock) = (&text[..4], &text[5..7], &text[8..10], &text[11..19]);
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months[month.parse::<usize>().expect("a month is a number") - 1];
    let day = day.strip_prefix('0').unwrap_or(day);
    // 1970 began with a Thursday.
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let weekday = usize::try_from(seconds / 86_400 % 7).expect("a weekday is small");
    let weekday = weekdays[weekday];
    vec![
        "-Wno-builtin-macro-redefined".to_owned(),
        format!("-D__DATE__=\"{month} {day:>2} {year}\""),
        format!("-D__TIME__=\"{clock}\""),
        format!("-D__TIMESTAMP__=\"{weekday} {month} {day:>2} {clock} {year}\""),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_epoch_the_date_is_that_of_nix() {
        let expected = [
            "-Wno-builtin-macro-redefined",
            "-D__DATE__=\"Jan  1 1980\"",
            "-D__TIME__=\"00:00:00\"",
            "-D__TIMESTAMP__=\"Tue Jan  1 00:00:00 1980\"",
        ];
        assert_eq!(definitions(None), expected);
        assert_eq!(definitions(Some("yesterday")), expected);
        assert_eq!(definitions(Some("253402300800")), expected);
    }

    #[test]
    fn an_epoch_gives_the_date() {
        assert_eq!(
            definitions(Some("1709210096"))[1..],
            [
                "-D__DATE__=\"Feb 29 2024\"",
                "-D__TIME__=\"12:34:56\"",
                "-D__TIMESTAMP__=\"Thu Feb 29 12:34:56 2024\"",
            ]
        );
    }
}
