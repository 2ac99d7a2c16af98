//! Every route of the one process, and the OpenAPI document that they make.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use kit::db::Database;
use protocol::{ServerEvent, accounts::Health, actions::ClientAction};
use realtime::Realtime;
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{InfoBuilder, LicenseBuilder},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::web::{self, WebApp};

/// Everything that routes need.
pub struct Parts {
    pub auth: auth::Auth,
    pub chat: chat::Chat,
    pub realtime: Realtime,
    pub databases: Databases,
    pub web: WebApp,
    pub frontend_url: String,
    /// Internal paths exist only where a key guards them.
    pub is_internal_mounted: bool,
}

#[derive(Clone)]
pub struct Databases {
    pub auth: Database,
    pub chat: Database,
}

pub fn build(parts: Parts) -> Router {
    let mut api = auth::routes().with_state(parts.auth.clone());
    api = api.merge(chat::routes().with_state(parts.chat));
    api = api.merge(health_routes().with_state(parts.databases));
    if parts.is_internal_mounted {
        api = api.merge(auth::internal_routes().with_state(parts.auth));
    }
    let (api, _) = api.split_for_parts();
    let router = api
        .merge(realtime::router(parts.realtime))
        .merge(docs())
        .merge(web::router(parts.web))
        .fallback(web::fallback)
        .method_not_allowed_fallback(kit::http::method_not_allowed);
    kit::layers::wrap(router, &parts.frontend_url)
}

/// The document of all shapes: internal paths are in it, each under its own security scheme.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    for routes in [
        auth::routes().into_openapi(),
        auth::internal_routes().into_openapi(),
        chat::routes().into_openapi(),
        health_routes().into_openapi(),
    ] {
        document.merge(routes);
    }
    let components = document.components.get_or_insert_default();
    let mut schemas = vec![
        (ClientAction::name().into(), ClientAction::schema()),
        (ServerEvent::name().into(), ServerEvent::schema()),
    ];
    ClientAction::schemas(&mut schemas);
    ServerEvent::schemas(&mut schemas);
    components.schemas.extend(schemas);
    document.info = InfoBuilder::new()
        .title("Cloud Chat")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    kit::openapi::complete(&mut document);
    document
}

#[derive(OpenApi)]
struct Document;

const DESCRIPTION: &str = "JSON in and out, times as RFC 3339 UTC with milliseconds. Every error is a \
`Problem` (RFC 9457) whose `code` is stable.\n\nThe WebSocket is at `/ws?token=JWT[&roomId=ID]`; the token may \
travel as `Sec-WebSocket-Protocol: bearer, <JWT>` instead. A client sends `ClientAction` objects and receives \
`ServerEvent` objects, one in each text frame.";

fn health_routes() -> OpenApiRouter<Databases> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the service can do its work
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
async fn health(State(databases): State<Databases>) -> kit::Result<Json<Health>> {
    kit::health::check(&[&databases.auth, &databases.chat]).await.map(Json)
}

/// The document, and a page to browse it that loads nothing from elsewhere.
fn docs() -> Router {
    let page = Router::new()
        .merge(SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json")))
        .layer(middleware::from_fn(allow_own_assets));
    // Written once: neither a copy of the document nor its JSON is made for a request.
    let json = serde_json::to_vec(&document()).expect("the document has only string keys and cannot fail");
    let json = Bytes::from(json);
    let answer = move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], json.clone()));
    page.route("/openapi.json", get(answer))
}

async fn allow_own_assets(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
