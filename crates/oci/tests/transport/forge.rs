//! Making layouts and archives that no honest tool makes.

use std::fs;
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use flate2::Compression;
use flate2::write::GzEncoder;
use muslin_oci::digest::Digest;
use muslin_oci::media_type::{CONFIG, INDEX, LAYER_TAR, MANIFEST};
use serde_json::{Value, json};

/// A layout in which anything may stand.
pub struct Forge {
    pub root: Utf8PathBuf,
}

impl Forge {
    pub fn new(root: Utf8PathBuf) -> Self {
        fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self { root }
    }

    /// Puts a blob in its place; its descriptor.
    pub fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        fs::write(self.path(&digest.to_string()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    pub fn path(&self, digest: &str) -> Utf8PathBuf {
        let hex = digest.strip_prefix("sha256:").unwrap();
        self.root.join("blobs/sha256").join(hex)
    }

    pub fn index(&self, manifests: &[Value]) -> Value {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
        self.blob(INDEX, index.to_string().as_bytes())
    }

    pub fn manifest(&self, config: &Value, layers: &[Value]) -> Value {
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
        });
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    /// A config of an image with these diff IDs.
    pub fn config(&self, diff_ids: &[&Value]) -> Value {
        self.blob(CONFIG, config(diff_ids).to_string().as_bytes())
    }

    /// A manifest of an image with one layer, which is this one without compression.
    pub fn image(&self, layer: &[u8]) -> Value {
        let layer = self.blob(LAYER_TAR, layer);
        self.manifest(&self.config(&[&layer["digest"]]), &[layer])
    }

    /// Makes these the entries of the layout.
    pub fn entries(&self, manifests: &[Value]) {
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        self.index_json(index.to_string().as_bytes());
    }

    pub fn index_json(&self, bytes: &[u8]) {
        fs::write(self.root.join("index.json"), bytes).unwrap();
    }
}

pub fn config(diff_ids: &[&Value]) -> Value {
    json!({
        "architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    })
}

/// Writes tars with any names and links.
pub struct Tar(tar::Builder<Vec<u8>>);

impl Tar {
    pub fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    pub fn file(mut self, name: &str, bytes: &[u8]) -> Self {
        let mut header = header(name, tar::EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        self.0.append(&header, bytes).unwrap();
        self
    }

    pub fn json(self, name: &str, value: &Value) -> Self {
        self.file(name, value.to_string().as_bytes())
    }

    pub fn link(mut self, name: &str, target: &str, kind: tar::EntryType) -> Self {
        let mut header = header(name, kind);
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_size(0);
        header.set_cksum();
        self.0.append(&header, std::io::empty()).unwrap();
        self
    }

    /// Says a name, as GNU tar does, for the entry that comes next.
    pub fn long_name(mut self, name: &str) -> Self {
        let mut header = header("././@LongLink", tar::EntryType::GNULongName);
        header.set_size(name.len() as u64);
        header.set_cksum();
        self.0.append(&header, name.as_bytes()).unwrap();
        self
    }

    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.link(name, target, tar::EntryType::Symlink)
    }

    /// A header that claims a size, with nothing behind it.
    pub fn claim(mut self, name: &str, size: u64) -> Vec<u8> {
        let mut header = header(name, tar::EntryType::Regular);
        header.set_size(size);
        header.set_cksum();
        self.0.get_mut().extend(header.as_bytes());
        std::mem::take(self.0.get_mut())
    }

    pub fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }

    pub fn write(self, path: &Utf8Path) {
        fs::write(path, self.bytes()).unwrap();
    }
}

/// The name is put there as it is, for the crate would refuse some.
fn header(name: &str, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// A docker-archive with one layer, honest but for what is done to it later.
pub fn docker_archive(layer: &[u8]) -> Tar {
    let config = config(&[&json!(Digest::of(layer).to_string())]).to_string();
    let name = format!("{}.json", Digest::of(config.as_bytes()).hex());
    let manifest = json!([{"Config": name, "RepoTags": ["x:1"], "Layers": ["a/layer.tar"]}]);
    Tar::new()
        .file("a/layer.tar", layer)
        .file(&name, config.as_bytes())
        .json("manifest.json", &manifest)
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A gzip of about 4 MB that becomes 4 GiB, behind what `start` holds.
pub fn bomb(start: &[u8]) -> Vec<u8> {
    let zeros = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
        encoder.finish().unwrap()
    };
    [gzip(start), zeros.repeat(4 << 10)].concat()
}
