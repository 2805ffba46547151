//! Which dependencies of a local package are for its tests alone: a lock file does not tell them
//! from others.

use std::collections::BTreeSet;

use toml::{Table, Value};

/// The names of the packages that a `Cargo.toml` lists as dev-dependencies, and not as
/// dependencies of another kind.
///
/// # Errors
/// It is not TOML.
pub fn dev_only(text: &str) -> Result<BTreeSet<String>, toml::de::Error> {
    let manifest: Table = toml::from_str(text)?;
    let mut dev = BTreeSet::new();
    let mut others = BTreeSet::new();
    collect(&manifest, &mut dev, &mut others);
    if let Some(Value::Table(targets)) = manifest.get("target") {
        for table in targets.values().filter_map(Value::as_table) {
            collect(table, &mut dev, &mut others);
        }
    }
    Ok(dev.difference(&others).cloned().collect())
}

fn collect(table: &Table, dev: &mut BTreeSet<String>, others: &mut BTreeSet<String>) {
    for key in ["dev-dependencies", "dev_dependencies"] {
        dev.extend(names(table, key));
    }
    for key in ["dependencies", "build-dependencies", "build_dependencies"] {
        others.extend(names(table, key));
    }
}

/// The names of the packages in a table of dependencies.
fn names<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = String> + 'a {
    let dependencies = table.get(key).and_then(Value::as_table);
    dependencies
        .into_iter()
        .flatten()
        .map(|(name, dependency)| {
            let renamed = dependency.get("package").and_then(Value::as_str);
            renamed.unwrap_or(name).to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_dependency_of_another_kind_too_is_not_for_tests_alone() {
        let text = r#"
[dependencies]
used = "1"
other = { package = "renamed", version = "1" }
[dev-dependencies]
used = "1"
insta = "1"
again = { package = "renamed", version = "1" }
[target.'cfg(unix)'.dev-dependencies]
nix = "1"
cc = "1"
[target.'cfg(unix)'.build-dependencies]
cc = "1"
"#;
        let found: Vec<_> = dev_only(text).unwrap().into_iter().collect();
        assert_eq!(found, ["insta", "nix"]);
    }
}
