//! Files that get their names when they are complete.

use std::fs::File;
use std::io;

use crate::folder::Folder;

/// How many letters and digits of a name are random.
const RANDOM: usize = 6;

/// A file that is removed unless it is renamed.
#[derive(Debug)]
pub struct UnfinishedFile {
    folder: Folder,
    name: String,
    renamed: bool,
    /// For reading and writing.
    pub file: File,
}

impl UnfinishedFile {
    /// Makes an empty file whose name is `prefix`, six random letters and digits, and `suffix`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(folder: &Folder, prefix: &str, suffix: &str) -> io::Result<Self> {
        let mut name = String::new();
        let file = tempfile::Builder::new()
            .prefix(prefix)
            .suffix(suffix)
            .rand_bytes(RANDOM)
            // By its path it would be.
            .disable_cleanup(true)
            .make_in(folder.path(), |path| {
                let random = path.file_name().and_then(|name| name.to_str());
                random
                    .ok_or(io::ErrorKind::InvalidFilename)?
                    .clone_into(&mut name);
                folder.create_file(&name)
            })?;
        Ok(Self {
            folder: folder.clone(),
            name,
            renamed: false,
            file: file.into_file(),
        })
    }

    /// Gives the file this name in its own or another folder, in place of what has it.
    ///
    /// # Errors
    /// It cannot be renamed; it is removed then.
    pub fn rename(mut self, folder: &Folder, name: &str) -> io::Result<()> {
        self.folder.rename(&self.name, folder, name)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = self.folder.remove(&self.name);
        }
    }
}

/// Whether [`UnfinishedFile::new`] may have given this name for this prefix and suffix.
#[must_use]
pub fn is_unfinished(name: &str, prefix: &str, suffix: &str) -> bool {
    let random = name.strip_prefix(prefix);
    let random = random.and_then(|rest| rest.strip_suffix(suffix));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Links;
    use camino::Utf8Path;

    #[test]
    fn an_unfinished_file_is_removed_and_can_be_told_by_its_name() {
        let scratch = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(scratch.path()).unwrap();
        let folder = Folder::open(path, Links::Follow).unwrap();
        let unfinished = UnfinishedFile::new(&folder, ".new-", ".tar").unwrap();
        let names = folder.names().unwrap();
        assert!(is_unfinished(&names[0], ".new-", ".tar"), "{names:?}");
        assert!(!is_unfinished(&names[0], ".new-", ""));
        assert!(!is_unfinished(".new-.tar", ".new-", ".tar"));
        drop(unfinished);
        assert_eq!(folder.names().unwrap().len(), 0);

        let unfinished = UnfinishedFile::new(&folder, ".new-", ".tar").unwrap();
        unfinished.rename(&folder, "file").unwrap();
        assert_eq!(folder.names().unwrap(), ["file"]);
    }
}
