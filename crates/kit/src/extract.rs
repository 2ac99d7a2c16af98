//! Extractors whose refusals are problem documents: `Body`, `Path`, `Query`.

use std::{error::Error as _, iter::successors, time::Duration};

use axum::{
    extract::{FromRequest, FromRequestParts, RawPathParams, Request, rejection::QueryRejection},
    http::{header, request::Parts},
};
use http_body_util::BodyExt;
use protocol::{Code, RoomId, UserId, Validate, codes::FieldCode};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::{Error, Kind};

/// The most bytes that a body may have: a message of 4,000 scalars, every one escaped, fits.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The same between services, whose questions are about many at once.
const INTERNAL_BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How much more is read and dropped, so that a client sees why it is refused.
const DRAINED_BYTES_MAX: usize = 8 * 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Within which a body must be there: while it comes it holds a place among the requests that are answered.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON object that was checked.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        if !is_json(&request) {
            return Err(Error::refused(
                Kind::UnsupportedMediaType,
                Code::UnsupportedMediaType,
                "Send JSON with `Content-Type: application/json`.",
            ));
        }
        if !is_plain(&request) {
            return Err(Error::refused(
                Kind::UnsupportedMediaType,
                Code::UnsupportedMediaType,
                "Send the body as it is, without a `Content-Encoding`.",
            ));
        }
        let bytes = read(request.into_body(), BODY_BYTES_MAX).await?;
        parse_object::<T>(&bytes)?.validate().map(Self).map_err(Error::invalid)
    }
}

/// A JSON object from another service, which checked it.
#[derive(Debug)]
pub struct InternalBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for InternalBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        parse_object(&read(request.into_body(), INTERNAL_BODY_BYTES_MAX).await?).map(Self)
    }
}

/// One JSON object. Arrays are refused first: serde would take them for structs by position.
pub fn parse_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    if first.is_some_and(|byte| *byte != b'{') {
        // Not an object: valid JSON of another type, or no JSON at all?
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => Error::invalid_field("body", FieldCode::WrongType),
            Err(_) => bad_json(),
        });
    }
    let value = serde_path_to_error::deserialize(&mut *deserializer).map_err(|error| {
        // For an enum the parser calls a number bad syntax; whether it is JSON, a value of any type tells.
        if !error.inner().is_data() && serde_json::from_slice::<serde_json::Value>(bytes).is_err() {
            return bad_json();
        }
        let missing = error.inner().to_string();
        let missing = missing.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => Error::invalid_field(field, FieldCode::Required),
            None => Error::invalid_field(&error.path().to_string(), FieldCode::WrongType),
        }
    })?;
    deserializer.end().map_err(|_| bad_json())?;
    Ok(value)
}

fn bad_json() -> Error {
    Error::refused(Kind::Invalid, Code::BadJson, "The body is not valid JSON.")
}

fn is_json(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Nothing is unpacked here: a few bytes could become a great many.
fn is_plain(request: &Request) -> bool {
    let mut codings = request.headers().get_all(header::CONTENT_ENCODING).iter();
    codings.all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read(mut body: axum::body::Body, bytes_max: usize) -> Result<Vec<u8>, Error> {
    let cut = |_| Error::refused(Kind::Invalid, Code::BadJson, "The body ended before its end.");
    let slow = |_| {
        let detail = format!("The body was not there after {} seconds.", BODY_TIMEOUT.as_secs());
        Error::refused(Kind::Invalid, Code::BadJson, detail)
    };
    let deadline = Instant::now() + BODY_TIMEOUT;
    let mut bytes = Vec::new();
    while let Some(frame) = timeout_at(deadline, body.frame()).await.map_err(slow)? {
        let Ok(data) = frame.map_err(cut)?.into_data() else { continue };
        if bytes.len() + data.len() > bytes_max {
            drain(body).await;
            let detail = format!("The body is larger than {} KiB.", bytes_max / 1024);
            return Err(Error::refused(Kind::TooLarge, Code::TooLarge, detail));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Reads on for a while: closing on a client that is still sending would reset the connection, and it would see
/// that instead of the answer.
async fn drain(mut body: axum::body::Body) {
    let rest = async {
        let mut left = DRAINED_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, bytes::Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    // Past the time, as past the bytes, the client has lost its claim to an answer.
    tokio::time::timeout(DRAIN_TIMEOUT, rest).await.ok();
}

/// Path parameters. One that is no id names nothing: 404, as for an id that is not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// What `Path` reads. By `FromStr`, so that an id has one spelling; serde would take `+1` for 1.
pub trait PathParams: Sized {
    /// `values`: decoded, in the order of the path.
    fn parse(values: &[&str]) -> Option<Self>;
}

macro_rules! single_path_param {
    ($($type:ty),*) => {$(
        impl PathParams for $type {
            fn parse(values: &[&str]) -> Option<Self> {
                values.first()?.parse().ok()
            }
        }
    )*};
}

single_path_param!(RoomId, UserId, String);

impl<A: PathParams, B: PathParams> PathParams for (A, B) {
    fn parse(values: &[&str]) -> Option<Self> {
        Some((A::parse(values)?, B::parse(values.get(1..)?)?))
    }
}

impl<T: PathParams, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
        let values = params.iter().map(|(_, value)| value).collect::<Vec<_>>();
        T::parse(&values).map(Self).ok_or_else(Error::not_found)
    }
}

/// Query parameters; unknown ones are ignored.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|rejection| {
            match parameter_of(&rejection) {
                Some(name) => Error::invalid_field(&name, FieldCode::BadFormat),
                None => Error::refused(
                    Kind::Invalid,
                    Code::Invalid,
                    "A query parameter has a value that it does not take.",
                ),
            }
        })
    }
}

/// The parameter at fault, as far as the parser knows.
fn parameter_of(rejection: &QueryRejection) -> Option<String> {
    let error = successors(rejection.source(), |&error| error.source())
        .find_map(|error| error.downcast_ref::<serde_path_to_error::Error<serde::de::value::Error>>())?;
    let is_named = error.path().iter().next().is_some();
    is_named.then(|| error.path().to_string())
}

#[cfg(test)]
mod tests {
    use protocol::accounts::ForgotPassword;

    use super::*;

    fn code_of(json: &str) -> (Code, Option<(String, FieldCode)>) {
        match parse_object::<ForgotPassword>(json.as_bytes()) {
            Err(Error::Refused(refusal)) => {
                (refusal.code, refusal.errors.first().map(|e| (e.field.clone(), e.code)))
            }
            other => panic!("{json}: {other:?}"),
        }
    }

    #[test]
    fn a_field_of_the_wrong_type_or_missing_is_named() {
        let wrong = Some(("email".to_owned(), FieldCode::WrongType));
        assert_eq!(code_of(r#"{"email": 1}"#), (Code::Invalid, wrong));
        let missing = Some(("email".to_owned(), FieldCode::Required));
        assert_eq!(code_of("{}"), (Code::Invalid, missing));
    }

    #[tokio::test]
    async fn a_query_parameter_at_fault_is_named() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only whether it can be read matters")]
        struct Params {
            limit: Option<u64>,
            after: Option<protocol::Seq>,
        }

        for (query, parameter) in [
            ("limit=x", "limit"),
            ("limit=", "limit"),
            ("limit=1&after=-1", "after"),
            ("after=9007199254740992", "after"),
        ] {
            let request = axum::http::Request::get(format!("/?{query}")).body(()).unwrap();
            let (mut parts, ()) = request.into_parts();
            let Err(Error::Refused(refusal)) = Query::<Params>::from_request_parts(&mut parts, &()).await
            else {
                panic!("{query} is taken")
            };
            let errors: Vec<_> =
                refusal.errors.iter().map(|error| (error.field.as_str(), error.code)).collect();
            assert_eq!(errors, [(parameter, FieldCode::BadFormat)], "{query}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_from_what_is_not_an_object() {
        for json in ["", "{", "nope", r#"{"email":"a@b.co"} x"#, r#"{"email":"\ud800"}"#] {
            assert_eq!(code_of(json).0, Code::BadJson, "{json}");
        }
        for json in ["[]", r#"["a@b.co"]"#, "1", "null", r#""x""#] {
            assert_eq!(code_of(json), (Code::Invalid, Some(("body".into(), FieldCode::WrongType))), "{json}");
        }
        let deep = "[".repeat(30_000) + &"]".repeat(30_000);
        assert_eq!(code_of(&format!(r#"{{"email":{deep}}}"#)).0, Code::Invalid);
    }
}
