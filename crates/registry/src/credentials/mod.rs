//! Credentials for a registry: those of Docker's and podman's files, and of helpers.

mod config_file;
mod error;
mod helper;
mod login;
mod search;

pub(crate) use error::CredentialsError;
pub(crate) use login::{Credentials, Login};
pub(crate) use search::find;
