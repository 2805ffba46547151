//! Packages of a registry, which is served to cargo on this machine.

use muslin_oci::digest::Digest;

use super::*;

/// A registry that stands in for crates.io.
struct Registry {
    scratch: Scratch,
}

impl Registry {
    fn new() -> Self {
        let scratch = Scratch::new();
        let port = harness::http::serve(&scratch.folder("registry"), |_| true);
        let address = format!("127.0.0.1:{port}");
        let download = format!("http://{address}/{{crate}}-{{version}}.crate");
        let config = serde_json::json!({ "dl": download });
        scratch.write("registry/index/config.json", config.to_string());
        scratch.write(
            "cargo-home/config.toml",
            format!(
                "[source.crates-io]\nreplace-with = 'here'\n\
                 [source.here]\nregistry = 'sparse+http://{address}/index/'\n"
            ),
        );
        Self { scratch }
    }

    /// The `CARGO_HOME` of a cargo that takes packages of crates.io from here.
    fn cargo_home(&self) -> PathBuf {
        self.scratch.join("cargo-home")
    }

    /// Publishes a version of a package, with these files beside its Cargo.toml, which has these
    /// lines as well, and with the lock file that cargo makes for it today. It depends on the
    /// package `dependency`, if there is one.
    fn publish(
        &self,
        name: &str,
        version: &str,
        dependency: Option<&str>,
        files: &[(&str, &str)],
    ) -> &Self {
        let package = Scratch::new();
        let dependencies = dependency.map(|name| format!("[dependencies]\n{name} = \"1\"\n"));
        package.write(
            "Cargo.toml",
            format!(
                "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\
                 description = \"A package\"\nlicense = \"MIT\"\n{}",
                dependencies.unwrap_or_default()
            ),
        );
        for (path, content) in files {
            package.write(path, content);
        }
        let mut cargo = Command::new("cargo");
        cargo
            .args(["package", "--quiet", "--no-verify", "--allow-dirty"])
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml"))
            .env("CARGO_HOME", self.cargo_home())
            // Where no toolchain file is.
            .current_dir(self.scratch.path());
        run(cargo);
        let archive = format!("{name}-{version}.crate");
        let archive = fs::read(package.join(format!("target/package/{archive}"))).unwrap();
        self.serve(name, version, dependency, &archive)
    }

    /// As [`Self::publish`], without the lock file, as cargo did before it always had one.
    fn publish_without_lockfile(&self, name: &str, dependency: &str, main: &str) -> &Self {
        let package = Scratch::new();
        let folder = format!("{name}-1.0.0");
        package.write(
            format!("{folder}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
                 [dependencies]\n{dependency} = \"1\"\n"
            ),
        );
        package.write(format!("{folder}/src/main.rs"), main);
        let mut tar = Command::new("tar");
        tar.arg("--directory").arg(package.path());
        tar.args(["--create", "--gzip", "--file"]);
        tar.arg(package.join("archive")).arg(folder);
        run(tar);
        let archive = fs::read(package.join("archive")).unwrap();
        self.serve(name, "1.0.0", Some(dependency), &archive)
    }

    /// Has an archive in the registry, and an entry for it in the index.
    fn serve(&self, name: &str, version: &str, dependency: Option<&str>, archive: &[u8]) -> &Self {
        let dependency = dependency.map(|name| {
            serde_json::json!({
                "name": name, "req": "^1", "features": [], "optional": false,
                "default_features": true, "target": null, "kind": "normal",
            })
        });
        let entry = serde_json::json!({
            "name": name, "vers": version, "deps": Vec::from_iter(dependency), "features": {},
            "yanked": false, "cksum": Digest::of(archive).hex(),
        });
        self.scratch
            .write(format!("registry/{name}-{version}.crate"), archive);
        let place = format!("registry/index/{}/{}/{name}", &name[..2], &name[2..4]);
        let known = fs::read_to_string(self.scratch.join(&place)).unwrap_or_default();
        self.scratch.write(&place, format!("{known}{entry}\n"));
        self
    }

    /// `muslin build` of a package, for one platform.
    fn build(&self, package: &str) -> Muslin {
        Muslin::new()
            .with_toolchain()
            .folder(self.scratch.path())
            .env("CARGO_HOME", self.cargo_home())
            .args(["build", "--json", "--crate", package])
            .args(["--platform", "linux/amd64", "--to", "oci:image:v1"])
    }
}

#[test]
fn of_a_published_package_its_name_chooses_the_binary_and_its_toolchain_file_nothing() {
    let registry = Registry::new();
    registry.publish(
        "several",
        "1.0.0",
        None,
        &[
            ("src/main.rs", "fn main() { println!(\"several\"); }\n"),
            ("src/bin/other.rs", "fn main() {}\n"),
            ("rust-toolchain.toml", "[toolchain]\nchannel = \"0.0.0\"\n"),
        ],
    );
    let (report, _) = report(registry.build("several@1.0.0"));
    assert!(report["digest"].is_string(), "{report:#}");
    let layout = harness::Layout::open(registry.scratch.join("image"));
    let config = layout.config("v1", "amd64")["config"].clone();
    assert_eq!(config["Entrypoint"][0], "/usr/local/bin/several");
}

#[test]
fn dependencies_that_no_longer_compile_are_updated_where_the_user_says_so() {
    let registry = Registry::new();
    registry
        .publish(
            "outdated",
            "1.0.0",
            None,
            &[("src/lib.rs", "compile_error!(\"too old\");\n")],
        )
        .publish(
            "server",
            "1.0.0",
            Some("outdated"),
            &[("src/main.rs", "fn main() { outdated::run(); }\n")],
        )
        .publish(
            "outdated",
            "1.0.1",
            None,
            &[("src/lib.rs", "pub fn run() {}\n")],
        );

    let refused = registry.build("server").status(2).run().stderr;
    assert!(
        refused.contains("`--update` takes the newest ones"),
        "{refused}"
    );

    let (report, _) = report(registry.build("server").arg("--update"));
    assert!(report["digest"].is_string(), "{report:#}");

    // What was updated is not what `--crate` alone builds.
    let refused = registry.build("server").status(2).run().stderr;
    assert!(refused.contains("too old"), "{refused}");
}

#[test]
fn a_package_without_a_lock_file_gets_the_newest_dependencies_unless_it_must_be_locked() {
    let registry = Registry::new();
    let library = [("src/lib.rs", "pub fn run() {}\n")];
    registry
        .publish("library", "1.0.0", None, &library)
        .publish_without_lockfile("server", "library", "fn main() { library::run(); }\n");

    let refused = registry.build("server").arg("--locked").status(2).run();
    assert!(
        refused.stderr.contains("without a `Cargo.lock`"),
        "{}",
        refused.stderr
    );
    let (report, said) = report(registry.build("server"));
    assert!(report["digest"].is_string(), "{report:#}");
    assert!(
        said.contains("its dependencies are the newest of today"),
        "{said}"
    );
}
