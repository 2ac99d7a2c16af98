//! The body of every HTTP error: `application/problem+json`, RFC 9457.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{Code, FieldCode};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status and `code` say it all.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: Code,
    pub detail: String,
    /// Repeats `detail`: clients of the first version read it.
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub code: FieldCode,
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: FieldCode) -> Self {
        let field = field.into();
        let message = match code {
            FieldCode::Required => format!("The {field} is missing."),
            FieldCode::WrongType => format!("The {field} has the wrong type."),
            FieldCode::TooShort => format!("The {field} is too short."),
            FieldCode::TooLong => format!("The {field} is too long."),
            FieldCode::BadFormat => format!("The {field} is not valid."),
            FieldCode::TooWeak => format!("The {field} is too easy to guess."),
            FieldCode::Reserved => format!("The {field} is reserved."),
            FieldCode::Taken => format!("The {field} is taken."),
            FieldCode::Wrong => format!("The {field} is wrong."),
            FieldCode::OutOfRange => format!("The {field} is out of range."),
        };
        Self { field, code, message }
    }
}
