//! The HTTP API in front of auth and chat: the public routes and nothing else, and CORS, which it answers itself. Which
//! these are stands in `infra/`.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use reqwest::Client;
use tokio::task::JoinHandle;

const CONFIGURATION: &str = include_str!("../../../../infra/http_api.tf");
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The mapping of both integrations.
const CLIENT_ADDRESS: &str = "x-real-ip";

/// Ends with the test.
pub struct HttpApi {
    address: SocketAddr,
    server: JoinHandle<()>,
}

/// A service that requests are handed to.
#[derive(Clone)]
struct Integration {
    client: Client,
    base: Arc<str>,
}

impl HttpApi {
    /// `frontend` is the one origin that may ask.
    pub async fn start(auth: &str, chat: &str, frontend: &str) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client without TLS needs nothing");
        let integration = |base: &str| Integration { client: client.clone(), base: base.into() };
        let origin = HeaderValue::from_str(frontend).expect("an address");
        let router = Router::new()
            .merge(routes(&listed("auth"), integration(auth)))
            .merge(routes(&listed("chat"), integration(chat)))
            .layer(middleware::from_fn_with_state(Arc::new(Cors::of(origin)), answer_cors));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move {
            axum::serve(listener, service).await.expect("it serves");
        });
        Self { address, server }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for HttpApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The texts of a list in the configuration.
fn listed(name: &str) -> Vec<&'static str> {
    let begin = CONFIGURATION.lines().position(|line| {
        line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with("= ["))
    });
    let begin = begin.unwrap_or_else(|| panic!("infra/http_api.tf has no list {name}"));
    let lines = CONFIGURATION.lines().skip(begin);
    let mut texts = Vec::new();
    for line in lines {
        texts.extend(line.split('"').skip(1).step_by(2));
        if line.trim_end().trim_end_matches(',').ends_with(']') {
            break;
        }
    }
    texts
}

/// Each is `METHOD /path/{parameter}`, which is how the router writes them, too.
fn routes(keys: &[&str], integration: Integration) -> Router {
    let router = keys.iter().fold(Router::new(), |router, key| {
        let (method, path) = key.split_once(' ').expect("a method and a path");
        let method: Method = method.parse().expect("a method");
        router.route(path, on(MethodFilter::try_from(method).expect("a known one"), forward))
    });
    router.with_state(integration)
}

async fn forward(
    State(Integration { client, base }): State<Integration>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove("x-forwarded-for");
    headers.insert(CLIENT_ADDRESS, HeaderValue::try_from(peer.ip().to_string()).expect("ASCII"));
    let call = client.request(parts.method, format!("{base}{path}")).headers(headers).body(body);
    let Ok(answer) = call.send().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(body) = answer.bytes().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    response
}

struct Cors {
    origin: HeaderValue,
    methods: HeaderValue,
    headers: HeaderValue,
    exposed: HeaderValue,
}

impl Cors {
    fn of(origin: HeaderValue) -> Self {
        let list = |name| HeaderValue::try_from(listed(name).join(",")).expect("names");
        Self {
            origin,
            methods: list("allow_methods"),
            headers: list("allow_headers"),
            exposed: list("expose_headers"),
        }
    }

    fn write(&self, to: &mut HeaderMap, is_preflight: bool) {
        to.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        to.insert(header::VARY, HeaderValue::from_static("Origin"));
        if is_preflight {
            to.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            to.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
        } else {
            to.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, self.exposed.clone());
        }
    }
}

/// What a service says of it is put aside.
async fn answer_cors(State(cors): State<Arc<Cors>>, request: Request, next: Next) -> Response {
    let is_allowed = request.headers().get(header::ORIGIN) == Some(&cors.origin);
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let said: Vec<HeaderName> = response
        .headers()
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in said {
        response.headers_mut().remove(name);
    }
    if is_allowed {
        cors.write(response.headers_mut(), is_preflight);
    }
    response
}
