//! The user's cache: a content-keyed store that is safe to share and to lose.
