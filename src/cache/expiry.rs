//! Keeps the cache folder bounded: what no build has used for some time is removed.
//!
//! Whatever is there can be made again. What is used is touched: its modification time is that
//! of its last use.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use camino::Utf8Path;

/// What was not used for this long is removed.
const KEPT_UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The time between two searches for it.
const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// Its modification time is that of the last search.
const MARKER: &str = ".expired";

/// The folders in the cache folder whose entries expire: answers of compilers and of cargo, standard
/// libraries, OpenSSL, linkers, sources of published packages, zig and cargo-zigbuild.
const FOLDERS: [&str; 7] = [
    "toolchains",
    "answers",
    "std",
    "openssl",
    "linkers",
    "published",
    "tools",
];
/// The folder of the records of layers, `layers/RECIPE/SIZE/DIFF-ID.json`.
const RECORDS: &str = "layers";

/// Notes that a file or folder of the cache was used. It may be one that cannot be written.
pub(crate) fn touch(path: &Utf8Path) {
    let now = SystemTime::now();
    let _ = File::open(path).and_then(|file| file.set_modified(now));
}

/// Removes what was not used for 30 days, once a day. Failures are ignored: the next build tries
/// again.
pub(crate) fn remove_unused(cache_dir: &Utf8Path) {
    let marker = cache_dir.join(MARKER);
    if age(&marker).is_some_and(|age| age < INTERVAL) {
        return;
    }
    if fs::write(&marker, "").is_err() {
        return;
    }
    for folder in FOLDERS {
        remove_unused_in(&cache_dir.join(folder), 1);
    }
    remove_unused_in(&cache_dir.join(RECORDS), 3);
}

/// Removes entries that were not used, this many levels down, and folders that are empty then.
fn remove_unused_in(folder: &Utf8Path, levels: u8) {
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        let path = entry.path();
        if levels > 1 {
            remove_unused_in(path, levels - 1);
            let _ = fs::remove_dir(path);
        } else if age(path).is_some_and(|age| age > KEPT_UNUSED) {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let _ = if is_folder {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
        }
    }
}

/// The time since the last modification.
fn age(path: &Utf8Path) -> Option<Duration> {
    let modified = path.symlink_metadata().ok()?.modified().ok()?;
    Some(
        SystemTime::now()
            .duration_since(modified)
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_age(path: &Utf8Path, age: Duration) {
        let file = File::open(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_was_not_used_is_removed_once_a_day() {
        let scratch = tempfile::tempdir().unwrap();
        let cache = Utf8Path::from_path(scratch.path()).unwrap();
        let old = KEPT_UNUSED + Duration::from_secs(60);
        let paths = [
            "toolchains/a.json",
            "std/key/lib",
            "layers/gzip/12/id.json",
            "zig-cache/x",
        ];
        let make = || {
            for path in paths {
                let path = cache.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, "").unwrap();
                set_age(&path, old);
            }
            set_age(&cache.join("std/key"), old);
        };
        make();
        fs::write(cache.join("toolchains/new.json"), "").unwrap();
        remove_unused(cache);
        let left = |path: &str| cache.join(path).exists();
        assert!(!left("toolchains/a.json") && !left("std/key") && !left("layers/gzip"));
        assert!(left("toolchains/new.json"));
        assert!(left("zig-cache/x"), "it is not in a folder that expires");

        // Not again on the same day, and not what is used.
        make();
        remove_unused(cache);
        assert!(paths.iter().all(|path| left(path)));
        set_age(&cache.join(MARKER), INTERVAL + Duration::from_secs(60));
        touch(&cache.join("std/key"));
        touch(&cache.join("toolchains/a.json"));
        remove_unused(cache);
        assert!(left("std/key/lib") && left("toolchains/a.json") && !left("layers/gzip"));
    }
}
