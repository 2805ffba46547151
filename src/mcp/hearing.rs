//! What the programs of a call say: to the log, to the client as progress, and kept
//! for the error that may come of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

/// The last lines, which an error repeats.
const TAIL: usize = 100;
/// The longest line of these, in characters.
const LINE: usize = 2000;
/// Lines that wait to be told; a client that does not keep up hears less.
const WAITING: usize = 64;

/// Takes lines. Clones speak to the same listener.
#[derive(Clone)]
pub(super) struct Speaker {
    tool: Arc<str>,
    tail: Arc<Mutex<VecDeque<String>>>,
    lines: mpsc::Sender<String>,
}

/// Gives the lines that were said.
pub(super) struct Hearing {
    tail: Arc<Mutex<VecDeque<String>>>,
    lines: mpsc::Receiver<String>,
}

/// The two ends, for a call of this tool.
pub(super) fn hearing(tool: &str) -> (Speaker, Hearing) {
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    let (sender, lines) = mpsc::channel(WAITING);
    let speaker = Speaker {
        tool: tool.into(),
        tail: Arc::clone(&tail),
        lines: sender,
    };
    (speaker, Hearing { tail, lines })
}

impl Speaker {
    /// Says a line.
    pub(super) fn say(&self, line: &str) {
        tracing::info!(tool = &*self.tool, "{line}");
        let line: String = line.chars().take(LINE).collect();
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line.clone());
        let _ = self.lines.try_send(line);
    }
}

impl Hearing {
    /// The next line, when there is one; nothing when no more will come.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// A message with the last lines behind it.
    pub(super) fn behind(&self, message: String) -> String {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.is_empty() {
            return message;
        }
        let said: Vec<&str> = tail.iter().map(String::as_str).collect();
        format!("{message}\n\n{}", said.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_repeats_the_last_lines_and_no_more() {
        let (speaker, hearing) = hearing("build");
        assert_eq!(hearing.behind("it failed".to_owned()), "it failed");
        for number in 0..TAIL + 10 {
            speaker.say(&number.to_string());
        }
        speaker.say(&"x".repeat(LINE * 2));
        let said = hearing.behind("it failed".to_owned());
        assert!(said.starts_with("it failed\n\n11\n12\n"), "{said}");
        assert!(said.ends_with(&format!("\n{}", "x".repeat(LINE))));
    }
}
