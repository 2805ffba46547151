//! Tests of rustflags: each source of cargo's, alone and together.

use camino::Utf8Path;
use cargo_config2::ResolveOptions;

use super::*;

const TARGETS: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];

fn read_with(config: &str, variables: &[(&str, &str)]) -> UserRustflags {
    let folder = tempfile::tempdir().unwrap();
    let cwd = Utf8Path::from_path(folder.path()).unwrap();
    std::fs::create_dir(cwd.join(".cargo")).unwrap();
    std::fs::write(cwd.join(".cargo/config.toml"), config).unwrap();
    let mut environment: Environment = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let home = cwd.join("home").into_std_path_buf();
    environment.insert("CARGO_HOME".into(), home.clone().into());
    let unresolved = de::Config::load_with_options(cwd, home.clone()).unwrap();
    let options = ResolveOptions::default().cargo_home(home).env(&environment);
    let config = Config::load_with_options(cwd, options).unwrap();
    UserRustflags::read(&unresolved, &config, &environment, &TARGETS).unwrap()
}

fn merged(user: &UserRustflags) -> MergedRustflags {
    let ours = TARGETS.map(|target| (target, vec!["--ours".to_owned(), format!("-L{target}")]));
    merge(user, &ours)
}

fn tables(amd64: &str, arm64: &str) -> MergedRustflags {
    MergedRustflags {
        encoded: None,
        config: vec![
            format!("target.{}.rustflags={amd64}", TARGETS[0]),
            format!("target.{}.rustflags={arm64}", TARGETS[1]),
        ],
    }
}

#[test]
fn flags_of_the_environment_come_first_and_ours_follow_once() {
    let expected = "--cfg\u{1f}a\u{1f}--ours\u{1f}-Lx86_64-unknown-linux-musl\u{1f}-Laarch64-unknown-linux-musl";
    for (name, value) in [
        ("RUSTFLAGS", "--cfg  a"),
        ("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}a"),
    ] {
        let user = read_with("[build]\nrustflags = ['--hidden']", &[(name, value)]);
        assert_eq!(merged(&user).encoded.as_deref(), Some(expected));
    }
}

#[test]
fn encoded_flags_hide_plain_ones_as_in_cargo() {
    let both = [
        ("RUSTFLAGS", "--plain"),
        ("CARGO_ENCODED_RUSTFLAGS", "--encoded"),
    ];
    assert_eq!(
        read_with("", &both),
        UserRustflags::Environment(vec!["--encoded".to_owned()])
    );
}

#[test]
fn an_empty_variable_hides_the_tables_as_in_cargo() {
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        let user = read_with("[build]\nrustflags = ['--hidden']", &[(name, "")]);
        assert_eq!(user, UserRustflags::Environment(Vec::new()));
        let expected = "--ours\u{1f}-Lx86_64-unknown-linux-musl\u{1f}-Laarch64-unknown-linux-musl";
        assert_eq!(merged(&user).encoded.as_deref(), Some(expected));
    }
}

#[test]
fn flags_of_the_build_table_are_repeated_before_ours() {
    for (config, variables) in [
        ("[build]\nrustflags = ['--cfg', 'a']", &[][..]),
        ("[build]\nrustflags = '--cfg a'", &[][..]),
        ("", &[("CARGO_BUILD_RUSTFLAGS", "--cfg a")][..]),
    ] {
        let user = read_with(config, variables);
        let expected = tables(
            r#"["--cfg","a","--ours","-Lx86_64-unknown-linux-musl"]"#,
            r#"["--cfg","a","--ours","-Laarch64-unknown-linux-musl"]"#,
        );
        assert_eq!(merged(&user), expected, "{config}");
    }
}

#[test]
fn a_cfg_that_is_not_for_musl_does_not_hide_the_build_table() {
    let config = "[target.'cfg(windows)']\nrustflags = ['--w']\n[build]\nrustflags = ['--b']";
    let path = std::env::var("PATH").unwrap();
    let user = read_with(config, &[("PATH", &path)]);
    assert_eq!(user, UserRustflags::Build(vec!["--b".to_owned()]));
}

#[test]
fn flags_of_a_target_or_a_cfg_are_left_to_cargo_to_merge() {
    let variable = (
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS",
        "--cfg a",
    );
    for (config, variables) in [
        (
            "[target.x86_64-unknown-linux-musl]\nrustflags = ['--cfg', 'a']",
            &[][..],
        ),
        ("[target.'cfg(unix)']\nrustflags = ['--cfg', 'a']", &[][..]),
        ("", &[variable][..]),
    ] {
        let config = format!("{config}\n[build]\nrustflags = ['--hidden']");
        let path = ("PATH", std::env::var("PATH").unwrap());
        let mut variables = variables.to_vec();
        variables.push((path.0, &path.1));
        let user = read_with(&config, &variables);
        let expected = tables(
            r#"["--ours","-Lx86_64-unknown-linux-musl"]"#,
            r#"["--ours","-Laarch64-unknown-linux-musl"]"#,
        );
        assert_eq!(merged(&user), expected, "{config}");
    }
}
