//! Runs workflows job by job and step by step, as their files say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::document::{self, entries, text};
use crate::expression::Contexts;
use crate::harness::Scratch;
use crate::jobs::{in_order, matrix, needs_of};
use crate::place::{StandIns, git, muslin_repository};

/// A run of workflows: the event, the repository that it is for, and what came of it.
pub struct Runner {
    /// The context `github`.
    pub github: Value,
    /// The repository of the caller.
    pub repository: PathBuf,
    /// Folders of programs that are found before all others.
    pub programs: Vec<PathBuf>,
    /// More variables of commands.
    pub variables: BTreeMap<String, String>,
    /// `workflow/job: command`, for each that was run, with its exit status.
    pub ran: Vec<(String, i32)>,
    /// `workflow/job: action`, for each that was not.
    pub not_run: Vec<String>,
    /// What commands wrote into the summaries of jobs, and to stderr.
    pub summary: String,
    pub messages: String,
    /// How old the jobs are when they begin, in seconds.
    pub age: u64,
    pub(crate) artifacts: Scratch,
    pub(crate) home: Scratch,
}

/// How a job or a step went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    Failure,
    Skipped,
}

/// The steps of a job, or of an action in it.
pub struct Place<'a> {
    /// `workflow/job`.
    pub name: String,
    pub workspace: &'a Path,
    pub temp: &'a Path,
    pub variables: BTreeMap<String, String>,
}

impl Runner {
    pub fn new(repository: &Path, event: &Value) -> Self {
        let sha = git(repository, &["rev-parse", "HEAD"]);
        let mut github = json!({
            "repository": "You/app", "repository_owner": "You", "ref": "refs/heads/main",
            "ref_name": "main", "ref_type": "branch", "sha": sha, "event_name": "push",
            "actor": "you", "token": "a token", "server_url": "https://github.invalid",
            "action_repository": "OWNER/muslin",
            "action_ref": git(muslin_repository(), &["rev-parse", "HEAD"]),
            "event": { "repository": { "default_branch": "main" } },
        });
        for (name, value) in entries(event) {
            github[name.as_str()] = value.clone();
        }
        Self {
            github,
            repository: repository.to_owned(),
            programs: Vec::new(),
            variables: BTreeMap::new(),
            ran: Vec::new(),
            not_run: Vec::new(),
            summary: String::new(),
            messages: String::new(),
            age: 0,
            artifacts: Scratch::new(),
            home: Scratch::new(),
        }
    }

    /// Finds stand-ins before all other programs.
    pub fn use_stand_ins(&mut self, stand_ins: &StandIns) {
        self.programs.push(stand_ins.folder());
        self.set("STAND_IN_LOG", stand_ins.log_file().to_str().unwrap());
    }

    /// Sets a variable of commands.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Runs all jobs of a workflow one after another, and gives its outputs and how it went.
    pub fn workflow(&mut self, file: &Path, given: &Value) -> (Value, Outcome) {
        let workflow = document::read(file);
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let declared = if workflow["on"].get("workflow_call").is_some() {
            document::inputs(&workflow["on"]["workflow_call"]["inputs"], given)
        } else {
            // By hand inputs have values; after a push they are null.
            entries(&workflow["on"]["workflow_dispatch"]["inputs"])
                .map(|(name, _)| (name.clone(), given[name.as_str()].clone()))
                .collect()
        };
        let mut jobs = Map::new();
        for (id, job) in in_order(&workflow["jobs"]) {
            let needs: Map<String, Value> = needs_of(job)
                .into_iter()
                .map(|name| (name.to_owned(), jobs[name].clone()))
                .collect();
            let success = needs.values().all(|job| job["result"] == "success");
            let values = json!({
                "github": self.github, "inputs": declared, "needs": needs, "secrets": {},
                "env": workflow["env"],
                "job": { "workflow_repository": "OWNER/muslin",
                         "workflow_sha": git(muslin_repository(), &["rev-parse", "HEAD"]) },
            });
            let contexts = Contexts { values, success };
            let (outputs, outcome) = if contexts.condition(text(job, "if")) {
                self.job(&format!("{stem}/{id}"), job, &contexts)
            } else {
                (json!({}), Outcome::Skipped)
            };
            let result = format!("{outcome:?}").to_lowercase();
            jobs.insert(id.clone(), json!({ "outputs": outputs, "result": result }));
        }
        let failed = jobs.values().any(|job| job["result"] == "failure");
        let contexts = Contexts {
            values: json!({ "jobs": jobs, "inputs": declared, "github": self.github }),
            success: !failed,
        };
        let outputs = entries(&workflow["on"]["workflow_call"]["outputs"])
            .map(|(name, output)| (name.clone(), json!(contexts.text(text(output, "value")))))
            .collect();
        (
            outputs,
            if failed {
                Outcome::Failure
            } else {
                Outcome::Success
            },
        )
    }

    fn job(&mut self, name: &str, job: &Value, contexts: &Contexts) -> (Value, Outcome) {
        if let Some(called) = job["uses"].as_str() {
            let file = called
                .strip_prefix("$/")
                .expect("a workflow of this repository");
            let given = entries(&job["with"])
                .map(|(name, value)| (name.clone(), contexts.value(value.as_str().unwrap())))
                .collect();
            return self.workflow(&muslin_repository().join(file), &given);
        }
        let (mut outputs, mut outcome) = (json!({}), Outcome::Success);
        for matrix in matrix(&job["strategy"]["matrix"]) {
            let (workspace, temp) = (Scratch::new(), Scratch::new());
            let event = self.github["event"].to_string();
            let file = temp.write("event.json", event);
            let began = SystemTime::now() - Duration::from_secs(self.age);
            fs::File::options()
                .append(true)
                .open(&file)
                .unwrap()
                .set_modified(began)
                .unwrap();
            self.github["event_path"] = json!(file);
            let mut values = contexts.values.clone();
            values["matrix"] = matrix;
            values["runner"] = json!({ "temp": temp.path() });
            let mut contexts = Contexts {
                values,
                success: true,
            };
            let mut place = Place {
                name: name.to_owned(),
                workspace: workspace.path(),
                temp: temp.path(),
                variables: BTreeMap::new(),
            };
            for variables in [&contexts.values["env"], &job["env"]] {
                for (name, value) in entries(variables) {
                    place
                        .variables
                        .insert(name.clone(), contexts.text(value.as_str().unwrap()));
                }
            }
            self.steps(&job["steps"], &mut contexts, &place);
            if !contexts.success {
                outcome = Outcome::Failure;
            }
            for (name, value) in entries(&job["outputs"]) {
                outputs[name.as_str()] = json!(contexts.text(value.as_str().unwrap()));
            }
        }
        (outputs, outcome)
    }

    pub fn steps(&mut self, steps: &Value, contexts: &mut Contexts, place: &Place) {
        contexts.values["steps"] = json!({});
        for step in steps.as_array().expect("there are steps") {
            if !contexts.condition(text(step, "if")) {
                continue;
            }
            let (outputs, outcome) = match step["uses"].as_str() {
                Some(action) => self.action(action, &step["with"], contexts, place),
                None => self.command(step, contexts, place),
            };
            contexts.success &= outcome != Outcome::Failure;
            if let Some(id) = step["id"].as_str() {
                contexts.values["steps"][id] = json!({ "outputs": outputs });
            }
        }
    }
}
