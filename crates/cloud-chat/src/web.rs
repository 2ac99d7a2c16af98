//! The web app in the binary: files compressed once at build, `/env.js` at run time, and the app's own routes.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kit::Error;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/web"]
struct Files;

/// What the app learns at run time.
#[derive(Debug, Clone, serde::Serialize)]
pub struct WebApp {
    #[serde(rename = "API_BASE_URL")]
    pub api_base_url: String,
    #[serde(rename = "WS_ENDPOINT")]
    pub ws_endpoint: String,
}

/// Paths of the API: an unknown one below them is a problem document, never the app.
const API: [&str; 8] = ["auth", "users", "rooms", "messages", "ws", "health", "internal", "docs"];

pub fn router(app: WebApp) -> Router {
    Router::new().route("/env.js", get(env)).with_state(app)
}

async fn env(State(app): State<WebApp>) -> Result<Response, Error> {
    // JSON is JavaScript, and the file is a script of its own: nothing in it can end a tag.
    let json = serde_json::to_string(&app).map_err(Error::internal)?;
    let headers =
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, format!("window.ENV = {json};\n")).into_response())
}

/// Files of the app; its index for `/` and for every other page that a browser asks for; a problem for everything else.
pub async fn fallback(request: Request) -> Result<Response, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Error::not_found());
    }
    let path = request.uri().path().trim_start_matches('/');
    let headers = request.headers();
    if let Some(file) = Files::get(path) {
        return Ok(respond(path, &file, headers));
    }
    let first = path.split('/').next().unwrap_or_default();
    let accepts_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let is_root = request.uri().path() == "/";
    let is_page = is_root || (accepts_page && !API.contains(&first) && !path.starts_with("assets/"));
    if !is_page {
        return Err(Error::not_found());
    }
    let index = Files::get("index.html").ok_or_else(Error::not_found)?;
    Ok(respond("index.html", &index, headers))
}

fn respond(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    // Names below assets/ carry a hash of their content.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if knows(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let brotli = accepts_brotli(asked).then(|| Files::get(&format!("{path}.br"))).flatten();
        let is_brotli = brotli.is_some();
        let mut response =
            Body::from(brotli.map_or_else(|| file.data.clone(), |file| file.data)).into_response();
        if is_brotli {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
        if let Ok(kind) = HeaderValue::from_str(&kind) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(path));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// The page takes no text where it would become HTML or code, but what its one Trusted Types policy lets through
/// (`web/src/lib/trusted-types.ts`). The service worker loads a script by its name, which that would forbid.
fn policy(path: &str) -> HeaderValue {
    let trusted_types = if path == "index.html" { TRUSTED_TYPES } else { "" };
    HeaderValue::try_from(format!("{POLICY}{trusted_types}")).unwrap_or(HeaderValue::from_static(POLICY))
}

/// The API and the WebSocket may be on other origins (`API_BASE_URL`, `WS_ENDPOINT`), hence `connect-src`.
const POLICY: &str = "default-src 'self'; connect-src 'self' http: https: ws: wss:; img-src 'self' data:; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TRUSTED_TYPES: &str = "; require-trusted-types-for 'script'; trusted-types default";

fn knows(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.trim_start_matches("W/") == etag
    })
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"))
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
