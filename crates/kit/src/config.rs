//! Values that configuration is made of; each says in one line what it must be.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// Text that is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// `900`, `90s`, `15m`, `2h`, `7d`: at least a second, at most 365 days.
pub fn duration(text: &str) -> Result<Duration, String> {
    let explain = || "must be a time such as 900, 90s, 15m, 2h or 7d".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_secs: u64 = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return Err(explain()),
    };
    let count: u64 = digits.parse().map_err(|_| explain())?;
    let secs = count.checked_mul(unit_secs).filter(|secs| (1..=365 * 86400).contains(secs));
    secs.map(Duration::from_secs).ok_or_else(explain)
}

/// An origin such as `https://chat.example.org`: scheme and host, no path.
pub fn origin(text: &str) -> Result<String, String> {
    let explain = || "must be an http(s) address without a path, such as https://chat.example.org".to_owned();
    let text = text.trim_end_matches('/');
    let uri: http::Uri = text.parse().map_err(|_| explain())?;
    let scheme_fits = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = uri.path_and_query().is_none_or(|path| path == "/");
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if scheme_fits && bare && plain { Ok(text.to_ascii_lowercase()) } else { Err(explain()) }
}

/// Where another service of this installation is: `http://chat-service:5000`.
pub fn service(text: &str) -> Result<String, String> {
    let explain = || "must be an http address without a path, such as http://chat-service:5000".to_owned();
    origin(text).ok().filter(|origin| origin.starts_with("http://")).ok_or_else(explain)
}

/// Where traces go: `http://127.0.0.1:4318`, or https; it may have a path.
pub fn collector(text: &str) -> Result<String, String> {
    let explain = || "must be an http(s) address such as http://127.0.0.1:4318".to_owned();
    let uri: http::Uri = text.parse().map_err(|_| explain())?;
    let is_one = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if is_one && plain { Ok(text.trim_end_matches('/').to_owned()) } else { Err(explain()) }
}

/// A file of certificates (PEM) of the authorities that are trusted. Looked into here, so that a wrong path is said at
/// the start and not by a connection that fails for ever.
pub fn certificates(path: &str) -> Result<PathBuf, String> {
    let explain = |why: &dyn fmt::Display| format!("must name a file of certificates (PEM); {path}: {why}");
    if !Path::new(path).is_absolute() {
        return Err(explain(&"not an absolute path, such as /etc/ssl/ca.pem"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| explain(&error))?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(path.into())
    } else {
        Err(explain(&"no certificate in it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_or_carry_a_unit() {
        assert_eq!(duration("900"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
        for text in ["", "0", "m", "15x", "-1", "1.5h", "99999999999999999999", "400d", "15 m"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_of_certificates_is_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(place("ca.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
        std::fs::write(place("key.pem"), "-----BEGIN PRIVATE KEY-----\n").unwrap();
        assert_eq!(certificates(&place("ca.pem")), Ok(place("ca.pem").into()));
        for path in
            [place("missing.pem"), place("key.pem"), folder.path().display().to_string(), "ca.pem".into()]
        {
            let error = certificates(&path).unwrap_err();
            assert!(error.starts_with("must name") && error.contains(&path), "{error}");
        }
    }

    #[test]
    fn a_collector_may_have_a_path_and_no_password() {
        for (text, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
            ("https://otlp.example.org/in/", "https://otlp.example.org/in"),
        ] {
            assert_eq!(collector(text), Ok(expected.into()));
        }
        for text in ["", "127.0.0.1:4318", "grpc://x", "https://u:p@x", "https://x?y"] {
            assert!(collector(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_has_no_path_and_no_password() {
        assert_eq!(origin("https://Chat.example.org/"), Ok("https://chat.example.org".into()));
        assert_eq!(origin("http://localhost:5000"), Ok("http://localhost:5000".into()));
        for text in ["", "chat.example.org", "ftp://x", "https://x/y", "https://u:p@x", "https://x?y"] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
