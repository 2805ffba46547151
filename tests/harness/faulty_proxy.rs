//! A server between a client and a registry that does harm where a rule says so, and keeps what it
//! was asked.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request that went through the proxy.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// The length of its content in bytes.
    pub length: usize,
}

/// What is done to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// The connection is closed before anything is passed on.
    CutBefore,
    /// This many bytes of the content are passed on, then both connections are closed.
    CutContent(usize),
    /// All is passed on, and the connection closed in place of the answer.
    CutAnswer,
    /// What `CutAnswer` has kept back of the last answer is answered, with the status 204: the
    /// registry can tell how far an upload has got, which docker-registry cannot.
    AnswerThatWasCut,
    /// The head of the answer and this many bytes of its content are passed on.
    CutAnswerContent(usize),
    /// This is answered: a status, headers and content.
    Answer(String, String),
    /// The answer comes after this time.
    Late(Duration),
    /// A header of the answer gets another value.
    Header(&'static str, String),
    /// One bit of the answer's content is another.
    Corrupt,
}

type Rule = dyn Fn(&Seen) -> Fault + Send + Sync;

/// What the proxy keeps.
#[derive(Default)]
struct Kept {
    seen: Mutex<Vec<Seen>>,
    /// The headers of the last answer that was cut.
    cut: Mutex<Vec<String>>,
}

/// The running proxy. It ends with the test program.
pub struct FaultyProxy {
    port: u16,
    kept: Arc<Kept>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it sends the content of a blob.
    pub fn is_upload(&self) -> bool {
        self.path.contains("/blobs/uploads/") && matches!(self.method.as_str(), "PUT" | "PATCH")
    }

    pub fn is_manifest(&self, method: &str) -> bool {
        self.method == method && self.path.contains("/manifests/")
    }
}

/// Does this to the first `times` requests that `which` picks.
pub fn first(
    times: usize,
    which: impl Fn(&Seen) -> bool + Send + Sync + 'static,
    fault: Fault,
) -> impl Fn(&Seen) -> Fault + Send + Sync + 'static {
    let left = Mutex::new(times);
    move |seen| {
        let mut left = left.lock().unwrap();
        if *left > 0 && which(seen) {
            *left -= 1;
            fault.clone()
        } else {
            Fault::None
        }
    }
}

impl FaultyProxy {
    /// Starts a proxy in front of a host.
    pub fn start(upstream: &str, rule: impl Fn(&Seen) -> Fault + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Kept::default());
        let (keeps, upstream) = (Arc::clone(&kept), upstream.to_owned());
        let rule: Arc<Rule> = Arc::new(rule);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (kept, upstream, rule) =
                    (Arc::clone(&keeps), upstream.clone(), Arc::clone(&rule));
                thread::spawn(move || {
                    // A broken connection is what it is for.
                    let _ = pass(&client, &upstream, &*rule, &kept);
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, kept }
    }

    /// `127.0.0.1:PORT`
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.kept.seen.lock().unwrap().clone()
    }

    /// How many requests `which` picks.
    pub fn count(&self, which: impl Fn(&Seen) -> bool) -> usize {
        self.seen().iter().filter(|seen| which(seen)).count()
    }

    /// Forgets what was asked.
    pub fn forget(&self) {
        self.kept.seen.lock().unwrap().clear();
    }
}

/// Passes one request on, and its answer back.
fn pass(client: &TcpStream, upstream: &str, rule: &Rule, kept: &Kept) -> io::Result<()> {
    let mut from_client = BufReader::new(client);
    let head = read_head(&mut from_client)?;
    let mut words = head[0].split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, path) = (word(), word());
    let headers: Vec<(String, String)> = head[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut seen = Seen {
        method,
        path,
        headers,
        length: 0,
    };
    let length = seen
        .header("content-length")
        .map(|value| value.parse().unwrap());
    seen.length = length.unwrap_or(0);
    kept.seen.lock().unwrap().push(seen.clone());
    let fault = rule(&seen);
    let mut to_client = client;
    match &fault {
        Fault::CutBefore => return Ok(()),
        Fault::AnswerThatWasCut => {
            let headers = kept.cut.lock().unwrap().join("\r\n");
            return write!(
                to_client,
                "HTTP/1.1 204 No Content\r\n{headers}\r\nConnection: close\r\n\r\n"
            );
        }
        Fault::Answer(head, body) => {
            io::copy(&mut from_client.take(seen.length as u64), &mut io::sink())?;
            let length = body.len();
            return write!(
                to_client,
                "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
        _ => {}
    }
    let server = TcpStream::connect(upstream)?;
    let mut to_server = &server;
    let mut text = format!("{}\r\n", head[0]);
    for line in head[1..]
        .iter()
        .filter(|line| !is_header(line, "connection"))
    {
        text += &format!("{line}\r\n");
    }
    write!(to_server, "{text}Connection: close\r\n\r\n")?;
    let passed = match fault {
        Fault::CutContent(bytes) => bytes.min(seen.length),
        _ => seen.length,
    };
    io::copy(&mut (&mut from_client).take(passed as u64), &mut to_server)?;
    if passed < seen.length {
        return server.shutdown(Shutdown::Both);
    }
    let mut from_server = BufReader::new(&server);
    let mut head = read_head(&mut from_server)?;
    if let Fault::Late(time) = fault {
        thread::sleep(time);
    }
    if matches!(fault, Fault::CutAnswer) {
        *kept.cut.lock().unwrap() = head.split_off(1);
        return Ok(());
    }
    if let Fault::Header(name, value) = &fault {
        head.retain(|line| !is_header(line, name));
        head.push(format!("{name}: {value}"));
    }
    head.retain(|line| !is_header(line, "connection"));
    write!(
        to_client,
        "{}\r\nConnection: close\r\n\r\n",
        head.join("\r\n")
    )?;
    match fault {
        Fault::CutAnswerContent(bytes) => {
            io::copy(&mut from_server.take(bytes as u64), &mut to_client)?;
        }
        Fault::Corrupt => {
            let mut body = Vec::new();
            from_server.read_to_end(&mut body)?;
            let middle = body.len() / 2;
            body[middle] ^= 1;
            to_client.write_all(&body)?;
        }
        _ => {
            io::copy(&mut from_server, &mut to_client)?;
        }
    }
    Ok(())
}

fn is_header(line: &str, name: &str) -> bool {
    let found = line.split_once(':').map(|(found, _)| found);
    found.is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// The lines up to the first empty one.
fn read_head(from: &mut impl io::BufRead) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for line in from.lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(lines)
}
