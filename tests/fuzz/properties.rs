//! What is written is read back, for many random values.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::num::NonZeroUsize;

use muslin_oci::codec::Compression;
use muslin_oci::layer::Layer;
use muslin_oci::tar::{self, Entry, EntryKind, FileContent, TarKind, TarReader};
use muslin_oci::transport::Reference;

use super::random::Random;

const PARTS: &[&str] = &[
    "a",
    "b",
    "usr",
    "lib",
    ".hidden",
    "a b",
    "é",
    "\u{1f600}",
    "a-b",
    "a.b",
    "...",
    "~",
    "\\",
    "%",
];
const SIZES: [usize; 8] = [0, 1, 511, 512, 513, 1024, 1500, 5000];
const MODES: [u32; 6] = [0o644, 0o755, 0o4755, 0o1777, 0, 0o7777];

/// A path of some parts, of which one may be as long as a header allows, or too long.
fn path(random: &mut Random) -> String {
    let mut parts: Vec<String> = (0..=random.below(4))
        .map(|_| (*random.pick(PARTS)).to_owned())
        .collect();
    if random.once_in(4) {
        let at = random.below(parts.len());
        let letter = random.pick(&["x", "ö"]);
        parts[at] = letter.repeat(*random.pick(&[49, 50, 51, 99, 100, 101, 155]));
    }
    parts.join("/")
}

fn kind(random: &mut Random) -> EntryKind {
    let mode = *random.pick(&MODES);
    match random.below(4) {
        0 => EntryKind::Directory { mode },
        1 => EntryKind::Symlink {
            target: path(random),
        },
        _ => {
            let size = *random.pick(&SIZES);
            let content: Vec<u8> = (0..size).map(|_| random.byte()).collect();
            EntryKind::File {
                mode,
                size: size as u64,
                content: FileContent::Memory(content),
            }
        }
    }
}

/// Some entries that fit a tar.
fn entries(random: &mut Random) -> Vec<Entry> {
    (0..random.below(12))
        .filter_map(|_| Entry::new(&path(random), kind(random)).ok())
        .collect()
}

/// What is read of an entry that was written.
fn expected(entry: &Entry) -> (String, TarKind, u32, Vec<u8>) {
    let (kind, mode, content) = match entry.kind() {
        EntryKind::Directory { mode } => (TarKind::Directory, *mode, Vec::new()),
        EntryKind::Symlink { target } => {
            let target = target.clone();
            (TarKind::Symlink { target }, 0o777, Vec::new())
        }
        EntryKind::File { mode, content, .. } => {
            let FileContent::Memory(bytes) = content else {
                panic!("the content is in memory");
            };
            (TarKind::File, *mode, bytes.clone())
        }
    };
    (entry.path_in_tar(), kind, mode, content)
}

#[test]
fn entries_that_are_written_to_a_tar_are_read_as_they_were() {
    let mut random = Random::new(1);
    let mut count = 0;
    for _ in 0..500 {
        let entries = entries(&mut random);
        let mut bytes = Vec::new();
        for entry in &entries {
            tar::write_entry(&mut bytes, entry).unwrap();
        }
        tar::write_end(&mut bytes).unwrap();
        let mut reader = TarReader::streaming(bytes.as_slice());
        for entry in &entries {
            let read = reader.next_entry().unwrap().unwrap();
            let mut content = Vec::new();
            reader.content().read_to_end(&mut content).unwrap();
            assert_eq!((read.uid, read.gid), (0, 0));
            assert_eq!((read.path, read.kind, read.mode, content), expected(entry));
            count += 1;
        }
        assert_eq!(reader.next_entry().unwrap(), None);
    }
    assert!(count > 1000, "only {count} entries were written");
}

#[test]
fn a_layer_does_not_depend_on_the_order_of_its_entries() {
    let mut random = Random::new(1);
    let threads = NonZeroUsize::MIN;
    let (mut layers, mut refused) = (0, 0);
    for _ in 0..1000 {
        let mut entries = entries(&mut random);
        // Of random paths many are twice.
        if !random.once_in(4) {
            let mut seen = BTreeSet::new();
            entries.retain(|entry| seen.insert(entry.path().to_owned()));
        }
        let write = |entries: &[Entry]| {
            let layer = Layer::new(entries.iter().cloned()).ok()?;
            let mut blob = Vec::new();
            let written = layer.write(Compression::Gzip, threads, &mut blob);
            Some((written.unwrap(), blob))
        };
        let one = write(&entries);
        random.shuffle(&mut entries);
        let other = write(&entries);
        assert!(one == other, "in another order: {entries:?}");
        match one {
            Some(_) => layers += 1,
            None => refused += 1,
        }
    }
    assert!(layers > 100 && refused > 100, "{layers}, {refused} refused");
}

#[test]
fn a_reference_is_printed_as_text_that_is_the_same_reference() {
    const PIECES: &[&str] = &[
        ":",
        "/",
        "@",
        "..",
        ".",
        "tag",
        "dir",
        "host:5000",
        "sha256",
        " ",
        "é",
        "\u{1f600}",
        "\0",
    ];
    let mut random = Random::new(1);
    let mut count = 0;
    for _ in 0..20_000 {
        let transport = *random.pick(&["oci", "oci-archive", "docker-archive", "docker-daemon"]);
        let text = format!("{transport}:{}", random.text(PIECES, 8));
        let Ok(reference) = text.parse::<Reference>() else {
            continue;
        };
        let printed = reference.to_string();
        assert_eq!(printed.parse(), Ok(reference), "{text:?}");
        // Only a colon without a tag behind it is lost.
        assert_eq!(printed.trim_end_matches(':'), text.trim_end_matches(':'));
        count += 1;
    }
    assert!(count > 1000, "only {count} references were parsed");
}
