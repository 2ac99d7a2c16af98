//! What nginx answers itself has the form that the services' errors have.

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::upstream::{Manner, Upstream};
use crate::harness::{Frontend, PATIENCE, within};

const PAGE: &str = "text/html,*/*;q=0.8";

#[tokio::test]
async fn its_own_errors_are_problem_documents() {
    let frontend = Frontend::start(&[("AUTH_NODES", "127.0.0.1:1".into())]).await;
    let call = |method: &str, path: &str| {
        frontend.api.call(&Method::from_bytes(method.as_bytes()).expect("a token"), path)
    };
    for path in ["/nothing", "/assets/nothing.js", "/problem", "/ws/x", "/docs", "/health/x"] {
        call("GET", path).await.problem(404, "NOT_FOUND");
    }
    for path in ["/assets/nothing.js", "/docs", "/health/x", "/ws/", "/problem"] {
        call("GET", path).header("accept", PAGE).await.problem(404, "NOT_FOUND");
    }
    call("POST", "/login").header("accept", PAGE).await.problem(404, "NOT_FOUND");
    call("TRACE", "/users/me").await.problem(405, "METHOD_NOT_ALLOWED");
    call("GET", &format!("/rooms/{}", "x".repeat(20_000))).await.any_problem(414);
    call("GET", "/rooms/1").header("x-large", &"x".repeat(20_000)).await.problem(400, "INVALID");
    call("GET", "/rooms/%zz").await.problem(400, "INVALID");
    assert!(raw(&frontend, "nonsense\r\n\r\n").await.contains("\"code\":\"INVALID\""));
    // Nobody listens there.
    call("POST", "/auth/login").raw_json("{}").await.problem(503, "UNAVAILABLE");
    // Nobody knows the name.
    call("GET", "/rooms/general").await.problem(503, "UNAVAILABLE");
}

#[tokio::test]
async fn bodies_are_as_large_as_the_service_takes_and_no_larger() {
    let upstream = Upstream::start(Manner::Answers).await;
    let frontend = Frontend::start(&[("AUTH_NODES", upstream.address().to_string())]).await;
    let login = |size: usize| frontend.api.call(&Method::POST, "/auth/login").raw_json("x".repeat(size));
    login(64 * 1024).await.is(200);
    assert_eq!(upstream.requests().await.len(), 1);

    login(64 * 1024 + 1).await.problem(413, "TOO_LARGE");
    login(5_000_000).await.problem(413, "TOO_LARGE");
    let chunks = format!("10000\r\n{}\r\n1\r\nx\r\n0\r\n\r\n", "x".repeat(0x10000));
    let head = "POST /auth/login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    assert!(raw(&frontend, &format!("{head}{chunks}")).await.contains("\"code\":\"TOO_LARGE\""));
    assert_eq!(upstream.requests().await, Vec::<String>::new());
}

async fn raw(frontend: &Frontend, request: &str) -> String {
    let mut answer = String::new();
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", frontend.port())).await.expect("nginx listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        stream.read_to_string(&mut answer).await.expect("it answers and closes");
    };
    within(PATIENCE, "the answer", asked).await;
    answer
}
