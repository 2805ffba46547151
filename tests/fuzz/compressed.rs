//! Streams of gzip and zstd.

use std::io::{self, Read as _, Write as _};

use flate2::write::GzEncoder;
use muslin_oci::codec::Decompressed;

use super::mutation::mutant;
use super::random::Random;
use super::target::{READ, Target};

pub const TARGET: Target = Target {
    name: "compressed",
    seeds,
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read: |input| read(input).map_or_else(|error| error.to_string(), |()| READ.to_owned()),
};

/// The most bytes that may come out.
const LIMIT: u64 = 1 << 20;

const WORDS: &[&[u8]] = &[
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"\x1f\x8b\x08\x1f",
    b"\x28\xb5\x2f\xfd",
    b"\x50\x2a\x4d\x18\x03\0\0\0abc",
    b"\x5f\x2a\x4d\x18\xff\xff\xff\xff",
    b"\xfd7zXZ\0",
    b"BZh",
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd_frame(bytes: &[u8], window: u32) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.window_log(window).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn seeds() -> Vec<Vec<u8>> {
    let mut random = Random::new(1);
    let words = ["one ", "two ", "three ", "\n", "0123456789"];
    let text = random.text(&words, 2000).into_bytes();
    let named = {
        let encoder = flate2::GzBuilder::new()
            .filename("x")
            .comment("y")
            .extra("z");
        let mut encoder = encoder.write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&text).unwrap();
        encoder.finish().unwrap()
    };
    vec![
        Vec::new(),
        b"plain".to_vec(),
        gzip(&text),
        [gzip(b"one"), gzip(b""), gzip(&text[..500])].concat(),
        named,
        zstd_frame(&text, 20),
        [zstd_frame(b"one", 10), zstd_frame(&vec![0; 100_000], 17)].concat(),
    ]
}

fn read(input: &[u8]) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 14];
    let mut reader = Decompressed::new(input, LIMIT)?;
    let mut total = 0;
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        total += read as u64;
        assert!(total <= LIMIT, "{total} bytes came out");
    }
    assert_eq!(reader.read(&mut buffer)?, 0, "more behind the end");
    Ok(())
}
