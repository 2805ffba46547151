//! The build arguments that say what cargo builds.

use super::cargo_settings::CargoSettings;
use crate::package::description::Description;

/// The version of Rust where no toolchain file names one; that of the image in the template.
const RUST_VERSION: &str = "1.97.1";

/// The arguments that all stages know, with their defaults. None begins with `CARGO_`: sccache
/// compares all such variables, and would share nothing between packages.
pub(super) fn block(package: &str, description: &Description, settings: &CargoSettings) -> String {
    let profile = &description.profile;
    let mut cargo = format!("--package {package}");
    for bin in &description.bins {
        cargo += &format!(" --bin {bin}");
    }
    cargo += &format!(" --profile {profile}");
    if !description.features.is_empty() {
        cargo += &format!(" --features {}", description.features.join(","));
    }
    // cargo puts `dev` and `test` into one folder, `release` and `bench` into another.
    let folder = match profile.as_str() {
        "dev" | "test" => "debug",
        "bench" => "release",
        other => other,
    };
    let strip = if settings.sets_strip {
        String::new()
    } else {
        let name = profile.to_uppercase().replace('-', "_");
        format!("CARGO_PROFILE_{name}_STRIP=symbols")
    };
    let platforms: Vec<String> = description
        .platforms
        .iter()
        .map(|platform| format!("{platform}={}", platform.rust_target()))
        .collect();
    let version = match settings.channel.as_deref() {
        None | Some("stable") => RUST_VERSION,
        Some(channel) => channel,
    };
    let arguments = [
        ("RUST_VERSION", version),
        ("BUILD_ARGUMENTS", &cargo),
        ("BUILD_ENVIRONMENT", &strip),
        ("BUILD_RUSTFLAGS", &settings.build_rustflags.join(" ")),
        ("BINARIES", &description.bins.join(" ")),
        ("PLATFORMS", &platforms.join(" ")),
        ("PROFILE_FOLDER", folder),
    ];
    arguments
        .map(|(name, value)| format!("ARG {name}=\"{}\"\n", value.replace('"', "\\\"")))
        .concat()
}
