//! Requests about one repository: authenticated, sent again where that may help, and led only
//! where a registry may lead.

use ureq::http::Method;

use muslin_oci::transport::registry::repository::{Repository, is_loopback};

use crate::answer::Answer;
use crate::auth::Auth;
use crate::challenge;
use crate::error::RegistryError;
use crate::failure::Failure;
use crate::http::{Http, Payload, Request};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tries::Tries;
use crate::url::{Scheme, Url};

/// The most redirects that are followed for one request.
const MAX_REDIRECTS: usize = 5;

/// A registry that was reached, and a repository in it.
pub(crate) struct Session {
    pub(crate) repository: Repository,
    pub(crate) settings: Settings,
    base: Url,
    http: Http,
    auth: Auth,
}

impl Session {
    /// Reaches the registry and authenticates, if it asks for that.
    ///
    /// `scopes` is what is going to be done, such as `repository:a/b:pull,push`.
    pub(crate) fn open(
        repository: &Repository,
        scopes: Vec<String>,
        settings: &Settings,
    ) -> Result<Self, RegistryError> {
        let host = repository.api_host();
        let may_be_plain =
            is_loopback(host) || settings.insecure.iter().any(|insecure| insecure == host);
        let plain = |scheme| Url::new(scheme, host, "/");
        if may_be_plain {
            let session = Self::at(plain(Scheme::Http), repository, scopes.clone(), settings)?;
            match session.ping(Answers::Plain) {
                Ok(true) => return Ok(session),
                // It speaks TLS.
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
        let session = Self::at(plain(Scheme::Https), repository, scopes, settings)?;
        session.ping(Answers::Tls)?;
        Ok(session)
    }

    fn at(
        base: Url,
        repository: &Repository,
        scopes: Vec<String>,
        settings: &Settings,
    ) -> Result<Self, RegistryError> {
        Ok(Self {
            http: Http::new(&base, settings)?,
            auth: Auth::new(&base, repository, scopes, settings)?,
            repository: repository.clone(),
            settings: settings.clone(),
            base,
        })
    }

    /// Asks whether this is a registry (distribution-spec 1.1, "Determining Support"), and does
    /// what its challenge asks for. Gives `false` for a server without TLS that wants TLS.
    fn ping(&self, answers: Answers) -> Result<bool, RegistryError> {
        let request = Request::new(
            Method::GET,
            self.base.join("/v2/").unwrap_or(self.base.clone()),
        );
        let answer = match self.persistently(&request, None, &[]) {
            Err(RegistryError::Broken { .. }) if answers == Answers::Plain => return Ok(false),
            answer => answer?,
        };
        let none = |found: String| RegistryError::NotARegistry {
            host: self.repository.host().to_owned(),
            found,
        };
        match answer.status {
            200 => match answer.content_type() {
                Some("text/html") => Err(none("a web page".to_owned())),
                _ => Ok(true),
            },
            401 => match challenge::best(answer.headers("www-authenticate")) {
                Some(challenge) => {
                    self.challenged(&challenge, None)?;
                    Ok(true)
                }
                None => Err(none(
                    "the status 401 and no known way to authenticate".to_owned(),
                )),
            },
            400 if answers == Answers::Plain => Ok(false),
            status => Err(none(format!("the status {status}"))),
        }
    }

    fn challenged(
        &self,
        challenge: &challenge::Challenge,
        used: Option<&Secret>,
    ) -> Result<(), RegistryError> {
        self.auth.answer(challenge, used, &|request, header, body| {
            self.persistently(request, header, body)
        })
    }

    /// The URL of a part of the repository, such as `manifests/latest`.
    pub(crate) fn url(&self, part: &str) -> Url {
        let host = self.base.authority();
        let path = format!("/v2/{}/{part}", self.repository.name());
        Url::new(self.base.scheme(), host, &path)
    }

    /// Where a `Location` in the answer to a request leads.
    ///
    /// # Errors
    /// To no URL, or to one with another scheme.
    pub(crate) fn location(
        &self,
        request: &Request,
        answer: &Answer,
    ) -> Result<Url, RegistryError> {
        let location = answer.header("location");
        let location = location.ok_or_else(|| RegistryError::NoHeader {
            host: self.repository.host().to_owned(),
            what: request.what(),
            header: "Location",
        })?;
        let Some(url) = request.url.join(location) else {
            let shown = location.split('?').next().unwrap_or_default();
            let shown = shown.escape_debug().to_string();
            return Err(RegistryError::location(
                &request.url,
                &shown,
                "it is no URL of the web",
            ));
        };
        if url.scheme() != request.url.scheme() {
            return Err(RegistryError::location(
                &request.url,
                &url,
                "it has another scheme",
            ));
        }
        Ok(url)
    }

    /// Sends a small request until it is answered; redirects of what reads are followed.
    pub(crate) fn send(&self, request: &Request, body: &[u8]) -> Result<Answer, RegistryError> {
        let mut request = request.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.authenticated(&request, body)?;
            let reads = request.method == Method::GET || request.method == Method::HEAD;
            if !reads || !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            request.url = self.location(&request, &answer)?;
        }
        let shown = request.url.clone();
        Err(RegistryError::location(
            &request.url,
            &shown,
            "it is one redirect too many",
        ))
    }

    fn authenticated(&self, request: &Request, body: &[u8]) -> Result<Answer, RegistryError> {
        let mut renewed = false;
        loop {
            let header = self.header_for(&request.url);
            let answer = self.persistently(request, header.as_ref(), body)?;
            if answer.status != 401 || !self.is_own(&request.url) {
                return Ok(answer);
            }
            if renewed {
                return Err(self.auth.refused());
            }
            self.renew(&answer, header.as_ref())?;
            renewed = true;
        }
    }

    /// Sends content once. A stream cannot be sent again: who has it decides what then.
    pub(crate) fn send_once(
        &self,
        request: &Request,
        header: Option<&Secret>,
        payload: Payload<'_>,
    ) -> Result<Answer, Failure> {
        let sent = self.http.exchange(request, header, payload);
        // A cancelled connection is a broken one.
        match self.settings.cancellation.check() {
            Err(cancelled) => Err(Failure::Final(cancelled.into())),
            Ok(()) => sent,
        }
    }

    /// The header for a request to this URL: nobody but the registry gets one.
    pub(crate) fn header_for(&self, url: &Url) -> Option<Secret> {
        self.is_own(url).then(|| self.auth.header()).flatten()
    }

    fn is_own(&self, url: &Url) -> bool {
        url.has_origin_of(&self.base)
    }

    /// Does what the challenge of a refusal asks for.
    pub(crate) fn renew(
        &self,
        refusal: &Answer,
        used: Option<&Secret>,
    ) -> Result<(), RegistryError> {
        match challenge::best(refusal.headers("www-authenticate")) {
            Some(challenge::Challenge::Basic) if used.is_some() => Err(self.auth.refused()),
            Some(challenge) => self.challenged(&challenge, used),
            None => Err(self.auth.refused()),
        }
    }

    /// Sends a request as often as there are tries.
    fn persistently(
        &self,
        request: &Request,
        header: Option<&Secret>,
        body: &[u8],
    ) -> Result<Answer, RegistryError> {
        let mut tries = Tries::new(&self.settings);
        loop {
            let outcome = self.send_once(request, header, Payload::Bytes(body));
            match outcome {
                Ok(answer) if answer.is_busy() => {
                    if !tries.wait(answer.retry_after())? {
                        return Err(busy(request, &answer, &tries));
                    }
                }
                Ok(answer) => return Ok(answer),
                Err(failure) => self.wait_after(failure, request, &mut tries)?,
            }
        }
    }

    /// Waits after a failure; the failure as an error where there is no other try.
    pub(crate) fn wait_after(
        &self,
        failure: Failure,
        request: &Request,
        tries: &mut Tries,
    ) -> Result<(), RegistryError> {
        if let Failure::Final(error) = failure {
            return Err(error);
        }
        if tries.wait(None)? {
            return Ok(());
        }
        let (host, what) = (request.url.authority().to_owned(), request.what());
        Err(match failure {
            Failure::Broken(source) => RegistryError::Broken {
                host,
                what,
                tries: tries.failures(),
                source,
            },
            _ => RegistryError::Stalled {
                host,
                what,
                seconds: self.http.stall().as_secs(),
            },
        })
    }

    /// The error of an answer that was not expected.
    pub(crate) fn unexpected(&self, request: &Request, answer: &Answer) -> RegistryError {
        let host = self.repository.host().to_owned();
        match answer.status {
            401 => self.auth.refused(),
            403 => RegistryError::Denied {
                host,
                name: self.repository.name().to_owned(),
                said: answer.said(),
            },
            status => RegistryError::Answer {
                host,
                what: request.what(),
                status,
                said: answer.said(),
            },
        }
    }
}

/// The error of a registry that was busy at every try.
pub(crate) fn busy(request: &Request, answer: &Answer, tries: &Tries) -> RegistryError {
    RegistryError::Busy {
        host: request.url.authority().to_owned(),
        what: request.what(),
        status: answer.status,
        said: answer.said(),
        tries: tries.failures(),
    }
}

/// Which protocol a registry is asked in first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Plain,
    Tls,
}
