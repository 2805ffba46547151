//! The workspace of a package and its members, by the rules of cargo (the cargo book,
//! "Workspaces").

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use cargo_toml::{Dependency, DepsSet, Manifest, Workspace};
use serde::Deserialize;

use super::manifest::{ManifestError, read_keys, read_manifest};

/// The root manifest of the workspace that a package is in: its own, if it is in none.
pub(super) fn workspace_root(
    path: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<Utf8PathBuf, ManifestError> {
    if manifest.workspace.is_some() {
        return Ok(path.to_owned());
    }
    let directory = path.parent().unwrap_or(Utf8Path::new("/"));
    if let Some(root) = named_root(directory, manifest) {
        return Ok(root);
    }
    for above in directory.ancestors().skip(1) {
        if let Some(root) = root_named_in(above, path)?
            && members(&root, &read_manifest(&root)?)?.contains(path)
        {
            return Ok(root);
        }
    }
    Ok(path.to_owned())
}

/// The root manifest that the manifest in a directory above a package leads to: itself, if it
/// has a workspace that does not exclude the package, or what its `package.workspace` names.
fn root_named_in(
    directory: &Utf8Path,
    path: &Utf8Path,
) -> Result<Option<Utf8PathBuf>, ManifestError> {
    let candidate = directory.join("Cargo.toml");
    if !candidate.is_file() {
        return Ok(None);
    }
    let manifest = read_manifest(&candidate)?;
    Ok(match &manifest.workspace {
        Some(workspace) => (!is_excluded(directory, workspace, path)).then_some(candidate),
        None => named_root(directory, &manifest),
    })
}

/// The root manifest that `package.workspace` names.
fn named_root(directory: &Utf8Path, manifest: &Manifest<toml::Value>) -> Option<Utf8PathBuf> {
    let named = manifest.package.as_ref()?.workspace.as_ref()?;
    let named = Utf8Path::from_path(named)?;
    Some(normalized(&directory.join(named)).join("Cargo.toml"))
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

/// The manifests that `default-members` lists: what cargo builds in the directory of the
/// workspace where no package is selected.
pub(super) fn default_members(
    root: &Utf8Path,
) -> Result<Option<BTreeSet<Utf8PathBuf>>, ManifestError> {
    #[derive(Deserialize)]
    struct Root {
        workspace: Option<WorkspaceTable>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct WorkspaceTable {
        default_members: Option<Vec<String>>,
    }

    let directory = root.parent().unwrap_or(Utf8Path::new("/"));
    let Root { workspace } = read_keys(root)?;
    let patterns = workspace.and_then(|workspace| workspace.default_members);
    let manifest = |member: Utf8PathBuf| normalized(&member).join("Cargo.toml");
    Ok(patterns.map(|patterns| {
        let members = patterns
            .iter()
            .flat_map(|pattern| expand_glob(directory, pattern));
        members.map(manifest).collect()
    }))
}

/// The manifests of all members: those that `members` lists, and the path dependencies of
/// members that are inside the directory of the workspace or name it as theirs.
fn members(
    root: &Utf8Path,
    manifest: &Manifest<toml::Value>,
) -> Result<BTreeSet<Utf8PathBuf>, ManifestError> {
    let directory = root.parent().unwrap_or(Utf8Path::new("/"));
    let Some(workspace) = &manifest.workspace else {
        return Ok(BTreeSet::from([root.to_owned()]));
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
        let is_excluded = is_excluded(directory, workspace, &member);
        if !path.is_file() || is_excluded || !found.insert(path.clone()) {
            continue;
        }
        for path in path_dependencies(&read_manifest(&path)?, &member, workspace, directory) {
            if path.starts_with(directory) || has_root(&path, root)? {
                queue.push(path);
            }
        }
    }
    Ok(found)
}

/// Whether a package outside the directory of a workspace leads to its root manifest.
fn has_root(member: &Utf8Path, root: &Utf8Path) -> Result<bool, ManifestError> {
    let path = member.join("Cargo.toml");
    for directory in member.ancestors() {
        if let Some(found) = root_named_in(directory, &path)? {
            return Ok(found == root);
        }
    }
    Ok(false)
}

/// Whether `exclude` holds a directory or manifest. What is listed in `members` without a glob
/// stays, even in an excluded directory.
fn is_excluded(
    directory: &Utf8Path,
    workspace: &Workspace<toml::Value>,
    member: &Utf8Path,
) -> bool {
    // Cargo compares them as they are written, so that a path with `..` leads nowhere.
    let leads_nowhere = |name: &str| name.split('/').any(|part| part == "..");
    let is_in = |names: &[String]| {
        let named = names.iter().filter(|name| !leads_nowhere(name));
        named
            .map(|name| normalized(&directory.join(name)))
            .any(|above| member.starts_with(above))
    };
    is_in(&workspace.exclude) && !is_in(&workspace.members)
}

/// What matches a pattern of `members` or `default-members`.
fn expand_glob(directory: &Utf8Path, pattern: &str) -> Vec<Utf8PathBuf> {
    let pattern = directory.join(pattern);
    match glob::glob(pattern.as_str()) {
        Ok(paths) => paths
            .flatten()
            .filter_map(|path| Utf8PathBuf::from_path_buf(path).ok())
            .collect(),
        // Cargo says what is wrong with it.
        Err(_) => Vec::new(),
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
