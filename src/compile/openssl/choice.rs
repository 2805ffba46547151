//! The user's choice of an OpenSSL: variables with which `openssl-sys` finds one.

use crate::compile::env::{Environment, var};

/// Variables that lead to an OpenSSL, for all targets or after `<TARGET>_` for one.
const OF_OPENSSL: [&str; 4] = [
    "OPENSSL_DIR",
    "OPENSSL_LIB_DIR",
    "OPENSSL_INCLUDE_DIR",
    "OPENSSL_NO_VENDOR",
];

/// The variable that says where the OpenSSL for a target is, if there is one. `environment` is that
/// of cargo with the `[env]` table of its configuration.
#[must_use]
pub fn variable(environment: &Environment, target: &str) -> Option<String> {
    let prefix = prefix(target);
    let names = OF_OPENSSL.iter();
    let mut names = names.flat_map(|name| [format!("{prefix}_{name}"), (*name).to_owned()]);
    names
        .find(|name| var(environment, name).is_some())
        .or_else(|| of_pkg_config(environment, target))
}

/// A target as `openssl-sys` and cargo write it in names of variables.
pub(super) fn prefix(target: &str) -> String {
    target.to_uppercase().replace('-', "_")
}

/// The variable that makes pkg-config answer for another platform than that of the machine, as the
/// crate pkg-config reads them.
fn of_pkg_config(environment: &Environment, target: &str) -> Option<String> {
    let set = |name: &str| {
        let names = [
            format!("{name}_{target}"),
            format!("{name}_{}", target.replace('-', "_")),
            format!("TARGET_{name}"),
            name.to_owned(),
        ];
        let mut names = names.into_iter();
        names.find(|name| var(environment, name).is_some())
    };
    match set("PKG_CONFIG_ALLOW_CROSS") {
        Some(name) => (var(environment, &name) != Some("0")).then_some(name),
        None => set("PKG_CONFIG").or_else(|| set("PKG_CONFIG_SYSROOT_DIR")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMD64: &str = "x86_64-unknown-linux-musl";
    const ARM64: &str = "aarch64-unknown-linux-musl";

    fn chosen(variables: &[(&str, &str)]) -> [Option<String>; 2] {
        let variables = variables.iter();
        let environment = variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        [AMD64, ARM64].map(|target| variable(&environment, target))
    }

    fn both(name: &str) -> [Option<String>; 2] {
        [Some(name.to_owned()), Some(name.to_owned())]
    }

    #[test]
    fn a_variable_for_all_targets_is_for_each() {
        for name in OF_OPENSSL {
            assert_eq!(chosen(&[(name, "/opt/openssl")]), both(name));
        }
        assert_eq!(chosen(&[("OPENSSL_DIR", "")]), [None, None]);
        assert_eq!(chosen(&[("HOME", "/root")]), [None, None]);
    }

    #[test]
    fn a_variable_of_a_target_is_for_that_one() {
        let name = "AARCH64_UNKNOWN_LINUX_MUSL_OPENSSL_LIB_DIR";
        assert_eq!(chosen(&[(name, "/opt/arm")]), [None, Some(name.to_owned())]);
    }

    #[test]
    fn how_to_link_says_not_where_it_is() {
        assert_eq!(chosen(&[("OPENSSL_STATIC", "1")]), [None, None]);
    }

    #[test]
    fn pkg_config_counts_where_it_answers_for_other_platforms() {
        let name = "PKG_CONFIG_ALLOW_CROSS";
        assert_eq!(chosen(&[(name, "1")]), both(name));
        assert_eq!(chosen(&[(name, "0"), ("PKG_CONFIG", "x")]), [None, None]);
        assert_eq!(chosen(&[("PKG_CONFIG_PATH", "/usr")]), [None, None]);
        let name = "PKG_CONFIG_SYSROOT_DIR_x86_64_unknown_linux_musl";
        assert_eq!(chosen(&[(name, "/sys")]), [Some(name.to_owned()), None]);
    }
}
