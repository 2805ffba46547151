//! Labels and annotations: what the package says of itself, and the version and the
//! revision, which change at every release (OCI image-spec 1.1, annotations.md).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::overrides::Overrides;
use crate::package::manifest::Package;

/// The prefix of the annotations that OCI defines.
pub(super) const OCI: &str = "org.opencontainers.image";

/// Where the version or the revision in the labels comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A flag.
    Flag,
    /// `VERSION` or `COMMIT_SHA`.
    Environment,
    /// The labels of the table.
    Table,
    /// `[package]`.
    Package,
}

impl Package {
    /// What `[package]` says, as annotations that OCI defines.
    pub(super) fn labels(&self) -> BTreeMap<String, String> {
        let package = self.manifest.package();
        let authors = package.authors().join(", ");
        let license = package.license().map(|license| {
            license
                .split('/')
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" OR ")
        });
        let version = package.version().to_string();
        let fields = [
            ("title", Some(package.name())),
            ("description", package.description()),
            ("version", Some(version.as_str())),
            ("licenses", license.as_deref()),
            ("authors", Some(authors.as_str())),
            ("source", package.repository()),
            ("url", package.homepage()),
            ("documentation", package.documentation()),
        ];
        let said = |(key, value): (&str, Option<&str>)| {
            let value = value?.trim();
            (!value.is_empty()).then(|| (format!("{OCI}.{key}"), value.to_owned()))
        };
        fields.into_iter().filter_map(said).collect()
    }
}

/// `OWNER` as a part of a name becomes whoever publishes.
pub(super) fn with_owner(text: &str, overrides: &Overrides, lower_case: bool) -> String {
    match &overrides.owner {
        Some(owner) if lower_case => text.replace("OWNER", &owner.to_lowercase()),
        Some(owner) => text.replace("OWNER", owner),
        None => text.to_owned(),
    }
}

/// What `[package]` says, with the version and revision that count.
pub(super) struct Stamped {
    base: BTreeMap<String, String>,
    pub(super) version: Option<(String, Origin)>,
    pub(super) revision: Option<(String, Origin)>,
}

impl Stamped {
    pub(super) fn new(
        package: &BTreeMap<String, String>,
        table: &BTreeMap<String, String>,
        overrides: &Overrides,
    ) -> Self {
        let choose = |key: &str, flag: &Option<String>, variable: &Option<String>| {
            let key = format!("{OCI}.{key}");
            let candidates = [
                (flag.as_ref(), Origin::Flag),
                (variable.as_ref(), Origin::Environment),
                (table.get(&key), Origin::Table),
                (package.get(&key), Origin::Package),
            ];
            candidates.into_iter().find_map(|(value, origin)| {
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| (value.clone(), origin))
            })
        };
        let version = choose(
            "version",
            &overrides.version_flag,
            &overrides.version_variable,
        );
        let revision = choose(
            "revision",
            &overrides.revision_flag,
            &overrides.revision_variable,
        );
        Self {
            base: package.clone(),
            version,
            revision,
        }
    }

    /// The labels or annotations of the image: those of the package, over them the
    /// table's, the version and revision that count, and the flags'.
    pub(super) fn join(
        &self,
        table: &BTreeMap<String, String>,
        flags: &BTreeMap<String, String>,
        overrides: &Overrides,
    ) -> BTreeMap<String, String> {
        let mut joined = self.base.clone();
        for (key, value) in table {
            joined.insert(key.clone(), with_owner(value, overrides, false));
        }
        for (key, value) in [("version", &self.version), ("revision", &self.revision)] {
            if let Some((value, _)) = value {
                joined.insert(format!("{OCI}.{key}"), value.clone());
            }
        }
        joined.extend(flags.clone());
        joined
    }
}
