//! What ties the log lines and the spans of several services to one request: the request id, and W3C Trace Context
//! (level 1).

mod collector;
mod spans;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::SpanId;
use uuid::Uuid;

pub use collector::{start, stop};
pub use spans::{Kind, Span, begin, carried, is_on, step};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The only version that there is. Later ones begin with the same fields.
const VERSION: &str = "00";
const INVALID_VERSION: &str = "ff";
const NOT_SAMPLED: &str = "00";
const SAMPLED: &str = "01";
const SAMPLED_BIT: u8 = 1;

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
    parent: Parent,
}

/// What the next step of a trace belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    Nothing,
    /// A span of this process.
    Ours(SpanId),
    Callers(SpanId),
}

impl Trace {
    /// Of the request that is being answered; a new one, of which nothing is recorded, where this is none's doing.
    pub fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::begin(&HeaderMap::new(), NOT_SAMPLED))
    }

    /// As the caller tells it; what is missing or malformed is made.
    pub fn of(headers: &HeaderMap) -> Self {
        match headers.get(TRACEPARENT).and_then(|value| read(value.to_str().ok()?)) {
            Some((trace_id, parent, flags)) => {
                Self { request_id: request_id(headers), trace_id, flags, parent }
            }
            None => Self::begin(headers, if spans::is_sampled() { SAMPLED } else { NOT_SAMPLED }),
        }
    }

    fn begin(headers: &HeaderMap, flags: &str) -> Self {
        let trace_id = Uuid::new_v4().simple().to_string();
        Self { request_id: request_id(headers), trace_id, flags: flags.into(), parent: Parent::Nothing }
    }

    /// The one under way, if its steps are recorded.
    pub fn recorded() -> Option<Self> {
        let trace = is_on().then(|| CURRENT.try_with(Self::clone).ok())??;
        trace.is_sampled().then_some(trace)
    }

    /// What `traceparent` told somewhere else.
    pub fn told(traceparent: &str) -> Option<Self> {
        let (trace_id, parent, flags) = read(traceparent)?;
        Some(Self { request_id: request_id(&HeaderMap::new()), trace_id, flags, parent })
    }

    /// The same within one of its steps.
    pub fn within(self, span: &Span) -> Self {
        let parent = span.id().map_or(self.parent, Parent::Ours);
        Self { parent, ..self }
    }

    fn is_sampled(&self) -> bool {
        u8::from_str_radix(&self.flags, 16).is_ok_and(|flags| flags & SAMPLED_BIT != 0)
    }

    /// Runs a future as this trace's doing.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// For one request to another service: the step under way, or where none is recorded an id of its own.
    pub fn traceparent(&self) -> String {
        let parent = match self.parent {
            Parent::Ours(span) => span,
            Parent::Nothing | Parent::Callers(_) => spans::new_id(),
        };
        format!("{VERSION}-{}-{parent}-{}", self.trace_id, self.flags)
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

/// `version-trace-parent-flags`.
fn read(text: &str) -> Option<(String, Parent, String)> {
    let mut fields = text.split('-');
    let mut next = |digits: usize| {
        let is_hex = |field: &&str| field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fields.next().filter(|field| field.len() == digits).filter(is_hex)
    };
    let (version, trace, parent, flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
    let is_zero = |field: &str| field.bytes().all(|byte| byte == b'0');
    let is_version = version != INVALID_VERSION && (version != VERSION || fields.next().is_none());
    let is_good = is_version && !is_zero(trace) && !is_zero(parent);
    let parent = Parent::Callers(SpanId::from_hex(parent).ok()?);
    is_good.then(|| (trace.into(), parent, flags.into()))
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
            let (version, rest) = once.split_at(3);
            assert_eq!(version, "00-");
            assert!(rest.starts_with(TRACE) && rest.ends_with(&format!("-{flags}")), "{rest}");
            assert_eq!(of(&once).trace_id, TRACE);
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
            assert_eq!(of(&trace.traceparent()).trace_id, trace.trace_id);
        }
    }
}
