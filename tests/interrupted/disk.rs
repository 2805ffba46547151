//! A disk without room, or one that cannot be written.

use super::*;

/// Runs muslin where `disk` is a file system of its own, mounted so. Nothing, if
/// this machine lets nobody mount.
fn on_a_disk(scratch: &Scratch, options: &str, muslin: &Muslin) -> Option<(i32, String)> {
    let disk = scratch.folder("disk");
    let script = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" || exit 77; \
                  cp -r old/. \"$1/image\" && sync; \
                  [ \"$2\" != ro ] || mount -o remount,ro \"$1\"; \
                  shift 2; \"$@\"; status=$?; \
                  rm -rf after; cp -r disk/image after; exit $status";
    let mode = if options.contains("ro-after") {
        "ro"
    } else {
        "rw"
    };
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--mount", "--map-root-user", "sh", "-c", script])
        .arg(options.replace(",ro-after", ""))
        .arg(&disk)
        .arg(mode);
    let output = muslin.started_by(unshare, scratch).output().ok()?;
    let stderr = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(77) | None => None,
        Some(status) => Some((status, stderr)),
    }
}

#[test]
fn a_full_or_read_only_disk_is_named_and_the_old_image_stays() {
    let scratch = Scratch::new();
    Architecture::Amd64.write(&scratch, "old-program/app", "old", 1000);
    Architecture::Amd64.write(&scratch, "new-program/app", "new", 4_000_000);
    let old = digest(
        &pack(&scratch, "old-program/app", "oci:old", "cache")
            .run()
            .stdout,
    );
    let muslin = || pack(&scratch, "new-program/app", "oci:disk/image", "cache");
    for (options, says) in [
        ("size=1m", "No space left on device"),
        ("size=20m,ro-after", "Read-only file system"),
    ] {
        let Some((status, stderr)) = on_a_disk(&scratch, options, &muslin()) else {
            return harness::skip("this machine lets nobody mount a file system");
        };
        assert_eq!(status, 2, "{stderr}");
        assert!(
            stderr.contains("disk/image") && stderr.contains(says),
            "{stderr}"
        );
        assert_eq!(inspected(&scratch, "oci:after"), old, "{stderr}");
    }
}
