//! Which files of a crate import which, read with `syn`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Item, UseTree};

/// Files by what they import, each as a path below `src`.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// The modules of a crate. Modules within a file belong to the file.
pub struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: String,
    /// The names of its own items.
    items: BTreeSet<String>,
    /// What `use` brings in: the name and its path from the root of the crate.
    uses: Vec<(String, Vec<String>)>,
    /// Modules whose names `use` brings in all.
    globs: Vec<Vec<String>>,
    /// Every path in its code, as it is written.
    paths: BTreeSet<Vec<String>>,
}

impl Crate {
    /// Reads all files below a `src`.
    pub fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(src, src, &mut files);
        Self::parse(&files)
    }

    /// Parses sources by their paths below `src`.
    pub fn parse(files: &BTreeMap<String, String>) -> Self {
        let modules = files.iter().map(|(file, source)| {
            let module = module_of(file);
            let parsed = Module::parse(file, &module, source);
            (module, parsed)
        });
        Self {
            modules: modules.collect(),
        }
    }

    /// The imports of every file; a name that a module only re-exports leads to the file
    /// that defines it.
    pub fn imports(&self) -> Imports {
        let of_module = |(at, module): (&Vec<String>, &Module)| {
            let mut imported = BTreeSet::new();
            for path in &module.paths {
                imported.extend(self.resolve(at, path));
            }
            imported.remove(&module.file);
            (module.file.clone(), imported)
        };
        self.modules.iter().map(of_module).collect()
    }

    /// Whether the code of a file names a path of another crate, such as `clap` or
    /// `muslin_oci::transport`.
    pub fn names(&self, file: &str, path: &str) -> bool {
        let wanted: Vec<&str> = path.split("::").collect();
        let starts = |path: &Vec<String>| {
            path.len() >= wanted.len() && path.iter().zip(&wanted).all(|(part, word)| part == word)
        };
        let module = self.modules.values().find(|module| module.file == file);
        module.unwrap().paths.iter().any(starts)
    }

    /// The file that defines what a path in the module `at` means, if it is of this crate.
    fn resolve(&self, at: &[String], path: &[String]) -> Option<String> {
        let mut absolute = absolute(at, path);
        if absolute.is_none() {
            // A name that is imported, or a module below this one.
            let module = &self.modules[at];
            let imported = module.uses.iter().find(|(name, _)| *name == path[0]);
            if let Some((_, target)) = imported {
                absolute = Some([target.as_slice(), &path[1..]].concat());
            } else if self.modules.contains_key(&[at, &path[..1]].concat()) {
                absolute = Some([at, path].concat());
            }
        }
        self.definition(&absolute?, 0)
    }

    /// The file that defines an item, by its path from the root.
    fn definition(&self, path: &[String], depth: usize) -> Option<String> {
        if depth > 16 {
            return None;
        }
        let deepest = (0..=path.len()).rev();
        let at = deepest
            .map(|length| &path[..length])
            .find(|module| self.modules.contains_key(*module))?;
        let module = &self.modules[at];
        let name = path.get(at.len())?;
        if module.items.contains(name) {
            return Some(module.file.clone());
        }
        let rest = &path[at.len() + 1..];
        if let Some((_, target)) = module.uses.iter().find(|(used, _)| used == name) {
            return self.definition(&[target.as_slice(), rest].concat(), depth + 1);
        }
        module.globs.iter().find_map(|glob| {
            self.definition(&[glob.as_slice(), &path[at.len()..]].concat(), depth + 1)
        })
    }
}

impl Module {
    fn parse(file: &str, module: &[String], source: &str) -> Self {
        let parsed = syn::parse_file(source).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut collected = Self {
            file: file.to_owned(),
            items: BTreeSet::new(),
            uses: Vec::new(),
            globs: Vec::new(),
            paths: BTreeSet::new(),
        };
        for item in &parsed.items {
            collected.items.extend(name_of(item));
        }
        let mut visitor = Visitor {
            module,
            collected: &mut collected,
        };
        visitor.visit_file(&parsed);
        collected
    }
}

/// Collects the paths of a file, without its tests.
struct Visitor<'a> {
    module: &'a [String],
    collected: &'a mut Module,
}

impl Visitor<'_> {
    fn use_tree(&mut self, prefix: &[String], tree: &UseTree, reexport: bool) {
        match tree {
            UseTree::Path(path) => {
                let prefix = [prefix, &[path.ident.to_string()]].concat();
                self.use_tree(&prefix, &path.tree, reexport);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(prefix, tree, reexport);
                }
            }
            UseTree::Name(name) => self.used(prefix, &name.ident.to_string(), None, reexport),
            UseTree::Rename(rename) => {
                let (from, to) = (rename.ident.to_string(), rename.rename.to_string());
                self.used(prefix, &from, Some(to), reexport);
            }
            UseTree::Glob(_) => {
                self.collected.paths.insert(prefix.to_vec());
                self.collected.globs.extend(self.rooted(prefix));
            }
        }
    }

    fn used(&mut self, prefix: &[String], name: &str, rename: Option<String>, reexport: bool) {
        let path = if name == "self" {
            prefix.to_vec()
        } else {
            [prefix, &[name.to_owned()]].concat()
        };
        let known_as = rename.unwrap_or_else(|| path.last().unwrap().clone());
        if let Some(target) = self.rooted(&path) {
            self.collected.uses.push((known_as, target));
        }
        if !reexport {
            self.collected.paths.insert(path);
        }
    }

    /// A path of this crate from its root; a `use` may start with a module below.
    fn rooted(&self, path: &[String]) -> Option<Vec<String>> {
        absolute(self.module, path).or_else(|| {
            let below = self.collected.items.contains(&path[0]);
            below.then(|| [self.module, path].concat())
        })
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Path>()
                    .is_ok_and(|path| path.is_ident("test"))
        };
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.use_tree(&[], &item.tree, reexport);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        self.collected.paths.insert(names.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        // Tokens are no syntax yet: names and colons are enough to find paths.
        let tokens = item.tokens.to_string().replace(" :: ", "::");
        let is_path = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
        for word in tokens.split(is_path).filter(|word| word.contains("::")) {
            let names = word.split("::").filter(|name| !name.is_empty());
            let names: Vec<String> = names.map(str::to_owned).collect();
            if !names.is_empty() {
                self.collected.paths.insert(names);
            }
        }
    }
}

/// The path from the root of what starts with `crate`, `self` or `super`.
fn absolute(at: &[String], path: &[String]) -> Option<Vec<String>> {
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([at, &path[1..]].concat()),
        "super" => {
            let above = path.iter().take_while(|part| *part == "super").count();
            let kept = at.len().checked_sub(above)?;
            Some([&at[..kept], &path[above..]].concat())
        }
        _ => None,
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// The module that a file below `src` is.
fn module_of(file: &str) -> Vec<String> {
    let path = file.strip_suffix(".rs").unwrap();
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" {
        return Vec::new();
    }
    path.split('/').map(str::to_owned).collect()
}

fn collect(src: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            collect(src, &path, files);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Groups of files that import each other, directly or not, each sorted.
pub fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reaches = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for next in imports.get(file).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = imports
        .keys()
        .map(|file| (file.as_str(), reaches(file)))
        .collect();
    let mut found = BTreeSet::new();
    for (file, all) in &reached {
        if all.contains(file) {
            let mutual = all.iter().filter(|other| reached[**other].contains(file));
            found.insert(mutual.map(|file| (*file).to_owned()).collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}
