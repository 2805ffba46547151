//! The stdio transport: messages on stdin and stdout, one to a line.
//!
//! Threads read and write, because stdin and stdout may be files, or pipes that other
//! processes share. Every queue is bounded: a client that sends without end or never reads
//! is waited for and fills no memory.

mod backlog;
mod input;
mod message;
mod output;
mod transport;

pub(super) use transport::open;
