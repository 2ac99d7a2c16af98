//! The web app from nginx is what it is from the one process: the same files with the same headers.

use std::path::Path;

use crate::harness::{Answer, Api, Frontend, Topology};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
const SAME: [&str; 8] = [
    "content-type",
    "cache-control",
    "content-security-policy",
    "content-encoding",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-resource-policy",
];

async fn get(api: &Api, path: &str) -> Answer {
    api.get(path).header("accept", PAGE).await
}

/// What the page loads, as files.
async fn save(app: &Api, folder: &Path) -> Vec<String> {
    let index = get(app, "/").await.is(200).text();
    let links = ["src=\"/", "href=\"/"].into_iter().flat_map(|start| index.split(start).skip(1));
    let paths = links.filter_map(|rest| rest.split('"').next()).filter(|path| *path != "env.js");
    let mut paths: Vec<String> = paths.map(|path| format!("/{path}")).collect();
    paths.extend(["/index.html".into(), "/sw.js".into(), "/manifest.webmanifest".into()]);
    for path in &paths {
        let file = folder.join(&path[1..]);
        std::fs::create_dir_all(file.parent().expect("it is in a folder")).expect("the folder is ours");
        std::fs::write(file, get(app, path).await.is(200).body).expect("the folder is ours");
    }
    paths
}

#[tokio::test]
async fn files_and_headers_are_those_of_the_one_process() {
    let one = Topology::one_process().start().await;
    let folder = one.scratch().join("web");
    let files = save(&one.api, &folder).await;
    assert!(files.iter().any(|path| path.starts_with("/assets/")), "the web app is not embedded: {files:?}");
    let frontend = Frontend::start(&[("WEB_ROOT", folder.display().to_string())]).await;

    let pages = ["/", "/login", "/reset-password?token=abc", "/chat/7", "/profil%C3%A9", "/icons", "/env.js"];
    for path in pages.into_iter().chain(files.iter().map(String::as_str)) {
        let (wanted, got) = (get(&one.api, path).await.is(200), get(&frontend.api, path).await.is(200));
        assert_eq!(got.body, wanted.body, "{path}");
        for name in SAME {
            assert_eq!(got.header(name), wanted.header(name), "{name} of {path}");
        }
        got.assert_common_headers();
        let etag = got.header("etag").to_owned();
        let again =
            frontend.api.get(path).header("accept", PAGE).header("if-none-match", &etag).await.is(304);
        assert_eq!(again.header("cache-control"), wanted.header("cache-control"), "{path}");
    }
    for path in ["/auth/nothing", "/assets/nothing.js", "/assets/", "/docs/x", "/internal/x", "/%00"] {
        assert!([400, 404, 503].contains(&get(&frontend.api, path).await.status), "{path}");
    }
    assert_eq!(frontend.api.get("/").await.is(200).body, get(&one.api, "/").await.body);
    frontend.api.get("/login").header("accept", "application/json").await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn files_that_were_compressed_before_are_sent_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("index.html", "plain"), ("index.html.gz", "packed")] {
        std::fs::write(folder.path().join(name), text).expect("the folder is ours");
    }
    let frontend = Frontend::start(&[("WEB_ROOT", folder.path().display().to_string())]).await;
    let plain = get(&frontend.api, "/").await.is(200);
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("plain", ""));
    assert_eq!(plain.header("vary"), "Accept-Encoding");
    let packed =
        frontend.api.get("/").header("accept", PAGE).header("accept-encoding", "br, gzip").await.is(200);
    assert_eq!((packed.text().as_str(), packed.header("content-encoding")), ("packed", "gzip"));
    assert_eq!(packed.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn the_app_is_told_its_settings_at_run_time() {
    let frontend = Frontend::start(&[
        ("API_BASE_URL", "https://api.example.org".into()),
        ("WS_ENDPOINT", "wss://ws.example.org/prod".into()),
    ])
    .await;
    let script = frontend.api.get("/env.js").await.is(200).text();
    let wanted = r#"window.ENV = {"API_BASE_URL":"https://api.example.org","WS_ENDPOINT":"wss://ws.example.org/prod"};"#;
    assert_eq!(script.trim_end(), wanted);
}

#[tokio::test]
async fn health_is_its_own() {
    let frontend = Frontend::start(&[]).await;
    let health = frontend.api.get("/health").await.is(200);
    assert_eq!(health.json()["status"], "ok");
    health.assert_common_headers();
}

#[tokio::test]
async fn a_setting_that_is_wrong_is_named_and_nothing_starts() {
    for (name, value) in [
        ("API_BASE_URL", "api.example.org"),
        ("API_BASE_URL", "https://x\"};alert(1)//"),
        ("API_BASE_URL", "https://x</script>"),
        ("WS_ENDPOINT", "https://ws.example.org"),
        ("AUTH_NODES", "auth-service"),
        ("CHAT_NODES", "chat:5000; }"),
        ("PORT", "80 default_server"),
        ("TRUSTED_PROXIES", "10.0.0.0/8;"),
        ("WEB_ROOT", "/nowhere"),
    ] {
        let line = Frontend::refusal(&[(name, value.into())]).await;
        assert!(line.contains(name), "{name}={value}: {line}");
    }
}
