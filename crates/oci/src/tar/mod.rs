//! Tar archives: written so that the bytes depend on the entries alone, read from any
//! origin in bounded memory.

mod entry;
mod header;
mod read;
mod write;

pub use entry::{Entry, EntryKind, FileContent, MalformedPath};
pub use header::{TarEntry, TarError, TarKind};
pub use read::{Content, TarReader};
pub use write::{
    MAX_FILE_SIZE, MTIME, write_content, write_end, write_entry, write_file_header, write_padding,
};
