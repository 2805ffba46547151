//! The actions of a step: ours are run; of those of others, the ones that check out and carry
//! artifacts have stand-ins here, and the rest is listed as not run.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::document::{self, entries, text};
use crate::expression::Contexts;
use crate::harness::copy_tree;
use crate::place::{git, muslin_repository};
use crate::runner::{Outcome, Place, Runner};

impl Runner {
    pub fn action(
        &mut self,
        action: &str,
        with: &Value,
        contexts: &Contexts,
        place: &Place,
    ) -> (Value, Outcome) {
        let given: Value = entries(with)
            .map(|(name, value)| (name.clone(), json!(contexts.text(value.as_str().unwrap()))))
            .collect();
        let of = |name: &str| place.workspace.join(text(&given, name));
        match action.split('@').next().unwrap() {
            "actions/checkout" => {
                let own = text(&given, "repository") == "OWNER/muslin";
                let from = if own {
                    muslin_repository()
                } else {
                    self.repository.as_path()
                };
                let to = of("path");
                git(
                    place.workspace,
                    &[
                        "clone",
                        "--shared",
                        "--quiet",
                        from.to_str().unwrap(),
                        to.to_str().unwrap(),
                    ],
                );
            }
            "actions/upload-artifact" => {
                let to = self.artifacts.folder(text(&given, "name"));
                let from = of("path");
                if from.is_dir() {
                    copy_tree(&from, &to);
                } else if from.is_file() {
                    fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
                } else {
                    assert_eq!(
                        text(&given, "if-no-files-found"),
                        "ignore",
                        "there is no `{}`",
                        from.display()
                    );
                }
            }
            "actions/download-artifact" => self.download(&given, &of("path")),
            action if action.starts_with("$/") => {
                let folder = muslin_repository().join(&action[2..]);
                return self.composite(&folder, &given, contexts, place);
            }
            action => {
                self.not_run
                    .push(format!("{}: {action}, an action of others", place.name));
            }
        }
        (json!({}), Outcome::Success)
    }

    fn download(&self, given: &Value, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for artifact in fs::read_dir(self.artifacts.path()).unwrap() {
            let artifact = artifact.unwrap();
            let name = artifact.file_name().into_string().unwrap();
            let pattern = text(given, "pattern").strip_suffix('*');
            if name == text(given, "name") {
                copy_tree(&artifact.path(), to);
            } else if pattern.is_some_and(|start| name.starts_with(start)) {
                let merged = text(given, "merge-multiple") == "true";
                copy_tree(
                    &artifact.path(),
                    &if merged { to.to_owned() } else { to.join(name) },
                );
            }
        }
    }

    fn composite(
        &mut self,
        folder: &Path,
        given: &Value,
        contexts: &Contexts,
        place: &Place,
    ) -> (Value, Outcome) {
        let action = document::read(&folder.join("action.yml"));
        let mut values = contexts.values.clone();
        let declared = document::inputs(&action["inputs"], given);
        values["inputs"] = entries(&declared)
            .map(|(name, value)| {
                (
                    name.clone(),
                    contexts.value(value.as_str().unwrap_or_default()),
                )
            })
            .collect();
        let mut inner = Contexts {
            values,
            success: true,
        };
        let mut variables = place.variables.clone();
        variables.insert(
            "GITHUB_ACTION_PATH".to_owned(),
            folder.to_str().unwrap().to_owned(),
        );
        let place = Place {
            name: place.name.clone(),
            variables,
            ..*place
        };
        self.steps(&action["runs"]["steps"], &mut inner, &place);
        let outputs = entries(&action["outputs"])
            .map(|(name, output)| (name.clone(), json!(inner.text(text(output, "value")))))
            .collect();
        (
            outputs,
            if inner.success {
                Outcome::Success
            } else {
                Outcome::Failure
            },
        )
    }
}
