//! Tests of `layer`.

use super::*;
use crate::folder::Links;
use crate::tar::FileContent;
use std::io::Read;

fn file(path: &str, bytes: Vec<u8>) -> Entry {
    let kind = EntryKind::File {
        mode: 0o755,
        size: bytes.len() as u64,
        content: FileContent::Memory(bytes),
    };
    Entry::new(path, kind).unwrap()
}

/// Bytes that compress, but not to nothing, and are the same everywhere.
fn sample(size: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 28) as u8
    };
    (0..size).map(|_| next()).collect()
}

fn write(layer: &Layer, compression: Compression, threads: usize) -> (Vec<u8>, Descriptor, Digest) {
    let mut blob = Vec::new();
    let threads = NonZeroUsize::new(threads).unwrap();
    let (descriptor, diff_id) = layer.write(compression, threads, &mut blob).unwrap();
    (blob, descriptor, diff_id)
}

#[test]
fn the_blob_is_the_same_for_any_number_of_threads() {
    let layer = Layer::new([file("/usr/local/bin/x", sample(5 << 20))]).unwrap();
    let (blob, descriptor, diff_id) = write(&layer, Compression::Gzip, 1);
    assert_eq!(descriptor.digest, Digest::of(&blob));
    assert_eq!(descriptor.size, blob.len() as u64);
    assert_eq!(diff_id, layer.diff_id().unwrap());
    for threads in 2..6 {
        assert_eq!(write(&layer, Compression::Gzip, threads).0, blob);
    }
}

#[test]
fn the_bytes_of_a_layer_stay_what_they_were() {
    let layer = Layer::new([file("/usr/local/bin/x", sample(3 << 20))]).unwrap();
    let (_, descriptor, diff_id) = write(&layer, Compression::Gzip, 2);
    insta::assert_snapshot!(diff_id, @"sha256:91e0d7fda0d300226010f71f18643fda44a80b7eb60249801d3baa7b5edbadb1");
    insta::assert_snapshot!(descriptor.digest, @"sha256:2ed80e43393010f31da9b07ed6e50b9c5638f8cc42dcaca72affa883046ad0b9");
    #[cfg(feature = "zstd")]
    insta::assert_snapshot!(write(&layer, Compression::Zstd, 2).1.digest, @"sha256:8826341a696b5af58d4d261e0cd16c85d1bb1d47ebb97f3acbf76bfa1df66782");
}

#[test]
fn a_file_that_became_a_link_is_not_read_where_none_is_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let root = camino::Utf8PathBuf::from_path_buf(scratch.path().canonicalize().unwrap()).unwrap();
    std::fs::write(root.join("secret"), "abc").unwrap();
    std::os::unix::fs::symlink("secret", root.join("file")).unwrap();
    for (links, reads) in [(Links::Follow, true), (Links::Refuse, false)] {
        let content = FileContent::Disk {
            path: root.join("file"),
            links,
        };
        let kind = EntryKind::File {
            mode: 0o644,
            size: 3,
            content,
        };
        let layer = Layer::new([Entry::new("/file", kind).unwrap()]).unwrap();
        assert_eq!(layer.diff_id().is_ok(), reads);
    }
}

#[test]
fn what_was_compressed_reads_back_as_the_tar() {
    let layer = Layer::new([file("/usr/local/bin/x", sample(2_500_000))]).unwrap();
    let mut tar = Vec::new();
    layer.write_tar(&mut tar).unwrap();
    let (blob, ..) = write(&layer, Compression::Gzip, 2);
    let mut read = Vec::new();
    flate2::read::MultiGzDecoder::new(blob.as_slice())
        .read_to_end(&mut read)
        .unwrap();
    assert!(read == tar);
    #[cfg(feature = "zstd")]
    {
        let (blob, ..) = write(&layer, Compression::Zstd, 2);
        assert!(zstd::decode_all(blob.as_slice()).unwrap() == tar);
    }
}

#[test]
fn folders_above_an_entry_come_before_it() {
    let layer = Layer::new([file("/a/b/c", Vec::new()), file("/a-b", Vec::new())]).unwrap();
    let mut tar = Vec::new();
    layer.write_tar(&mut tar).unwrap();
    let mut archive = ::tar::Archive::new(tar.as_slice());
    let paths: Vec<_> = archive
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths, ["a/", "a-b", "a/b/", "a/b/c"]);
}

#[test]
fn two_entries_at_one_place_are_refused() {
    let entries = [file("/a", Vec::new()), file("a", Vec::new())];
    assert_eq!(Layer::new(entries), Err(LayerError::Twice("a".to_owned())));
}

#[test]
fn an_entry_inside_a_file_is_refused() {
    let error = Layer::new([file("/a", Vec::new()), file("/a/b", Vec::new())]).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"`/a/b` cannot be inside `/a`, which is not a folder");
}

#[test]
fn a_writer_that_fails_ends_the_compression_with_its_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let layer = Layer::new([file("/x", sample(20 << 20))]).unwrap();
    let threads = NonZeroUsize::new(2).unwrap();
    let error = layer.write(Compression::Gzip, threads, Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
