//! Extractors whose refusals are problem documents: `Body`, `Path`, `Query`.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
};
use protocol::{Code, FieldError, Validate, codes::FieldCode};
use serde::de::DeserializeOwned;

use crate::{Error, Kind};

/// The most bytes that a body may have: a message of 4,000 scalars, every one escaped, fits.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON object that was checked.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Validate, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if !is_json(&request) {
            return Err(Error::refused(
                Kind::UnsupportedMediaType,
                Code::UnsupportedMediaType,
                "Send JSON with `Content-Type: application/json`.",
            ));
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| bytes_refused(&rejection))?;
        parse_object::<T>(&bytes)?.validate().map(Self).map_err(Error::invalid)
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
        if !error.inner().is_data() {
            return bad_json();
        }
        let missing = error.inner().to_string();
        let missing = missing.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => Error::invalid(vec![FieldError::new(field, FieldCode::Required)]),
            None => Error::invalid(vec![FieldError::new(error.path().to_string(), FieldCode::WrongType)]),
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

fn bytes_refused(rejection: &BytesRejection) -> Error {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::refused(Kind::TooLarge, Code::TooLarge, "The body is larger than 64 KiB.");
    }
    Error::refused(Kind::Invalid, Code::Invalid, "The body could not be read to its end.")
}

/// Path parameters. One that is no id names nothing: 404, as for an id that is not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Error::not_found())
    }
}

/// Query parameters; unknown ones are ignored.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|_| {
            Error::refused(
                Kind::Invalid,
                Code::Invalid,
                "A query parameter has a value that it does not take.",
            )
        })
    }
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
