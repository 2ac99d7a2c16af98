//! Every route of every role, and the OpenAPI document that they make.

use axum::{
    Router,
    body::Bytes,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use kit::{internal_key::InternalKeys, revocations::Revocations};
use protocol::{ServerEvent, actions::ClientAction};
use realtime::Realtime;
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{InfoBuilder, LicenseBuilder},
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    health::{self, Dependencies},
    sessions,
    web::{self, WebApp},
};

/// Requests that are answered at a time; more would only wait for each other.
const REQUESTS_MAX: usize = 1024;

/// What the routes of the one process need.
pub struct Everything {
    pub auth: auth::Auth,
    pub chat: chat::Chat,
    pub realtime: Realtime,
    pub dependencies: Dependencies,
    pub web: WebApp,
    pub frontend_url: String,
    /// Internal paths exist only where a key guards them.
    pub keys: InternalKeys,
}

pub fn everything(parts: Everything) -> Router {
    let Everything { auth, chat, realtime, dependencies, web, frontend_url, keys } = parts;
    let mut router = plain(auth::routes().with_state(auth.clone()))
        .merge(plain(chat::routes().with_state(chat.clone())))
        .merge(plain(health::routes().with_state(dependencies)))
        .merge(realtime::router(realtime))
        .merge(docs())
        .merge(web::router(web));
    if !keys.is_empty() {
        router = router
            .merge(plain(auth::internal_routes().with_state(auth.clone())))
            .merge(auth::directory::http::routes(keys.clone()).with_state(auth))
            .merge(chat::internal::routes(keys).with_state(chat));
    }
    finish(router.fallback(web::fallback), &frontend_url)
}

pub fn auth(auth: auth::Auth, dependencies: Dependencies, keys: InternalKeys, frontend_url: &str) -> Router {
    let router = plain(auth::routes().with_state(auth.clone()))
        .merge(plain(auth::internal_routes().with_state(auth.clone())))
        .merge(auth::directory::http::routes(keys).with_state(auth))
        .merge(plain(health::routes().with_state(dependencies)));
    finish(router.fallback(kit::http::not_found), frontend_url)
}

pub fn chat(
    chat: chat::Chat,
    revocations: Revocations,
    dependencies: Dependencies,
    keys: InternalKeys,
    frontend_url: &str,
) -> Router {
    let router = plain(chat::routes().with_state(chat.clone()))
        .merge(sessions::http::routes(revocations, keys.clone()))
        .merge(chat::internal::routes(keys).with_state(chat))
        .merge(plain(health::routes().with_state(dependencies)));
    finish(router.fallback(kit::http::not_found), frontend_url)
}

/// No other origin reads anything here.
pub fn ws(realtime: Realtime, dependencies: Dependencies) -> Router {
    let router = plain(health::routes().with_state(dependencies));
    finish(router.merge(realtime::router_on_any_path(realtime)), "")
}

fn plain(routes: OpenApiRouter) -> Router {
    routes.split_for_parts().0
}

fn finish(router: Router, frontend_url: &str) -> Router {
    let router = router.method_not_allowed_fallback(kit::http::method_not_allowed);
    kit::layers::wrap(kit::overload::shed(router, REQUESTS_MAX), frontend_url)
}

/// The document of all shapes: internal paths are in it, each under its own security scheme.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    for routes in [
        auth::routes().into_openapi(),
        auth::internal_routes().into_openapi(),
        chat::routes().into_openapi(),
        health::routes().into_openapi(),
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
    // The one style that Swagger UI writes into the page.
    let policy = "default-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
                  img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
