//! What was written is what is read.

use std::collections::BTreeMap;
use std::fs;

use muslin_oci::annotation::REF_NAME;
use muslin_oci::codec::Compression;
use muslin_oci::image::MultiPlatformImage;
use muslin_oci::transport;

use super::support::*;

#[test]
fn a_layout_and_an_archive_give_back_every_blob_and_the_index() {
    let fixture = Fixture::new();
    let image = image(&noise(100_000));
    for to in [
        "oci:dir",
        "oci:dir2:v1",
        "oci-archive:file.tar",
        "oci-archive:file2.tar:v1",
    ] {
        let written = fixture.write(to, &image).unwrap();
        assert_eq!(written.digest, image.index.descriptor.digest);
        assert_eq!(written.written, image.blobs().count());
        let source = fixture.open(to);
        let found = source.image().unwrap();
        assert_eq!(found.index.descriptor, image.index.descriptor);
        assert_eq!(found.platforms.len(), 2);
        assert_eq!(read_all(&found).unwrap(), read_all(&image).unwrap());
        fixture.assert_sound(to);
    }
}

#[test]
fn a_docker_archive_keeps_config_and_diff_ids_and_loses_compression() {
    let fixture = Fixture::new();
    for compression in [Compression::Gzip, Compression::Zstd] {
        let one = platform_image(&arm64(), &noise(3_000_000), compression);
        let config = one.config.descriptor.clone();
        let diff_ids: Vec<_> = one.layers.iter().map(|layer| layer.diff_id).collect();
        let image = MultiPlatformImage::new(vec![one], BTreeMap::new());
        let written = fixture
            .write("docker-archive:file.tar:me/x:1", &image)
            .unwrap();
        assert_eq!(written.digest, config.digest);
        assert_eq!(written.names, ["me/x:1"]);

        let source = fixture.open("docker-archive:file.tar");
        assert_eq!(source.root().unwrap().name.as_deref(), Some("me/x:1"));
        let found = source.image().unwrap();
        let found = &found.platforms[0];
        assert_eq!(found.platform.to_string(), "linux/arm64");
        assert_eq!(found.config.descriptor, config);
        let digests = found
            .layers
            .iter()
            .map(|layer| layer.blob.descriptor.digest);
        assert_eq!(digests.collect::<Vec<_>>(), diff_ids);
        fixture.assert_sound("docker-archive:file.tar");
    }
}

#[test]
fn archives_are_the_same_bytes_every_time_and_nothing_stays_beside_them() {
    let fixture = Fixture::new();
    let image = single(b"content");
    for to in ["oci-archive:file", "docker-archive:file:x:1"] {
        fixture.write(to, &image).unwrap();
        let first = fs::read(fixture.root.join("file")).unwrap();
        fixture.write(to, &image).unwrap();
        assert!(first == fs::read(fixture.root.join("file")).unwrap());
    }
    assert_eq!(fixture.names(""), ["file", "tmp"]);
}

#[test]
fn a_layout_has_an_entry_for_each_tag_and_latest_where_none_is_given() {
    let fixture = Fixture::new();
    let image = single(b"content");
    let tags = ["v1", "v2", "v1"].map(str::to_owned);
    let reference = fixture.reference("oci:dir");
    let written = transport::write(&reference, &image, "app", &tags, &fixture.host).unwrap();
    assert_eq!(written.names, ["v1", "v2"]);
    let names = |index: serde_json::Value| -> Vec<String> {
        let entries = index["manifests"].as_array().unwrap();
        let name =
            |entry: &serde_json::Value| entry["annotations"][REF_NAME].as_str().map(str::to_owned);
        entries.iter().map(|entry| name(entry).unwrap()).collect()
    };
    assert_eq!(names(index_json(&fixture.root.join("dir"))), ["v1", "v2"]);

    fixture.write("oci:dir", &image).unwrap();
    assert_eq!(names(index_json(&fixture.root.join("dir"))), ["latest"]);
}
