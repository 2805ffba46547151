//! OpenSSL for `openssl-sys`, which finds none that is built for musl: where a package needs one and
//! the user has named none, it is built once from pinned source into the cache.

pub mod build;
pub mod built;
pub mod choice;
pub mod error;
pub mod needed;
mod source;
