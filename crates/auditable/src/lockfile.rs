//! The graph of packages in `Cargo.lock`.

use serde::Deserialize;

/// The packages of a lock file.
#[derive(Clone, Debug, Default)]
pub struct Lockfile {
    packages: Vec<LockedPackage>,
}

/// A package in a lock file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LockedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it was downloaded from, such as
    /// `registry+https://github.com/rust-lang/crates.io-index`; none for local packages.
    pub source: Option<String>,
    /// The SHA-256 of its archive, in hex, if it is from a registry.
    pub checksum: Option<String>,
    /// `NAME`, `NAME VERSION` or `NAME VERSION (SOURCE)`: whatever tells it apart.
    #[serde(default)]
    dependencies: Vec<String>,
}

impl LockedPackage {
    /// The name of the directory in which cargo unpacks it.
    pub fn directory_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// Whether it depends on a package of this name, of any version.
    pub fn depends_on(&self, name: &str) -> bool {
        let mut dependencies = self.dependencies.iter();
        dependencies.any(|dependency| dependency.split(' ').next() == Some(name))
    }

    /// The registry that it is from, if it is from one.
    pub fn registry(&self) -> Option<&str> {
        self.source
            .as_deref()
            .filter(|source| source.starts_with("registry+") || source.starts_with("sparse+"))
    }
}

impl Lockfile {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// It is not TOML, or not a lock file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(default)]
            package: Vec<LockedPackage>,
        }
        let Raw { package } = toml::from_str(text)?;
        Ok(Self { packages: package })
    }

    /// The packages, in the order of the file.
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// The index of the package with this name and version, from a source of the same kind and
    /// place as the package ID says.
    pub fn find(&self, name: &str, version: &str, package_id: &str) -> Option<usize> {
        let mut found = (0..self.packages.len()).filter(|&index| {
            let package = &self.packages[index];
            package.name == name && package.version == version
        });
        let first = found.next()?;
        let is_source = |index: &usize| match &self.packages[*index].source {
            // A lock file has the commit of a git dependency behind `#`.
            Some(source) => {
                let source = source.split_once('#').map_or(&**source, |(url, _)| url);
                package_id.starts_with(source)
            }
            None => package_id.starts_with("path+"),
        };
        std::iter::once(first)
            .chain(found)
            .find(is_source)
            .or(Some(first))
    }

    /// The indices of the packages that a package depends on.
    pub fn dependencies(&self, index: usize) -> Vec<usize> {
        let find = |dependency: &String| {
            let mut parts = dependency.splitn(3, ' ');
            let name = parts.next()?;
            let version = parts.next();
            let source = parts.next();
            self.packages.iter().position(|package| {
                package.name == name
                    && version.is_none_or(|version| package.version == version)
                    && source.is_none_or(|source| {
                        package
                            .source
                            .as_ref()
                            .is_some_and(|found| source.trim_matches(['(', ')']) == found)
                    })
            })
        };
        self.packages[index]
            .dependencies
            .iter()
            .filter_map(find)
            .collect()
    }
}
