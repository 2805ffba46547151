//! Whenever a writer ends, there is the old image or the new one, whole.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::thread;
use std::time::{Duration, Instant};

use muslin_oci::digest::Digest;

use super::child::{child, said};
use super::support::*;

/// How many writers are killed for each destination.
const KILLS: u32 = 24;

/// Layouts `a` and `b`, with images of these platforms that take some time to be written.
fn two_images(single_platform: bool) -> (Fixture, [Digest; 2]) {
    let fixture = Fixture::new();
    let make = if single_platform { single } else { image };
    let digests = [("oci:a", 500_000), ("oci:b", 600_000)].map(|(to, size)| {
        let written = fixture.write(to, &make(&noise(size))).unwrap();
        written.digest
    });
    (fixture, digests)
}

/// The image there is, after all of it was read.
fn whole(fixture: &Fixture, from: &str) -> Digest {
    fixture.assert_sound(from);
    let image = fixture.open(from).image().unwrap();
    // What stands in both kinds of archive.
    image.platforms[0].config.descriptor.digest
}

/// Starts a writer that does not end, and kills it after a time that differs from kill to kill.
fn kill_one(fixture: &Fixture, role: &str, to: &str, number: u32) {
    let ready = fixture.root.join("ready");
    let _ = fs::remove_file(&ready);
    let mut writer = child(fixture, role, to).spawn().unwrap();
    let started = Instant::now();
    while !ready.exists() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "the writer does not start"
        );
        thread::yield_now();
    }
    // 7 and 24 have no common divisor: each of 24 moments once, in no order.
    let moment = number * 7 % KILLS;
    thread::sleep(Duration::from_micros(u64::from(moment) * 1500));
    writer.kill().unwrap();
    assert_eq!(writer.wait().unwrap().signal(), Some(9), "it ended before");
}

fn survives_kills(single_platform: bool, to: &str) {
    let (fixture, _) = two_images(single_platform);
    let known = ["oci:a", "oci:b"].map(|from| whole(&fixture, from));
    let [first, second] = ["oci:a", "oci:b"].map(|from| fixture.open(from).image().unwrap());
    fixture.write(to, &first).unwrap();
    for number in 0..KILLS {
        kill_one(&fixture, "write-forever", to, number);
        let found = whole(&fixture, to);
        assert!(known.contains(&found), "kill {number}: {found}");
    }
    fixture.write(to, &second).unwrap();
    assert_eq!(whole(&fixture, to), known[1]);
    let rest = ["", "dest"]
        .iter()
        .filter(|folder| fixture.root.join(folder).is_dir());
    for folder in rest {
        for name in fixture.names(folder) {
            assert!(!name.starts_with(".muslin-"), "`{folder}/{name}` is left");
        }
    }
    if to.starts_with("oci:dest") {
        let blobs = fixture.names("dest/blobs/sha256").len();
        assert_eq!(
            blobs,
            second.blobs().count(),
            "blobs of interrupted writers are left"
        );
    }
}

#[test]
fn a_layout_survives_writers_that_are_killed() {
    survives_kills(false, "oci:dest");
}

#[test]
fn a_tag_of_a_layout_survives_writers_that_are_killed() {
    survives_kills(false, "oci:dest:v1");
}

#[test]
fn an_oci_archive_survives_writers_that_are_killed() {
    survives_kills(false, "oci-archive:dest");
}

#[test]
fn a_docker_archive_survives_writers_that_are_killed() {
    survives_kills(true, "docker-archive:dest");
}

#[test]
fn a_first_writer_that_is_killed_leaves_nothing_or_an_image_and_no_obstacle() {
    let (fixture, _) = two_images(true);
    let known = ["oci:a", "oci:b"].map(|from| whole(&fixture, from));
    let image = fixture.open("oci:b").image().unwrap();
    for number in 0..KILLS {
        for to in [
            format!("oci:new{number}"),
            format!("docker-archive:file{number}"),
        ] {
            kill_one(&fixture, "write-and-stay", &to, number);
            let path = to.split_once(':').unwrap().1;
            let made = if to.starts_with("oci") {
                fixture.root.join(path).join("index.json").exists()
            } else {
                fixture.root.join(path).exists()
            };
            assert!(!made || known.contains(&whole(&fixture, &to)), "{to}");
            fixture.write(&to, &image).unwrap();
            assert_eq!(whole(&fixture, &to), known[1]);
        }
    }
}

#[test]
fn writers_to_one_destination_wait_for_each_other() {
    let (fixture, _) = two_images(true);
    let known = ["oci:a", "oci:b"].map(|from| whole(&fixture, from));
    for to in ["oci:dest", "oci-archive:file", "docker-archive:file2"] {
        let writers: Vec<_> = (0..4).map(|_| child(&fixture, "write", to)).collect();
        thread::scope(|scope| {
            for writer in writers {
                scope.spawn(|| assert_eq!(said(writer), [""; 0], "no writer fails"));
            }
        });
        assert!(known.contains(&whole(&fixture, to)), "{to}");
    }
    let left = fixture
        .names("")
        .into_iter()
        .filter(|name| name.starts_with(".muslin-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn writers_of_different_tags_lose_nothing() {
    let (fixture, _) = two_images(true);
    let tags = ["t1", "t2", "t3", "t4"].map(|tag| format!("oci:dest:{tag}"));
    thread::scope(|scope| {
        for to in &tags {
            let writer = child(&fixture, "write", to);
            scope.spawn(|| assert_eq!(said(writer), [""; 0], "no writer fails"));
        }
    });
    let expected = whole(&fixture, "oci:b");
    for to in &tags {
        assert_eq!(whole(&fixture, to), expected);
    }
    assert_eq!(fixture.open("oci:dest").entries().len(), 4);
}

#[test]
fn a_reader_of_a_layout_that_is_replaced_sees_one_whole_image() {
    const READS: usize = 200;
    let (fixture, _) = two_images(false);
    let known = ["oci:a", "oci:b"].map(|from| whole(&fixture, from));
    let first = fixture.open("oci:a").image().unwrap();
    fixture.write("oci:dest", &first).unwrap();
    let mut writer = child(&fixture, "write-forever", "oci:dest")
        .spawn()
        .unwrap();
    let mut seen = BTreeMap::new();
    for _ in 0..READS {
        let source = fixture.open("oci:dest");
        let image = source.image().unwrap();
        read_all(&image).unwrap();
        let found = image.platforms[0].config.descriptor.digest;
        *seen.entry(found).or_insert(0) += 1;
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    println!("{seen:?}");
    assert!(
        known.iter().all(|digest| seen.contains_key(digest)),
        "{seen:?}"
    );
}

#[test]
fn blobs_that_a_reader_held_are_removed_by_the_next_writer() {
    let (fixture, _) = two_images(false);
    let [first, second] = ["oci:a", "oci:b"].map(|from| fixture.open(from).image().unwrap());
    fixture.write("oci:dest", &first).unwrap();
    let reader = fixture.open("oci:dest");
    let held = reader.image().unwrap();
    fixture.write("oci:dest", &second).unwrap();
    read_all(&held).unwrap();
    drop(reader);
    fixture.write("oci:dest", &second).unwrap();
    let blobs = fixture.names("dest/blobs/sha256").len();
    assert_eq!(blobs, second.blobs().count());
}
