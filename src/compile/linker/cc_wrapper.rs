//! Arguments for C compilers that neither the cc crate nor CMake sees.
//!
//! The cc crate watches `CFLAGS`, and users set it. The wrappers of cargo-zigbuild, which call
//! zig, are changed to read a variable of muslin's own instead.

use std::fs;
use std::io;

use camino::Utf8Path;

/// Arguments for the C compilers, separated by newlines.
pub const C_ARGUMENTS_VARIABLE: &str = "MUSLIN_C_ARGUMENTS";

/// Makes all C and C++ compiler wrappers in a folder read [`C_ARGUMENTS_VARIABLE`].
pub(super) fn patch_wrappers(folder: &Utf8Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.into_path());
                continue;
            }
            let is_compiler = ["zigcc-", "zigcxx-"]
                .iter()
                .any(|prefix| entry.file_name().starts_with(prefix));
            if is_compiler {
                let script = fs::read_to_string(entry.path())?;
                fs::write(entry.path(), patched(&script))?;
            }
        }
    }
    Ok(())
}

/// The wrapper script, with each line of the variable inserted as an argument before the others.
fn patched(script: &str) -> String {
    let split = format!(
        "IFS='\n'\nset -f\nset -- ${{{C_ARGUMENTS_VARIABLE}-}} \"$@\"\nset +f\nunset IFS\nexec "
    );
    script.replacen("exec ", &split, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_patched_wrapper_adds_the_arguments_and_splits_none_at_spaces() {
        let script = patched("#!/bin/sh\nexec printf '<%s>' zig \"$@\"\n");
        let run = |arguments: Option<&str>| {
            let mut command = Command::new("sh");
            command.args(["-c", &script, "sh", "-c", "a b.c", "*"]);
            command.envs(arguments.map(|value| (C_ARGUMENTS_VARIABLE, value)));
            String::from_utf8(command.output().unwrap().stdout).unwrap()
        };
        assert_eq!(run(None), "<zig><-c><a b.c><*>");
        assert_eq!(
            run(Some("-fa=/a b\n-fc=d")),
            "<zig><-fa=/a b><-fc=d><-c><a b.c><*>"
        );
    }
}
