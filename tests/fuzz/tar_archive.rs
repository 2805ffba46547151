//! Tars of any origin: ustar, GNU and pax.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};

use muslin_oci::tar::{TarEntry, TarKind, TarReader};

use super::mutation::mutant;
use super::target::{READ, Target};

pub const TARGET: Target = Target {
    name: "tar",
    seeds,
    mutant: |input, other, random| {
        let mut bytes = mutant(input, other, WORDS, random);
        if !random.once_in(4) {
            write_checksums(&mut bytes);
        }
        bytes
    },
    read: |input| read(input).unwrap_or_else(|error| error.to_string()),
};

/// What stands in headers and pax records.
const WORDS: &[&[u8]] = &[
    b"ustar\x0000",
    b"ustar  \0",
    b"././@LongLink\0",
    b"12 path=yes\n",
    b"16 linkpath=yes\n",
    b"10 size=3\n",
    b"28 size=9223372036854775000\n",
    b"22 GNU.sparse.major=1\n",
    b"0 path=x\n",
    b"18446744073709551615 path=x\n",
    b"\x80\0\0\0\0\0\0\0\0\0\0\x01",
    b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"77777777777\0",
    b"../../x",
    &[0; 512],
];

/// A header of this type, for content of this size.
pub fn header(kind: u8, name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(1);
    header.set_gid(2);
    header.set_mtime(3);
    header.set_cksum();
    header
}

/// An entry of this type.
fn entry(kind: u8, name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(kind, name, content.len() as u64).as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// `LENGTH KEY=VALUE\n`, for keys and values that make two digits.
fn pax_record(key: &str, value: &str) -> Vec<u8> {
    format!("{} {key}={value}\n", key.len() + value.len() + 5).into_bytes()
}

fn seeds() -> Vec<Vec<u8>> {
    let end = vec![0; 1024];
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
    let mut gnu = tar::Builder::new(Vec::new());
    gnu.append_data(&mut header(b'0', "x", 3), &long, b"abc".as_slice())
        .unwrap();
    gnu.append_link(&mut header(b'2', "x", 0), "link", &long)
        .unwrap();
    let records = [
        ("path", "yes"),
        ("linkpath", "yes"),
        ("size", "3"),
        ("SCHILY.xattr.user.a", "one\ntwo\n!"),
    ];
    let pax = records.map(|(key, value)| pax_record(key, value)).concat();
    let mut large = tar::Header::new_gnu();
    large.set_entry_type(tar::EntryType::Regular);
    large.set_size(600);
    large.as_gnu_mut().unwrap().size = *b"\x80\0\0\0\0\0\0\0\0\0\x02\x58";
    large.set_mode(0o755);
    large.set_uid(u64::from(u32::MAX));
    large.set_gid(0);
    large.set_cksum();
    vec![
        [
            entry(b'5', "usr/", b""),
            entry(b'0', "usr/a", &[7; 600]),
            entry(b'1', "usr/b", b""),
            entry(b'2', "c", b""),
            entry(b'3', "dev", b""),
            entry(0, "old/", b""),
            end.clone(),
        ]
        .concat(),
        [
            entry(b'g', "pax", b"11 path=no\n"),
            entry(b'x', "pax", &pax),
            entry(b'0', "name", b"abc"),
            entry(b'0', "next", b""),
            end.clone(),
        ]
        .concat(),
        [
            entry(b'L', "././@LongLink", b"a/long/name\0"),
            entry(b'K', "././@LongLink", b"a/long/link\0"),
            entry(b'2', "x", b""),
        ]
        .concat(),
        [large.as_bytes().to_vec(), vec![1; 600]].concat(),
        gnu.into_inner().unwrap(),
        end,
    ]
}

/// Writes the right checksum into every header that a reader would come to.
pub fn write_checksums(tar: &mut [u8]) {
    let mut at = 0;
    while let Some(block) = tar.get_mut(at..at + 512) {
        at += 512;
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        let mut header = tar::Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = header.entry_size().unwrap_or(0);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size < tar.len() {
            at += size.next_multiple_of(512);
        }
    }
}

/// All entries, and the error that ends them.
fn entries<R: Read>(
    mut tar: TarReader<R>,
    mut visit: impl FnMut(&TarEntry, &mut TarReader<R>) -> io::Result<()>,
) -> (Vec<TarEntry>, Option<io::Error>) {
    let mut entries = Vec::new();
    loop {
        let next = tar.next_entry().and_then(|entry| match entry {
            Some(entry) => visit(&entry, &mut tar).map(|()| Some(entry)),
            None => Ok(None),
        });
        match next {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => return (entries, None),
            Err(error) => return (entries, Some(error)),
        }
    }
}

/// [`READ`] and the kinds of entries.
fn read(input: &[u8]) -> io::Result<String> {
    let (streamed, error) = entries(TarReader::streaming(input), |_, _| Ok(()));
    let (sought, same) = entries(TarReader::seeking(Cursor::new(input)), |_, _| Ok(()));
    assert_eq!(streamed, sought, "a stream and a file differ");
    let texts = [&error, &same].map(|error| error.as_ref().map(ToString::to_string));
    assert_eq!(texts[0], texts[1], "a stream and a file differ");

    let mut total = 0;
    let (whole, _) = entries(TarReader::streaming(input), |entry, tar| {
        let mut content = Vec::new();
        tar.content().read_to_end(&mut content)?;
        let start = usize::try_from(entry.start).unwrap();
        assert_eq!(content.len() as u64, entry.size, "the size of {entry:?}");
        assert_eq!(content, input[start..start + content.len()], "{entry:?}");
        total += content.len();
        Ok(())
    });
    assert!(total <= input.len(), "{total} bytes of {}", input.len());
    // The last one may be cut off.
    let known = streamed.len() - usize::from(error.is_some() && !streamed.is_empty());
    assert!(whole.starts_with(&streamed[..known]));
    let kinds: BTreeSet<&str> = streamed.iter().map(kind).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    error.map_or_else(|| Ok(format!("{READ}: {}", kinds.join(" "))), Err)
}

fn kind(entry: &TarEntry) -> &'static str {
    match entry.kind {
        TarKind::File if entry.size > 0 => "file",
        TarKind::File => "empty",
        TarKind::Directory => "folder",
        TarKind::Symlink { .. } => "symlink",
        TarKind::HardLink { .. } => "link",
        TarKind::Special(_) if entry.size > 0 => "unknown",
        TarKind::Special(_) => "special",
    }
}
