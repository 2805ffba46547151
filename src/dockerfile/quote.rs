//! Quoting values for Dockerfiles and for HCL.

/// A value that a Dockerfile cannot hold.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{what} has a line break, which a Dockerfile cannot hold")]
pub struct LineBreak {
    what: String,
}

/// A value in double quotes as a Dockerfile reads it. `references` are the variables that stay
/// references, as in `${OWNER}`.
pub(super) fn in_dockerfile(
    what: &str,
    value: &str,
    references: &[&str],
) -> Result<String, LineBreak> {
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
) -> Result<String, LineBreak> {
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

fn in_one_line(what: &str, value: &str) -> Result<(), LineBreak> {
    if value.contains(['\n', '\r']) {
        return Err(LineBreak {
            what: what.to_owned(),
        });
    }
    Ok(())
}
