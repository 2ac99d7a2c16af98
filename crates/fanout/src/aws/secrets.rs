//! Secrets by reference: what is configured may be the ARN of a secret or of a parameter instead of its value.

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::{Aws, AwsError, AwsResult, Call};

impl Aws {
    /// The value itself, or what the ARN names in Secrets Manager or among the parameters of Systems Manager.
    pub async fn secret(&self, value: &str) -> AwsResult<String> {
        let mut parts = value.splitn(6, ':');
        let service = if parts.next() == Some("arn") { parts.nth(1) } else { None };
        let (service, target, ask, path) = match service {
            Some("secretsmanager") => (
                "secretsmanager",
                "secretsmanager.GetSecretValue",
                json!({"SecretId": value}),
                "/SecretString",
            ),
            Some("ssm") => (
                "ssm",
                "AmazonSSM.GetParameter",
                json!({"Name": value, "WithDecryption": true}),
                "/Parameter/Value",
            ),
            _ => return Ok(value.to_owned()),
        };
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
        let url = self.endpoint(service);
        let call = Call {
            service,
            method: Method::POST,
            url: &url,
            headers: &headers,
            body: Bytes::from(ask.to_string()),
        };
        let answer = self.call(&call).await?;
        if !answer.status.is_success() {
            return Err(AwsError::refused(&answer));
        }
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let secret = answer.pointer(path).and_then(Value::as_str);
        secret.map(str::to_owned).ok_or_else(|| AwsError::Fault(format!("{value} holds no text")))
    }
}
