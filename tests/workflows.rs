//! Every workflow and the composite action, run step by step as their files say, and the scripts
//! that they call. What of it does not run on this machine is listed by name in
//! `target/workflow-steps`, which the gate counts.

mod harness;

#[path = "workflows/actions.rs"]
mod actions;
#[path = "workflows/budgets.rs"]
mod budgets;
#[path = "workflows/command.rs"]
mod command;
#[path = "workflows/docker.rs"]
mod docker;
#[path = "workflows/document.rs"]
mod document;
#[path = "workflows/examples.rs"]
mod examples;
#[path = "workflows/expression.rs"]
mod expression;
#[path = "workflows/expression_tests.rs"]
mod expression_tests;
#[path = "workflows/jobs.rs"]
mod jobs;
#[path = "workflows/outcome.rs"]
mod outcome;
#[path = "workflows/own.rs"]
mod own;
#[path = "workflows/place.rs"]
mod place;
#[path = "workflows/publish.rs"]
mod publish;
#[path = "workflows/registry.rs"]
mod registry;
#[path = "workflows/release.rs"]
mod release;
#[path = "workflows/runner.rs"]
mod runner;
#[path = "workflows/scripts.rs"]
mod scripts;
