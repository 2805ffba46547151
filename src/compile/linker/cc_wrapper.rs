//! Arguments for C compilers that neither the cc crate nor CMake sees, and failed links.
//!
//! The cc crate watches `CFLAGS`, and users set it. The wrappers of cargo-zigbuild, which call
//! zig, are changed to read a variable of muslin's own instead, and to note where zig could not
//! link what rustc compiled.

use std::fs;
use std::io;

use camino::Utf8Path;

/// Arguments for the C compilers, separated by newlines.
pub const C_ARGUMENTS_VARIABLE: &str = "MUSLIN_C_ARGUMENTS";

/// The path of a file to which a wrapper writes a line when a link for rustc fails.
pub const FAILED_LINKS_VARIABLE: &str = "MUSLIN_FAILED_LINKS";

/// Makes all C and C++ compiler wrappers in a folder read [`C_ARGUMENTS_VARIABLE`] and
/// [`FAILED_LINKS_VARIABLE`].
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
/// Links for rustc are those of its object files, or of its file of arguments.
fn patched(script: &str) -> String {
    let Some((before, command)) = script.split_once("exec ") else {
        return script.to_owned();
    };
    let command = command.trim_end();
    format!(
        "{before}IFS='\n'\nset -f\nset -- ${{{C_ARGUMENTS_VARIABLE}-}} \"$@\"\nset +f\nunset IFS\n\
         {command}\nstatus=$?\n\
         if [ $status != 0 ] && [ -n \"${{{FAILED_LINKS_VARIABLE}-}}\" ]; then\n\
         case \"$*\" in\n\
         *.rcgu.o* | *linker-arguments*) echo failed >>\"${FAILED_LINKS_VARIABLE}\" ;;\n\
         esac\nfi\nexit $status\n"
    )
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

    #[test]
    fn a_patched_wrapper_notes_failed_links_of_rustc_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let noted = folder.path().join("noted");
        let run = |exit: u8, argument: &str| {
            let script = patched(&format!("#!/bin/sh\nexec sh -c 'exit {exit}' \"$@\"\n"));
            let mut command = Command::new("sh");
            command.args(["-c", &script, "sh", argument, "-o", "app"]);
            command.env(FAILED_LINKS_VARIABLE, &noted);
            assert_eq!(command.status().unwrap().code(), Some(i32::from(exit)));
            fs::read_to_string(&noted).unwrap_or_default()
        };
        assert_eq!(run(0, "app.0.rcgu.o"), "");
        assert_eq!(run(1, "conftest.c"), "");
        assert_eq!(run(1, "app.0.rcgu.o"), "failed\n");
        assert_eq!(run(2, "@/tmp/rustc/linker-arguments"), "failed\nfailed\n");
    }
}
