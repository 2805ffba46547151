//! The labels and annotations of an image (OCI image-spec 1.1, annotations.md).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::manifest::Package;
use super::overrides::Overrides;

/// The prefix of the keys that OCI defines.
pub(super) const OCI_PREFIX: &str = "org.opencontainers.image";

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
    /// The fields of `[package]`, as labels with the keys that OCI defines.
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
        let label = |(key, value): (&str, Option<&str>)| {
            let value = value?.trim();
            (!value.is_empty()).then(|| (format!("{OCI_PREFIX}.{key}"), value.to_owned()))
        };
        fields.into_iter().filter_map(label).collect()
    }
}

/// Replaces `OWNER` by the publisher, if it is known.
pub(super) fn replace_owner(text: &str, owner: Option<&str>) -> String {
    match owner {
        Some(owner) => text.replace("OWNER", owner),
        None => text.to_owned(),
    }
}

/// The labels of `[package]`, with a version and a revision that may be overridden.
pub(super) struct PackageLabels {
    labels: BTreeMap<String, String>,
    pub(super) version: Option<(String, Origin)>,
    pub(super) revision: Option<(String, Origin)>,
}

impl PackageLabels {
    /// Chooses version and revision: flags win over variables, variables over the labels of the
    /// table, these over `[package]`.
    pub(super) fn new(
        package: &BTreeMap<String, String>,
        table: &BTreeMap<String, String>,
        overrides: &Overrides,
    ) -> Self {
        let choose = |key: &str, flag: &Option<String>, variable: &Option<String>| {
            let key = format!("{OCI_PREFIX}.{key}");
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
            labels: package.clone(),
            version,
            revision,
        }
    }

    /// The labels, or the annotations, of the image. In ascending order of precedence: those of
    /// `[package]`, those of the table, the chosen version and revision, those of flags.
    pub(super) fn merge(
        &self,
        table: &BTreeMap<String, String>,
        flags: &BTreeMap<String, String>,
        owner: Option<&str>,
    ) -> BTreeMap<String, String> {
        let mut merged = self.labels.clone();
        for (key, value) in table {
            merged.insert(key.clone(), replace_owner(value, owner));
        }
        for (key, chosen) in [("version", &self.version), ("revision", &self.revision)] {
            if let Some((value, _)) = chosen {
                merged.insert(format!("{OCI_PREFIX}.{key}"), value.clone());
            }
        }
        merged.extend(flags.clone());
        merged
    }
}
