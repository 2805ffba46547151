//! The workspace of a package and its members, as cargo finds them.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Dependency, DepsSet, Manifest, Workspace};

use super::manifest::{ManifestError, read};

/// The manifest of the workspace that a package is in: its own, if it is in none.
pub(super) fn workspace_root(
    path: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<Utf8PathBuf, ManifestError> {
    if manifest.workspace.is_some() {
        return Ok(path.to_owned());
    }
    let folder = path.parent().unwrap_or(Utf8Path::new("/"));
    if let Some(named) = manifest
        .package
        .as_ref()
        .and_then(|package| package.workspace.as_ref())
        && let Some(named) = Utf8Path::from_path(named)
    {
        let root = folder.join(named).join("Cargo.toml");
        return Ok(root.canonicalize_utf8().unwrap_or(root));
    }
    for above in folder.ancestors().skip(1) {
        let candidate = above.join("Cargo.toml");
        if !candidate.is_file() {
            continue;
        }
        let root = read(&candidate)?;
        if root.workspace.is_some() && members(&candidate, &root)?.contains(path) {
            return Ok(candidate);
        }
    }
    Ok(path.to_owned())
}

/// The names of the members and their manifests.
pub(super) fn named_members(
    root: &Utf8Path,
) -> Result<BTreeMap<String, Utf8PathBuf>, ManifestError> {
    let mut named = BTreeMap::new();
    for path in members(root, &read(root)?)? {
        if let Some(package) = read(&path)?.package {
            named.insert(package.name, path);
        }
    }
    Ok(named)
}

/// The manifests of all members: those that are listed and, as cargo adds them,
/// the path dependencies of members inside the workspace's folder.
fn members(
    root: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<BTreeSet<Utf8PathBuf>, ManifestError> {
    let folder = root.parent().unwrap_or(Utf8Path::new("/"));
    let Some(workspace) = &manifest.workspace else {
        return Ok(BTreeSet::from([root.to_owned()]));
    };
    let below = |names: &[String]| -> Vec<Utf8PathBuf> {
        names
            .iter()
            .map(|name| normal(&folder.join(name)))
            .collect()
    };
    let excluded = below(&workspace.exclude);
    // What is listed word for word stays, even in a folder that is excluded.
    let listed = below(&workspace.members);
    let is_excluded = |member: &Utf8Path| {
        excluded.iter().any(|above| member.starts_with(above))
            && !listed.iter().any(|above| member.starts_with(above))
    };
    let mut waiting: Vec<Utf8PathBuf> = workspace
        .members
        .iter()
        .flat_map(|pattern| expand(folder, pattern))
        .collect();
    if manifest.package.is_some() {
        waiting.push(folder.to_owned());
    }
    let mut found = BTreeSet::new();
    while let Some(member) = waiting.pop() {
        let member = normal(&member);
        let path = member.join("Cargo.toml");
        if !path.is_file() || is_excluded(&member) || !found.insert(path.clone()) {
            continue;
        }
        let paths = path_dependencies(&read(&path)?, &member, workspace, folder);
        waiting.extend(paths.into_iter().filter(|path| path.starts_with(folder)));
    }
    Ok(found)
}

/// The folders that a pattern of `members` stands for.
fn expand(folder: &Utf8Path, pattern: &str) -> Vec<Utf8PathBuf> {
    let pattern = folder.join(pattern);
    match glob::glob(pattern.as_str()) {
        Ok(paths) => paths
            .flatten()
            .filter_map(|path| Utf8PathBuf::from_path_buf(path).ok())
            .collect(),
        // A pattern that is none is a folder's name.
        Err(_) => vec![pattern],
    }
}

/// The folders of a member's path dependencies: for every target, and those that it
/// has from `[workspace.dependencies]`.
fn path_dependencies(
    manifest: &Manifest<toml::Value>,
    member: &Utf8Path,
    workspace: &Workspace<toml::Value>,
    root: &Utf8Path,
) -> Vec<Utf8PathBuf> {
    let mut sets: Vec<&DepsSet> = vec![
        &manifest.dependencies,
        &manifest.build_dependencies,
        &manifest.dev_dependencies,
    ];
    for target in manifest.target.values() {
        sets.extend([
            &target.dependencies,
            &target.build_dependencies,
            &target.dev_dependencies,
        ]);
    }
    let path = |(name, dependency): (&String, &Dependency)| match dependency {
        Dependency::Inherited(_) => {
            let shared = workspace.dependencies.get(name)?.detail()?;
            Some(normal(&root.join(shared.path.as_deref()?)))
        }
        own => Some(normal(&member.join(own.detail()?.path.as_deref()?))),
    };
    sets.into_iter().flatten().filter_map(path).collect()
}

/// The path without `.` and `..`, with links followed where it exists.
pub(super) fn normal(path: &Utf8Path) -> Utf8PathBuf {
    if let Ok(real) = path.canonicalize_utf8() {
        return real;
    }
    let mut normal = Utf8PathBuf::new();
    for part in path.components() {
        match part.as_str() {
            "." => {}
            ".." => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
