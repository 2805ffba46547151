//! JSON documents: any, and those of the OCI image specification.

use muslin_oci::config::ImageConfig;
use muslin_oci::descriptor::Descriptor;
use muslin_oci::index::Index;
use muslin_oci::json::{self, Limits};
use muslin_oci::manifest::Manifest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::mutation::mutant;
use super::target::{Target, outcome};

pub const TARGET: Target = Target {
    name: "json",
    seeds,
    mutant: |input, other, random| mutant(input, other, WORDS, random),
    read,
};

const WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"null",
    b"true",
    b"-0",
    b"1e308",
    b"1e309",
    b"18446744073709551616",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\"size\":",
    b"\"digest\":",
    b"\"layers\":[",
    b"\"manifests\":[",
    b"\"annotations\":{",
    b"\"mediaType\":\"\",",
    b"\"config\":{},",
    b"[[[[[[[[",
    b"{\"a\":{\"a\":",
];

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn seeds() -> Vec<Vec<u8>> {
    let descriptor = format!(
        r#"{{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{DIGEST}","size":0,"annotations":{{"a":"b"}},"platform":{{"architecture":"arm","os":"linux","os.version":"1","variant":"v7"}}}}"#
    );
    let documents = [
        format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{descriptor},{descriptor}],"annotations":{{"a":"b"}}}}"#
        ),
        format!(
            r#"{{"schemaVersion":2,"config":{descriptor},"layers":[{descriptor}],"annotations":{{"ö":"\n"}}}}"#
        ),
        format!(
            r#"{{"created":"1970-01-01T00:00:00Z","author":"a","architecture":"amd64","os":"linux","config":{{"User":"1:1","ExposedPorts":{{"80/tcp":{{}}}},"Env":["A=b"],"Entrypoint":["/x"],"Cmd":null,"Volumes":{{"/v":{{}}}},"WorkingDir":"/","Labels":{{"a":"b"}},"StopSignal":"SIGTERM"}},"rootfs":{{"type":"layers","diff_ids":["{DIGEST}"]}},"history":[{{"created_by":"x","empty_layer":true}}]}}"#
        ),
        r#"[{"Config":"a.json","RepoTags":["x:1"],"Layers":["a/layer.tar"]}]"#.to_owned(),
        r#" {"a": [1, -2, 3.5, 1e300, "x\u00e9\ud83d\ude00", true, null, {"a": {}}, []]} "#
            .to_owned(),
        descriptor,
    ];
    documents.map(String::into_bytes).to_vec()
}

/// The keys and values of a document, nested ones included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(entries) => entries.values().map(|value| 1 + count(value)).sum(),
        _ => 0,
    }
}

/// A document that is parsed is written, and parsed as the same.
fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(input: &[u8]) {
    if let Ok(document) = json::parse::<T>(input) {
        let written = serde_json::to_vec(&document).unwrap();
        assert_eq!(json::parse::<T>(&written).unwrap(), document);
    }
}

fn read(input: &[u8]) -> String {
    let limits = |duplicate_keys, max_values| Limits {
        duplicate_keys,
        max_values,
    };
    let any = json::check(input, limits(true, usize::MAX));
    let value = serde_json::from_slice::<Value>(input);
    assert_eq!(any.is_ok(), value.is_ok(), "{any:?}, {value:?}");
    let unique = json::check(input, limits(false, usize::MAX));
    if unique.is_ok() {
        let values = count(&value.unwrap());
        json::check(input, limits(false, values)).unwrap();
        let error = json::check(input, limits(false, values - 1)).unwrap_err();
        assert!(error.is_data(), "{error}");
    }
    round_trip::<Index>(input);
    round_trip::<Manifest>(input);
    round_trip::<ImageConfig>(input);
    round_trip::<Descriptor>(input);
    // The part that each document is refused for, so that mutants of all of them are kept.
    let documents = [
        json::parse::<Index>(input).map(drop),
        json::parse::<Manifest>(input).map(drop),
        json::parse::<ImageConfig>(input).map(drop),
        json::parse::<Descriptor>(input).map(drop),
    ];
    if unique.is_ok() {
        return outcome(unique);
    }
    documents.map(outcome).join("; ")
}
