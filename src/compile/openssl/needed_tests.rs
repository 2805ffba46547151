use super::*;
use crate::compile::process::Processes;
use crate::compile::request::{CargoOptions, LockMode};
use crate::platform::TargetPlatform;

fn request(root: &Utf8Path) -> CompileRequest {
    CompileRequest {
        manifest_path: root.join("Cargo.toml"),
        workspace_root: root.to_owned(),
        package: "app".to_owned(),
        bins: vec!["app".to_owned()],
        platforms: vec![TargetPlatform::LinuxAmd64, TargetPlatform::LinuxArm64],
        profile: "release".to_owned(),
        profiles: toml::Table::new(),
        features: vec!["tls".to_owned(), "log".to_owned()],
        cargo: CargoOptions::default(),
        cwd: root.to_owned(),
        environment: Environment::new(),
        cache_dir: root.join("cache"),
        processes: Processes::default(),
    }
}

/// A workspace whose lock file has these packages, and a toolchain whose cargo prints an answer and notes that
/// it was asked.
struct Fixture {
    scratch: tempfile::TempDir,
}

impl Fixture {
    fn new(locked: &[&str], answer: &str) -> Self {
        let fixture = Self {
            scratch: tempfile::tempdir().unwrap(),
        };
        let mut lock = "version = 4\n".to_owned();
        for name in locked {
            lock += &format!("\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        }
        fs::write(fixture.root().join("Cargo.lock"), lock).unwrap();
        fixture.answer(answer);
        fixture
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.scratch.path()).unwrap()
    }

    /// Makes cargo print this.
    fn answer(&self, answer: &str) {
        let script = format!(
            "#!/bin/sh\necho asked >>'{}/asked'\necho '{answer}'\n",
            self.root()
        );
        crate::compile::script::write_script(&self.root().join("cargo"), &script).unwrap();
    }

    fn asked(&self) -> usize {
        let asked = fs::read_to_string(self.root().join("asked")).unwrap_or_default();
        asked.lines().count()
    }

    fn targets(&self, variables: &[(&str, &str)], answers: Answers) -> Vec<&'static str> {
        let toolchain = Toolchain {
            cargo: self.root().join("cargo"),
            rustc: "rustc".into(),
            verbose_version: "rustc 1.96.0".to_owned(),
            sysroot: "/usr".into(),
        };
        let variables = variables.iter();
        let environment = variables
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        targets(&request(self.root()), &toolchain, &environment, answers)
    }
}

const BOTH: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];
const LOOKING: &str = "openssl-sys v0.9.104|";

#[test]
fn cargo_is_asked_only_where_the_lock_file_has_openssl_sys() {
    let without = Fixture::new(&["app", "openssl"], LOOKING);
    assert_eq!(without.targets(&[], Answers::Kept), [""; 0]);
    assert_eq!(without.asked(), 0);
    let with = Fixture::new(&["app", "openssl-sys"], LOOKING);
    assert_eq!(with.targets(&[], Answers::Kept), BOTH);
    assert_eq!(with.asked(), 1);
}

#[test]
fn a_lock_file_may_have_carriage_returns() {
    let fixture = Fixture::new(&["app", "openssl-sys"], LOOKING);
    let path = fixture.root().join("Cargo.lock");
    let lock = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
    fs::write(&path, lock).unwrap();
    assert_eq!(fixture.targets(&[], Answers::Kept), BOTH);
}

#[test]
fn the_variables_of_the_user_win() {
    let fixture = Fixture::new(&["openssl-sys"], LOOKING);
    let for_all = [("OPENSSL_DIR", "/opt/openssl")];
    assert_eq!(fixture.targets(&for_all, Answers::Kept), [""; 0]);
    assert_eq!(fixture.asked(), 0);
    let for_one = [("X86_64_UNKNOWN_LINUX_MUSL_OPENSSL_DIR", "/opt/openssl")];
    assert_eq!(fixture.targets(&for_one, Answers::Kept), BOTH[1..]);
}

#[test]
fn an_answer_is_kept_until_the_lock_file_or_the_manifest_changes() {
    let fixture = Fixture::new(&["openssl-sys"], "");
    for _ in 0..2 {
        assert_eq!(fixture.targets(&[], Answers::Kept), [""; 0]);
    }
    assert_eq!(fixture.asked(), 1);
    fixture.answer(LOOKING);
    assert_eq!(fixture.targets(&[], Answers::Kept), [""; 0]);
    assert_eq!(fixture.targets(&[], Answers::Fresh), BOTH);
    assert_eq!(fixture.targets(&[], Answers::Kept), BOTH);
    assert_eq!(fixture.asked(), 2);
    fs::write(fixture.root().join("Cargo.toml"), "[package]").unwrap();
    assert_eq!(fixture.targets(&[], Answers::Kept), BOTH);
    assert_eq!(fixture.asked(), 3);
}

#[test]
fn openssl_sys_looks_for_an_openssl_unless_a_feature_brings_one() {
    for (answer, expected) in [
        ("", false),
        ("openssl-sys v0.9.118|", true),
        (
            "openssl-sys v0.9.118 (https://example.org/a?b#c)|bindgen",
            true,
        ),
        ("openssl-sys v0.9.118|openssl-src,vendored", false),
        ("openssl-sys v0.9.118|aws-lc", false),
        // One for each of two targets.
        ("openssl-sys v0.9.1|vendored\n\nopenssl-sys v0.9.118|", true),
        // It does not know OpenSSL 3.
        ("openssl-sys v0.9.63|", false),
        ("openssl-sys v0.9.64-alpha|", true),
        ("openssl-sys v1.0.0|", true),
        ("something else", false),
    ] {
        assert_eq!(is_looking(answer), expected, "{answer}");
    }
}

#[test]
fn cargo_is_asked_about_the_same_package_features_and_lock_file_as_it_builds() {
    let mut request = request("/app".into());
    request.cargo.no_default_features = true;
    request.cargo.lock = LockMode {
        locked: true,
        ..LockMode::default()
    };
    let expected = "tree --manifest-path /app/Cargo.toml --package app --edges normal,no-proc-macro \
         --invert openssl-sys --depth 0 --prefix none --format {p}|{f} \
         --target x86_64-unknown-linux-musl --target aarch64-unknown-linux-musl \
         --features tls,log --no-default-features --locked";
    assert_eq!(arguments(&request).join(" "), expected);
}
