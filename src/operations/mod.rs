//! One file for each verb: a Request, a Report, an error and the function between.

#[cfg(feature = "build")]
pub mod build;
#[cfg(feature = "build")]
pub mod created;
#[cfg(feature = "build")]
pub mod destinations;
pub mod index;
#[cfg(feature = "build")]
pub mod inspect;
#[cfg(feature = "build")]
pub mod pack;
#[cfg(feature = "build")]
pub mod packed;
#[cfg(feature = "build")]
pub mod packing;
#[cfg(feature = "build")]
pub mod setup;
#[cfg(feature = "build")]
pub mod shelf;
