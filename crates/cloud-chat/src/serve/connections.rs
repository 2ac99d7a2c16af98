//! Connections: taken, served, and ended in order. Nobody waits for ever for what a client means to say.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::entrance::Entrance;

/// For the headers of a request, and before them for a connection that rests. Balancers keep one for 60 seconds (AWS):
/// closing it before they do would break a request that is on its way.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(75);
/// After the system refused a connection, for want of open files for example.
const REFUSED_PAUSE: Duration = Duration::from_secs(1);

/// Until `stopping`: then nobody new, and it returns once every request in flight is answered.
pub async fn serve(listener: TcpListener, entrance: Entrance, stopping: CancellationToken) {
    let http = Arc::new(http());
    let connections = TaskTracker::new();
    while let Some((socket, client)) = stopping.run_until_cancelled(accept(&listener)).await {
        // Small frames must not wait for more to come.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        connections.spawn(hold(http.clone(), socket, client, entrance.clone(), stopping.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn http() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_TIMEOUT);
    http
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Theirs, and over.
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken; soon again");
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
}

fn is_of_the_client(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn hold<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    http: Arc<Builder<TokioExecutor>>,
    socket: S,
    client: SocketAddr,
    entrance: Entrance,
    stopping: CancellationToken,
) {
    let asked = CancellationToken::new();
    let answer = {
        let asked = asked.clone();
        service_fn(move |request: hyper::Request<Incoming>| {
            asked.cancel();
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(client));
            let entrance = entrance.clone();
            async move { Ok::<Response, Infallible>(entrance.answer(request).await) }
        })
    };
    let mut connection = std::pin::pin!(http.serve_connection_with_upgrades(TokioIo::new(socket), answer));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = too_late(&asked) => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Completes if nobody asked anything in time. The library counts from the bytes that tell a version of HTTP, and waits
/// for those without end.
async fn too_late(asked: &CancellationToken) {
    if tokio::time::timeout(HEADERS_TIMEOUT, asked.cancelled()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::post};
    use kit::extract::Body;
    use protocol::rooms::RoomName;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        task::JoinHandle,
        time::Instant,
    };

    use super::*;

    const POST: &str =
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n";
    const BODY: &str = r#"{"name":"plans"}"#;

    /// One connection, in memory: a clock that is stopped knows nothing of a real one.
    struct Client {
        stream: DuplexStream,
        stopping: CancellationToken,
        held: JoinHandle<()>,
    }

    impl Client {
        fn connect() -> Self {
            let entrance = Entrance::closed();
            entrance.open(Router::new().route("/", post(async |_: Body<RoomName>| "read")));
            let (stream, theirs) = duplex(64 * 1024);
            let (address, stopping) = (([127, 0, 0, 1], 1).into(), CancellationToken::new());
            let held = tokio::spawn(hold(Arc::new(http()), theirs, address, entrance, stopping.clone()));
            Self { stream, stopping, held }
        }

        async fn say(&mut self, text: &str) {
            self.stream.write_all(text.as_bytes()).await.unwrap();
        }

        async fn answer(&mut self) -> String {
            let mut bytes = vec![0; 4096];
            let count = self.stream.read(&mut bytes).await.unwrap();
            String::from_utf8(bytes[..count].to_vec()).unwrap()
        }

        /// Everything until the connection ends, and after how many seconds it does.
        async fn rest(&mut self) -> (String, u64) {
            let (begun, mut text) = (Instant::now(), String::new());
            self.stream.read_to_string(&mut text).await.unwrap();
            (text, begun.elapsed().as_secs())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn headers_that_never_end_end_the_connection() {
        for begin in ["", "POST", "POST / HTTP/1.1\r\nhost: x\r\n"] {
            let mut client = Client::connect();
            client.say(begin).await;
            assert_eq!(client.rest().await, (String::new(), 75), "{begin:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_refused_and_ends_the_connection() {
        let mut client = Client::connect();
        client.say(POST).await;
        client.say(&BODY[..9]).await;
        let (text, secs) = client.rest().await;
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
        assert!(text.contains("application/problem+json") && text.contains(r#""code":"BAD_JSON""#), "{text}");
        assert_eq!(secs, 15);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_rests_for_a_minute_is_answered_again() {
        let mut client = Client::connect();
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(60)).await;
            client.say(POST).await;
            client.say(BODY).await;
            let text = client.answer().await;
            assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("read"), "{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_waits_for_a_request_in_flight_and_for_no_connection_that_rests() {
        let (mut resting, mut busy) = (Client::connect(), Client::connect());
        resting.say(&format!("{POST}{BODY}")).await;
        resting.answer().await;
        busy.say(POST).await;
        busy.say(&BODY[..9]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;

        resting.stopping.cancel();
        busy.stopping.cancel();
        assert_eq!(resting.rest().await, (String::new(), 0));
        busy.say(&BODY[9..]).await;
        let (text, _) = busy.rest().await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        for client in [resting, busy] {
            client.held.await.unwrap();
        }
    }
}
