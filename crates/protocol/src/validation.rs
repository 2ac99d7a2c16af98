//! Bodies check themselves: a type that implements `Validate` is worth nothing until `validate` returned it.

use crate::{checks::Check, codes::FieldCode, problems::FieldError};

pub trait Validate: Sized {
    /// Normalises (NFC, trimmed where the field says so), then returns itself or every field at fault.
    fn validate(self) -> Result<Self, Vec<FieldError>>;
}

/// Collects the verdicts on the fields of one body.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    #[must_use]
    pub fn check(mut self, field: &str, verdict: Check) -> Self {
        if let Err(code) = verdict {
            self.0.push(FieldError::new(field, code));
        }
        self
    }

    pub fn finish<T>(self, body: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(body) } else { Err(self.0) }
    }
}

/// There is something, and no more than `bytes_max` of it.
pub fn filled(text: &str, bytes_max: usize) -> Check {
    if text.is_empty() {
        Err(FieldCode::TooShort)
    } else if text.len() > bytes_max {
        Err(FieldCode::TooLong)
    } else {
        Ok(())
    }
}
