//! Spans: what this process did for a trace, and how long it took. Where no collector is named, none is ever made.

use std::{borrow::Cow, sync::OnceLock, time::SystemTime};

use axum::http::{HeaderMap, StatusCode};
use opentelemetry::{
    InstrumentationScope, KeyValue, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, Status, TraceState},
};
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor};

use super::{CURRENT, Parent, Trace};

pub use opentelemetry::trace::SpanKind as Kind;

pub(super) static EXPORT: OnceLock<Export> = OnceLock::new();

pub(super) struct Export {
    pub processor: BatchSpanProcessor,
    pub scope: InstrumentationScope,
    /// Of the traces that begin here, from 0 to 1.
    pub share: f64,
}

/// Whether spans go anywhere.
pub fn is_on() -> bool {
    EXPORT.get().is_some()
}

/// Whether a trace that begins here and now is recorded.
pub(super) fn is_sampled() -> bool {
    EXPORT.get().is_some_and(|export| rand::random::<f64>() < export.share)
}

/// Never the one that stands for none.
pub(super) fn new_id() -> SpanId {
    SpanId::from_bytes(rand::random_range(1..=u64::MAX).to_be_bytes())
}

/// Runs as the first step of a new trace what no request asked for, such as a frame of a socket.
pub async fn begin<F: Future>(name: &'static str, future: F) -> F::Output {
    if !is_on() {
        return future.await;
    }
    let trace = Trace::of(&HeaderMap::new());
    let span = Span::begin(&trace, Kind::Server, || name.into());
    let output = trace.within(&span).scope(future).await;
    drop(span);
    output
}

/// Runs as a step of the trace under way, if there is one.
pub async fn step<F: Future>(name: &'static str, future: F) -> F::Output {
    let Some(trace) = Trace::recorded() else { return future.await };
    let span = Span::begin(&trace, Kind::Internal, || name.into());
    let output = CURRENT.scope(trace.within(&span), future).await;
    drop(span);
    output
}

/// A future that belongs to the trace under way wherever it runs.
pub fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let trace = Trace::recorded();
    async move {
        match trace {
            Some(trace) => CURRENT.scope(trace, future).await,
            None => future.await,
        }
    }
}

/// A step of a trace. It ends, and is told, when it is dropped.
#[derive(Debug)]
pub struct Span(Option<Box<SpanData>>);

impl Span {
    pub fn none() -> Self {
        Self(None)
    }

    /// `name` is of a bounded kind, such as a route: never what a client made up.
    pub fn begin(trace: &Trace, kind: Kind, name: impl FnOnce() -> String) -> Self {
        let Some(export) = EXPORT.get().filter(|_| trace.is_sampled()) else { return Self(None) };
        let Ok(trace_id) = TraceId::from_hex(&trace.trace_id) else { return Self(None) };
        let (parent_span_id, parent_span_is_remote) = match trace.parent {
            Parent::Nothing => (SpanId::INVALID, false),
            Parent::Ours(span) => (span, false),
            Parent::Callers(span) => (span, true),
        };
        let context = SpanContext::new(trace_id, new_id(), TraceFlags::SAMPLED, false, TraceState::default());
        let now = SystemTime::now();
        Self(Some(Box::new(SpanData {
            span_context: context,
            parent_span_id,
            parent_span_is_remote,
            span_kind: kind,
            name: Cow::Owned(name()),
            start_time: now,
            end_time: now,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: export.scope.clone(),
        })))
    }

    /// `None` where it is not recorded.
    pub(super) fn id(&self) -> Option<SpanId> {
        self.0.as_ref().map(|data| data.span_context.span_id())
    }

    /// Names are those of OpenTelemetry's semantic conventions.
    pub fn tell(&mut self, name: &'static str, value: impl FnOnce() -> String) {
        if let Some(data) = &mut self.0 {
            data.attributes.push(KeyValue::new(name, value()));
        }
    }

    pub fn answered(&mut self, status: StatusCode) {
        if let Some(data) = &mut self.0 {
            data.attributes.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        }
        if status.is_server_error() {
            self.fail();
        }
    }

    pub fn fail(&mut self) {
        if let Some(data) = &mut self.0 {
            data.status = Status::error("");
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let (Some(mut data), Some(export)) = (self.0.take(), EXPORT.get()) {
            data.end_time = SystemTime::now();
            export.processor.on_end(*data);
        }
    }
}
