//! The commands, in the order of the help.

use super::command::Verb;

pub(super) const VERBS: &[Verb] = &[
    Verb::of::<super::build::Build>(),
    Verb::of::<super::pack::Pack>(),
    Verb::of::<super::index::Index>(),
    Verb::of::<super::copy::Copy>(),
    Verb::of::<super::inspect::Inspect>(),
    Verb::of::<super::init::Init>(),
    Verb::of::<super::auditable::Auditable>(),
    Verb::of::<super::setup::Setup>(),
    #[cfg(feature = "mcp")]
    Verb::of::<super::mcp::Mcp>(),
    Verb::of::<super::completions::Completions>(),
    Verb::of::<super::man::Man>(),
];
