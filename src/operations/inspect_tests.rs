//! Tests of `inspect` with images that lie.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use camino::Utf8Path;
use muslin_oci::cancellation::Cancellation;
use muslin_oci::codec::Compression;
use muslin_oci::config::RootFs;
use muslin_oci::folder::Links;
use muslin_oci::image::{Blob, MultiPlatformImage};
use muslin_oci::layer::Layer;
use muslin_oci::media_type;
use muslin_oci::platform::Platform;
use muslin_oci::tar::{Entry, EntryKind, FileContent};
use muslin_oci::transport::{CommandRunner, DockerCli, Notice, Registries};

use super::*;

fn layer(entries: impl IntoIterator<Item = (String, Vec<u8>)>) -> LayerBlob {
    let entry = |(path, content): (String, Vec<u8>)| {
        let kind = EntryKind::File {
            mode: 0o755,
            size: content.len() as u64,
            content: FileContent::Memory(content),
        };
        Entry::new(&path, kind).unwrap()
    };
    let layer = Layer::new(entries.into_iter().map(entry)).unwrap();
    let mut bytes = Vec::new();
    let (descriptor, diff_id) = layer
        .write(Compression::Gzip, NonZeroUsize::MIN, &mut bytes)
        .unwrap();
    let content = Content::Bytes(bytes);
    LayerBlob {
        blob: Blob {
            descriptor,
            content,
        },
        diff_id,
    }
}

/// The image of a platform whose config claims these diff IDs.
fn platform(architecture: &str, layers: Vec<LayerBlob>, diff_ids: Vec<Digest>) -> PlatformImage {
    let config = ImageConfig {
        created: None,
        author: None,
        architecture: architecture.to_owned(),
        os: "linux".to_owned(),
        variant: None,
        config: muslin_oci::config::Execution::default(),
        rootfs: RootFs {
            kind: "layers".to_owned(),
            diff_ids,
        },
        history: Vec::new(),
    };
    let config = Blob::json(media_type::CONFIG, &config);
    let platform = Platform::new("linux", architecture);
    PlatformImage::new(platform, config, layers, BTreeMap::new())
}

/// What `inspect` says of an image with these platforms.
fn inspected(platforms: Vec<PlatformImage>) -> Result<InspectReport, String> {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let host = Host {
        registries: Registries::default(),
        docker: DockerCli {
            program: "docker".into(),
            environment: BTreeMap::new(),
            runner: CommandRunner::default(),
        },
        architecture: "amd64".to_owned(),
        temporary: folder.to_owned(),
        links: Links::Follow,
        cancellation: Cancellation::default(),
        notice: Notice::default(),
    };
    let reference = Reference::Oci {
        path: folder.join("layout"),
        tag: None,
    };
    let image = MultiPlatformImage::new(platforms, BTreeMap::new());
    transport::write(&reference, &image, "image", &[], &host).unwrap();
    let pinned = PinnedReference {
        reference,
        digest: None,
    };
    let detail = Detail {
        files: true,
        layers: true,
        limit: 24 << 20,
    };
    inspect(&pinned, detail, &host).map_err(|error| crate::error_chain::error_chain(&error))
}

#[test]
fn a_false_diff_id_is_refused_for_every_platform() {
    let shared = layer([("file".to_owned(), b"content".to_vec())]);
    let (truth, lie) = (shared.diff_id, Digest::of(b"another tar"));
    let image = |amd64, arm64| {
        vec![
            platform("amd64", vec![shared.clone()], vec![amd64]),
            platform("arm64", vec![shared.clone()], vec![arm64]),
        ]
    };
    assert!(inspected(image(truth, truth)).is_ok());
    for lying in [image(lie, truth), image(truth, lie)] {
        let error = inspected(lying).unwrap_err();
        assert!(error.contains(&format!("diff ID `{lie}`")), "{error}");
    }
}

#[test]
fn a_layer_that_is_listed_again_and_again_is_too_much_to_report() {
    let files = (0..5000).map(|number| (format!("file-{number}"), Vec::new()));
    let layer = layer(files);
    let listed = |times: usize| {
        let (layers, diff_ids) = (vec![layer.clone(); times], vec![layer.diff_id; times]);
        inspected(vec![platform("amd64", layers, diff_ids)])
    };
    assert_eq!(listed(4).unwrap().platforms[0].layers.len(), 4);
    let error = listed(400).unwrap_err();
    assert!(
        error.contains("more files and executables than a report of 24 MiB can list"),
        "{error}"
    );
}
