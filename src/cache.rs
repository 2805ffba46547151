//! The cache of layers: a content-keyed store that is safe to lose.
//!
//! A record is named by what made a blob (a recipe and the digest of its input) and holds
//! the blob's descriptor; the blob is named by its own digest. Both are written to temporary
//! files and renamed, so a reader finds all of one or nothing. Neither is trusted: a blob is
//! used if it has its digest and its tar is the one that was asked for.

pub(crate) mod expiry;

use std::fs::{self, File};
use std::io;
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::temporary;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::{Decompressed, limit_for};
use muslin_oci::descriptor::Descriptor;
use muslin_oci::digest::Digest;

/// Blobs that were not used for this long are removed.
const KEPT_UNUSED: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What the names of unfinished files start with.
const TEMPORARY_PREFIX: &str = ".new-";

/// A folder of compressed layers, found by their recipe and diff ID.
#[derive(Clone, Debug)]
pub struct LayerCache {
    root: Utf8PathBuf,
}

/// A cache folder that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot use the cache folder `{path}`; set `MUSLIN_CACHE_DIR` or `--cache-dir` to a folder \
     that can be written"
)]
pub struct CacheError {
    path: Utf8PathBuf,
    source: io::Error,
}

/// The record of a layer.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    blob: Descriptor,
}

impl LayerCache {
    /// Opens the cache in this folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open(root: &Utf8Path) -> Result<Self, CacheError> {
        let cache = Self {
            root: root.to_owned(),
        };
        for folder in [cache.blobs(), cache.root.join("layers")] {
            fs::create_dir_all(&folder).map_err(|source| unusable_at(&folder, source))?;
        }
        Ok(cache)
    }

    /// Whether there is a record of this recipe with files of this size. If there is none, the
    /// layer is missing, and its tar need not be hashed to know that.
    #[must_use]
    pub fn may_have_layer(&self, recipe: &str, size: u64) -> bool {
        self.records(recipe, size).is_dir()
    }

    /// The layer with this recipe, media type, size of its files and diff ID, if its blob is
    /// there. It is read and decompressed, and has the digest and the diff ID. Cancelled work
    /// finds none.
    #[must_use]
    pub fn layer(
        &self,
        recipe: &str,
        media_type: &str,
        size: u64,
        diff_id: Digest,
        cancellation: &Cancellation,
    ) -> Option<(Descriptor, Utf8PathBuf)> {
        let record = self.record(recipe, size, diff_id);
        let Record { blob } = serde_json::from_slice(&fs::read(&record).ok()?).ok()?;
        let path = self.blob(blob.digest);
        let open = || Some(cancellation.reader(File::open(&path).ok()?));
        if Digest::of_reader(open()?).ok()? != (blob.digest, blob.size) {
            return None;
        }
        let tar = Decompressed::new(open()?, limit_for(blob.size)).ok()?;
        let (found, _) = Digest::of_reader(tar).ok()?;
        if found != diff_id {
            return None;
        }
        for used in [&record, &path] {
            expiry::touch(used);
        }
        Some((Descriptor::new(media_type, blob.digest, blob.size), path))
    }

    /// Writes a layer with `write` and records it under its recipe, the size of its files and
    /// its diff ID.
    ///
    /// # Errors
    /// Those of `write`, and [`CacheError`] where the cache cannot be written.
    pub fn store_layer(
        &self,
        recipe: &str,
        size: u64,
        write: impl FnOnce(&mut File) -> io::Result<(Descriptor, Digest)>,
    ) -> Result<(Descriptor, Digest, Utf8PathBuf), StoreError> {
        let unusable = |source| StoreError::Cache(unusable_at(&self.blobs(), source));
        let mut file = temporary::file_in(&self.blobs(), TEMPORARY_PREFIX).map_err(unusable)?;
        let (blob, diff_id) = write(file.as_file_mut()).map_err(StoreError::Write)?;
        let path = self.blob(blob.digest);
        file.persist(&path).map_err(|error| unusable(error.error))?;

        let record = Record { blob: blob.clone() };
        let record = serde_json::to_vec(&record).map_err(|error| unusable(error.into()))?;
        self.replace(&self.record(recipe, size, diff_id), &record)
            .map_err(unusable)?;
        self.remove_unused(SystemTime::now());
        Ok((blob, diff_id, path))
    }

    fn replace(&self, path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let mut file = temporary::file_in(folder, TEMPORARY_PREFIX)?;
        io::Write::write_all(&mut file, bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes blobs that were not used for [`KEPT_UNUSED`]. Failures are ignored: a missing blob
    /// is made again.
    fn remove_unused(&self, now: SystemTime) {
        let Ok(blobs) = fs::read_dir(self.blobs()) else {
            return;
        };
        for blob in blobs.flatten() {
            let modified = blob.metadata().and_then(|metadata| metadata.modified());
            let age = modified.map(|modified| now.duration_since(modified).unwrap_or_default());
            if age.is_ok_and(|age| age > KEPT_UNUSED) {
                let _ = fs::remove_file(blob.path());
            }
        }
    }

    fn blobs(&self) -> Utf8PathBuf {
        self.root.join("blobs/sha256")
    }

    fn blob(&self, digest: Digest) -> Utf8PathBuf {
        self.blobs().join(digest.hex())
    }

    fn records(&self, recipe: &str, size: u64) -> Utf8PathBuf {
        let folder = self.root.join("layers").join(recipe);
        folder.join(size.to_string())
    }

    fn record(&self, recipe: &str, size: u64, diff_id: Digest) -> Utf8PathBuf {
        let name = format!("{}.json", diff_id.hex());
        self.records(recipe, size).join(name)
    }
}

fn unusable_at(path: &Utf8Path, source: io::Error) -> CacheError {
    CacheError {
        path: path.to_owned(),
        source,
    }
}

/// Why a layer could not be written to the cache.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message describes its variant")]
pub enum StoreError {
    #[error("cannot write a layer")]
    Write(#[source] io::Error),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const RECIPE: &str = "recipe";
    const TAR: &str = muslin_oci::media_type::LAYER_TAR;

    fn cache() -> (tempfile::TempDir, LayerCache) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap().join("cache");
        let cache = LayerCache::open(&root).unwrap();
        (folder, cache)
    }

    /// Stores a layer whose blob is its tar.
    fn store(cache: &LayerCache, tar: &[u8]) -> (Digest, Utf8PathBuf) {
        let diff_id = Digest::of(tar);
        let (_, _, path) = cache
            .store_layer(RECIPE, 3, |file| {
                file.write_all(tar)?;
                Ok((Descriptor::of(TAR, tar), diff_id))
            })
            .unwrap();
        (diff_id, path)
    }

    fn find(
        cache: &LayerCache,
        recipe: &str,
        diff_id: Digest,
    ) -> Option<(Descriptor, Utf8PathBuf)> {
        cache.layer(recipe, TAR, 3, diff_id, &Cancellation::default())
    }

    #[test]
    fn what_was_stored_is_found_by_recipe_and_diff_id() {
        let (_folder, cache) = cache();
        let (diff_id, path) = store(&cache, b"blob");
        let expected = (Descriptor::of(TAR, b"blob"), path);
        assert_eq!(find(&cache, RECIPE, diff_id), Some(expected));
        assert_eq!(find(&cache, "another", diff_id), None);
        assert!(cache.may_have_layer(RECIPE, 3) && !cache.may_have_layer(RECIPE, 4));
        assert_eq!(find(&cache, RECIPE, Digest::of(b"another")), None);
    }

    #[test]
    fn a_blob_that_was_damaged_counts_as_missing() {
        let (_folder, cache) = cache();
        let (diff_id, path) = store(&cache, b"blob");
        fs::write(path, b"bl0b").unwrap();
        assert_eq!(find(&cache, RECIPE, diff_id), None);
    }

    #[test]
    fn a_record_that_leads_to_another_layer_counts_as_missing() {
        let (_folder, cache) = cache();
        let (one, _) = store(&cache, b"one");
        let (two, _) = store(&cache, b"two");
        let record = |diff_id| cache.record(RECIPE, 3, diff_id);
        fs::copy(record(two), record(one)).unwrap();
        assert_eq!(find(&cache, RECIPE, one), None);
        assert!(find(&cache, RECIPE, two).is_some());
    }

    #[test]
    fn a_layer_that_could_not_be_made_leaves_nothing() {
        let (_folder, cache) = cache();
        let failed = cache.store_layer(RECIPE, 3, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(failed, Err(StoreError::Write(_))));
        assert_eq!(fs::read_dir(cache.blobs()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_process_left_that_was_killed_is_removed() {
        let (_folder, cache) = cache();
        fs::write(cache.blobs().join(".new-abcdef"), "half").unwrap();
        let (_, path) = store(&cache, b"blob");
        let left: Vec<_> = fs::read_dir(cache.blobs()).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].as_ref().unwrap().path(), path);
    }

    #[test]
    fn blobs_that_nothing_uses_are_removed_in_time() {
        let (_folder, cache) = cache();
        let (diff_id, path) = store(&cache, b"blob");
        cache.remove_unused(SystemTime::now());
        assert!(path.exists());
        cache.remove_unused(SystemTime::now() + KEPT_UNUSED + Duration::from_secs(60));
        assert_eq!(find(&cache, RECIPE, diff_id), None);
    }

    #[test]
    fn a_cache_folder_that_is_a_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8Path::from_path(folder.path()).unwrap().join("file");
        fs::write(&file, "").unwrap();
        let error = LayerCache::open(&file).unwrap_err().to_string();
        assert!(
            error.contains(file.as_str()) && error.contains("MUSLIN_CACHE_DIR"),
            "{error}"
        );
    }
}
