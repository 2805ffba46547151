//! What the documents say is there: links and their anchors, make targets,
//! and the commands and options of muslin.

mod harness;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use harness::Muslin;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents at the top and in docs/.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    for entry in fs::read_dir(root()).unwrap() {
        found.push(entry.unwrap().path());
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found.sort();
    found
}

/// A document without its blocks of code, and the lines of those that are shell.
fn prose_and_shell(text: &str) -> (String, Vec<String>) {
    let (mut prose, mut shell) = (String::new(), Vec::new());
    let mut language = None;
    for line in text.lines() {
        match (language, line.trim_start().strip_prefix("```")) {
            (None, Some(name)) => language = Some(name),
            (Some(_), Some(_)) => language = None,
            (Some("sh"), None) => shell.push(line.to_owned()),
            (Some(_), None) => {}
            (None, None) => {
                prose.push_str(line);
                prose.push('\n');
            }
        }
    }
    (prose, shell)
}

/// The targets of links and pictures: what stands in `](…)`.
fn links(prose: &str) -> Vec<&str> {
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .collect()
}

/// What stands in backticks.
fn inline_code(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2)
}

/// The anchors of a document's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let (prose, _) = prose_and_shell(text);
    prose
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
            heading
                .chars()
                .filter(kept)
                .collect::<String>()
                .replace(' ', "-")
        })
        .collect()
}

/// Why a link leads nowhere, if it does. Links to the web are not followed.
fn broken(document: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = if file.is_empty() {
        document.to_owned()
    } else {
        document.parent().unwrap().join(file)
    };
    if !path.exists() {
        return Some(format!("{}: `{link}` leads to no file", document.display()));
    }
    let wrong =
        !anchor.is_empty() && !anchors(&fs::read_to_string(&path).unwrap()).contains(anchor);
    wrong.then(|| format!("{}: `{link}` leads to no heading", document.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let (prose, _) = prose_and_shell(&text);
        for link in links(&prose) {
            count += 1;
            wrong.extend(broken(&document, link));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 15, "the search found only {count} links");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let readme = root().join("README.md");
    assert!(
        broken(&readme, "docs/none.md")
            .unwrap()
            .ends_with("leads to no file")
    );
    assert!(
        broken(&readme, "CHANGELOG.md#none")
            .unwrap()
            .ends_with("leads to no heading")
    );
    assert_eq!(broken(&readme, "CHANGELOG.md#unreleased"), None);
}

#[test]
fn every_make_target_that_is_named_is_there() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| !line.starts_with(['\t', '#', '.']))
        .filter_map(|line| line.split_once(':').map(|(target, _)| target))
        .collect();
    let mut named = BTreeSet::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let (prose, shell) = prose_and_shell(&text);
        let lines = inline_code(&prose).chain(shell.iter().map(String::as_str));
        for line in lines.filter_map(|line| line.trim().strip_prefix("make ")) {
            named.insert(line.split_whitespace().next().unwrap().to_owned());
        }
    }
    assert!(
        named.contains("image") && named.contains("test"),
        "{named:?}"
    );
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !targets.contains(name.as_str()))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn the_first_screen_of_the_readme_has_the_two_commands() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let screen: Vec<&str> = readme.lines().take(24).collect();
    for command in ["make image", "make test"] {
        assert!(
            screen.iter().any(|line| line.starts_with(command)),
            "`{command}`"
        );
    }
}

#[test]
fn every_command_and_option_of_muslin_that_is_shown_is_there() {
    let mut shown = BTreeSet::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let (prose, shell) = prose_and_shell(&text);
        let lines = inline_code(&prose).chain(shell.iter().map(String::as_str));
        for line in lines.filter(|line| line.starts_with("muslin ")) {
            let line = line.split(" #").next().unwrap();
            let mut words = line.split_whitespace().skip(1);
            let verb = words.next().unwrap().to_owned();
            shown.insert((verb.clone(), String::new()));
            for option in words.filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                shown.insert((verb.clone(), option.to_owned()));
            }
        }
    }
    assert!(
        shown.contains(&("build".to_owned(), "--to".to_owned())),
        "{shown:?}"
    );
    let mut missing = Vec::new();
    for (verb, option) in shown {
        if verb.starts_with('-') {
            continue;
        }
        let help = Muslin::new().args([verb.as_str(), "--help"]).run().stdout;
        let words: BTreeSet<&str> = help.split([' ', ',', '\n']).collect();
        if !option.is_empty() && !words.contains(option.as_str()) {
            missing.push(format!("muslin {verb} {option}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
