//! A command of a step, with the variables of a runner and nothing else of this machine's.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

use crate::document::{entries, text};
use crate::expression::Contexts;
use crate::harness::{Scratch, cache_with_toolchain};
use crate::runner::{Outcome, Place, Runner};

impl Runner {
    pub fn command(
        &mut self,
        step: &Value,
        contexts: &Contexts,
        place: &Place,
    ) -> (Value, Outcome) {
        let line = step["run"].as_str().expect("a step has `uses` or `run`");
        assert!(
            !line.contains("${{"),
            "an expression is in the command `{line}`"
        );
        let files = Scratch::new();
        let folder = contexts.text(text(step, "working-directory"));
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", line])
            .current_dir(place.workspace.join(folder))
            .env_clear()
            .env("PATH", self.path())
            .env("HOME", self.home.path())
            .env("MUSLIN_CACHE_DIR", cache_with_toolchain())
            .env("RUSTC_WRAPPER", "")
            .env("RUNNER_TEMP", place.temp)
            .env("GITHUB_WORKSPACE", place.workspace)
            .env("GITHUB_JOB", place.name.rsplit('/').next().unwrap());
        for (variable, default) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let inherited = env::var_os(variable).map(PathBuf::from);
            command.env(
                variable,
                inherited.unwrap_or_else(|| env::home_dir().unwrap().join(default)),
            );
        }
        for (name, value) in entries(&self.github) {
            if let Some(value) = value.as_str().filter(|_| name != "token") {
                command.env(format!("GITHUB_{}", name.to_uppercase()), value);
            }
        }
        for name in ["OUTPUT", "STEP_SUMMARY", "ENV", "PATH"] {
            command.env(format!("GITHUB_{name}"), files.write(name, ""));
        }
        command.envs(&place.variables).envs(&self.variables);
        for (name, value) in entries(&step["env"]) {
            command.env(name, contexts.text(value.as_str().unwrap()));
        }
        let output = command.output().unwrap();
        let status = output.status.code().unwrap_or(-1);
        self.ran.push((format!("{}: {line}", place.name), status));
        self.messages += &String::from_utf8_lossy(&output.stdout);
        self.messages += &String::from_utf8_lossy(&output.stderr);
        let written = |name: &str| fs::read_to_string(files.join(name)).unwrap();
        self.summary += &written("STEP_SUMMARY");
        let outputs = written("OUTPUT")
            .lines()
            .map(|line| line.split_once('=').expect("an output is `name=value`"))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let outcome = if status == 0 {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        (outputs, outcome)
    }

    fn path(&self) -> std::ffi::OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        env::join_paths(
            self.programs
                .iter()
                .cloned()
                .chain(env::split_paths(&inherited)),
        )
        .unwrap()
    }
}
