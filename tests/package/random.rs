//! Packages and workspaces at random, written to a folder. The same seed writes the same files.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Random numbers by xorshift64*.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        // Seeds that follow each other give numbers that do not.
        Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % limit
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }

    /// At most `limit` of the values, as a TOML array.
    fn array_of(&mut self, values: &[&str], limit: usize) -> String {
        let count = self.below(limit + 1);
        let picked: Vec<&str> = (0..count).map(|_| self.one_of(values)).collect();
        format!("{picked:?}")
    }
}

/// Where the packages of a workspace can be.
const FOLDERS: [&str; 6] = [
    "crates/a",
    "crates/b",
    "crates/c",
    "tools/x",
    "tools/deep/y",
    "extra",
];

/// Writes a package or a workspace to this folder, which must not exist.
pub fn write(random: &mut Random, folder: &Path) {
    if random.percent(45) {
        let mut package = Package::new(random, folder, "app");
        package.write(random, "");
        return;
    }
    let folders: Vec<&str> = FOLDERS.into_iter().filter(|_| random.percent(70)).collect();
    for member in &folders {
        let name = member.rsplit('/').next().unwrap();
        let mut package = Package::new(random, &folder.join(member), name);
        let up = "../".repeat(member.split('/').count());
        package.depends_on(random, &folders, &up);
        package.write(random, "");
    }
    let workspace = workspace(random, &folders);
    if random.percent(50) {
        let mut package = Package::new(random, folder, "root");
        package.depends_on(random, &folders, "");
        package.write(random, &workspace);
    } else {
        put(&folder.join("Cargo.toml"), &workspace);
    }
}

/// The table `[workspace]`.
fn workspace(random: &mut Random, folders: &[&str]) -> String {
    let mut table = "[workspace]\nresolver = \"2\"\n".to_owned();
    let mut patterns = vec![
        "crates/*",
        "crates/[ab]",
        "crates/?",
        "./crates//*",
        "crates/*/",
        "crates/[!a]",
        "tools/**/y",
        "t*/deep/*",
        "*/x",
        "crates/../crates/*",
        "crates/../extra",
        "nothing-*/*",
    ];
    patterns.retain(|_| random.percent(60));
    let dotted: Vec<String> = folders
        .iter()
        .map(|folder| format!("./{folder}/"))
        .collect();
    patterns.extend(folders);
    patterns.extend(dotted.iter().map(String::as_str));
    if !patterns.is_empty() && random.percent(90) {
        table += &format!("members = {}\n", random.array_of(&patterns, 4));
    }
    if random.percent(35) {
        let excluded = [
            "crates/c",
            "./tools/deep",
            "crates",
            "crates/",
            "extra",
            "crates//b",
            "crates/../extra",
            "crates/*",
            "too",
        ];
        table += &format!("exclude = {}\n", random.array_of(&excluded, 2));
    }
    if random.percent(55) {
        patterns.push(".");
        table += &format!("default-members = {}\n", random.array_of(&patterns, 2));
    }
    let edition = random.one_of(&["2015", "2018", "2021", "2024"]);
    table += &format!("[workspace.package]\nedition = \"{edition}\"\n[workspace.dependencies]\n");
    for folder in folders {
        let name = folder.rsplit('/').next().unwrap();
        table += &format!("{name} = {{ path = \"{folder}\" }}\n");
    }
    table
}

/// A package before its manifest is written.
struct Package {
    folder: PathBuf,
    name: String,
    is_in_workspace: bool,
    dependencies: String,
}

impl Package {
    /// A package without manifest, with the files that cargo looks at.
    fn new(random: &mut Random, folder: &Path, name: &str) -> Self {
        let package = Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            is_in_workspace: false,
            dependencies: String::new(),
        };
        let files = [
            ("src/main.rs", 50),
            ("src/lib.rs", 50),
            ("src/a.rs", 10),
            ("src/bin/a.rs", 25),
            ("src/bin/a/main.rs", 8),
            ("src/bin/b.rs", 15),
            ("src/bin/b/main.rs", 25),
            ("src/bin/main.rs", 10),
            ("src/bin/with.dot.rs", 10),
            ("src/bin/folder.rs/main.rs", 10),
            ("src/bin/empty.rs/other.rs", 10),
            ("src/bin/no-main/other.rs", 15),
            ("src/bin/notes.txt", 15),
            ("src/bin/.hidden.rs", 15),
            ("src/bin/.hidden/main.rs", 10),
            ("linked/main.rs", 20),
        ];
        for (file, percent) in files {
            if random.percent(percent) {
                put(&folder.join(file), "fn main() {}\n");
            }
        }
        if random.percent(10) {
            put(&folder.join(format!("src/bin/{name}.rs")), "");
        }
        fs::create_dir_all(folder.join("src/bin")).unwrap();
        for (link, target) in [("folder", "../../linked"), ("link.rs", "../main.rs")] {
            if random.percent(10) {
                symlink(target, folder.join("src/bin").join(link)).unwrap();
            }
        }
        package
    }

    /// Adds path dependencies on some of the packages in these folders; `up` leads from this
    /// package to the workspace.
    fn depends_on(&mut self, random: &mut Random, folders: &[&str], up: &str) {
        self.is_in_workspace = true;
        for folder in folders {
            let name = folder.rsplit('/').next().unwrap();
            if name == self.name || !random.percent(12) {
                continue;
            }
            let table = random.one_of(&[
                "dependencies",
                "dev-dependencies",
                "build-dependencies",
                "target.'cfg(unix)'.dependencies",
            ]);
            let source = if random.percent(30) {
                "workspace = true".to_owned()
            } else {
                format!("path = \"{up}./{folder}/\"")
            };
            self.dependencies += &format!("[{table}.{name}]\n{source}\n");
        }
    }

    /// Writes the manifest, with more tables behind `[package]`.
    fn write(&mut self, random: &mut Random, tables: &str) {
        let mut manifest = format!("[package]\nname = \"{}\"\nversion = \"1.0.0\"\n", self.name);
        if self.is_in_workspace && random.percent(40) {
            manifest += "edition.workspace = true\n";
        } else if random.percent(85) {
            let edition = random.one_of(&["2015", "2018", "2021", "2024"]);
            manifest += &format!("edition = \"{edition}\"\n");
        }
        if random.percent(35) {
            manifest += random.one_of(&["autobins = true\n", "autobins = false\n"]);
        }
        if random.percent(6) {
            manifest = format!("bin = []\n{manifest}");
        } else if random.percent(70) {
            manifest += &self.bins(random);
        }
        if !self.folder.join("src/lib.rs").exists() && random.percent(60) {
            put(&self.folder.join("src/lib.rs"), "");
        }
        manifest += "[features]\nextra = []\n";
        manifest += &self.dependencies;
        put(&self.folder.join("Cargo.toml"), &(manifest + tables));
    }

    /// One to three tables `[[bin]]`.
    fn bins(&self, random: &mut Random) -> String {
        let names = [&*self.name, "a", "b", "c", "main", "with.dot"];
        let paths = [
            "src/main.rs",
            "./src/main.rs",
            "src//main.rs",
            "src/./main.rs",
            "src/main.rs/",
            "src/bin/../main.rs",
            "src/bin/a.rs",
            "./src/bin//a.rs",
            "src/bin/b/main.rs",
            "src/bin/./b/main.rs",
            "src/bin/b/../b/main.rs",
            "src/other.rs",
            "../shared.rs",
        ];
        let mut seen = BTreeSet::new();
        let mut tables = String::new();
        for _ in 0..=random.below(3) {
            let name = random.one_of(&names);
            // What cargo refuses says little, so there is not much of it.
            if !seen.insert(name) && random.percent(95) {
                continue;
            }
            tables += &format!("[[bin]]\nname = \"{name}\"\n");
            if random.percent(60) {
                tables += &format!("path = \"{}\"\n", random.one_of(&paths));
            } else if random.percent(40) {
                put(&self.folder.join(format!("src/bin/{name}.rs")), "");
            }
            if random.percent(20) {
                tables += "required-features = [\"extra\"]\n";
            }
        }
        tables
    }
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
