//! Resolving a description: overrides, then the metadata table, then defaults, all validated.

use std::collections::{BTreeMap, BTreeSet};

use super::description::{Description, DescriptionWithOrigins, IncludedFiles};
use super::labels::{PackageLabels, replace_owner};
use super::metadata::table::{FilesEntry, Port, Size, Table};
use super::overrides::Overrides;
use super::validate::{self, Invalid};
use crate::platform::TargetPlatform;

/// An invalid value, and what to write instead.
pub(super) enum InvalidValue {
    /// Of this key of the metadata table.
    OfKey(&'static str, Invalid),
    /// Of this flag.
    OfFlag(&'static str, Invalid),
}

/// Resolves the description of an image of these binaries. `name` is that of the package, and
/// `package_labels` are the labels that `[package]` gives.
pub(super) fn resolve(
    name: &str,
    bins: Vec<String>,
    entrypoint: String,
    package_labels: &BTreeMap<String, String>,
    table: Table,
    overrides: &Overrides,
) -> Result<DescriptionWithOrigins, InvalidValue> {
    let (image, name) = image_and_name(table.image, name, overrides)?;
    let tags = tags(table.tags, overrides)?;
    let platforms = platforms(table.platforms, overrides)?;
    for name in table.env.keys() {
        validate::env_name(name).map_err(of_key("env"))?;
    }
    let expose = ports(table.expose).map_err(of_key("expose"))?;
    let volumes = volumes(table.volumes).map_err(of_key("volumes"))?;
    let stop_signal = table.stop_signal.unwrap_or_else(|| "SIGTERM".to_owned());
    validate::signal(&stop_signal).map_err(of_key("stop-signal"))?;
    let max_size = max_size(table.max_size).map_err(of_key("max-size"))?;
    let files = files(table.files).map_err(of_key("files"))?;
    validate::keys(&table.labels).map_err(of_key("labels"))?;
    validate::keys(&table.annotations).map_err(of_key("annotations"))?;
    validate::keys(&overrides.labels)
        .map_err(|message| InvalidValue::OfFlag("`--label`", message))?;
    let user = table.user.as_deref().unwrap_or("65532:65532");
    let user = validate::user(user).map_err(of_key("user"))?;
    let workdir = table.workdir.as_deref().unwrap_or("/");
    let workdir = validate::absolute_path(workdir).map_err(of_key("workdir"))?;

    let profile = overrides.profile.clone().or(table.profile);
    let mut features = table.features.unwrap_or_default();
    features.extend(overrides.features.iter().cloned());
    features.sort_unstable();
    features.dedup();
    let labels = PackageLabels::new(package_labels, &table.labels, overrides);
    let owner = overrides.owner.as_deref();
    Ok(DescriptionWithOrigins {
        description: Description {
            name,
            image,
            tags,
            bins,
            entrypoint,
            args: table.args.unwrap_or_default(),
            platforms: platforms.into_iter().collect(),
            profile: profile.unwrap_or_else(|| "release".to_owned()),
            features,
            user,
            workdir,
            env: table.env,
            expose,
            volumes,
            stop_signal,
            files,
            max_size,
            labels: labels.merge(&table.labels, &overrides.labels, owner),
            annotations: labels.merge(&table.annotations, &overrides.annotations, owner),
        },
        version: labels.version,
        revision: labels.revision,
    })
}

fn of_key(key: &'static str) -> impl Fn(Invalid) -> InvalidValue {
    move |message| InvalidValue::OfKey(key, message)
}

/// The repository, if there is one, and the name of the image: the last part of the repository,
/// or the package's name.
fn image_and_name(
    image: Option<String>,
    package: &str,
    overrides: &Overrides,
) -> Result<(Option<String>, String), InvalidValue> {
    // Names of repositories are lower-case.
    let owner = overrides.owner.as_deref().map(str::to_lowercase);
    let image = image.map(|image| replace_owner(&image, owner.as_deref()));
    if let Some(image) = &image {
        validate::image(image).map_err(of_key("image"))?;
    }
    let name = image
        .as_deref()
        .and_then(|image| image.rsplit('/').next())
        .unwrap_or(package)
        .to_ascii_lowercase();
    validate::image(&name).map_err(of_key("image"))?;
    Ok((image, name))
}

fn tags(tags: Option<Vec<String>>, overrides: &Overrides) -> Result<Vec<String>, InvalidValue> {
    if !overrides.tags.is_empty() {
        for tag in &overrides.tags {
            validate::tag(tag).map_err(|message| InvalidValue::OfFlag("`--tag`", message))?;
        }
        return Ok(overrides.tags.clone());
    }
    let tags = tags.unwrap_or_else(|| vec!["latest".to_owned()]);
    if tags.is_empty() {
        return Err(of_key("tags")("an image needs at least one tag".to_owned()));
    }
    for tag in &tags {
        validate::tag(tag).map_err(of_key("tags"))?;
    }
    Ok(tags)
}

fn platforms(
    names: Option<Vec<String>>,
    overrides: &Overrides,
) -> Result<BTreeSet<TargetPlatform>, InvalidValue> {
    if !overrides.platforms.is_empty() {
        return Ok(overrides.platforms.iter().copied().collect());
    }
    let Some(names) = names else {
        return Ok(TargetPlatform::ALL.into());
    };
    let platforms: Result<BTreeSet<TargetPlatform>, _> =
        names.iter().map(|name| name.parse()).collect();
    let invalid = of_key("platforms");
    match platforms {
        Ok(platforms) if platforms.is_empty() => {
            Err(invalid("an image needs at least one platform".to_owned()))
        }
        Ok(platforms) => Ok(platforms),
        Err(error) => Err(invalid(error.to_string())),
    }
}

fn ports(ports: Option<Vec<Port>>) -> Result<BTreeSet<String>, Invalid> {
    let port = |port| match port {
        Port::Number(number) => validate::port(&u16::to_string(&number)),
        Port::Text(text) => validate::port(&text),
    };
    ports.unwrap_or_default().into_iter().map(port).collect()
}

fn volumes(paths: Option<Vec<String>>) -> Result<BTreeSet<String>, Invalid> {
    let paths = paths.unwrap_or_default();
    let volume = |path: &String| validate::absolute_path(path);
    paths.iter().map(volume).collect()
}

fn max_size(size: Option<Size>) -> Result<u64, Invalid> {
    match size {
        None => Ok(100_000_000),
        Some(Size::Number(0)) => Err("it must be above 0".to_owned()),
        Some(Size::Number(bytes)) => Ok(bytes),
        Some(Size::Text(text)) => validate::size(&text),
    }
}

fn files(entries: Option<Vec<FilesEntry>>) -> Result<Vec<IncludedFiles>, Invalid> {
    let included = |entry: FilesEntry| {
        let to = validate::absolute_path(&entry.to)?;
        Ok(IncludedFiles {
            from: entry.from,
            to,
        })
    };
    entries
        .unwrap_or_default()
        .into_iter()
        .map(included)
        .collect()
}
