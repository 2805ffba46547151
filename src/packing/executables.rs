//! Selects and checks the executables of each platform, and builds their layer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_oci::folder::{Links, open_file};
use muslin_oci::layer::Layer;
use muslin_oci::tar::{Entry, EntryKind, FileContent};

use super::assemble::executable_path;
use super::error::PackingError;
use super::layers::{BuiltLayer, LayerBuilder};
use super::report::PackedExecutable;
use crate::elf::ElfFacts;
use crate::package::description::Description;
use crate::platform::TargetPlatform;

/// An executable for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executable {
    /// The platform of the image.
    pub platform: TargetPlatform,
    /// Its name in the image, under `/usr/local/bin`.
    pub bin: String,
    /// The path of the executable.
    pub path: Utf8PathBuf,
    /// Whether symlinks in its path are followed.
    pub links: Links,
}

/// The executables by platform, in the order of the description's binaries. Refuses a missing
/// executable and one that the description does not list.
pub(super) fn sort_executables<'a>(
    description: &'a Description,
    executables: &'a [Executable],
) -> Result<BTreeMap<TargetPlatform, Vec<&'a Executable>>, PackingError> {
    let mut given = BTreeMap::new();
    for executable in executables {
        let key = (executable.platform, executable.bin.as_str());
        if given.insert(key, executable).is_some() {
            return Err(PackingError::GivenTwice {
                bin: executable.bin.clone(),
                platform: executable.platform,
            });
        }
    }
    let mut sorted = BTreeMap::new();
    let platforms: BTreeSet<TargetPlatform> = description.platforms.iter().copied().collect();
    for platform in platforms {
        let of_bin = |bin: &'a String| {
            let missing = || PackingError::MissingExecutable {
                platform,
                bin: bin.clone(),
            };
            given.remove(&(platform, bin.as_str())).ok_or_else(missing)
        };
        let bins: Result<Vec<_>, _> = description.bins.iter().map(of_bin).collect();
        sorted.insert(platform, bins?);
    }
    if let Some(unwanted) = given.into_values().next() {
        let wanted = |bin| {
            description
                .platforms
                .iter()
                .map(move |platform| format!("`{bin}` for `{platform}`"))
        };
        let wanted: Vec<String> = description.bins.iter().flat_map(wanted).collect();
        return Err(PackingError::UnwantedExecutable {
            path: unwanted.path.clone(),
            bin: unwanted.bin.clone(),
            platform: unwanted.platform,
            wanted: wanted.join(", "),
        });
    }
    Ok(sorted)
}

pub(super) fn executables_layer(
    builder: &LayerBuilder<'_>,
    platform: TargetPlatform,
    executables: &[&Executable],
) -> Result<(Vec<PackedExecutable>, BuiltLayer), PackingError> {
    let mut entries = Vec::new();
    let mut packed = Vec::new();
    for executable in executables {
        let path = executable_path(&executable.bin);
        // What was examined is what is packed, whatever comes to the path meanwhile.
        let (file, size, elf) = examine(&executable.path, executable.links, platform)?;
        let kind = EntryKind::File {
            mode: 0o755,
            size,
            content: FileContent::Open(file.into()),
        };
        entries.push(Entry::new(&path, kind)?);
        packed.push(PackedExecutable { path, size, elf });
    }
    let layer = Layer::new(entries)?;
    Ok((packed, builder.build(&layer, "muslin: executables")?))
}

/// An executable, open, with its size and ELF facts; refuses one that does not run on the
/// platform.
fn examine(
    path: &Utf8Path,
    links: Links,
    platform: TargetPlatform,
) -> Result<(File, u64, ElfFacts), PackingError> {
    let unreadable = |source| PackingError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = open_file(path, links).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let elf = ElfFacts::read(&file).map_err(|source| PackingError::NotElf {
        path: path.to_owned(),
        source,
    })?;
    elf.fit_for(platform)
        .map_err(|source| PackingError::Unfit {
            path: path.to_owned(),
            source,
        })?;
    Ok((file, metadata.len(), elf))
}
