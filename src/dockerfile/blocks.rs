//! Blocks of lines that muslin writes in files of the user.

use std::collections::BTreeMap;

/// The lines of blocks, by the names of the blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks(BTreeMap<&'static str, String>);

/// A file lacks a block.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it has no lines between `{}` and `{END}`", begin(.name))]
pub struct MissingBlocks {
    name: &'static str,
}

const END: &str = "# end";

fn begin(name: &str) -> String {
    format!("# begin {name} (muslin init docker)")
}

impl<const N: usize> From<[(&'static str, String); N]> for Blocks {
    fn from(blocks: [(&'static str, String); N]) -> Self {
        Self(blocks.into())
    }
}

impl Blocks {
    /// The text with these lines in its blocks, which may be there several times. All other
    /// lines stay.
    ///
    /// # Errors
    /// A block is not there, or does not end.
    pub fn fill(&self, text: &str) -> Result<String, MissingBlocks> {
        let mut filled = text.to_owned();
        for (name, lines) in &self.0 {
            filled = fill_one(&filled, name, lines).ok_or(MissingBlocks { name })?;
        }
        Ok(filled)
    }
}

fn fill_one(text: &str, name: &str, lines: &str) -> Option<String> {
    let begin = begin(name);
    let mut filled = String::new();
    let mut is_inside = false;
    let mut found = false;
    for line in text.split_inclusive('\n') {
        if is_inside && line.trim_end() == END {
            is_inside = false;
        }
        if !is_inside {
            filled.push_str(line);
        }
        if line.trim_end() == begin {
            filled.push_str(lines);
            is_inside = true;
            found = true;
        }
    }
    (found && !is_inside).then_some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_replaced_wherever_they_are_and_other_lines_stay() {
        let blocks = Blocks::from([("image", "NEW\n".to_owned())]);
        let text = "a\n# begin image (muslin init docker)\nold\nolder\n# end\nb\n# end\n\
                    # begin image (muslin init docker)\n# end\nc";
        let filled = blocks.fill(text).unwrap();
        assert_eq!(
            filled,
            "a\n# begin image (muslin init docker)\nNEW\n# end\nb\n# end\n\
             # begin image (muslin init docker)\nNEW\n# end\nc"
        );
        assert_eq!(blocks.fill(&filled).unwrap(), filled);
    }

    #[test]
    fn a_block_that_is_missing_or_has_no_end_is_named() {
        let blocks = Blocks::from([("image", String::new())]);
        for text in ["", "# begin image (muslin init docker)\nrest\n"] {
            assert_eq!(
                blocks.fill(text).unwrap_err().to_string(),
                "it has no lines between `# begin image (muslin init docker)` and `# end`"
            );
        }
    }
}
