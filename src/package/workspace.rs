//! The workspace of a package and its members, by the rules of cargo (the cargo book,
//! "Workspaces").

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Dependency, DepsSet, Manifest, Workspace};

use super::manifest::{ManifestError, read_manifest};

/// The root manifest of the workspace that a package is in: its own, if it is in none.
pub(super) fn workspace_root(
    path: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<Utf8PathBuf, ManifestError> {
    if manifest.workspace.is_some() {
        return Ok(path.to_owned());
    }
    let directory = path.parent().unwrap_or(Utf8Path::new("/"));
    if let Some(named) = manifest
        .package
        .as_ref()
        .and_then(|package| package.workspace.as_ref())
        && let Some(named) = Utf8Path::from_path(named)
    {
        let root = directory.join(named).join("Cargo.toml");
        return Ok(root.canonicalize_utf8().unwrap_or(root));
    }
    for above in directory.ancestors().skip(1) {
        let candidate = above.join("Cargo.toml");
        if !candidate.is_file() {
            continue;
        }
        let root = read_manifest(&candidate)?;
        if root.workspace.is_some() && members(&candidate, &root)?.contains(path) {
            return Ok(candidate);
        }
    }
    Ok(path.to_owned())
}

/// The manifests of the members, by name.
pub(super) fn members_by_name(
    root: &Utf8Path,
) -> Result<BTreeMap<String, Utf8PathBuf>, ManifestError> {
    let mut by_name = BTreeMap::new();
    for path in members(root, &read_manifest(root)?)? {
        if let Some(package) = read_manifest(&path)?.package {
            by_name.insert(package.name, path);
        }
    }
    Ok(by_name)
}

/// The manifests of all members: those that `members` lists, and the path dependencies of
/// members that are inside the directory of the workspace.
fn members(
    root: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<BTreeSet<Utf8PathBuf>, ManifestError> {
    let directory = root.parent().unwrap_or(Utf8Path::new("/"));
    let Some(workspace) = &manifest.workspace else {
        return Ok(BTreeSet::from([root.to_owned()]));
    };
    let resolve = |names: &[String]| -> Vec<Utf8PathBuf> {
        names
            .iter()
            .map(|name| normalized(&directory.join(name)))
            .collect()
    };
    let excluded = resolve(&workspace.exclude);
    // A member that is listed without a glob stays, even in an excluded directory.
    let listed = resolve(&workspace.members);
    let is_excluded = |member: &Utf8Path| {
        excluded.iter().any(|above| member.starts_with(above))
            && !listed.iter().any(|above| member.starts_with(above))
    };
    let mut queue: Vec<Utf8PathBuf> = workspace
        .members
        .iter()
        .flat_map(|pattern| expand_glob(directory, pattern))
        .collect();
    if manifest.package.is_some() {
        queue.push(directory.to_owned());
    }
    let mut found = BTreeSet::new();
    while let Some(member) = queue.pop() {
        let member = normalized(&member);
        let path = member.join("Cargo.toml");
        if !path.is_file() || is_excluded(&member) || !found.insert(path.clone()) {
            continue;
        }
        let paths = path_dependencies(&read_manifest(&path)?, &member, workspace, directory);
        queue.extend(paths.into_iter().filter(|path| path.starts_with(directory)));
    }
    Ok(found)
}

/// The directories that match a pattern of `members`.
fn expand_glob(directory: &Utf8Path, pattern: &str) -> Vec<Utf8PathBuf> {
    let pattern = directory.join(pattern);
    match glob::glob(pattern.as_str()) {
        Ok(paths) => paths
            .flatten()
            .filter_map(|path| Utf8PathBuf::from_path_buf(path).ok())
            .collect(),
        // An invalid pattern is the name of a directory.
        Err(_) => vec![pattern],
    }
}

/// The directories of a member's path dependencies, of all targets and including those that
/// are inherited from `[workspace.dependencies]`.
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
            Some(normalized(&root.join(shared.path.as_deref()?)))
        }
        own => Some(normalized(&member.join(own.detail()?.path.as_deref()?))),
    };
    sets.into_iter().flatten().filter_map(path).collect()
}

/// The path without `.` and `..`, and without symbolic links where it exists.
pub(super) fn normalized(path: &Utf8Path) -> Utf8PathBuf {
    if let Ok(real) = path.canonicalize_utf8() {
        return real;
    }
    let mut normalized = Utf8PathBuf::new();
    for part in path.components() {
        match part.as_str() {
            "." => {}
            ".." => {
                normalized.pop();
            }
            part => normalized.push(part),
        }
    }
    normalized
}
