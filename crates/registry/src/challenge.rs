//! How a registry wants to be asked: the header `WWW-Authenticate` (RFC 9110, section 11.6.1).

/// A way to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// User and password with each request (RFC 7617).
    Basic,
    /// A token that another server gives (distribution, "Token Authentication Specification").
    Bearer {
        /// The URL of the token server.
        realm: String,
        /// What the token is for.
        service: Option<String>,
        /// What the request needs.
        scope: Option<String>,
    },
}

/// The best of the challenges in these headers: a token before a password. `None` if there is
/// none that is known.
pub(crate) fn best<'a>(headers: impl IntoIterator<Item = &'a str>) -> Option<Challenge> {
    let challenges: Vec<Challenge> = headers.into_iter().flat_map(parse).collect();
    let bearer = challenges
        .iter()
        .find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
    bearer.or(challenges.first()).cloned()
}

/// All challenges of one header that are known.
fn parse(header: &str) -> Vec<Challenge> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', ',', '\t']);
        let end = rest.find([' ', '=', ',']).unwrap_or(rest.len());
        let word = &rest[..end];
        if word.is_empty() {
            break;
        }
        rest = &rest[end..];
        match rest.strip_prefix('=') {
            Some(value) => {
                let (value, behind) = value_of(value);
                if let Some((_, parameters)) = found.last_mut() {
                    parameters.push((word.to_ascii_lowercase(), value));
                }
                rest = behind;
            }
            None => found.push((word.to_ascii_lowercase(), Vec::new())),
        }
    }
    let known = found.into_iter().filter_map(|(scheme, parameters)| {
        let parameter = |name: &str| {
            let mut parameters = parameters.iter();
            let found = parameters.find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone())
        };
        match scheme.as_str() {
            "basic" => Some(Challenge::Basic),
            "bearer" => Some(Challenge::Bearer {
                realm: parameter("realm")?,
                service: parameter("service"),
                scope: parameter("scope"),
            }),
            _ => None,
        }
    });
    known.collect()
}

/// A token or a quoted string, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_server_is_named_by_realm_service_and_scope() {
        let header = r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push""#;
        let bearer = Challenge::Bearer {
            realm: "https://auth.example/token".to_owned(),
            service: Some("r.example".to_owned()),
            scope: Some("repository:a/b:pull,push".to_owned()),
        };
        assert_eq!(best([header]), Some(bearer.clone()));
        assert_eq!(best(["Basic realm=\"x\"", header]), Some(bearer.clone()));
        let both = format!("Basic realm=\"a, b\", {header}");
        assert_eq!(best([both.as_str()]), Some(bearer));
    }

    #[test]
    fn what_is_malformed_or_unknown_is_passed_over() {
        assert_eq!(best(["basic"]), Some(Challenge::Basic));
        assert_eq!(
            best(["Negotiate abc", "BASIC realm=x"]),
            Some(Challenge::Basic)
        );
        for header in [
            "",
            "Bearer",
            "Bearer service=x",
            "Digest realm=x",
            "=",
            "\"",
            "Bearer realm",
        ] {
            assert_eq!(best([header]), None, "{header}");
        }
    }
}
