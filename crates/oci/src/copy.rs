//! Copying from readers to writers.

use std::io::{self, Read, Write};

/// As `io::copy`, in pieces of 256 KiB, which keep a hasher busy.
///
/// # Errors
/// Those of reading and writing.
pub fn copy(from: &mut impl Read, to: &mut (impl Write + ?Sized)) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 18];
    let mut copied = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(read) => {
                to.write_all(&buffer[..read])?;
                copied += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
