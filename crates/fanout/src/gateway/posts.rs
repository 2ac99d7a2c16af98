//! API Gateway's management API: posts a frame to a connection, or ends it.

use bytes::Bytes;
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::aws::{Aws, AwsError, AwsResult, Call};

#[derive(Clone)]
pub struct Posts {
    aws: Aws,
    /// `https://….execute-api.….amazonaws.com/prod`
    endpoint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// There is no such connection: not yet, or no more.
    Gone,
}

impl Posts {
    pub fn new(aws: &Aws, endpoint: &str) -> Self {
        Self { aws: aws.clone(), endpoint: endpoint.trim_end_matches('/').to_owned() }
    }

    /// Tried again while API Gateway asks to slow down.
    pub async fn post(&self, connection: &str, frame: Bytes) -> AwsResult<Outcome> {
        self.call(Method::POST, connection, frame).await
    }

    pub async fn close(&self, connection: &str) -> AwsResult<Outcome> {
        self.call(Method::DELETE, connection, Bytes::new()).await
    }

    async fn call(&self, method: Method, connection: &str, body: Bytes) -> AwsResult<Outcome> {
        let id = utf8_percent_encode(connection, NON_ALPHANUMERIC);
        let url = format!("{}/@connections/{id}", self.endpoint);
        let headers = [("content-type", "application/json")];
        let call = Call { service: "execute-api", method, url: &url, headers: &headers, body };
        let answer = self.aws.call(&call).await?;
        match answer.status {
            status if status.is_success() => Ok(Outcome::Done),
            StatusCode::GONE => Ok(Outcome::Gone),
            _ => Err(AwsError::refused(&answer)),
        }
    }
}
