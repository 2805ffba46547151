//! One file for each verb: a Request, a Report, an error and the function between.

pub mod build;
pub mod copy;
pub mod created;
pub mod destinations;
pub mod index;
pub mod init_docker;
pub mod inspect;
pub mod pack;
pub mod setup;
