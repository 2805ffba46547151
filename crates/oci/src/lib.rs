//! OCI images: their documents, their layers, and the places where they live.
//!
//! The documents of the OCI image specification 1.1 are one module each ([`descriptor`],
//! [`manifest`], [`index`], [`config`]). [`layer`] makes deterministic layers with [`tar`]
//! and [`codec`]. [`image`] holds a whole image, and [`transport`] reads and writes it: as
//! an image layout, as an archive, in the local Docker daemon, in a registry. [`join`] puts images of
//! single platforms under one index.
//!
//! Only [`transport`] and [`join`] touch files, by means of [`folder`], [`unfinished_file`] and
//! [`file_lock`]; what
//! they do can be cancelled ([`cancellation`]). No module reads a clock, the environment or a
//! network: the client of registries is an argument ([`transport::Registries`]), and what it
//! reads is [`remote`].

pub mod annotation;
pub mod cancellation;
pub mod codec;
pub mod config;
pub mod copy;
pub mod descriptor;
pub mod digest;
pub mod file_lock;
pub mod folder;
pub mod image;
pub mod index;
pub mod join;
pub mod json;
pub mod layer;
pub mod manifest;
pub mod media_type;
pub mod platform;
pub mod remote;
#[cfg(feature = "schemars")]
mod schema;
pub mod tar;
pub mod transport;
pub mod unfinished_file;
