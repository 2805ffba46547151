//! The cargo profiles of a manifest.

use super::manifest::Package;

impl Package {
    /// Whether the manifest sets `strip` or `debug` for this profile, or for one that it
    /// inherits from. Profiles are those of the workspace.
    #[must_use]
    pub fn profile_sets_strip(&self, profile: &str) -> bool {
        let profiles = &self.root_manifest().profile;
        let mut name = profile.to_owned();
        // A chain of `inherits` ends at a built-in profile. The bound is for one that does not.
        for _ in 0..16 {
            let found = match name.as_str() {
                "release" => profiles.release.as_ref(),
                "dev" | "debug" => profiles.dev.as_ref(),
                custom => profiles.custom.get(custom),
            };
            let Some(found) = found else { return false };
            if found.strip.is_some() || found.debug.is_some() {
                return true;
            }
            match &found.inherits {
                Some(inherited) => name.clone_from(inherited),
                None => return false,
            }
        }
        false
    }
}
