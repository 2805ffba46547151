//! What the bake file says of an image: where it goes, its platforms and annotations.

use super::image::{OWNER, REVISION, VERSION};
use super::quote::{LineBreak, in_hcl};
use crate::package::description::Description;

/// The variable that GitHub's runners set.
const OWNER_VARIABLE: &str = "GITHUB_REPOSITORY_OWNER";

/// The variables, and the target that all others inherit from.
pub(super) fn block(description: &Description) -> Result<String, LineBreak> {
    let owner = [(OWNER, OWNER_VARIABLE)];
    let image = description.image.as_ref().unwrap_or(&description.name);
    let version = description.labels.get(VERSION).map_or("", String::as_str);
    let mut text = String::new();
    for (name, default) in [
        (OWNER_VARIABLE, format!("\"{OWNER}\"")),
        ("IMAGE", in_hcl("`image`", image, &owner)?),
        ("TAGS", in_hcl("a tag", &description.tags.join(","), &[])?),
        ("VERSION", in_hcl("the version", version, &[])?),
        ("COMMIT_SHA", "\"\"".to_owned()),
    ] {
        text += &format!("variable \"{name}\" {{\n  default = {default}\n}}\n\n");
    }
    let platforms: Vec<String> = description
        .platforms
        .iter()
        .map(|platform| format!("\"{platform}\""))
        .collect();
    text += "target \"description\" {\n";
    text += &format!("  platforms = [{}]\n", platforms.join(", "));
    text += "  annotations = concat([\n";
    for (key, value) in &description.annotations {
        let value = match key.as_str() {
            REVISION => continue,
            VERSION => "\"${VERSION}\"".to_owned(),
            _ => in_hcl(&format!("the annotation `{key}`"), value, &owner)?,
        };
        let key = in_hcl("an annotation", key, &[])?;
        let pair = format!("{}={}", key.trim_matches('"'), &value[1..value.len() - 1]);
        text += &format!("    \"index,manifest:{pair}\",\n");
    }
    text += &format!(
        "  ], COMMIT_SHA == \"\" ? [] : [\"index,manifest:{REVISION}=${{COMMIT_SHA}}\"])\n}}\n"
    );
    Ok(text)
}
