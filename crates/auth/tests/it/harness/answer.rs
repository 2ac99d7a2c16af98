//! What the server answered.

use reqwest::header::HeaderMap;
use serde_json::Value;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// Every error must be a problem document with a request id, whatever it is about.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Self { status, headers, body };
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
            assert_eq!(answer.body["status"], status, "{answer:?}");
            assert_eq!(answer.body["message"], answer.body["detail"], "{answer:?}");
            assert_eq!(status == 401, answer.headers.contains_key("www-authenticate"), "{answer:?}");
        }
        assert!(answer.headers.contains_key("x-request-id"), "{answer:?}");
        answer
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        self
    }

    /// Refused for exactly one field.
    #[track_caller]
    pub fn names(self, field: &str, code: &str) -> Self {
        let errors = self.body["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{self:?}");
        assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&field.into(), &code.into()), "{self:?}");
        self
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn text(&self, key: &str) -> &str {
        self.body[key].as_str().unwrap_or_else(|| panic!("no {key} in {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
