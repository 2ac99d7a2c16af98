//! Lambda: invocations wait until a process of the function asks for the next one.

use std::{
    collections::HashMap,
    sync::{Mutex as StdMutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};

const WAITING_MAX: usize = 4096;
/// What a function may take.
const TIMEOUT: Duration = Duration::from_secs(29);

pub struct Functions {
    invocations: mpsc::Sender<Invocation>,
    waiting: Mutex<mpsc::Receiver<Invocation>>,
    running: StdMutex<HashMap<String, Answer>>,
}

type Answer = oneshot::Sender<Result<Value, String>>;

struct Invocation {
    event: Value,
    answer: Answer,
}

impl Default for Functions {
    fn default() -> Self {
        let (invocations, waiting) = mpsc::channel(WAITING_MAX);
        Self { invocations, waiting: Mutex::new(waiting), running: StdMutex::default() }
    }
}

impl Functions {
    pub async fn invoke(&self, event: Value) -> Result<Value, String> {
        let (answer, answered) = oneshot::channel();
        self.invocations.send(Invocation { event, answer }).await.map_err(|_| "no functions")?;
        let answered = tokio::time::timeout(TIMEOUT, answered).await;
        answered.map_err(|_| "timed out")?.map_err(|_| "the function ended")?
    }

    /// The processes of the function ended: what they were asked fails.
    pub fn fail_all(&self) {
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for waiting in running.into_values() {
            // As in `answer`.
            waiting.send(Err("Runtime.ExitError".into())).ok();
        }
    }

    fn answer(&self, id: &str, answer: Result<Value, String>) {
        let waiting = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        // Whoever invoked it may have given up.
        if let Some(waiting) = waiting {
            waiting.send(answer).ok();
        }
    }
}

type Named = [(&'static str, String); 2];

pub async fn next(State(state): State<super::State>) -> (Named, Json<Value>) {
    let invocation = state.functions.waiting.lock().await.recv().await.expect("the gateway lives");
    let id = uuid::Uuid::new_v4().to_string();
    let Invocation { event, answer } = invocation;
    state.functions.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), answer);
    let deadline = SystemTime::now() + TIMEOUT;
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    let headers =
        [("lambda-runtime-aws-request-id", id), ("lambda-runtime-deadline-ms", deadline.to_string())];
    (headers, Json(event))
}

pub async fn answered(
    State(state): State<super::State>,
    Path(id): Path<String>,
    Json(answer): Json<Value>,
) -> StatusCode {
    state.functions.answer(&id, Ok(answer));
    StatusCode::ACCEPTED
}

pub async fn failed(
    State(state): State<super::State>,
    Path(id): Path<String>,
    Json(why): Json<Value>,
) -> StatusCode {
    state.functions.answer(&id, Err(why.to_string()));
    StatusCode::ACCEPTED
}

pub async fn not_started(Json(why): Json<Value>) -> StatusCode {
    eprintln!("a function did not start: {why}");
    StatusCode::ACCEPTED
}

/// `Invoke` with `X-Amz-Invocation-Type: Event`.
pub async fn invoke(State(state): State<super::State>, Json(event): Json<Value>) -> StatusCode {
    tokio::spawn(async move {
        if let Err(why) = state.functions.invoke(event).await {
            eprintln!("an asynchronous invocation failed: {why}");
        }
    });
    StatusCode::ACCEPTED
}
