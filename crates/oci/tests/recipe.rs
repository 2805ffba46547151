//! Cache keys name the versions of compressors that are compiled in.

use muslin_oci::codec::Compression;

/// The version of a crate in the workspace's lock file.
fn locked(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = std::fs::read_to_string(path).unwrap();
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.split_once(&entry).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn recipes_name_the_versions_that_are_locked() {
    let gzip = format!("gzip-libdeflate-{}-level-", locked("libdeflate-sys"));
    let recipe = Compression::Gzip.recipe();
    assert!(recipe.starts_with(&gzip), "{recipe}");
    // `2.1.3+zstd.1.5.7`
    let version = locked("zstd-sys");
    let (_, zstd) = version.split_once("+zstd.").unwrap();
    let recipe = Compression::Zstd.recipe();
    assert!(
        recipe.starts_with(&format!("zstd-{zstd}-level-")),
        "{recipe}"
    );
}
