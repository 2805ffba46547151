//! Profiles, as manifests and cargo's configuration define them together (the cargo book,
//! "Profiles").

/// The longest chain of `inherits` that is followed: one that is longer is a circle.
const MAX_CHAIN: usize = 16;

/// The name of a profile in a `[profile]` table: `--profile debug` is the profile `dev`.
pub(crate) fn table_name(profile: &str) -> &str {
    if profile == "debug" { "dev" } else { profile }
}

/// Whether one of these `[profile]` tables sets `strip` or `debug` for a profile, or for one
/// that it inherits from. Those that come first win.
pub(crate) fn sets_strip(profile: &str, tables: &[&toml::Table]) -> bool {
    let mut name = table_name(profile);
    for _ in 0..MAX_CHAIN {
        let found = tables
            .iter()
            .filter_map(|table| table.get(name)?.as_table());
        let mut inherits = None;
        for settings in found {
            if settings.contains_key("strip") || settings.contains_key("debug") {
                return true;
            }
            inherits = inherits.or_else(|| settings.get("inherits")?.as_str());
        }
        match inherits {
            Some(inherited) => name = table_name(inherited),
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strip_and_debug_count_wherever_they_are_set() {
        let manifest =
            "[small]\ninherits = 'release'\n[dev]\nstrip = true\n[custom]\ninherits = 'small'";
        let manifest: toml::Table = toml::from_str(manifest).unwrap();
        let config: toml::Table = toml::from_str("[release]\ndebug = 1").unwrap();
        let circle: toml::Table =
            toml::from_str("[a]\ninherits = 'b'\n[b]\ninherits = 'a'").unwrap();
        assert!(!sets_strip("small", &[&manifest]));
        assert!(sets_strip("small", &[&config, &manifest]));
        assert!(sets_strip("custom", &[&config, &manifest]));
        assert!(sets_strip("release", &[&config]));
        assert!(sets_strip("debug", &[&manifest]) && sets_strip("dev", &[&manifest]));
        assert!(!sets_strip("a", &[&circle]) && !sets_strip("unknown", &[&manifest]));
    }
}
