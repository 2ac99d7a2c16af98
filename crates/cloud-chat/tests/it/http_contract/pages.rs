//! What a browser loads: the web app, its run-time settings, the documentation.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, App, Topology, run};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn page(app: &App, path: &str) -> Answer {
    app.get(path).header("accept", PAGE).await
}

#[tokio::test]
async fn every_page_of_the_app_is_its_index() {
    let app = Topology::one_process().start().await;
    let index = page(&app, "/").await.is(200);
    assert!(index.text().contains("<div id=\"root\">"), "the web app is not embedded: {}", index.text());
    for path in ["/login", "/reset-password?token=abc", "/chat/7", "/a/b/c", "/profil%C3%A9"] {
        let answer = page(&app, path).await.is(200);
        assert_eq!(answer.body, index.body, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        answer.assert_common_headers();
        let policy = answer.header("content-security-policy");
        assert!(policy.ends_with("; require-trusted-types-for 'script'; trusted-types default"), "{policy}");
    }
    for path in
        ["/auth/nothing", "/rooms/x/y", "/messages", "/internal/x", "/assets/nothing.js", "/users/me/x"]
    {
        page(&app, path).await.problem(404, "NOT_FOUND");
    }
    assert_eq!(app.get("/").await.is(200).body, index.body, "whoever asks, as those do who watch over it");
    app.get("/login").header("accept", "application/json").await.problem(404, "NOT_FOUND");
    app.api.call(&Method::POST, "/login").header("accept", PAGE).await.problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn every_answer_keeps_frames_referrers_and_scripts_of_others_out() {
    let app = Topology::one_process().start().await;
    let index = page(&app, "/").await.text();
    let paths = ["/", "/login", "/index.html", "/sw.js", "/env.js", "/manifest.webmanifest", "/favicon.svg"];
    let paths =
        paths.into_iter().chain(["/health", "/openapi.json", "/docs/", "/docs/swagger-ui.css", "/docs"]);
    let paths = paths.chain(["/nothing", "/rooms/1", "/internal/x", "/ws"]);
    for path in paths.chain(links(&index).filter(|link| link.starts_with("/assets/"))) {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST, Method::TRACE] {
            let answer = app.api.call(&method, path).header("accept", PAGE).await;
            answer.assert_common_headers();
            assert!(method != Method::TRACE || answer.status >= 400, "{path} is traced");
        }
        let preflight = app.api.call(&Method::OPTIONS, path).header("origin", "https://evil.example");
        preflight.header("access-control-request-method", "POST").await.assert_common_headers();
    }
}

#[tokio::test]
async fn the_apps_files_are_cached_for_good_and_compressed() {
    let app = Topology::one_process().start().await;
    let index = page(&app, "/").await.is(200).text();
    let assets: BTreeSet<_> = links(&index).filter(|link| link.starts_with("/assets/")).collect();
    for kind in [".js", ".css"] {
        assert!(assets.iter().any(|asset| asset.ends_with(kind)), "{assets:?}");
    }

    let (mut plain_size, mut packed_size) = (0, 0);
    for asset in &assets {
        let plain = app.get(asset).await.is(200);
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.header("content-encoding"), "");
        assert!(plain.header("vary").to_ascii_lowercase().contains("accept-encoding"));
        let packed = app.get(asset).header("accept-encoding", "gzip, br;q=0.9").await.is(200);
        assert_eq!(packed.header("content-encoding"), "br", "{asset}");
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        assert!(packed.body.len() < plain.body.len(), "{asset}");
        plain_size += plain.body.len();
        packed_size += packed.body.len();
        let refused = app.get(asset).header("accept-encoding", "br;q=0").await.is(200);
        assert_eq!(refused.header("content-encoding"), "", "{asset}");
    }
    assert!(packed_size < plain_size / 2, "{packed_size} of {plain_size} bytes");
    for path in ["/", assets.first().expect("checked above")] {
        let etag = page(&app, path).await.is(200).header("etag").to_owned();
        assert!(etag.ends_with('"'), "{path}: {etag}");
        let again = app.get(path).header("accept", PAGE).header("if-none-match", &etag).await.is(304);
        assert!(again.body.is_empty());
        app.get(path).header("accept", PAGE).header("if-none-match", "\"another\"").await.is(200);
    }
}

#[tokio::test]
async fn what_installs_the_app_is_asked_for_every_time() {
    let app = Topology::one_process().start().await;
    for (path, kind) in
        [("/sw.js", "text/javascript"), ("/manifest.webmanifest", "application/manifest+json")]
    {
        let answer = app.get(path).await.is(200);
        assert!(answer.header("content-type").starts_with(kind), "{path}: {}", answer.header("content-type"));
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("worker-src"), "{policy}");
    }
}

/// What `src` and `href` name.
fn links(html: &str) -> impl Iterator<Item = &str> {
    let starts = ["src=\"", "href=\""].into_iter().flat_map(|name| html.split(name).skip(1));
    starts.filter_map(|rest| rest.split('"').next())
}

#[tokio::test]
async fn the_app_is_told_its_settings_at_run_time() {
    let settings = async |topology: Topology| {
        let app = topology.start().await;
        let answer = app.get("/env.js").await.is(200);
        assert!(answer.header("content-type").starts_with("text/javascript"));
        assert_eq!(answer.header("cache-control"), "no-cache");
        let text = answer.text();
        let (_, json) = text.split_once('=').expect("an assignment");
        serde_json::from_str::<Value>(json.trim().trim_end_matches(';')).expect("JSON")
    };
    let by_default = settings(Topology::one_process()).await;
    assert_eq!((&by_default["API_BASE_URL"], &by_default["WS_ENDPOINT"]), (&"".into(), &"".into()));
    let elsewhere = Topology::one_process()
        .with("API_BASE_URL", "https://api.example.org")
        .with("WS_ENDPOINT", "wss://ws.example.org/prod");
    let elsewhere = settings(elsewhere).await;
    assert_eq!(elsewhere["API_BASE_URL"], "https://api.example.org");
    assert_eq!(elsewhere["WS_ENDPOINT"], "wss://ws.example.org/prod");
}

#[tokio::test]
async fn the_openapi_document_is_what_the_command_prints() {
    let app = Topology::one_process().start().await;
    let served = app.get("/openapi.json").await.is(200).json();
    assert!(
        served["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")),
        "{}",
        served["openapi"]
    );
    let printed = run(&["openapi"]).await;
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
    assert_eq!(serde_json::from_str::<Value>(&printed.stdout).expect("JSON"), served);
    for component in ["ClientAction", "ServerEvent", "Problem", "Message", "Room"] {
        assert!(served["components"]["schemas"][component].is_object(), "{component}");
    }
}

#[tokio::test]
async fn the_documentation_loads_nothing_from_elsewhere() {
    let app = Topology::one_process().start().await;
    let entry = page(&app, "/docs").await;
    let entry = if entry.status / 100 == 3 { entry.header("location").to_owned() } else { "/docs".into() };
    let html = page(&app, &entry).await.is(200);
    assert!(html.header("content-type").starts_with("text/html"), "{}", html.header("content-type"));
    let html = html.text();
    let folder = "/docs/";
    let mut loaded = 0;
    for link in links(&html) {
        assert!(!link.contains("//"), "{link} is elsewhere");
        let link = link.trim_start_matches("./");
        let path = if link.starts_with('/') { link.to_owned() } else { format!("{folder}{link}") };
        let asset = app.get(&path).await.is(200);
        assert!(!asset.body.is_empty(), "{path}");
        loaded += 1;
    }
    assert!(loaded >= 3, "styles and scripts: {html}");
    let start = app.get("/docs/swagger-initializer.js").await.is(200);
    assert!(String::from_utf8_lossy(&start.body).contains("/openapi.json"));
    let policy = page(&app, &entry).await.header("content-security-policy").to_owned();
    assert!(!policy.contains("http") && policy.contains("'self'"), "{policy}");
}
