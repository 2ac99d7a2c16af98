//! What holds for every path of the OpenAPI document, added once instead of at each handler.

use protocol::Problem;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ContentBuilder, HeaderBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
        path::Operation,
        schema::ObjectBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The name of the scheme that a path with a `CurrentUser` asks for.
pub const BEARER: &str = "bearer";
/// The name of the scheme that internal paths ask for.
pub const INTERNAL_KEY: &str = "internalKey";

/// Adds the security schemes, the problem schema and the error answers that follow from a path's shape: 401 with
/// security, 400/413/415 with a body, 400 with query parameters, 404 with path parameters, 500 and 503 always.
/// Answers that a handler declared without content become problems too.
pub fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    add_schemes(components);
    components.schemas.insert(Problem::name().into(), Problem::schema());
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);

    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.put];
        for operation in operations.into_iter().flatten() {
            complete_operation(operation);
        }
    }
}

fn complete_operation(operation: &mut Operation) {
    use utoipa::openapi::path::ParameterIn;
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: &ParameterIn| {
        parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == *place))
    };
    let mut statuses = vec!["500", "503"];
    if has(&ParameterIn::Path) {
        statuses.push("404");
    }
    if has(&ParameterIn::Query) {
        statuses.push("400");
    }
    if operation.request_body.is_some() {
        statuses.extend(["400", "413", "415"]);
    }
    if operation.security.is_some() {
        statuses.push("401");
    }
    let responses = &mut operation.responses.responses;
    for status in statuses {
        responses.entry(status.into()).or_insert_with(|| RefOr::T(Response::new(description(status))));
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        if !status.starts_with(['4', '5']) || !response.content.is_empty() {
            continue;
        }
        let text = if response.description.is_empty() { description(status) } else { &response.description };
        *response = problem(status, text);
    }
}

fn problem(status: &str, description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let builder =
        ResponseBuilder::new().description(description).content("application/problem+json", content);
    let builder = match status {
        "429" | "503" => builder.header(
            "retry-after",
            HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
                .description(Some("Seconds to wait."))
                .build(),
        ),
        _ => builder,
    };
    builder.build()
}

fn description(status: &str) -> &'static str {
    match status {
        "400" => "A field or parameter is missing or not valid; `errors` says which.",
        "401" => "The token or key is missing, not valid or revoked.",
        "403" => "Not allowed to this user.",
        "404" => "There is no such thing, or not for this user.",
        "409" => "It is taken.",
        "413" => "The body is larger than 64 KiB.",
        "415" => "The body is not sent as JSON.",
        "429" => "Too many requests; wait for `Retry-After` seconds.",
        "503" => "A dependency is away or a queue is full; wait for `Retry-After` seconds.",
        _ => "Something went wrong on our side.",
    }
}

fn add_schemes(components: &mut Components) {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let key = ApiKey::Header(ApiKeyValue::new(crate::internal_key::HEADER));
    components.add_security_scheme(INTERNAL_KEY, SecurityScheme::ApiKey(key));
}
