//! A registry on this machine: Debian's docker-registry.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use crate::harness::{Scratch, tool};

pub struct Registry {
    server: Child,
    pub address: String,
    _folder: Scratch,
}

impl Registry {
    /// None where docker-registry is missing, and the test is skipped.
    pub fn start() -> Option<Self> {
        let mut command = tool("docker-registry")?;
        let folder = Scratch::new();
        // Free a moment ago, and nobody else asks for it by its number.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let config = folder.write(
            "config.yml",
            format!(
                "version: 0.1\nstorage: {{ filesystem: {{ rootdirectory: {} }} }}\nhttp: {{ addr: \"{address}\" }}\n",
                folder.join("data").display()
            ),
        );
        command.arg("serve").arg(config);
        let server = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let registry = Self {
            server,
            address,
            _folder: folder,
        };
        for _ in 0..300 {
            if TcpStream::connect(&registry.address).is_ok() {
                return Some(registry);
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the registry does not answer");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
