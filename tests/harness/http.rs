//! Files that are served to cargo and git on this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::{fs, thread};

/// Serves the files of a folder to requests whose headers are allowed, and asks others for a
/// password; the port at 127.0.0.1. It ends with the test program.
pub fn serve(folder: &Path, is_allowed: fn(&[String]) -> bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = folder.to_owned();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || answer(&stream, &folder, is_allowed));
        }
    });
    port
}

fn answer(mut stream: &TcpStream, folder: &Path, is_allowed: fn(&[String]) -> bool) -> Option<()> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let request = lines.next()?;
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let path = request.split([' ', '?']).nth(1)?.trim_start_matches('/');
    let (status, body) = match fs::read(folder.join(path)) {
        _ if !is_allowed(&headers) => (
            "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"private\"",
            Vec::new(),
        ),
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    stream.write_all(&body).ok()
}
