//! Who we are to AWS: what Lambda puts into the environment, or what ECS hands to a task, fetched anew before it
//! expires.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use serde::Deserialize;
use tokio::{sync::Mutex, time::timeout};

use super::{AwsError, AwsResult, Variables, https};

/// Where ECS answers, from within a task.
const ECS: &str = "http://169.254.170.2";
const ASK_TIMEOUT: Duration = Duration::from_secs(2);
/// Fetched anew so long before they expire.
const MARGIN: Duration = Duration::from_secs(300);

#[derive(Default)]
pub struct Provider(Mutex<Option<Fetched>>);

struct Fetched {
    credentials: Credentials,
    expires_at: SystemTime,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: protocol::Timestamp,
}

impl Provider {
    /// Read from the environment on each call, as Lambda may renew them.
    pub async fn current(&self, http: &https::Client, variables: &Variables) -> AwsResult<Credentials> {
        if let (Some(id), Some(key)) = (variables("AWS_ACCESS_KEY_ID"), variables("AWS_SECRET_ACCESS_KEY")) {
            return Ok(Credentials::new(id, key, variables("AWS_SESSION_TOKEN"), None, "environment"));
        }
        let mut fetched = self.0.lock().await;
        match &*fetched {
            Some(known) if SystemTime::now() + MARGIN < known.expires_at => Ok(known.credentials.clone()),
            known => match fetch(http, variables).await {
                Ok(new) => Ok(fetched.insert(new).credentials.clone()),
                // Still good for a while.
                Err(_) if known.as_ref().is_some_and(|known| SystemTime::now() < known.expires_at) => {
                    Ok(known.as_ref().map(|known| known.credentials.clone()).ok_or_else(missing)?)
                }
                Err(error) => Err(error),
            },
        }
    }
}

async fn fetch(http: &https::Client, variables: &Variables) -> AwsResult<Fetched> {
    let relative = variables("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{ECS}{path}"));
    let url = relative.or_else(|| variables("AWS_CONTAINER_CREDENTIALS_FULL_URI")).ok_or_else(missing)?;
    let mut request = Request::get(url);
    if let Some(token) = variables("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
        request = request.header(header::AUTHORIZATION, token);
    }
    let request = request.body(Full::default()).map_err(AwsError::fault)?;
    let asked = async {
        let response = http.request(request).await.map_err(AwsError::silence)?;
        Ok::<_, AwsError>(response.into_body().collect().await.map_err(AwsError::silence)?.to_bytes())
    };
    let body =
        timeout(ASK_TIMEOUT, asked).await.map_err(|_| AwsError::silence("no credentials in time"))??;
    // Not shown: it may hold a part of the secret.
    let answer: Answer = serde_json::from_slice(&body)
        .map_err(|_| AwsError::Silence("the container's credentials are malformed".into()))?;
    let expires_at = SystemTime::UNIX_EPOCH
        + Duration::from_millis(u64::try_from(answer.expiration.0).unwrap_or_default());
    let Answer { access_key_id, secret_access_key, token, .. } = answer;
    let credentials = Credentials::new(access_key_id, secret_access_key, token, None, "container");
    Ok(Fetched { credentials, expires_at })
}

fn missing() -> AwsError {
    AwsError::Fault(
        "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a task role (AWS_CONTAINER_CREDENTIALS_…)"
            .into(),
    )
}
