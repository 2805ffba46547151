//! Which crates an executable is made of.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use auditable_serde::{DependencyKind, Package, Source, VersionInfo};

use crate::artifact::{self, Artifact};
use crate::lockfile::{LockedPackage, Lockfile};

/// The format revision of cargo-auditable that says that procedural macros and what they depend
/// on are of the kind `build`.
const FORMAT: u32 = 1;

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum ListError {
    #[error("cargo built no executable `{bin}` for `{triple}`")]
    NoExecutable { bin: String, triple: String },
    #[error("the version of `{name}` in `Cargo.lock` is no version: `{version}`")]
    Version {
        name: String,
        version: String,
        source: semver::Error,
    },
}

/// How a package was built.
#[derive(Clone, Debug, Default)]
struct Built {
    /// Its library, for the platform of the executable.
    for_target: bool,
    /// For the machine that builds: procedural macros, and what build scripts depend on.
    for_host: bool,
    is_proc_macro: bool,
    /// Names of packages that it depends on for its tests alone.
    dev_only: BTreeSet<String>,
}

/// Makes the list of the executable `bin` for a target triple, from all artifacts that cargo made
/// for this triple and for the machine that builds.
///
/// - A package is in the list if cargo built it and the executable's package depends on it, over
///   however many others.
/// - Its kind is `runtime` if its code can be in the executable, and `build` if it is a procedural
///   macro, or is used by macros and build scripts alone.
/// - Packages that `Cargo.lock` does not have are left out: the standard library.
/// - `dev_only` gives the names of packages that a local package depends on for its tests alone,
///   from the path of its `Cargo.toml`.
///
/// # Errors
/// What [`ListError`] says.
pub fn dependency_list(
    artifacts: &[Artifact],
    lockfile: &Lockfile,
    bin: &str,
    triple: &str,
    dev_only: &dyn Fn(&str) -> BTreeSet<String>,
) -> Result<VersionInfo, ListError> {
    let mut executables = artifacts
        .iter()
        .filter_map(|artifact| artifact::executable_for(artifact, bin, triple));
    let profile = executables
        .next()
        .and_then(|path| path.parent()?.file_name());
    let profile = profile.ok_or_else(|| ListError::NoExecutable {
        bin: bin.to_owned(),
        triple: triple.to_owned(),
    })?;
    let mut built: BTreeMap<usize, Built> = BTreeMap::new();
    let mut root = None;
    for artifact in artifacts {
        // It says that a package has a build script, and is no library of it.
        if artifact.target.is_custom_build() {
            continue;
        }
        // The lock file does not have the standard library, where cargo builds it.
        let id = &artifact.package_id.repr;
        let Some(locked) = artifact::name_and_version(id)
            .and_then(|(name, version)| lockfile.find(name, version, id))
        else {
            continue;
        };
        let entry = built.entry(locked).or_insert_with(|| Built {
            dev_only: match lockfile.packages()[locked].source {
                Some(_) => BTreeSet::new(),
                None => dev_only(artifact.manifest_path.as_str()),
            },
            ..Built::default()
        });
        entry.is_proc_macro |= artifact.target.is_proc_macro();
        let for_target = artifact::is_for(artifact, triple, profile);
        entry.for_target |= for_target;
        entry.for_host |= !for_target;
        if artifact::executable_for(artifact, bin, triple).is_some() {
            root = Some(locked);
        }
    }
    let root = root.ok_or_else(|| ListError::NoExecutable {
        bin: bin.to_owned(),
        triple: triple.to_owned(),
    })?;

    let edges = acyclic_edges(root, &built, lockfile);
    let kinds = kinds(root, &built, &edges);
    let mut order: Vec<usize> = kinds.keys().copied().collect();
    order.sort_by_key(|&index| {
        let LockedPackage {
            name,
            version,
            source,
            ..
        } = &lockfile.packages()[index];
        (name, version, source)
    });
    let place: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(place, &index)| (index, place))
        .collect();
    let package = |&index: &usize| {
        let locked = &lockfile.packages()[index];
        let mut dependencies: Vec<usize> = edges[&index]
            .iter()
            .filter_map(|dependency| place.get(dependency).copied())
            .collect();
        dependencies.sort_unstable();
        let version = locked.version.parse().map_err(|source| ListError::Version {
            name: locked.name.clone(),
            version: locked.version.clone(),
            source,
        });
        Ok(Package {
            name: locked.name.clone(),
            version: version?,
            source: source(locked.source.as_deref()),
            kind: kinds[&index],
            dependencies,
            root: index == root,
        })
    };
    let packages: Result<_, ListError> = order.iter().map(package).collect();
    Ok(VersionInfo {
        packages: packages?,
        format: FORMAT,
    })
}

/// Adds a package that cargo has not built, and whose code the library of the package `into` has, such as a C
/// library that was built before. A list without `into` stays as it is.
///
/// # Errors
/// Its version is no version.
pub fn add_linked(
    list: &mut VersionInfo,
    into: &str,
    locked: &LockedPackage,
) -> Result<(), ListError> {
    let is_into =
        |package: &Package| package.name == into && package.kind == DependencyKind::Runtime;
    if !list.packages.iter().any(is_into) {
        return Ok(());
    }
    let version: semver::Version = locked
        .version
        .parse()
        .map_err(|source| ListError::Version {
            name: locked.name.clone(),
            version: locked.version.clone(),
            source,
        })?;
    let is_it = |package: &Package| package.name == locked.name && package.version == version;
    let place = if let Some(place) = list.packages.iter().position(is_it) {
        list.packages[place].kind = DependencyKind::Runtime;
        place
    } else {
        let before = |package: &Package| {
            (&package.name, &package.version.to_string()) < (&locked.name, &locked.version)
        };
        let place = list.packages.partition_point(before);
        for package in &mut list.packages {
            for dependency in &mut package.dependencies {
                *dependency += usize::from(*dependency >= place);
            }
        }
        let package = Package {
            name: locked.name.clone(),
            version,
            source: source(locked.source.as_deref()),
            kind: DependencyKind::Runtime,
            dependencies: Vec::new(),
            root: false,
        };
        list.packages.insert(place, package);
        place
    };
    for package in list.packages.iter_mut().filter(|package| is_into(package)) {
        if let Err(at) = package.dependencies.binary_search(&place) {
            package.dependencies.insert(at, place);
        }
    }
    Ok(())
}

/// The packages that each built package depends on, and that were built. The lock file has
/// dependencies of all platforms and kinds, among which can be circles; what closes one is left
/// out.
fn acyclic_edges(
    root: usize,
    built: &BTreeMap<usize, Built>,
    lockfile: &Lockfile,
) -> BTreeMap<usize, Vec<usize>> {
    let all = |index: usize| -> Vec<usize> {
        let mut found = lockfile.dependencies(index);
        found.retain(|dependency| {
            let name = &lockfile.packages()[*dependency].name;
            built.contains_key(dependency) && !built[&index].dev_only.contains(name)
        });
        found
    };
    let mut edges: BTreeMap<usize, Vec<usize>> = BTreeMap::from([(root, Vec::new())]);
    // Depth first, without recursion: each entry has the dependencies that are not visited yet.
    let mut path = vec![(root, all(root).into_iter())];
    let mut on_path = BTreeSet::from([root]);
    while let Some((index, remaining)) = path.last_mut() {
        let index = *index;
        let Some(next) = remaining.next() else {
            on_path.remove(&index);
            path.pop();
            continue;
        };
        if on_path.contains(&next) {
            continue;
        }
        edges.entry(index).or_default().push(next);
        if let Entry::Vacant(entry) = edges.entry(next) {
            entry.insert(Vec::new());
            on_path.insert(next);
            path.push((next, all(next).into_iter()));
        }
    }
    edges
}

/// The kind of each package that the root depends on, and of itself.
fn kinds(
    root: usize,
    built: &BTreeMap<usize, Built>,
    edges: &BTreeMap<usize, Vec<usize>>,
) -> BTreeMap<usize, DependencyKind> {
    let mut kinds = BTreeMap::from([(root, DependencyKind::Runtime)]);
    let mut waiting = VecDeque::from([(root, DependencyKind::Runtime)]);
    while let Some((index, kind)) = waiting.pop_front() {
        for &next in &edges[&index] {
            let package = &built[&next];
            let is_linked =
                kind == DependencyKind::Runtime && package.for_target && !package.is_proc_macro;
            let kind = if is_linked {
                DependencyKind::Runtime
            } else if package.for_host {
                DependencyKind::Build
            } else {
                // Built for the target, and reached from the machine's side: another edge leads
                // to it.
                continue;
            };
            if kinds.get(&next).is_none_or(|known| *known < kind) {
                kinds.insert(next, kind);
                waiting.push_back((next, kind));
            }
        }
    }
    kinds
}

fn source(locked: Option<&str>) -> Source {
    match locked {
        None => Source::Local,
        Some("registry+https://github.com/rust-lang/crates.io-index") => Source::CratesIo,
        Some(other) => match other.split('+').next() {
            Some("sparse") => Source::Registry,
            Some(kind) => Source::from(kind),
            None => Source::from(other),
        },
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
