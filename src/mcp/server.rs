//! Answers the requests of a client: `initialize`, `tools/list` and `tools/call`.

use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ProgressNotificationParam,
    ProgressToken, ServerCapabilities, ServerConfig,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_blocking};

use super::build_log::{LogReader, build_log};
use super::options::ServerOptions;
use super::running_calls::RunningCalls;
use super::tool::{Answer, Call, CallContext, RegisteredTool};
use super::tools;
use crate::compile::process::Processes;
use crate::quote::quoted;

/// Calls that run at once; others wait.
const MAX_RUNNING: usize = 2;
/// The result of a call that was cancelled.
const CANCELLED: &str = "cancelled";
/// Calls that run or wait; more are refused, because each keeps its arguments in memory.
const MAX_CALLS: usize = 16;

const INSTRUCTIONS: &str = "\
Turns Rust packages into small, static, multi-architecture OCI images, the same bits every time. \
`build` compiles a package and packs it; `pack` takes executables that are there already; `inspect` explains an \
image. Paths are relative to the server's folder and must lie in the folders that it was started with.";

/// The MCP server.
pub(super) struct Server {
    options: Arc<ServerOptions>,
    tools: Vec<RegisteredTool>,
    running_calls: RunningCalls,
    /// [`MAX_RUNNING`]
    run_permits: Arc<Semaphore>,
    /// [`MAX_CALLS`]
    call_permits: Semaphore,
}

impl Server {
    pub(super) fn new(options: ServerOptions) -> Self {
        Self {
            options: Arc::new(options),
            tools: tools::all(),
            running_calls: RunningCalls::default(),
            run_permits: Arc::new(Semaphore::new(MAX_RUNNING)),
            call_permits: Semaphore::new(MAX_CALLS),
        }
    }

    /// The calls that are running.
    pub(super) fn running_calls(&self) -> RunningCalls {
        self.running_calls.clone()
    }

    /// Reads the parameters of `tools/call`.
    fn read_call(&self, request: CallToolRequestParams) -> Result<Call, ErrorData> {
        let invalid = |message: String| ErrorData::invalid_params(message, None);
        let by_name = |tool: &&RegisteredTool| tool.definition.name == request.name;
        let tool = self.tools.iter().find(by_name).ok_or_else(|| {
            let names = self.tools.iter().map(|tool| &tool.definition.name);
            let names = quoted(names);
            invalid(format!(
                "there is no tool `{}`; there are {names}",
                request.name
            ))
        })?;
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        tool.read(arguments)
            .map_err(|error| invalid(format!("arguments: {error}")))
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("muslin", env!("CARGO_PKG_VERSION"));
        info.server_info.title = Some("Muslin".to_owned());
        info.instructions = Some(INSTRUCTIONS.to_owned());
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let definitions = self.tools.iter().map(|tool| tool.definition.clone());
        Ok(ListToolsResult::with_all_items(definitions.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Ok(_call_permit) = self.call_permits.try_acquire() else {
            let busy = format!("{MAX_CALLS} calls are running or waiting; wait for one to end");
            return Err(ErrorData::internal_error(busy, None));
        };
        let (log, mut log_reader) = build_log(&request.name);
        let call = self.read_call(request)?;
        let processes = {
            let log = log.clone();
            Processes::with_listener(move |line| log.write(line))
        };
        let registered = self.running_calls.register(&processes);
        let mut progress = ProgressReporter::new(&context);
        let permits = Arc::clone(&self.run_permits);
        let run_permit = match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let waits =
                    format!("waiting until one of the {MAX_RUNNING} calls that run has ended");
                progress.report(waits).await;
                tokio::select! {
                    permit = permits.acquire_owned() => permit.expect("it is never closed"),
                    () = context.ct.cancelled() => return Ok(failed(CANCELLED.to_owned())),
                }
            }
        };
        let options = Arc::clone(&self.options);
        let child_processes = processes.clone();
        let running = spawn_blocking(move || {
            // Both until the work has ended, even if nobody waits for its answer any more.
            let _run_permit = run_permit;
            let _registered = registered;
            if child_processes.is_cancelled() {
                return Err(CANCELLED.to_owned());
            }
            call(&CallContext {
                server: &options,
                processes: child_processes,
                log,
            })
        });
        finish_call(running, &processes, &mut log_reader, &context, progress).await
    }
}

/// Waits for a call, sends its log as progress, and cancels it where the client does.
async fn finish_call(
    mut running: JoinHandle<Result<Answer, String>>,
    processes: &Processes,
    log: &mut LogReader,
    context: &RequestContext<RoleServer>,
    mut progress: ProgressReporter<'_>,
) -> Result<CallToolResponse, ErrorData> {
    let mut cancelled = false;
    let outcome = loop {
        tokio::select! {
            outcome = &mut running => break outcome,
            () = context.ct.cancelled(), if !cancelled => {
                cancelled = true;
                let processes = processes.clone();
                spawn_blocking(move || processes.cancel());
            }
            Some(line) = log.next() => progress.report(line).await,
        }
    };
    match outcome {
        Ok(Ok(answer)) => {
            let mut result = CallToolResult::structured(answer.report);
            result.content = vec![ContentBlock::text(answer.text)];
            Ok(result.into())
        }
        Ok(Err(_)) if cancelled => Ok(failed(CANCELLED.to_owned())),
        Ok(Err(message)) => Ok(failed(log.append_tail(message))),
        Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
    }
}

/// Sends the progress of a call to a client that asked for it.
struct ProgressReporter<'a> {
    context: &'a RequestContext<RoleServer>,
    token: Option<ProgressToken>,
    /// How many messages were sent.
    sent: f64,
}

impl<'a> ProgressReporter<'a> {
    fn new(context: &'a RequestContext<RoleServer>) -> Self {
        Self {
            context,
            token: context.meta.get_progress_token(),
            sent: 0.0,
        }
    }

    async fn report(&mut self, message: String) {
        if let Some(token) = &self.token {
            self.sent += 1.0;
            let notification = ProgressNotificationParam::new(token.clone(), self.sent);
            let notification = notification.with_message(message);
            let _ = self.context.peer.notify_progress(notification).await;
        }
    }
}

/// The result of a call that has failed.
fn failed(message: String) -> CallToolResponse {
    CallToolResult::error(vec![ContentBlock::text(message)]).into()
}
