//! Images in registries: their names, and what reads and writes them, which is an argument.

mod client;
pub mod reference;
pub mod repository;

pub use client::{Registries, RegistryClient, RemoteImage};
