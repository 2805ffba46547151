//! What every tool has: a definition for clients, and a call (Model Context Protocol, "Tools").

use std::error::Error;

use rmcp::model::{Tool as Definition, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::build_log::LogWriter;
use super::options::ServerOptions;
use crate::compile::process::Processes;
use crate::error_chain::error_chain;

/// A tool of the server.
pub(super) trait Tool: 'static {
    const NAME: &'static str;
    /// The name that people see.
    const TITLE: &'static str;
    /// What it does, for the model that chooses a tool.
    const DESCRIPTION: &'static str;

    type Arguments: DeserializeOwned + JsonSchema + Send + 'static;
    /// The structured content of its result.
    type Report: Serialize + JsonSchema + 'static;

    /// Hints about its effects.
    fn annotations() -> ToolAnnotations;

    /// Does what the tool is for.
    fn call(arguments: Self::Arguments, context: &CallContext) -> Result<Self::Report, CallError>;

    /// The report in a few lines: the text content of its result.
    fn text(report: &Self::Report) -> String;
}

/// Why a call has failed. The client gets it as the result of the tool.
pub(super) type CallError = Box<dyn Error>;

/// What a tool is called with.
pub(super) struct CallContext<'a> {
    pub(super) server: &'a ServerOptions,
    /// Starts child processes, and cancels the call.
    pub(super) processes: Processes,
    pub(super) log: LogWriter,
}

/// The content of a result.
pub(super) struct Answer {
    pub(super) report: Value,
    pub(super) text: String,
}

/// A call whose arguments were read, ready to run.
pub(super) type Call = Box<dyn FnOnce(&CallContext) -> Result<Answer, String> + Send>;

/// A tool in the list of all.
pub(super) struct RegisteredTool {
    pub(super) definition: Definition,
    read: fn(Value) -> serde_json::Result<Call>,
}

impl RegisteredTool {
    pub(super) fn of<T: Tool>() -> Self {
        let definition = Definition::new(T::NAME, T::DESCRIPTION, serde_json::Map::new())
            .with_title(T::TITLE)
            .with_input_schema::<T::Arguments>()
            .with_output_schema::<T::Report>()
            .with_annotations(T::annotations());
        Self {
            definition,
            read: read::<T>,
        }
    }

    /// Reads the arguments of a call.
    ///
    /// # Errors
    /// They do not match the input schema.
    pub(super) fn read(&self, arguments: Value) -> serde_json::Result<Call> {
        (self.read)(arguments)
    }
}

fn read<T: Tool>(arguments: Value) -> serde_json::Result<Call> {
    let arguments: T::Arguments = serde_json::from_value(arguments)?;
    Ok(Box::new(move |context| {
        let message = |error: CallError| error_chain(error.as_ref());
        let report = T::call(arguments, context).map_err(message)?;
        Ok(Answer {
            text: T::text(&report),
            report: serde_json::to_value(report).map_err(|error| message(error.into()))?,
        })
    }))
}

/// Annotations of a tool that replaces an image. Doing so again with the same arguments
/// changes nothing.
pub(super) fn writes(title: &str) -> ToolAnnotations {
    ToolAnnotations::with_title(title)
        .read_only(false)
        .destructive(true)
        .idempotent(true)
}

/// Annotations of a tool that changes nothing.
pub(super) fn reads(title: &str) -> ToolAnnotations {
    ToolAnnotations::with_title(title).read_only(true)
}
