//! Lists in messages.

use std::fmt::Display;

/// The items in backticks, separated by commas: `` `a`, `b` ``.
pub(crate) fn quoted<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| format!("`{item}`")).collect();
    items.join(", ")
}
