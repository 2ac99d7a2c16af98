//! What ties the log lines of several services to one request: the request id, and W3C Trace Context (level 1).

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The only version that there is. Later ones begin with the same fields.
const VERSION: &str = "00";
const INVALID_VERSION: &str = "ff";
const NOT_SAMPLED: &str = "00";

tokio::task_local! {
    static CURRENT: Trace;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub request_id: HeaderValue,
    /// 32 hexadecimal digits, the same in every service that has a part in it.
    pub trace_id: String,
    /// Whether whoever began it records it.
    flags: String,
}

impl Trace {
    /// Of the request that is being answered; a new one where this is none's doing.
    pub fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::of(&HeaderMap::new()))
    }

    /// As the caller tells it; what is missing or malformed is made.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(TRACEPARENT).and_then(|value| read(value.to_str().ok()?));
        let (trace_id, flags) =
            given.unwrap_or_else(|| (Uuid::new_v4().simple().to_string(), NOT_SAMPLED.into()));
        Self { request_id: request_id(headers), trace_id, flags }
    }

    /// Runs a future as this trace's doing.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// For one request to another service, with a parent id of its own.
    pub fn traceparent(&self) -> HeaderValue {
        let parent_id = Uuid::new_v4().simple().to_string();
        let value = format!("{VERSION}-{}-{}-{}", self.trace_id, &parent_id[..16], self.flags);
        HeaderValue::try_from(value).expect("hexadecimal digits fit a header")
    }
}

/// The caller's id where it is a plain one, so that services can pass it on; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|value| {
        (1..=64).contains(&value.len())
            && value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    });
    let made = || HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a UUID fits a header");
    given.cloned().unwrap_or_else(made)
}

/// Trace id and flags of `version-trace-parent-flags`.
fn read(text: &str) -> Option<(String, String)> {
    let mut fields = text.split('-');
    let mut next = |digits: usize| {
        let is_hex = |field: &&str| field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fields.next().filter(|field| field.len() == digits).filter(is_hex)
    };
    let (version, trace, parent, flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
    let is_zero = |field: &str| field.bytes().all(|byte| byte == b'0');
    let is_version = version != INVALID_VERSION && (version != VERSION || fields.next().is_none());
    let is_good = is_version && !is_zero(trace) && !is_zero(parent);
    is_good.then(|| (trace.into(), flags.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn of(traceparent: &str) -> Trace {
        Trace::of(&HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_str(traceparent).unwrap())]))
    }

    #[test]
    fn a_trace_goes_on_under_its_id_with_a_new_parent() {
        for (given, flags) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), "01"),
            (format!("cc-{TRACE}-00f067aa0ba902b7-00-what-the-future-brings"), "00"),
        ] {
            let trace = of(&given);
            assert_eq!(trace.trace_id, TRACE);
            let [once, twice] = [trace.traceparent(), trace.traceparent()];
            assert_ne!(once, twice);
            let (version, rest) = once.to_str().unwrap().split_at(3);
            assert_eq!(version, "00-");
            assert!(rest.starts_with(TRACE) && rest.ends_with(&format!("-{flags}")), "{rest}");
            assert_eq!(of(once.to_str().unwrap()).trace_id, TRACE);
        }
    }

    #[test]
    fn a_malformed_trace_is_replaced_by_a_new_one() {
        let (zeros, parent) = ("0".repeat(32), "00f067aa0ba902b7");
        for given in [
            String::new(),
            "nonsense".into(),
            format!("ff-{TRACE}-{parent}-01"),
            format!("00-{TRACE}-{parent}-01-more"),
            format!("00-{TRACE}-{parent}"),
            format!("00-{TRACE}-{parent}-1"),
            format!("00-{zeros}-{parent}-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-{parent}-01", TRACE.to_uppercase()),
            format!("00-{}-{parent}-01", &TRACE[1..]),
        ] {
            let trace = of(&given);
            assert!(trace.trace_id != TRACE && trace.trace_id != zeros, "{given}");
            assert_eq!(of(trace.traceparent().to_str().unwrap()).trace_id, trace.trace_id);
        }
    }
}
