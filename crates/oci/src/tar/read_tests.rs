//! Tests of reading tars.

use std::io::Cursor;

use super::*;
use crate::tar::TarKind;

fn header(kind: u8, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(::tar::EntryType::new(kind));
    header.set_path("name").unwrap();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(1);
    header.set_gid(2);
    header.set_mtime(0);
    header.set_cksum();
    header
}

fn entry(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = header(kind, content.len() as u64).as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn walk(bytes: &[u8]) -> io::Result<Vec<TarEntry>> {
    let mut streaming = TarReader::streaming(bytes);
    let mut seeking = TarReader::seeking(Cursor::new(bytes));
    let mut entries = Vec::new();
    loop {
        let (one, other) = (streaming.next_entry(), seeking.next_entry());
        match (one, other) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one, other);
                let Some(one) = one else { return Ok(entries) };
                entries.push(one);
            }
            (Err(one), Err(other)) => {
                assert_eq!(one.to_string(), other.to_string());
                return Err(one);
            }
            (one, other) => panic!("{one:?} as a stream, {other:?} as a file"),
        }
    }
}

fn paths(bytes: &[u8]) -> Vec<String> {
    let entries = walk(bytes).unwrap();
    entries.into_iter().map(|entry| entry.path).collect()
}

#[test]
fn what_the_tar_crate_writes_is_read() {
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut file = header(b'0', 3);
    builder
        .append_data(&mut file, &long, b"abc".as_slice())
        .unwrap();
    let mut link = header(b'2', 0);
    builder.append_link(&mut link, "link", &long).unwrap();
    let bytes = builder.into_inner().unwrap();

    let entries = walk(&bytes).unwrap();
    assert_eq!(entries[0].path, long);
    assert_eq!(
        (entries[0].size, entries[0].kind.clone()),
        (3, TarKind::File)
    );
    assert_eq!(entries[1].kind, TarKind::Symlink { target: long });
    let start = usize::try_from(entries[0].start).unwrap();
    assert_eq!(&bytes[start..start + 3], b"abc");
}

#[test]
fn a_pax_header_says_path_and_size_of_the_next_entry() {
    let bytes = [
        entry(b'g', b"11 path=no\n"),
        entry(b'x', b"12 path=yes\n10 size=3\n"),
        {
            let mut file = entry(b'0', b"abc");
            file[..512].copy_from_slice(header(b'0', 0).as_bytes());
            file
        },
        entry(b'0', b""),
    ];
    let entries = walk(&bytes.concat()).unwrap();
    assert_eq!((entries[0].path.as_str(), entries[0].size), ("yes", 3));
    assert_eq!((entries[1].path.as_str(), entries[1].size), ("name", 0));
}

#[test]
fn content_is_read_in_part_or_not_at_all() {
    let bytes = [entry(b'0', &[7; 600]), entry(b'0', b"abc")].concat();
    let mut tar = TarReader::streaming(bytes.as_slice());
    tar.next_entry().unwrap();
    let mut part = [0; 100];
    tar.content().read_exact(&mut part).unwrap();
    assert_eq!(part, [7; 100]);
    tar.next_entry().unwrap();
    let mut all = String::new();
    tar.content().read_to_string(&mut all).unwrap();
    assert_eq!(all, "abc");
    assert!(tar.next_entry().unwrap().is_none());
}

#[test]
fn a_stream_is_read_to_its_end_behind_the_end_of_the_tar() {
    let bytes = [entry(b'0', b""), vec![0; 1024], vec![1; 5000]].concat();
    let mut rest = bytes.as_slice();
    let mut tar = TarReader::streaming(&mut rest);
    while tar.next_entry().unwrap().is_some() {}
    assert_eq!(rest, b"");
}

#[test]
fn a_tar_without_the_blocks_that_end_it_is_read() {
    assert_eq!(paths(&entry(b'0', b"abc")), ["name"]);
    assert_eq!(paths(&[]), [""; 0]);
}

#[test]
fn every_cut_inside_an_entry_is_an_error() {
    let bytes = [entry(b'0', &[7; 600]), entry(b'0', b"abc")].concat();
    for cut in [1, 511, 513, 1111, 1537, 2050] {
        let error = walk(&bytes[..cut]).unwrap_err().to_string();
        assert!(error.contains("cut off"), "cut at {cut}: {error}");
    }
}

#[test]
fn a_last_block_that_is_not_full_is_read() {
    let bytes = [entry(b'0', b"abc"), entry(b'0', &[7; 600])].concat();
    for cut in [2 * 512 + 512 + 600, bytes.len() - 1, bytes.len()] {
        assert_eq!(paths(&bytes[..cut]).len(), 2, "cut at {cut}");
    }
}

#[test]
fn claims_that_no_file_keeps_are_errors() {
    let claims = |kind, size: u64| walk(header(kind, size).as_bytes()).unwrap_err().to_string();
    assert!(claims(b'0', 10_000_000_000).contains("cut off"));
    assert!(claims(b'0', u64::MAX >> 1).contains("`size` that makes no sense"));
    assert!(claims(b'L', 10_000_000_000).contains("too many"));
    assert!(claims(b'x', 2 << 20).contains("too many"));
}

#[test]
fn bytes_that_are_no_tar_are_an_error() {
    let error = walk(&[b'x'; 2048]).unwrap_err().to_string();
    assert!(error.contains("it is no tar"), "{error}");
}

#[test]
fn a_pax_header_without_records_changes_nothing() {
    let bytes = [entry(b'x', b""), entry(b'0', b"abc")].concat();
    assert_eq!(paths(&bytes), ["name"]);
}

#[test]
fn malformed_pax_records_are_errors() {
    for record in [
        "5",
        "99 path=x\n",
        "3 a\n",
        "8 path=x ",
        "0 path=x\n",
        "9 size=x\n",
    ] {
        let bytes = [entry(b'x', record.as_bytes()), entry(b'0', b"")].concat();
        let error = walk(&bytes).unwrap_err().to_string();
        assert!(error.contains("pax record"), "{record:?}: {error}");
    }
}
