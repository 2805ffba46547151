//! Answers requests of clients.

use std::error::Error;
use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ProgressNotificationParam,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::Surroundings;
use super::arguments::{
    BuildArguments, IndexArguments, InspectArguments, PackArguments, SetupArguments,
};
use super::calls::Calls;
use super::hearing::hearing;
use super::texts::{checked, inspected, joined, packed};
use super::tools;
use crate::compile::process::Processes;
use crate::error_chain::error_chain;
use crate::operations::{build, index, inspect, pack, setup};
use crate::packing::layers::NoProgress;

/// Tools that work at once; others wait.
const AT_ONCE: usize = 2;
/// Calls that work or wait; more are refused, because each keeps its arguments.
const IN_HAND: usize = 16;

const INSTRUCTIONS: &str = "\
Turns Rust packages into small, static, multi-architecture OCI images, the same bits every time. \
`build` compiles a package and packs it; `pack` takes executables that are there already; `inspect` explains an \
image. Paths are relative to the server's folder and must lie in the folders that it was started with.";

/// The server of one client.
pub(super) struct Server {
    surroundings: Arc<Surroundings>,
    calls: Calls,
    tools: Vec<Tool>,
    permits: Arc<Semaphore>,
    hands: Arc<Semaphore>,
}

/// What a tool has done: the report, and a short text for people.
struct Answer {
    report: serde_json::Value,
    text: String,
}

type Outcome = Result<Answer, String>;

impl Server {
    pub(super) fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings: Arc::new(surroundings),
            calls: Calls::default(),
            tools: tools::all(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            hands: Arc::new(Semaphore::new(IN_HAND)),
        }
    }

    /// The calls in flight.
    pub(super) fn calls(&self) -> Calls {
        self.calls.clone()
    }

    /// The work that a request asks for.
    fn work(&self, request: CallToolRequestParams) -> Result<Work, ErrorData> {
        let arguments = serde_json::Value::Object(request.arguments.unwrap_or_default());
        Ok(match &*request.name {
            "build" => Work::Build(read(arguments)?),
            "pack" => Work::Pack(read(arguments)?),
            "index" => Work::Index(read(arguments)?),
            "inspect" => Work::Inspect(read(arguments)?),
            "setup_check" => Work::Setup(read(arguments)?),
            unknown => {
                let names: Vec<_> = self.tools.iter().map(|tool| tool.name.clone()).collect();
                let names = crate::quote::quoted(names);
                return Err(ErrorData::invalid_params(
                    format!("there is no tool `{unknown}`; there are {names}"),
                    None,
                ));
            }
        })
    }
}

fn read<T: DeserializeOwned>(arguments: serde_json::Value) -> Result<T, ErrorData> {
    serde_json::from_value(arguments)
        .map_err(|error| ErrorData::invalid_params(format!("arguments: {error}"), None))
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
        Ok(ListToolsResult::with_all_items(self.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Ok(_hand) = self.hands.try_acquire() else {
            let busy = format!("{IN_HAND} calls are in hand; wait for one to end");
            return Err(ErrorData::internal_error(busy, None));
        };
        let name = request.name.clone();
        let work = self.work(request)?;
        let (speaker, mut hearing) = hearing(&name);
        let processes = {
            let speaker = speaker.clone();
            Processes::with_listener(move |line| speaker.say(line))
        };
        let _call = self.calls.begin(&processes);
        let permit = tokio::select! {
            permit = Arc::clone(&self.permits).acquire_owned() => permit,
            () = context.ct.cancelled() => return Ok(failed("cancelled".to_owned())),
        };
        let surroundings = Arc::clone(&self.surroundings);
        let ours = processes.clone();
        let mut working = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work.run(&surroundings, ours, &|line| speaker.say(line))
        });

        let token = context.meta.get_progress_token();
        let mut said = 0.0;
        let mut cancelled = false;
        let outcome = loop {
            tokio::select! {
                done = &mut working => break done,
                () = context.ct.cancelled(), if !cancelled => {
                    cancelled = true;
                    let processes = processes.clone();
                    tokio::task::spawn_blocking(move || processes.cancel());
                }
                Some(line) = hearing.next() => {
                    if let Some(token) = &token {
                        said += 1.0;
                        let progress = ProgressNotificationParam::new(token.clone(), said);
                        let _ = context.peer.notify_progress(progress.with_message(line)).await;
                    }
                }
            }
        };
        Ok(match outcome {
            Ok(Ok(answer)) => {
                let mut result = CallToolResult::structured(answer.report);
                result.content = vec![ContentBlock::text(answer.text)];
                result.into()
            }
            Ok(Err(_)) if cancelled => failed("cancelled".to_owned()),
            Ok(Err(message)) => failed(hearing.behind(message)),
            Err(error) => return Err(ErrorData::internal_error(error.to_string(), None)),
        })
    }
}

fn failed(message: String) -> CallToolResponse {
    CallToolResult::error(vec![ContentBlock::text(message)]).into()
}

/// What a tool was asked to do.
enum Work {
    Build(BuildArguments),
    Pack(PackArguments),
    Index(IndexArguments),
    Inspect(InspectArguments),
    Setup(SetupArguments),
}

impl Work {
    fn run(self, around: &Surroundings, processes: Processes, tell: &dyn Fn(&str)) -> Outcome {
        match self {
            Self::Build(arguments) => {
                let request = arguments.request(around, processes).map_err(said)?;
                let report = build::build(&request, tell, &NoProgress).map_err(said)?;
                answer(&report, packed(&report.image))
            }
            Self::Pack(arguments) => {
                let request = arguments.request(around).map_err(said)?;
                let report = pack::pack(&request, &NoProgress).map_err(said)?;
                answer(&report, packed(&report))
            }
            Self::Index(arguments) => {
                let request = arguments.request(around).map_err(said)?;
                let report = index::join(&request).map_err(said)?;
                answer(&report, joined(&report))
            }
            Self::Inspect(arguments) => {
                let request = arguments.request(around).map_err(said)?;
                let mut report = inspect::inspect(&request, &around.host).map_err(said)?;
                let text = inspected(&report);
                if !arguments.files {
                    let layers = report.platforms.iter_mut().flat_map(|one| &mut one.layers);
                    layers.for_each(|layer| layer.files.clear());
                }
                answer(&report, text)
            }
            Self::Setup(arguments) => {
                let request = arguments.request(around, processes).map_err(said)?;
                let report = setup::setup(&request, tell).map_err(said)?;
                answer(&report, checked(&report))
            }
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // It ends here.
fn said(error: impl Error) -> String {
    error_chain(&error)
}

fn answer(report: &impl Serialize, text: String) -> Outcome {
    let report = serde_json::to_value(report).map_err(said)?;
    Ok(Answer { report, text })
}
