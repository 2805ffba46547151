//! Reading an image layout without any of the program's own code, so that a
//! fault in its reader cannot hide one in its writer.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// An OCI image layout in a folder.
pub struct Layout {
    folder: PathBuf,
}

/// The entries of a layer by path.
pub type Layer = BTreeMap<String, Entry>;

/// One entry of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub mtime: u64,
    pub is_folder: bool,
    pub content: Vec<u8>,
}

impl Layout {
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A JSON file at the top: `index.json`, `oci-layout`.
    #[track_caller]
    pub fn document(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.folder.join(name)).unwrap()).unwrap()
    }

    /// Where the blob of a descriptor's digest lies.
    pub fn blob_path(&self, digest: &str) -> PathBuf {
        self.folder.join("blobs").join(digest.replacen(':', "/", 1))
    }

    /// A JSON blob.
    #[track_caller]
    pub fn json(&self, descriptor: &Value) -> Value {
        let path = self.blob_path(descriptor["digest"].as_str().unwrap());
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// The image index that `index.json` names with this tag.
    #[track_caller]
    pub fn image_index(&self, tag: &str) -> Value {
        let index = self.document("index.json");
        let entry = index["manifests"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == tag)
            .unwrap_or_else(|| panic!("no tag `{tag}` in {index:#}"));
        self.json(entry)
    }

    /// The manifest of a platform, such as `amd64`, under a tag.
    #[track_caller]
    pub fn manifest(&self, tag: &str, architecture: &str) -> Value {
        let index = self.image_index(tag);
        let entry = index["manifests"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["platform"]["architecture"] == architecture)
            .unwrap_or_else(|| panic!("no `{architecture}` in {index:#}"));
        self.json(entry)
    }

    /// The image config of a platform under a tag.
    #[track_caller]
    pub fn config(&self, tag: &str, architecture: &str) -> Value {
        self.json(&self.manifest(tag, architecture)["config"])
    }

    /// The layers of a platform under a tag, lowest first.
    #[track_caller]
    pub fn layers(&self, tag: &str, architecture: &str) -> Vec<Layer> {
        let manifest = self.manifest(tag, architecture);
        manifest["layers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|layer| self.layer(layer))
            .collect()
    }

    /// The bytes of a layer's tar archive.
    #[track_caller]
    pub fn layer_tar(&self, descriptor: &Value) -> Vec<u8> {
        let file = File::open(self.blob_path(descriptor["digest"].as_str().unwrap())).unwrap();
        let mut bytes = Vec::new();
        match descriptor["mediaType"].as_str().unwrap() {
            media_type if media_type.ends_with("+gzip") => {
                MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
            }
            media_type if media_type.ends_with("+zstd") => {
                bytes = zstd::decode_all(file).unwrap();
            }
            _ => bytes = fs::read(self.blob_path(descriptor["digest"].as_str().unwrap())).unwrap(),
        }
        bytes
    }

    #[track_caller]
    fn layer(&self, descriptor: &Value) -> Layer {
        let bytes = self.layer_tar(descriptor);
        let mut layer = Layer::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry
                .path()
                .unwrap()
                .to_str()
                .unwrap()
                .trim_end_matches('/')
                .to_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let header = entry.header();
            let read = Entry {
                mode: header.mode().unwrap(),
                uid: header.uid().unwrap(),
                gid: header.gid().unwrap(),
                mtime: header.mtime().unwrap(),
                is_folder: header.entry_type().is_dir(),
                content,
            };
            assert!(
                layer.insert(path.clone(), read).is_none(),
                "`{path}` is twice in one layer"
            );
        }
        layer
    }
}
