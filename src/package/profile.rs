//! The cargo profiles of a manifest.

use super::manifest::Package;

impl Package {
    /// Whether its manifest, or the workspace's, says for this profile what of the
    /// executable is to be stripped or that debug information is wanted.
    #[must_use]
    pub fn says_strip(&self, profile: &str) -> bool {
        let profiles = &self.workspace.as_ref().unwrap_or(&self.manifest).profile;
        let mut name = profile.to_owned();
        // A chain of `inherits` ends at a profile that cargo has by itself.
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
                Some(above) => name.clone_from(above),
                None => return false,
            }
        }
        false
    }
}
