//! `oci-layout` and `index.json` (image-layout.md).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::annotation::REF_NAME;
use crate::descriptor::Descriptor;
use crate::image::MultiPlatformImage;
use crate::index::Index;
use crate::media_type;
use crate::transport::document::read_document;
use crate::transport::error::ReadErrorKind;
use crate::transport::source::Entry;

/// The content of `oci-layout`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LayoutVersion {
    image_layout_version: String,
}

/// The only version of image layouts that there is.
const LAYOUT_VERSION: &str = "1.0.0";

/// Reads `oci-layout`; refuses a version that is not supported.
pub(in crate::transport) fn check_version(file: impl Read) -> Result<(), ReadErrorKind> {
    let (_, version): (_, LayoutVersion) = read_document(file, "oci-layout")?;
    match version.image_layout_version {
        version if version == LAYOUT_VERSION => Ok(()),
        version => Err(ReadErrorKind::LayoutVersion(version)),
    }
}

/// Reads the entries of `index.json`.
pub(in crate::transport) fn read_entries(file: impl Read) -> Result<Vec<Entry>, ReadErrorKind> {
    let (_, index): (_, Index) = read_document(file, "index.json")?;
    let entry = |descriptor: Descriptor| Entry {
        name: ref_name(&descriptor).map(str::to_owned),
        descriptor,
    };
    Ok(index.manifests.into_iter().map(entry).collect())
}

/// The `index.json` of a layout that holds one image under these tags.
pub(in crate::transport) fn index_json(image: &MultiPlatformImage, tags: &[String]) -> Vec<u8> {
    index_json_of(tags.iter().map(|tag| entry(image, tag)).collect())
}

/// The content of `oci-layout`.
pub(in crate::transport) fn layout_json() -> Vec<u8> {
    let version = LayoutVersion {
        image_layout_version: LAYOUT_VERSION.to_owned(),
    };
    serde_json::to_vec(&version).expect("a text is JSON")
}

/// The entry of an image under a tag.
pub(super) fn entry(image: &MultiPlatformImage, tag: &str) -> Descriptor {
    let mut descriptor = image.index.descriptor.clone();
    let annotation = (REF_NAME.to_owned(), tag.to_owned());
    descriptor.annotations.extend([annotation]);
    descriptor
}

/// An `index.json` of these entries.
pub(super) fn index_json_of(manifests: Vec<Descriptor>) -> Vec<u8> {
    let index = Index {
        schema_version: 2,
        media_type: Some(media_type::INDEX.to_owned()),
        manifests,
        annotations: BTreeMap::new(),
    };
    serde_json::to_vec(&index).expect("OCI documents have string keys alone")
}

/// The tag of an entry.
pub(super) fn ref_name(entry: &Descriptor) -> Option<&str> {
    entry.annotations.get(REF_NAME).map(String::as_str)
}

/// An `index.json` of any origin; unknown fields are kept.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ForeignIndex {
    schema_version: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<Value>,
    manifests: Vec<ForeignEntry>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// An entry with its unknown fields; one without any is written with its fields in the order
/// of [`Descriptor`].
struct ForeignEntry(Value);

impl ForeignEntry {
    fn ref_name(&self) -> Option<&str> {
        self.0.get("annotations")?.get(REF_NAME)?.as_str()
    }
}

impl<'de> Deserialize<'de> for ForeignEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

impl Serialize for ForeignEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = serde_json::from_value::<Descriptor>(self.0.clone()).ok();
        match known.filter(|known| serde_json::to_value(known).is_ok_and(|known| known == self.0)) {
            Some(known) => known.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

/// An `index.json` with `new` in the place of the entries whose tags are in `replaced`.
pub(super) fn replace_entries(
    index: &[u8],
    new: &[Descriptor],
    replaced: &BTreeSet<&str>,
) -> serde_json::Result<Vec<u8>> {
    let mut index: ForeignIndex = serde_json::from_slice(index)?;
    let is_replaced =
        |entry: &ForeignEntry| entry.ref_name().is_some_and(|tag| replaced.contains(tag));
    let first = index.manifests.iter().position(is_replaced);
    let first = first.unwrap_or(index.manifests.len());
    index.manifests.retain(|entry| !is_replaced(entry));
    let new: Result<Vec<_>, _> = new
        .iter()
        .map(|entry| serde_json::to_value(entry).map(ForeignEntry))
        .collect();
    index.manifests.splice(first..first, new?);
    serde_json::to_vec(&index)
}
