//! Credential helpers: `docker-credential-NAME get`, which takes a host on stdin and gives JSON
//! on stdout.

use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use camino::Utf8Path;
use serde::Deserialize;

use super::error::CredentialsError;
use super::login::{Credentials, Login};
use crate::secret::Secret;
use crate::settings::Settings;

/// The most that is read of a helper's answer, in bytes.
const MAX_ANSWER: u64 = 1 << 20;
/// The user that stands for a refresh token.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    username: String,
    secret: String,
}

/// What the helper `name`, which the file at `path` names, has for a server; `None` if it has
/// nothing.
pub(super) fn get(
    name: &str,
    server: &str,
    path: &Utf8Path,
    settings: &Settings,
) -> Result<Option<Credentials>, CredentialsError> {
    let program = format!("docker-credential-{name}");
    let not_run = |source| CredentialsError::NoHelper {
        program: program.clone(),
        path: path.to_owned(),
        source,
    };
    let failed = |message: String| CredentialsError::Helper {
        program: program.clone(),
        message,
    };
    // A name with a folder would run what nobody has installed.
    if name.is_empty() || name.contains('/') {
        return Err(not_run(io::ErrorKind::InvalidInput.into()));
    }
    let (stdin, mut input) = io::pipe().map_err(not_run)?;
    let (output, stdout) = io::pipe().map_err(not_run)?;
    input.write_all(server.as_bytes()).map_err(not_run)?;
    drop(input);
    let mut command = Command::new(&program);
    command
        .arg("get")
        .env_clear()
        .envs(&settings.environment)
        .stdin(stdin)
        .stdout(stdout)
        .stderr(Stdio::piped());
    let reader = thread::spawn(move || {
        let mut answer = Vec::new();
        output
            .take(MAX_ANSWER)
            .read_to_end(&mut answer)
            .map(|_| answer)
    });
    let ran = settings.runner.run(&mut command);
    // It holds the writing end of the pipe.
    drop(command);
    let answer = reader.join();
    settings.cancellation.check()?;
    let ran = ran.map_err(not_run)?;
    let answer = answer
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        .map_err(not_run)?;
    if !ran.status.success() {
        // Helpers write it to stdout.
        let said = String::from_utf8_lossy(&answer);
        let said = said.trim();
        if said.contains("not found") || said.contains("no credentials") {
            return Ok(None);
        }
        // It may hold anything, also a secret.
        return Err(failed(ran.status.to_string()));
    }
    let answer: HelperAnswer = serde_json::from_slice(&answer)
        .map_err(|_| failed("its answer is no JSON with `Username` and `Secret`".to_owned()))?;
    if answer.secret.is_empty() {
        return Ok(None);
    }
    let secret = Secret::new(answer.secret);
    Ok(Some(Credentials {
        login: if answer.username == TOKEN_USER {
            Login::IdentityToken(secret)
        } else {
            Login::Password {
                user: answer.username,
                password: secret,
            }
        },
        origin: format!("the credential helper `{program}`"),
    }))
}
