//! A small client of OCI registries (OCI distribution specification 1.1), without threads but
//! those of uploads and without a runtime.
//!
//! [`Client`] is what `muslin-oci` is given for `docker://` references. `push` sends what a
//! registry lacks and sets tags last; `pull` opens streams that `muslin-oci` verifies. Both go
//! through `session`, which authenticates (`auth`, `credentials`), sends again where that may
//! help (`tries`), and follows only where a registry may lead (`url`, `address`). `http` sends
//! single requests.

mod address;
mod answer;
mod auth;
mod challenge;
mod client;
mod content;
mod credentials;
mod error;
mod failure;
mod http;
mod pull;
mod push;
mod roots;
mod secret;
mod session;
mod settings;
mod tries;
mod upload;
mod url;

pub use client::Client;
pub use error::RegistryError;
pub use secret::Secret;
pub use settings::{Limits, Settings};
