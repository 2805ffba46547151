//! Shared by the tests of transports: a folder for each test, and images to write there.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::num::NonZeroUsize;

use camino::{Utf8Path, Utf8PathBuf};
use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::Compression;
use muslin_oci::config::{Execution, ImageConfig, RootFs};
use muslin_oci::digest::Digest;
use muslin_oci::folder::Links;
use muslin_oci::image::{Blob, Content, LayerBlob, MultiPlatformImage, PlatformImage};
use muslin_oci::layer::Layer;
use muslin_oci::media_type;
use muslin_oci::platform::Platform;
use muslin_oci::tar::{Entry, EntryKind, FileContent};
use muslin_oci::transport::reference::Reference;
use muslin_oci::transport::{
    self, BlobReader, CommandRunner, DockerCli, Host, Notice, Registries, Source, WriteError,
    Written,
};
use tempfile::TempDir;

/// A folder for one test, and the machine as it is.
pub struct Fixture {
    _folder: Option<TempDir>,
    pub root: Utf8PathBuf,
    pub host: Host,
}

impl Fixture {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        fs::create_dir(root.join("tmp")).unwrap();
        Self {
            _folder: Some(folder),
            ..Self::at(root)
        }
    }

    /// The folder of another process's test.
    pub fn at(root: Utf8PathBuf) -> Self {
        Self {
            host: Host {
                architecture: "amd64".to_owned(),
                registries: Registries::default(),
                docker: DockerCli {
                    program: "docker".into(),
                    environment: std::env::vars_os().collect(),
                    runner: CommandRunner::default(),
                },
                temporary: root.join("tmp"),
                links: Links::Follow,
                cancellation: Cancellation::default(),
                notice: Notice::default(),
            },
            _folder: None,
            root,
        }
    }

    /// `oci:dir:tag` is `oci:ROOT/dir:tag`.
    pub fn reference(&self, text: &str) -> Reference {
        let (transport, rest) = text.split_once(':').unwrap();
        let text = match transport {
            "docker-daemon" => text.to_owned(),
            _ => format!("{transport}:{}/{rest}", self.root),
        };
        text.parse().unwrap()
    }

    pub fn write(&self, to: &str, image: &MultiPlatformImage) -> Result<Written, WriteError> {
        transport::write(&self.reference(to), image, "app", &[], &self.host)
    }

    pub fn open(&self, from: &str) -> Source {
        transport::open(&self.reference(from), &self.host).unwrap()
    }

    /// What cannot be read, in one line.
    pub fn refusal(&self, from: &str) -> String {
        let read = transport::open(&self.reference(from), &self.host)
            .and_then(|source| source.image())
            .map(|image| read_all(&image));
        match read {
            Ok(Ok(_)) => panic!("`{from}` was read"),
            Ok(Err(error)) => self.line(&*error),
            Err(error) => self.line(&error),
        }
    }

    /// An error and its causes in one line, with `ROOT` for this test's folder.
    pub fn line(&self, error: &dyn std::error::Error) -> String {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            line = format!("{line}: {error}");
            cause = error.source();
        }
        line.replace(self.root.as_str(), "ROOT")
    }

    /// All is well with what a reference names.
    pub fn assert_sound(&self, from: &str) {
        let report = transport::verify(&self.reference(from), &self.host).unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
    }

    /// The names below a folder, sorted; blobs as `blob`.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(folder)).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}

/// The bytes of a layout's `index.json`.
pub fn index_json(layout: &Utf8Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap()
}

/// Every blob's content by digest, all checked.
pub fn read_all(
    image: &MultiPlatformImage,
) -> Result<BTreeMap<Digest, Vec<u8>>, Box<dyn std::error::Error>> {
    let mut blobs = BTreeMap::new();
    for blob in image.blobs() {
        let mut bytes = Vec::new();
        BlobReader::open(blob)?.read_to_end(&mut bytes)?;
        blobs.insert(blob.descriptor.digest, bytes);
    }
    Ok(blobs)
}

pub fn amd64() -> Platform {
    Platform::new("linux", "amd64")
}

pub fn arm64() -> Platform {
    Platform::new("linux", "arm64")
}

pub fn both() -> [Platform; 2] {
    [amd64(), arm64()]
}

/// An image for these platforms with a file that holds `content`.
pub fn image_for(platforms: &[Platform], content: &[u8]) -> MultiPlatformImage {
    let of = |platform| platform_image(platform, content, Compression::Gzip);
    MultiPlatformImage::new(platforms.iter().map(of).collect(), BTreeMap::new())
}

/// An image for both platforms.
pub fn image(content: &[u8]) -> MultiPlatformImage {
    image_for(&both(), content)
}

/// An image for one platform.
pub fn single(content: &[u8]) -> MultiPlatformImage {
    image_for(&[amd64()], content)
}

/// One layer for all platforms and one of its own.
pub fn platform_image(
    platform: &Platform,
    content: &[u8],
    compression: Compression,
) -> PlatformImage {
    let own = [platform.architecture.as_bytes(), content].concat();
    let layers = vec![
        layer("etc/shared", content, compression),
        layer("usr/own", &own, compression),
    ];
    let config = ImageConfig {
        created: Some("1970-01-01T00:00:00Z".to_owned()),
        author: None,
        architecture: platform.architecture.clone(),
        os: platform.os.clone(),
        variant: None,
        config: Execution::default(),
        rootfs: RootFs {
            kind: "layers".to_owned(),
            diff_ids: layers.iter().map(|layer| layer.diff_id).collect(),
        },
        history: Vec::new(),
    };
    let config = Blob::json(media_type::CONFIG, &config);
    PlatformImage::new(platform.clone(), config, layers, BTreeMap::new())
}

pub fn layer(path: &str, content: &[u8], compression: Compression) -> LayerBlob {
    let kind = EntryKind::File {
        mode: 0o755,
        size: content.len() as u64,
        content: FileContent::Memory(content.to_vec()),
    };
    let layer = Layer::new([Entry::new(path, kind).unwrap()]).unwrap();
    let mut bytes = Vec::new();
    let threads = NonZeroUsize::MIN;
    let (descriptor, diff_id) = layer.write(compression, threads, &mut bytes).unwrap();
    LayerBlob {
        blob: Blob {
            descriptor,
            content: Content::Bytes(bytes),
        },
        diff_id,
    }
}

/// Bytes that do not compress and are the same everywhere.
pub fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..size).map(|_| next()).collect()
}
