//! A service that does nothing but write down what it was asked.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Mutex,
    task::AbortHandle,
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Answers,
    /// Reads the request, then hangs up.
    HangsUp,
}

pub struct Upstream {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Upstream {
    pub async fn start(manner: Manner) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), manner).await
    }

    pub async fn start_at(address: SocketAddr, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("it is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let serve = async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, manner, &seen).await;
            }
        };
        let task = tokio::spawn(serve).abort_handle();
        Self { address, requests, task }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Heads of the requests since the last time.
    pub async fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().await)
    }

    /// The one request since the last time.
    pub async fn request(&self) -> String {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// nginx asks once on each connection.
async fn answer(mut stream: TcpStream, manner: Manner, seen: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) => head.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    seen.lock().await.push(String::from_utf8_lossy(&head).to_ascii_lowercase());
    if manner == Manner::Answers {
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        // Whoever asked may be gone.
        stream.write_all(answer.as_bytes()).await.ok();
    }
}
