//! Help, completions and man pages.

use super::*;

#[test]
fn help_shows_every_command_with_examples() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_build", &["build", "--help"]),
        ("help_pack", &["pack", "--help"]),
        ("help_index", &["index", "--help"]),
        ("help_copy", &["copy", "--help"]),
        ("help_inspect", &["inspect", "--help"]),
        ("help_setup", &["setup", "--help"]),
        ("help_mcp", &["mcp", "--help"]),
    ] {
        let output = Muslin::new().args(args).env("COLUMNS", "100").run();
        insta::assert_snapshot!(name, output.stdout);
    }
}

#[test]
fn completions_and_man_pages_are_printed() {
    let bash = Muslin::new().args(["completions", "bash"]).run();
    assert!(
        bash.stdout.contains("complete -F _muslin"),
        "{}",
        bash.stdout
    );
    let page = Muslin::new().args(["man", "build"]).run();
    assert!(page.stdout.contains(".SH SYNOPSIS") && page.stdout.contains("platform"));
}
