//! What a test asks of a run: that it succeeds, what it ran, and what is left for the gate to
//! count as skipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::place::root;
use crate::runner::{Outcome, Runner};

impl Runner {
    /// Runs a workflow that must succeed, and gives its outputs. What of it was not run is
    /// listed under this name.
    #[track_caller]
    pub fn succeed(&mut self, file: &Path, given: &Value, name: &str) -> Value {
        let (outputs, outcome) = self.workflow(file, given);
        self.list_what_was_not_run(name);
        let (ran, messages) = (&self.ran, &self.messages);
        assert_eq!(outcome, Outcome::Success, "{ran:?}\n{messages}");
        outputs
    }

    /// Whether steps with this in them are among those that were not run.
    pub fn has_not_run(&self, step: &str) -> bool {
        self.not_run.iter().any(|other| other.contains(step))
    }

    /// The commands that ended with this status.
    pub fn commands(&self, wanted: i32) -> Vec<&str> {
        let ran = self.ran.iter().filter(|(_, status)| *status == wanted);
        ran.map(|(command, _)| command.as_str()).collect()
    }

    fn list_what_was_not_run(&self, name: &str) {
        let folder = root().join("target/workflow-steps");
        fs::create_dir_all(&folder).unwrap();
        let log = self.variables.get("STAND_IN_LOG");
        let log = log.map_or_else(String::new, |file| fs::read_to_string(file).unwrap());
        let stood_in = log
            .lines()
            .filter(|line| !line.starts_with('{'))
            .map(|line| {
                let program = line.split(' ').next().unwrap();
                format!("{name}: {program}, for which a program stands in")
            });
        let skipped: BTreeSet<String> = self.not_run.iter().cloned().chain(stood_in).collect();
        let mut text = String::new();
        for step in &skipped {
            text += &format!("skipped: workflows: {step}\n");
        }
        text += &format!(
            "workflows: {name}: 0 passed, 0 failed, {} skipped\n",
            skipped.len()
        );
        fs::write(folder.join(format!("{name}.txt")), text).unwrap();
    }
}
