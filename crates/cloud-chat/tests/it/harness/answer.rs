//! What an HTTP request was answered with, and the assertions that hold for every answer.

use reqwest::header::HeaderMap;
use serde_json::Value;

#[derive(Debug)]
pub struct Answer {
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: axum::body::Bytes,
}

impl Answer {
    /// The status is this one.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.what);
        self.parsed()
    }

    /// A problem document as the contract has them, with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.any_problem(status);
        assert_eq!(problem["code"], code, "{}: {}", self.what, self.text());
        problem
    }

    /// A problem document with this status, whatever its code.
    #[track_caller]
    pub fn any_problem(&self, status: u16) -> Value {
        let text = self.text();
        assert_eq!(self.status, status, "{}: {text}", self.what);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {text}", self.what);
        let problem = self.parsed();
        assert_eq!(problem["type"], "about:blank", "{text}");
        assert_eq!(problem["status"], status, "{text}");
        assert_eq!(problem["title"], title(status), "{text}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{text}");
        assert_eq!(problem["message"], problem["detail"], "{text}");
        assert!(problem["code"].is_string(), "{text}");
        if let Some(errors) = problem.get("errors") {
            let errors = errors.as_array().unwrap_or_else(|| panic!("{text}"));
            assert!(!errors.is_empty(), "{text}");
            for error in errors {
                assert!(error["field"].is_string() && error["code"].is_string(), "{text}");
                assert!(error["message"].is_string(), "{text}");
            }
        }
        self.assert_common_headers();
        match status {
            401 => assert_eq!(self.header("www-authenticate"), "Bearer", "{}", self.what),
            405 => assert!(!self.header("allow").is_empty(), "{}: no Allow", self.what),
            429 | 503 => {
                let secs: u64 = self.header("retry-after").parse().expect("Retry-After in seconds");
                assert!((1..=3600).contains(&secs), "{}: Retry-After: {secs}", self.what);
            }
            _ => {}
        }
        problem
    }

    #[track_caller]
    pub fn assert_common_headers(&self) {
        assert!(!self.header("x-request-id").is_empty(), "{}: no x-request-id", self.what);
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{}", self.what);
        self.assert_strict_policy();
        assert_eq!(self.header("referrer-policy"), "no-referrer", "{}", self.what);
        let frames = self.header("x-frame-options");
        assert!(["DENY", "SAMEORIGIN"].contains(&frames), "{}: X-Frame-Options: {frames}", self.what);
    }

    /// Nothing from elsewhere runs, nothing is embedded, nobody frames it.
    #[track_caller]
    fn assert_strict_policy(&self) {
        let policy = self.header("content-security-policy");
        let directives: Vec<_> = policy.split(';').map(str::trim).collect();
        for directive in ["base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(directives.contains(&directive), "{}: no {directive} in {policy}", self.what);
        }
        let no_objects = ["object-src 'none'", "default-src 'none'"];
        assert!(no_objects.iter().any(|directive| directives.contains(directive)), "{}: {policy}", self.what);
        for word in ["unsafe", "*"] {
            assert!(!policy.contains(word), "{}: {word} in {policy}", self.what);
        }
        let scripts = directives.iter().find(|directive| directive.starts_with("script-src"));
        assert_eq!(scripts, None, "{}: scripts are of the same origin, as `default-src` says", self.what);
    }

    /// The header's value, or nothing at all.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers of ours are ASCII"))
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The fields that the problem names.
    pub fn fields(&self) -> Vec<String> {
        let errors = self.parsed()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str().map(str::to_owned)).collect()
    }

    #[track_caller]
    fn parsed(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error} in {}", self.what, self.text()))
    }
}

fn title(status: u16) -> &'static str {
    let status = reqwest::StatusCode::from_u16(status).expect("a status");
    status.canonical_reason().unwrap_or_default()
}
