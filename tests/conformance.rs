//! What muslin writes is what the OCI image specification describes, and what
//! the tools that people have take.

#![cfg(feature = "build")]

mod harness;
mod oci_schema;
