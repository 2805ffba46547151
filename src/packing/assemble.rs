//! Assembles an image: a description and layers to configs, manifests and an index.

use std::collections::BTreeMap;

use super::base_layer::CA_BUNDLE;
use crate::package::description::Description;
use crate::platform::TargetPlatform;
use muslin_oci::config::{Empty, Execution, History, ImageConfig, RootFs};
use muslin_oci::image::{Blob, LayerBlob, MultiPlatformImage, PlatformImage};
use muslin_oci::media_type;

/// The `PATH` of images whose description sets none.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A layer and its `created_by` in the history of the config.
#[derive(Clone, Debug)]
pub struct MadeLayer {
    /// The layer.
    pub layer: LayerBlob,
    /// What created it: a text that is the same in every build.
    pub created_by: &'static str,
}

/// Makes a config and a manifest for each platform, and the index.
///
/// `created` is a time in RFC 3339; only the configs hold it.
#[must_use]
pub fn assemble(
    description: &Description,
    created: &str,
    layers: BTreeMap<TargetPlatform, Vec<MadeLayer>>,
) -> MultiPlatformImage {
    let platforms: Vec<PlatformImage> = layers
        .into_iter()
        .map(|(platform, layers)| platform_image(description, created, platform, layers))
        .collect();
    MultiPlatformImage::new(platforms, description.annotations.clone())
}

fn platform_image(
    description: &Description,
    created: &str,
    platform: TargetPlatform,
    layers: Vec<MadeLayer>,
) -> PlatformImage {
    let config = ImageConfig {
        created: Some(created.to_owned()),
        author: None,
        architecture: platform.architecture().to_owned(),
        os: platform.os().to_owned(),
        variant: None,
        config: execution(description),
        rootfs: RootFs {
            kind: "layers".to_owned(),
            diff_ids: layers.iter().map(|made| made.layer.diff_id).collect(),
        },
        history: layers
            .iter()
            .map(|made| History {
                created: Some(created.to_owned()),
                created_by: Some(made.created_by.to_owned()),
                empty_layer: None,
            })
            .collect(),
    };
    let config = Blob::json(media_type::CONFIG, &config);
    let layers: Vec<LayerBlob> = layers.into_iter().map(|made| made.layer).collect();
    let annotations = description.annotations.clone();
    PlatformImage::new(platform.into(), config, layers, annotations)
}

/// The environment variables of a container: those of the description, and those that every image
/// sets.
#[must_use]
pub fn environment(description: &Description) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([
        ("PATH".to_owned(), PATH.to_owned()),
        ("SSL_CERT_FILE".to_owned(), CA_BUNDLE.to_owned()),
    ]);
    env.extend(description.env.clone());
    env
}

fn execution(description: &Description) -> Execution {
    let set = |keys: &std::collections::BTreeSet<String>| {
        Some(keys.iter().map(|key| (key.clone(), Empty {})).collect())
    };
    Execution {
        user: Some(description.user.clone()),
        exposed_ports: set(&description.expose),
        env: Some(
            environment(description)
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
        ),
        entrypoint: Some(vec![executable_path(&description.entrypoint)]),
        cmd: Some(description.args.clone()),
        volumes: set(&description.volumes),
        working_dir: Some(description.workdir.clone()),
        labels: Some(description.labels.clone()),
        stop_signal: Some(description.stop_signal.clone()),
    }
}

/// The path of a binary in the image.
#[must_use]
pub fn executable_path(bin: &str) -> String {
    format!("/usr/local/bin/{bin}")
}
