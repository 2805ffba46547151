//! A registry of a test's own: Debian's `docker-registry` on a free port of this machine, ended
//! with the test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Scratch, succeed, tool};

/// Who may use a registry [`with_password`](Registry::with_password).
pub const USER: &str = "tester";
pub const PASSWORD: &str = "open sesame";
/// The password by bcrypt.
const HASHED: &str = "$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy";

/// All types of manifests.
pub const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// A running registry.
pub struct Registry {
    child: Child,
    port: u16,
    scratch: Scratch,
}

/// An answer to a request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Registry {
    /// A registry that everybody may use. Where `docker-registry` is missing the test is skipped.
    pub fn start() -> Option<Self> {
        Self::launch(|_| (String::new(), String::new()))
    }

    /// A registry for [`USER`] with [`PASSWORD`].
    pub fn with_password() -> Option<Self> {
        Self::launch(|scratch| {
            let file = scratch.write("htpasswd", format!("{USER}:{HASHED}\n"));
            let file = file.display();
            let auth = format!("auth: {{ htpasswd: {{ realm: test, path: '{file}' }} }}\n");
            (String::new(), auth)
        })
    }

    /// A registry that speaks TLS, with a certificate of a CA of its own: [`Self::ca`].
    pub fn with_tls() -> Option<Self> {
        tool("openssl")?;
        Self::launch(|scratch| {
            make_certificates(scratch);
            let [certificate, key] = ["server.pem", "server.key"].map(|name| scratch.join(name));
            let (certificate, key) = (certificate.display(), key.display());
            let tls = format!(", tls: {{ certificate: '{certificate}', key: '{key}' }}");
            (tls, String::new())
        })
    }

    /// The certificate of the CA of a registry [`with_tls`](Self::with_tls).
    pub fn ca(&self) -> PathBuf {
        self.scratch.join("ca.pem")
    }

    /// Starts it; `prepare` writes its files, and gives what comes into `http` and at the end of
    /// its configuration.
    fn launch(prepare: impl FnOnce(&Scratch) -> (String, String)) -> Option<Self> {
        let mut command = tool("docker-registry")?;
        let scratch = Scratch::new();
        let (http, more) = prepare(&scratch);
        let config = format!(
            "version: 0.1\nlog: {{ level: info, formatter: json }}\n\
             storage: {{ filesystem: {{ rootdirectory: '{}' }} }}\n\
             http: {{ addr: '127.0.0.1:0'{http} }}\n{more}",
            scratch.folder("registry").display()
        );
        let config = scratch.write("registry.yml", config);
        let mut child = command
            .arg("serve")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (found, port) = channel();
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening on 127.0.0.1:") {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    let _ = found.send(digits.parse::<u16>().unwrap());
                }
            }
        });
        let port = port
            .recv_timeout(Duration::from_secs(30))
            .expect("the registry does not start");
        Some(Self {
            child,
            port,
            scratch,
        })
    }

    /// `127.0.0.1:PORT`
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Asks for a path without authentication.
    pub fn get(&self, path: &str, headers: &str) -> Answer {
        request(&self.host(), "GET", path, headers)
    }

    /// The manifest or index under a tag or digest, and its digest; `None` if there is none.
    pub fn manifest(&self, name: &str, tag: &str) -> Option<(String, Value)> {
        let path = format!("/v2/{name}/manifests/{tag}");
        let answer = self.get(&path, &format!("Accept: {ACCEPT}\r\n"));
        if answer.status != 200 {
            return None;
        }
        let digest = answer.header("docker-content-digest").unwrap();
        Some((digest, serde_json::from_slice(&answer.body).unwrap()))
    }

    /// The tags of a repository.
    pub fn tags(&self, name: &str) -> Vec<String> {
        let answer = self.get(&format!("/v2/{name}/tags/list"), "");
        if answer.status != 200 {
            return Vec::new();
        }
        let list: Value = serde_json::from_slice(&answer.body).unwrap();
        let tags = list["tags"].as_array().cloned().unwrap_or_default();
        tags.iter()
            .map(|tag| tag.as_str().unwrap().to_owned())
            .collect()
    }

    /// Asserts that every tag of a repository points at an image that is whole: all manifests,
    /// configs and layers are there, with their sizes.
    #[track_caller]
    pub fn assert_tags_are_whole(&self, name: &str) {
        for tag in self.tags(name) {
            let (_, root) = self.manifest(name, &tag).unwrap();
            let manifests = match root["manifests"].as_array() {
                Some(entries) => entries
                    .iter()
                    .map(|entry| {
                        let digest = entry["digest"].as_str().unwrap();
                        self.manifest(name, digest).expect(digest).1
                    })
                    .collect(),
                None => vec![root],
            };
            for manifest in manifests {
                let layers = manifest["layers"].as_array().unwrap();
                for blob in layers.iter().chain([&manifest["config"]]) {
                    let digest = blob["digest"].as_str().unwrap();
                    let path = format!("/v2/{name}/blobs/{digest}");
                    let answer = request(&self.host(), "HEAD", &path, "");
                    assert_eq!(answer.status, 200, "`{tag}` lacks {digest}");
                    let length = answer.header("content-length").unwrap();
                    assert_eq!(length, blob["size"].to_string());
                }
            }
        }
    }
}

/// Makes a CA and a certificate for this machine's address that it has signed.
fn make_certificates(scratch: &Scratch) {
    scratch.write(
        "extensions",
        "subjectAltName = IP:127.0.0.1, DNS:localhost\n",
    );
    let commands = [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
         -subj /CN=test-ca -days 2 -addext basicConstraints=critical,CA:TRUE",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key \
         -out server.csr -subj /CN=test-server",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 \
         -extfile extensions",
    ];
    for arguments in commands {
        let mut openssl = tool("openssl").unwrap();
        succeed(
            openssl
                .current_dir(scratch.path())
                .args(arguments.split_whitespace()),
        );
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<String> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

/// Sends a request over a connection of its own.
#[track_caller]
pub fn request(host: &str, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{headers}\r\n"
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    Answer {
        status: status.parse().unwrap(),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    }
}
