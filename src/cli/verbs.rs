//! The commands, in the order of the help.

use super::command::Verb;
#[cfg(feature = "mcp")]
use super::mcp::Mcp;
use super::{build, completions, index, inspect, man, pack, setup};

pub(super) const VERBS: &[Verb] = &[
    Verb::of::<build::Build>(),
    Verb::of::<pack::Pack>(),
    Verb::of::<index::Index>(),
    Verb::of::<inspect::Inspect>(),
    Verb::of::<setup::Setup>(),
    #[cfg(feature = "mcp")]
    Verb::of::<Mcp>(),
    Verb::of::<completions::Completions>(),
    Verb::of::<man::Man>(),
];
