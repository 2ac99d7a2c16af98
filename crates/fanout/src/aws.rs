//! The few calls to AWS that Cloud Chat makes, signed and tried again where that helps. A light client instead of the
//! SDK: half the crates and half the size of a Lambda.

mod credentials;
mod dynamo;
mod errors;
mod secrets;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use kit::https;
use tokio::time::{sleep, timeout};

use credentials::Provider;
pub use dynamo::{Dynamo, Item, number, text};
pub use errors::{AwsError, AwsResult};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_MAX: Duration = Duration::from_secs(50);
const ATTEMPTS_MAX: u32 = 6;
const FIRST_BACKOFF: Duration = Duration::from_millis(40);
const BACKOFF_MAX: Duration = Duration::from_millis(1200);
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Cheap to clone; all clones share connections and credentials.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

/// What the environment says.
type Variables = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

struct Inner {
    variables: Variables,
    http: https::Client,
    region: String,
    credentials: Provider,
}

/// What is asked of a service.
pub struct Call<'a> {
    /// As signatures name it: `dynamodb`.
    pub service: &'static str,
    pub method: Method,
    pub url: &'a str,
    pub headers: &'a [(&'static str, &'a str)],
    pub body: Bytes,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Aws {
    /// As AWS sets up Lambdas and tasks: the region and credentials from the environment, or from the container's own
    /// endpoint.
    pub fn from_env() -> Result<Self, String> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// By the same names. One that is empty is not set.
    pub fn from_variables(
        variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let variables: Variables = Box::new(move |name| variables(name).filter(|value| !value.is_empty()));
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(&variables);
        let region = region.ok_or("AWS_REGION must be set: the region (for example AWS_REGION=us-east-1)")?;
        let http = https::client(CONNECT_TIMEOUT, IDLE_MAX)?;
        Ok(Self(Arc::new(Inner { variables, http, region, credentials: Provider::default() })))
    }

    /// Of a service in this region; `AWS_ENDPOINT_URL_<SERVICE>` names another one.
    pub fn endpoint(&self, service: &str) -> String {
        let own = (self.0.variables)(&format!("AWS_ENDPOINT_URL_{}", service.to_uppercase()));
        own.unwrap_or_else(|| format!("https://{service}.{}.amazonaws.com", self.0.region))
    }

    /// The answer, good or bad, unless nobody gives one. What may pass is asked again, a few times, never in step with
    /// others.
    pub async fn call(&self, call: &Call<'_>) -> AwsResult<Answer> {
        let mut backoff = FIRST_BACKOFF;
        for _ in 1..ATTEMPTS_MAX {
            match self.try_once(call).await {
                Ok(answer) if !errors::is_passing(&answer) => return Ok(answer),
                Err(error) if !matches!(error, AwsError::Silence(_)) => return Err(error),
                outcome => {
                    let why =
                        outcome.map_or_else(|error| error.to_string(), |answer| answer.status.to_string());
                    tracing::debug!(service = call.service, why, "asking again");
                }
            }
            sleep(backoff.mul_f64(rand::random_range(0.5..1.5))).await;
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
        self.try_once(call).await
    }

    async fn try_once(&self, call: &Call<'_>) -> AwsResult<Answer> {
        let request = self.signed(call).await?;
        let answering = async {
            let response = self.0.http.request(request).await.map_err(AwsError::silence)?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(AwsError::silence)?;
            Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
        };
        timeout(ATTEMPT_TIMEOUT, answering)
            .await
            .unwrap_or_else(|_| Err(AwsError::silence("no answer in time")))
    }

    async fn signed(&self, call: &Call<'_>) -> AwsResult<Request<Full<Bytes>>> {
        let identity = self.0.credentials.current(&self.0.http, &self.0.variables).await?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.0.region)
            .name(call.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(AwsError::fault)?
            .into();
        let mut request = Request::builder().method(call.method.clone()).uri(call.url);
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Full::new(call.body.clone())).map_err(AwsError::fault)?;
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let headers = call.headers.iter().copied().chain([(header::HOST.as_str(), host.as_str())]);
        let body = SignableBody::Bytes(&call.body);
        let signable = SignableRequest::new(call.method.as_str(), call.url, headers, body);
        let signed = sign(signable.map_err(AwsError::fault)?, &params).map_err(AwsError::fault)?;
        signed.into_parts().0.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
