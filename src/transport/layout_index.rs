//! `oci-layout` and `index.json`: which images a layout holds (image-layout.md).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::REF_NAME;
use super::open::{LAYOUT_VERSION, LayoutVersion};
use crate::image::descriptor::Descriptor;
use crate::image::manifest::Index;
use crate::image::media_type;
use crate::image::multi_platform::MultiPlatformImage;

/// The `index.json` of a layout that holds one image under these tags.
pub(super) fn index_json(image: &MultiPlatformImage, tags: &[String]) -> Vec<u8> {
    index_of(tags.iter().map(|tag| entry(image, tag)).collect())
}

/// The content of `oci-layout`.
pub(super) fn layout_json() -> Vec<u8> {
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
pub(super) fn index_of(manifests: Vec<Descriptor>) -> Vec<u8> {
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

/// An index of any origin; what muslin does not know of it stays.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct LooseIndex {
    schema_version: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<Value>,
    manifests: Vec<LooseEntry>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// An entry as it is, but in the order of muslin's own where it says nothing else.
struct LooseEntry(Value);

impl LooseEntry {
    fn ref_name(&self) -> Option<&str> {
        self.0.get("annotations")?.get(REF_NAME)?.as_str()
    }
}

impl<'de> Deserialize<'de> for LooseEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

impl Serialize for LooseEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = serde_json::from_value::<Descriptor>(self.0.clone()).ok();
        match known.filter(|known| serde_json::to_value(known).is_ok_and(|known| known == self.0)) {
            Some(known) => known.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

/// An index with new entries in the place of those whose tags are replaced.
pub(super) fn spliced(
    index: &[u8],
    new: &[Descriptor],
    replaced: &BTreeSet<&str>,
) -> serde_json::Result<Vec<u8>> {
    let mut index: LooseIndex = serde_json::from_slice(index)?;
    let is_replaced =
        |entry: &LooseEntry| entry.ref_name().is_some_and(|tag| replaced.contains(tag));
    let first = index.manifests.iter().position(is_replaced);
    let first = first.unwrap_or(index.manifests.len());
    index.manifests.retain(|entry| !is_replaced(entry));
    let new: Result<Vec<_>, _> = new
        .iter()
        .map(|entry| serde_json::to_value(entry).map(LooseEntry))
        .collect();
    index.manifests.splice(first..first, new?);
    serde_json::to_vec(&index)
}
