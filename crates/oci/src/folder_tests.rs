//! Tests of folders: what is in them is opened in them, and nothing else.

use super::*;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;

/// `real/inner/file`, the link `link` to `real`, and `outside/file`.
fn place() -> (tempfile::TempDir, Utf8PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(scratch.path().canonicalize().unwrap()).unwrap();
    for folder in ["real/inner", "outside"] {
        fs::create_dir_all(root.join(folder)).unwrap();
        fs::write(root.join(folder).join("file"), folder).unwrap();
    }
    symlink("real", root.join("link")).unwrap();
    (scratch, root)
}

fn content(folder: &Folder, name: &str) -> String {
    let mut text = String::new();
    let mut file = folder.open_file(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn links_are_followed_or_refused_anywhere_in_a_path() {
    let (_scratch, root) = place();
    let followed = Folder::open(&root.join("link/inner"), Links::Follow).unwrap();
    assert_eq!(content(&followed, "file"), "real/inner");
    for (path, link) in [
        ("link", "link"),
        ("link/inner", "link"),
        ("link/new", "link"),
    ] {
        for open in [Folder::open, Folder::create] {
            let error = open(&root.join(path), Links::Refuse).unwrap_err();
            assert_eq!(
                error.to_string(),
                RefusedLink(root.join(link)).to_string(),
                "{path}"
            );
        }
    }
    assert!(!root.join("real/new").exists());

    let real = Folder::open(&root.join("real"), Links::Refuse).unwrap();
    symlink("../outside", root.join("real/out")).unwrap();
    symlink("../outside/file", root.join("real/file")).unwrap();
    assert!(real.folder("out").is_err() && real.create_folder("out/new").is_err());
    assert!(real.open_file("file").is_err());
    assert_eq!(
        content(&real.folder("inner").unwrap(), "file"),
        "real/inner"
    );
    assert_eq!(fs::read_dir(root.join("outside")).unwrap().count(), 1);
}

#[test]
fn a_folder_that_was_replaced_by_a_link_is_still_the_one_that_was_opened() {
    let (_scratch, root) = place();
    let folder = Folder::create(&root.join("new/deep"), Links::Refuse).unwrap();
    fs::rename(root.join("new/deep"), root.join("moved")).unwrap();
    symlink(root.join("outside"), root.join("new/deep")).unwrap();
    let mut file = folder.create_file("new").unwrap();
    file.write_all(b"mine").unwrap();
    folder.rename("new", &folder, "file").unwrap();
    assert_eq!(fs::read(root.join("moved/file")).unwrap(), b"mine");
    assert_eq!(fs::read(root.join("outside/file")).unwrap(), b"outside");
}
