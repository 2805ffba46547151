//! `muslin`: parses the arguments and runs a command.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches};

use super::command::Context;
use super::error::CommandError;
use super::verbs::VERBS;
use crate::options::environment::ProcessEnvironment;

const ABOUT: &str = "Turn a Rust package into small, static, multi-architecture OCI images";

const LONG_ABOUT: &str = "\
Turn a Rust package into small, static, multi-architecture OCI images.

The result is the same bits every time, and needs neither a Docker daemon nor emulation. \
`muslin build` in a package's folder is all it takes.";

const AFTER_HELP: &str = "\
Exit status: 0 yes, 1 a check said no, 2 it could not be done.

Images are named as skopeo names them: oci:DIR[:TAG], oci-archive:FILE[:TAG],
docker-archive:FILE[:NAME:TAG], docker-daemon:NAME:TAG, docker://HOST/NAME[:TAG][@DIGEST].";

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let command_line = command_line();
    let matches = command_line.clone().get_matches();
    match run_command(command_line, &matches) {
        Ok(code) => code,
        Err(error) => error.report(),
    }
}

fn run_command(
    command_line: clap::Command,
    matches: &ArgMatches,
) -> Result<ExitCode, CommandError> {
    let context = Context {
        environment: ProcessEnvironment::read()?,
        command_line,
    };
    let (name, matches) = matches.subcommand().expect("clap requires a command");
    let verb = VERBS
        .iter()
        .find(|verb| (verb.command)().get_name() == name);
    let verb = verb.expect("clap knows only commands of the list");
    (verb.run)(matches, &context)
}

/// The whole command line for clap.
fn command_line() -> clap::Command {
    let commands = VERBS.iter().map(|verb| (verb.command)());
    clap::Command::new("muslin")
        .version(env!("CARGO_PKG_VERSION"))
        .propagate_version(true)
        .about(ABOUT)
        .long_about(LONG_ABOUT)
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands.map(|command| command.mut_args(mark_repeatable)))
}

/// Says in the help which options may be given several times. Their own text says nothing
/// of it, because tools take an array there.
fn mark_repeatable(arg: Arg) -> Arg {
    let several = matches!(arg.get_action(), ArgAction::Append);
    if !several || arg.is_positional() || arg.get_value_delimiter().is_some() {
        return arg;
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let (text, default) = match help.split_once(" [default:") {
        Some((text, default)) => (text, format!(" [default:{default}")),
        None => (help.as_str(), String::new()),
    };
    arg.help(format!("{text}; may be given several times{default}"))
}
