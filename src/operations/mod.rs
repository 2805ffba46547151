//! One file for each verb: a Request, a Report, an error and the function between.

#[cfg(feature = "build")]
pub mod created;
#[cfg(feature = "build")]
pub mod packing;
