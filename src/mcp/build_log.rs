//! The log of a call: what its child processes write to stderr. Each line goes to the
//! server's own log and to the client as progress; the last ones are kept for its error.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

/// Lines that an error repeats.
const TAIL_LINES: usize = 100;
/// Characters of a line; the rest is cut off.
const MAX_LINE: usize = 2000;
/// Lines that wait to be sent. A client that reads slower misses some.
const QUEUE: usize = 64;

type Tail = Arc<Mutex<VecDeque<String>>>;

/// Writes to a log. Clones write to the same one.
#[derive(Clone)]
pub(super) struct LogWriter {
    tool: Arc<str>,
    tail: Tail,
    lines: mpsc::Sender<String>,
}

/// Reads a log.
pub(super) struct LogReader {
    tail: Tail,
    lines: mpsc::Receiver<String>,
}

/// The log of a call of this tool.
pub(super) fn build_log(tool: &str) -> (LogWriter, LogReader) {
    let tail = Tail::default();
    let (sender, lines) = mpsc::channel(QUEUE);
    let writer = LogWriter {
        tool: tool.into(),
        tail: Arc::clone(&tail),
        lines: sender,
    };
    (writer, LogReader { tail, lines })
}

impl LogWriter {
    /// Writes a line.
    pub(super) fn write(&self, line: &str) {
        tracing::info!(tool = &*self.tool, "{line}");
        let line: String = line.chars().take(MAX_LINE).collect();
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(line.clone());
        let _ = self.lines.try_send(line);
    }
}

impl LogReader {
    /// Waits for the next line; `None` when every writer is dropped.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// An error message, followed by the last lines.
    pub(super) fn append_tail(&self, message: String) -> String {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.is_empty() {
            return message;
        }
        let lines: Vec<&str> = tail.iter().map(String::as_str).collect();
        format!("{message}\n\n{}", lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_repeats_the_last_lines_and_no_more() {
        let (writer, reader) = build_log("build");
        assert_eq!(reader.append_tail("it failed".to_owned()), "it failed");
        for number in 0..TAIL_LINES + 10 {
            writer.write(&number.to_string());
        }
        writer.write(&"x".repeat(MAX_LINE * 2));
        let message = reader.append_tail("it failed".to_owned());
        assert!(message.starts_with("it failed\n\n11\n12\n"), "{message}");
        assert!(message.ends_with(&format!("\n{}", "x".repeat(MAX_LINE))));
    }
}
