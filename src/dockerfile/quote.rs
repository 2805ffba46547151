//! Quoting values for Dockerfiles and for HCL.

use super::image::InvalidImage;

/// A value in double quotes as a Dockerfile reads it. `references` are the variables that stay
/// references, as in `${OWNER}`.
pub(super) fn in_dockerfile(
    what: &str,
    value: &str,
    references: &[&str],
) -> Result<String, InvalidImage> {
    let mut quoted = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$");
    for name in references {
        quoted = quoted.replace(name, &format!("${{{name}}}"));
    }
    in_one_line(what, value)?;
    Ok(format!("\"{quoted}\""))
}

/// A value in double quotes as HCL reads it (the HCL native syntax, "Template Expressions").
pub(super) fn in_hcl(
    what: &str,
    value: &str,
    references: &[(&str, &str)],
) -> Result<String, InvalidImage> {
    let mut quoted = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace("${", "$${")
        .replace("%{", "%%{");
    for (name, variable) in references {
        quoted = quoted.replace(name, &format!("${{{variable}}}"));
    }
    in_one_line(what, value)?;
    Ok(format!("\"{quoted}\""))
}

/// A list of words as JSON, as in `CMD`.
pub(super) fn json<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words
        .into_iter()
        .map(|word| serde_json::to_string(word).expect("a string is JSON"))
        .collect();
    format!("[{}]", words.join(", "))
}

fn in_one_line(what: &str, value: &str) -> Result<(), InvalidImage> {
    if value.contains(['\n', '\r']) {
        return Err(InvalidImage::LineBreak {
            what: what.to_owned(),
        });
    }
    Ok(())
}
