//! Leaked paths: absolute paths of the build machine in executables.
//!
//! Paths that compilers write are remapped. Strings of the program itself cannot be, such as
//! those of `env!("CARGO_MANIFEST_DIR")` or `OUT_DIR`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};

use camino::{Utf8Path, Utf8PathBuf};
use memchr::memmem::Finder;
use schemars::JsonSchema;
use serde::Serialize;

use super::cargo::build::BuiltExecutable;
use crate::platform::TargetPlatform;

/// Bytes that are read and searched at a time.
const WINDOW: usize = 1 << 20;
/// Bytes of a leaked string that are reported.
const MAX_LENGTH: usize = 200;
/// Leaked strings of an executable that are reported.
const MAX_STRINGS: usize = 20;

/// Strings of an executable that contain a path of the build machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Leak {
    /// The platform of the executable.
    pub platform: TargetPlatform,
    /// The name of the binary.
    pub bin: String,
    /// The distinct strings, in the order of the file.
    pub strings: Vec<String>,
}

/// Why an executable could not be searched.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{path}`")]
pub struct LeakError {
    path: Utf8PathBuf,
    source: io::Error,
}

/// Searches all executables for these paths, each in a thread.
///
/// # Errors
/// An executable cannot be read.
pub fn search(
    executables: &[BuiltExecutable],
    paths: &[Utf8PathBuf],
) -> Result<Vec<Leak>, LeakError> {
    let all = std::thread::scope(|scope| {
        let tasks: Vec<_> = executables
            .iter()
            .map(|executable| scope.spawn(move || search_one(executable, paths)))
            .collect();
        let join = |task: std::thread::ScopedJoinHandle<'_, Result<_, _>>| {
            task.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        tasks.into_iter().map(join).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(all.into_iter().flatten().collect())
}

fn search_one(
    executable: &BuiltExecutable,
    paths: &[Utf8PathBuf],
) -> Result<Option<Leak>, LeakError> {
    let unreadable = |source| LeakError {
        path: executable.path.clone(),
        source,
    };
    let needles: Vec<Needle<'_>> = paths.iter().map(|path| Needle::new(path)).collect();
    let mut file = File::open(&executable.path).map_err(unreadable)?;
    // By offset, because a string may contain two of the paths.
    let mut strings: BTreeMap<u64, String> = BTreeMap::new();
    let mut window = Vec::with_capacity(2 * WINDOW);
    let mut start = 0_u64;
    loop {
        let read = (&mut file)
            .take(WINDOW as u64)
            .read_to_end(&mut window)
            .map_err(unreadable)?;
        for needle in &needles {
            for at in needle.finder.find_iter(&window) {
                if strings.len() < MAX_STRINGS && needle.is_path(&window, at) {
                    strings.insert(start + at as u64, text_at(&window, at));
                }
            }
        }
        if read == 0 {
            break;
        }
        // A string may continue in the next window.
        let done = window.len().saturating_sub(WINDOW / 16);
        window.drain(..done);
        start += done as u64;
    }
    let mut seen = std::collections::BTreeSet::new();
    let strings: Vec<String> = strings
        .into_values()
        .filter(|text| seen.insert(text.clone()))
        .collect();
    Ok((!strings.is_empty()).then(|| Leak {
        platform: executable.platform,
        bin: executable.bin.clone(),
        strings,
    }))
}

/// A path that is searched for.
struct Needle<'a> {
    path: &'a Utf8Path,
    finder: Finder<'a>,
    /// Of a directory at the root, such as `/app`: what is in it. A program may have a string
    /// such as `/app/login` that is no path of this machine.
    entries: Option<Vec<String>>,
}

impl<'a> Needle<'a> {
    fn new(path: &'a Utf8Path) -> Self {
        let entries = || {
            let entries = path.read_dir_utf8().into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name().to_owned()).collect()
        };
        Self {
            path,
            finder: Finder::new(path.as_str()),
            entries: (path.components().count() <= 2).then(entries),
        }
    }

    /// Whether what was found at an offset is a path of this machine.
    fn is_path(&self, bytes: &[u8], at: usize) -> bool {
        let Some(entries) = &self.entries else {
            return true;
        };
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let rest = &bytes[at + self.path.as_str().len()..];
        let begins =
            before.is_none_or(|byte| !(byte.is_ascii_alphanumeric() || b"./_-".contains(&byte)));
        let below = rest.strip_prefix(b"/").unwrap_or_default();
        begins
            && entries
                .iter()
                .any(|name| below.starts_with(name.as_bytes()))
    }
}

/// The printable ASCII text from an offset on.
fn text_at(bytes: &[u8], at: usize) -> String {
    let printable = |byte: &u8| (0x20..0x7f).contains(byte);
    let end = bytes[at..]
        .iter()
        .take(MAX_LENGTH)
        .take_while(|byte| printable(byte))
        .count()
        + at;
    String::from_utf8_lossy(&bytes[at..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search_bytes(bytes: &[u8]) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let executable = BuiltExecutable {
            platform: TargetPlatform::LinuxAmd64,
            bin: "x".to_owned(),
            path: Utf8PathBuf::from_path_buf(file.path().to_owned()).unwrap(),
        };
        let found = search(&[executable], &["/home/someone/project".into()]).unwrap();
        found.into_iter().flat_map(|leak| leak.strings).collect()
    }

    #[test]
    fn a_path_is_shown_with_what_follows_it() {
        let found = search_bytes(b"\0\x01see /home/someone/project/assets\0/workspace/src\0");
        assert_eq!(found, ["/home/someone/project/assets"]);
    }

    #[test]
    fn a_path_that_lies_across_two_windows_is_found_once() {
        for before in [
            WINDOW - 30,
            WINDOW - 10,
            2 * WINDOW - 5,
            WINDOW - WINDOW / 16 + 1,
        ] {
            let mut bytes = vec![0; before];
            bytes.extend(b"/home/someone/project/x\0");
            bytes.resize(3 * WINDOW, 0);
            assert_eq!(
                search_bytes(&bytes),
                ["/home/someone/project/x"],
                "{before}"
            );
        }
    }

    #[test]
    fn below_a_directory_at_the_root_what_exists_is_a_leak() {
        // It is there on every machine that runs this.
        let needle = Needle::new(Utf8Path::new("/etc"));
        let found = |bytes: &[u8]| {
            let mut all = needle.finder.find_iter(bytes);
            all.any(|at| needle.is_path(bytes, at))
        };
        assert!(found(b"/etc/passwd") && found(b"\0/etc/passwdcalled `Option`"));
        assert!(!found(b"/etc/no-such-file") && !found(b"/etc") && !found(b"/usr/etc/passwd"));
    }

    #[test]
    fn other_text_is_no_leak() {
        assert_eq!(search_bytes(b"/home/someone /workspace /crates"), [""; 0]);
    }
}
