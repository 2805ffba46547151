//! The list of crates in an executable: compressed, and the JSON in it.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use muslin_auditable::section;

use super::mutation::mutant;
use super::target::{READ, Target};

pub const TARGET: Target = Target {
    name: "crate-list",
    seeds: || vec![JSON.as_bytes().to_vec(), zlib(JSON.as_bytes())],
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read,
};

pub const JSON: &str = r#"{"packages":[{"name":"app","version":"1.2.3-rc.1+b","source":"local","dependencies":[1,2],"root":true},{"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},{"name":"libc","version":"0.2.1","source":"git"}],"format":1}"#;

const WORDS: &[&[u8]] = &[
    b"\"dependencies\":[0,1,2]",
    b"\"kind\":\"build\"",
    b"\"kind\":\"runtime\"",
    b"\"root\":true",
    b"\"source\":\"\\n\"",
    b"\"version\":\"0.0.0\"",
    b"\"packages\":[",
    b"18446744073709551616",
    b"{\"name\":\"\",\"version\":\"1.0.0\",\"source\":\"\"},",
];

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(input: &[u8]) -> String {
    let json = zlib(input);
    let lists = [section::decode(input), section::decode(&json)];
    for list in lists.iter().flatten() {
        let written = section::encode(list).unwrap();
        assert_eq!(section::decode(&written).as_ref(), Some(list));
    }
    if lists.iter().any(Option::is_some) {
        return READ.to_owned();
    }
    // Why is not said, and the JSON has more reasons than the compression.
    serde_json::from_slice::<muslin_auditable::VersionInfo>(input)
        .map_or_else(|error| error.to_string(), |_| READ.to_owned())
}
