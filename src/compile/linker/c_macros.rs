//! The C macros `__DATE__`, `__TIME__` and `__TIMESTAMP__`.
//!
//! Compilers define them by the clock, so that a build of the next day has other bytes. Here
//! they are defined by `SOURCE_DATE_EPOCH`, or as 1980-01-01 where it is unset, as in the builds
//! of Nix: both lanes make the same bytes.

use std::time::{Duration, UNIX_EPOCH};

/// 1980-01-01T00:00:00Z in seconds since 1970.
const DEFAULT_EPOCH: u64 = 315_532_800;

/// 10000-01-01T00:00:00Z: the macros have four digits for the year.
const YEAR_10000: u64 = 253_402_300_800;

/// Arguments for a C compiler that define the three macros in UTC (ISO C, 6.10.8.1; GCC's
/// manual, "Common Predefined Macros"). A malformed `SOURCE_DATE_EPOCH` counts as unset: it
/// is refused where the date of the image is read.
pub fn date_macros(source_date_epoch: Option<&str>) -> Vec<String> {
    let seconds = source_date_epoch
        .and_then(|text| text.parse().ok())
        .filter(|seconds| *seconds < YEAR_10000)
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
    // 1970-01-01 was a Thursday.
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
    fn without_source_date_epoch_the_date_is_that_of_nix() {
        let expected = [
            "-Wno-builtin-macro-redefined",
            "-D__DATE__=\"Jan  1 1980\"",
            "-D__TIME__=\"00:00:00\"",
            "-D__TIMESTAMP__=\"Tue Jan  1 00:00:00 1980\"",
        ];
        assert_eq!(date_macros(None), expected);
        assert_eq!(date_macros(Some("yesterday")), expected);
        assert_eq!(date_macros(Some("253402300800")), expected);
    }

    #[test]
    fn source_date_epoch_gives_the_date() {
        assert_eq!(
            date_macros(Some("1709210096"))[1..],
            [
                "-D__DATE__=\"Feb 29 2024\"",
                "-D__TIME__=\"12:34:56\"",
                "-D__TIMESTAMP__=\"Thu Feb 29 12:34:56 2024\"",
            ]
        );
    }
}
