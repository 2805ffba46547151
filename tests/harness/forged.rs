//! Images with a layer of any tar, small as they are, that tell readers to hold much.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use muslin_oci::digest::Digest;
use serde_json::json;

use super::Scratch;

/// A layout with one image, whose only layer is this tar and is listed several times.
pub fn layout(scratch: &Scratch, tar: &[u8], times: usize) {
    let blob = |media_type: &str, bytes: &[u8]| {
        let hex = Digest::of(bytes).hex();
        scratch.write(format!("image/blobs/sha256/{hex}"), bytes);
        json!({"mediaType": media_type, "digest": format!("sha256:{hex}"), "size": bytes.len()})
    };
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(tar).unwrap();
    let layer = blob(
        "application/vnd.oci.image.layer.v1.tar+gzip",
        &encoder.finish().unwrap(),
    );
    let diff_id = format!("sha256:{}", Digest::of(tar).hex());
    let config = json!({
        "architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": vec![diff_id; times]},
    });
    let config = blob(
        "application/vnd.oci.image.config.v1+json",
        config.to_string().as_bytes(),
    );
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2, "mediaType": manifest_type, "config": config, "layers": vec![layer; times],
    });
    let manifest = blob(manifest_type, manifest.to_string().as_bytes());
    let index = json!({"schemaVersion": 2, "manifests": [manifest]});
    scratch.write("image/index.json", index.to_string());
    scratch.write("image/oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
}

/// A tar with these files, all executable.
pub fn tar<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes).unwrap();
    }
    tar.into_inner().unwrap()
}
