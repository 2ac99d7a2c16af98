//! https by Caddy, as its recipe has it, with an authority of Caddy's own.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::{Process, free_port};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    frontend::internal::SPELLINGS,
    harness::{Api, App, INTERNAL_API_KEY, PATIENCE, Topology, eventually, run_with, within, workspace},
};

struct Caddy {
    port: u16,
    folder: TempDir,
    _process: Process,
}

impl Caddy {
    /// The recipe, without what it does to the machine: the port for plain http and the one to administer it.
    async fn start(port: u16, upstream: u16) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let recipe =
            std::fs::read_to_string(workspace().join("deploy/caddy/Caddyfile")).expect("it is there");
        let own = format!("\n{{\n\tadmin off\n\thttp_port {}\n", free_port());
        let recipe = recipe.replacen("\n{\n", &own, 1);
        assert!(recipe.contains("admin off"), "the recipe begins with global options");
        let file = folder.path().join("Caddyfile");
        std::fs::write(&file, recipe).expect("the folder is ours");
        let home = folder.path().display();
        let settings = [
            ("HOME", home.to_string()),
            ("XDG_DATA_HOME", format!("{home}/data")),
            ("XDG_CONFIG_HOME", format!("{home}/config")),
            ("SITE", format!("localhost:{port}")),
            ("UPSTREAM", format!("127.0.0.1:{upstream}")),
        ];
        let args = ["run", "--adapter", "caddyfile", "--config", file.to_str().expect("UTF-8")];
        let process = Process::start_with("caddy", &args, settings.into_iter(), &folder.path().join("log"));
        let caddy = Self { port, folder, _process: process };
        eventually("Caddy has its certificate", async || caddy.try_connect().await).await;
        caddy
    }

    /// What those trust who trust it.
    fn authority(&self) -> PathBuf {
        self.folder.path().join("data/caddy/pki/authorities/local/root.crt")
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        self.try_connect().await.expect("Caddy answers, and its certificate is of its authority")
    }

    async fn try_connect(&self) -> Option<TlsStream<TcpStream>> {
        let authority = self.authority();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).ok()?).ok()?;
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let socket = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.ok()
    }

    async fn ask(&self, request: &str, body: &Value) -> String {
        self.ask_with(request, "", body).await
    }

    /// The whole answer; `headers`: lines of one's own.
    async fn ask_with(&self, request: &str, headers: &str, body: &Value) -> String {
        let body = body.to_string();
        let origin = format!("https://localhost:{}", self.port);
        let head = format!(
            "{request} HTTP/1.1\r\nhost: localhost:{}\r\norigin: {origin}\r\nconnection: close\r\n{headers}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        let mut stream = self.connect().await;
        stream.write_all(format!("{head}{body}").as_bytes()).await.expect("Caddy reads");
        let mut answer = String::new();
        within(PATIENCE, "Caddy answers", stream.read_to_string(&mut answer)).await.expect("UTF-8");
        answer
    }

    fn log(&self) -> String {
        std::fs::read_to_string(Path::new(self.folder.path()).join("log")).expect("it logs")
    }
}

async fn start() -> (App, Caddy) {
    let port = free_port();
    let app = Topology::one_process()
        .with("FRONTEND_URL", format!("https://localhost:{port}"))
        .with("TRUSTED_PROXIES", "127.0.0.1");
    let app = app.start().await;
    let caddy = Caddy::start(port, app.port()).await;
    (app, caddy)
}

#[tokio::test]
async fn what_is_between_services_is_not_found_through_it_in_any_spelling() {
    let (app, caddy) = start().await;
    let alice = app.user("alice").await;
    let key = format!("x-internal-api-key: {INTERNAL_API_KEY}\r\n");
    // They are there, and the second reads what it is told.
    let api = Api::one(app.port());
    for (path, status) in [("/auth/introspect", 200), ("/internal/rooms/open", 400)] {
        let ask = api.post(path, &json!({"token": "x"}));
        ask.header("x-internal-api-key", INTERNAL_API_KEY).await.is(status);
    }

    for spelling in SPELLINGS {
        let target = spelling.replace("sessions/revoked", "rooms/open");
        for method in ["GET", "POST"] {
            let answer = caddy.ask_with(&format!("{method} {target}"), &key, &json!({"token": "x"})).await;
            let is_refused =
                ["HTTP/1.1 404 ", "HTTP/1.1 400 "].iter().any(|status| answer.starts_with(status));
            assert!(is_refused, "{method} {target}: {answer}");
            assert!(!answer.contains("\"active\"") && !answer.contains("\"errors\""), "{target}: {answer}");
        }
    }
    // The key is taken away: it is nobody's who comes from outside.
    let path = "GET /users/by-username/alice";
    let answer = caddy.ask_with(path, &key, &json!({})).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let answer =
        caddy.ask_with(path, &format!("authorization: Bearer {}\r\n", alice.token), &json!({})).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn people_log_in_and_talk_over_https() {
    let (app, caddy) = start().await;
    let (alice, port) = (app.user("alice").await, caddy.port);

    let login = json!({"email": "alice", "password": alice.password, "session": "cookie"});
    let answer = caddy.ask("POST /auth/login", &login).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let headers = answer.to_ascii_lowercase();
    for part in ["; secure", "strict-transport-security: max-age=31536000", "x-request-id: "] {
        assert!(headers.contains(part), "no {part} in {answer}");
    }
    for path in ["/internal/rooms/open", "/auth/introspect"] {
        let answer = caddy.ask(&format!("POST {path}"), &json!({"token": alice.token})).await;
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n") && answer.contains("NOT_FOUND"), "{answer}");
    }

    let authority = caddy.authority();
    let url = format!("https://localhost:{port}");
    let data_dir = app.data_dir();
    let settings = [
        ("DATA_DIR", data_dir.to_str().expect("UTF-8")),
        ("SSL_CERT_FILE", authority.to_str().expect("UTF-8")),
    ];
    let examined = run_with(&["doctor", "--url", &url], &settings).await;
    for what in ["web address", "clock", "WebSocket"] {
        let is_ok = |line: &str| line.starts_with("ok ") && line.contains(what);
        assert!(examined.stdout.lines().any(is_ok), "{what}: {}", examined.stdout);
    }
    let examined = run_with(&["doctor", "--url", &url], &settings[..1]).await;
    assert!(examined.stdout.contains("valid certificate"), "{}", examined.stdout);

    let url = format!("wss://localhost:{port}/ws?token={}", alice.token);
    let (mut socket, _) =
        tokio_tungstenite::client_async(url, caddy.connect().await).await.expect("Caddy passes it on");
    let mut next = async || -> Value {
        let frame = within(PATIENCE, "an event", socket.next()).await.expect("it is open").expect("a frame");
        serde_json::from_str(frame.to_text().expect("text")).expect("JSON")
    };
    assert_eq!(next().await["event"], "connected");
    let general = alice.general().await;
    let sent = alice.send(general, "over https").await;
    assert_eq!(next().await["message"]["seq"], sent.seq);
    assert!(!caddy.log().contains(&alice.token), "no token in the log");
}
