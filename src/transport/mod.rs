//! Reading and writing images: layouts, archives, the local daemon.

pub mod writing;
