//! The Docker lane: a Dockerfile and a bake file that repeat what `Cargo.toml` says of an image.
//!
//! A Dockerfile cannot read `Cargo.toml`. What it must know is in blocks of lines between
//! `# begin NAME (muslin init docker)` and `# end`, which muslin writes; all other lines belong
//! to the user.

mod bake;
mod blocks;
mod cargo_settings;
mod image;
mod package;
mod quote;

pub use blocks::{Blocks, MissingBlocks};
pub use cargo_settings::{CargoSettings, SettingsError};
pub use quote::LineBreak;

use crate::package::description::Description;

/// A file of the lane as it is written first, with empty blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name in the workspace.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The files of the lane.
pub const TEMPLATES: [Template; 3] = [
    Template {
        name: "Dockerfile",
        text: include_str!("template.Dockerfile"),
    },
    Template {
        name: "docker-bake.hcl",
        text: include_str!("template.hcl"),
    },
    Template {
        name: ".dockerignore",
        text: include_str!("template.dockerignore"),
    },
];

/// The blocks of each of [`TEMPLATES`], in their order.
///
/// # Errors
/// A value cannot be written in a Dockerfile.
pub fn blocks(
    package: &str,
    description: &Description,
    settings: &CargoSettings,
) -> Result<[Blocks; 3], LineBreak> {
    Ok([
        Blocks::from([
            ("package", package::block(package, description, settings)),
            ("image", image::block(description, &settings.folder)?),
        ]),
        Blocks::from([("image", bake::block(description)?)]),
        Blocks::default(),
    ])
}
