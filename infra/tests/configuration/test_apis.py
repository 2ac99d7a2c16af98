"""What the two APIs let through, and what they write down about it."""

import json

from conftest import only, settings

METHODS = {"get", "post", "put", "patch", "delete"}
# They are about one process: through a gateway nobody knows which.
PROBES = {"GET /health/live", "GET /health/ready"}


def is_public(operation):
    schemes = [scheme for way in operation.get("security", [{}]) for scheme in way] or [None]
    return any(scheme != "internalKey" for scheme in schemes)


def test_every_public_operation_has_a_route_and_nothing_else_has(defaults, openapi):
    documented = {
        f"{method.upper()} {path}": operation
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }
    internal = {key for key, operation in documented.items() if not is_public(operation)}
    assert internal == {"POST /auth/introspect"}
    assert set(defaults.named("aws_apigatewayv2_route", "http")) == set(documented) - internal - PROBES


def test_no_route_is_a_wildcard_or_leads_to_internal_paths(defaults):
    for route in defaults.named("aws_apigatewayv2_route", "http").values():
        key = route["route_key"]
        assert not any(part in key for part in ("$default", "ANY", "+}", "/internal", "introspect")), key


def test_each_route_goes_to_the_service_that_serves_it(defaults):
    integrations = defaults.named("aws_apigatewayv2_integration", "http")
    for key, route in defaults.named("aws_apigatewayv2_route", "http").items():
        path = key.split()[1]
        service = "auth" if path.startswith(("/auth", "/users")) else "chat"
        assert route["target"] == f"integrations/{integrations[service]['id']}", key


def test_requests_travel_through_the_vpc_link_with_the_clients_address(defaults):
    integrations = defaults.named("aws_apigatewayv2_integration", "http").values()
    assert len(integrations) == 2
    for integration in integrations:
        assert integration["connection_type"] == "VPC_LINK"
        assert integration["request_parameters"]["overwrite:header.x-real-ip"] == "$context.identity.sourceIp"
    assert settings(defaults, "auth-service")["CLIENT_ADDRESS_HEADER"] == "x-real-ip"


def test_the_internal_key_is_taken_away_from_whoever_comes_through_the_http_api(defaults):
    for integration in defaults.named("aws_apigatewayv2_integration", "http").values():
        # The value means nothing, but has to be there: with an empty one the mapping itself would go.
        assert integration["request_parameters"]["remove:header.x-internal-api-key"] == "''"


def test_only_the_frontend_may_read_answers_across_origins(defaults, everything):
    for state, origin in (
        (defaults, "http://mock-123.us-east-1.elb.amazonaws.com"),
        (everything, "https://chat.example.org"),
    ):
        (cors,) = state.one("aws_apigatewayv2_api", "http")["cors_configuration"]
        assert cors["allow_origins"] == [origin] == [state.outputs["frontend_url"]]
        assert set(cors["expose_headers"]) == {"x-has-more", "x-request-id", "retry-after"}


def test_the_preflight_allows_every_method_that_the_document_has(defaults, openapi):
    (cors,) = defaults.one("aws_apigatewayv2_api", "http")["cors_configuration"]
    used = {method.upper() for operations in openapi["paths"].values() for method in operations if method in METHODS}
    assert set(cors["allow_methods"]) == used


def test_the_websocket_api_has_the_protocols_routes(defaults):
    api = defaults.one("aws_apigatewayv2_api", "websocket")
    assert (api["protocol_type"], api["route_selection_expression"]) == ("WEBSOCKET", "$request.body.action")
    routes = defaults.named("aws_apigatewayv2_route", "websocket")
    assert set(routes) == {"$connect", "$disconnect", "$default", "sendMessage", "ping"}
    target = f"integrations/{only(defaults.named('aws_apigatewayv2_integration', 'websocket').values())['id']}"
    assert {route["target"] for route in routes.values()} == {target}
    # What the Lambda answers to these is sent to the client.
    assert set(defaults.all("aws_apigatewayv2_route_response")) == {"$default", "sendMessage", "ping"}
    assert {key for key, route in routes.items() if route["route_response_selection_expression"] == "$default"} == {
        "$default", "sendMessage", "ping",
    }
    assert only(defaults.named("aws_apigatewayv2_stage", "websocket").values())["name"] == "prod"


def test_api_gateway_may_call_the_live_alias_and_nothing_else(defaults):
    permission = defaults.one("aws_lambda_permission")
    assert permission["principal"] == "apigateway.amazonaws.com"
    assert permission["qualifier"] == "live"
    assert permission["source_arn"].endswith("/prod/*")


def test_access_logs_hold_no_query_strings_headers_or_messages(defaults):
    stages = defaults.all("aws_apigatewayv2_stage")
    assert set(stages) == {"http", "websocket"}
    for stage in stages.values():
        (settings,) = stage["access_log_settings"]
        written = set(json.loads(settings["format"]).values())
        assert written <= {
            "$context." + name
            for name in (
                "requestId", "requestTime", "identity.sourceIp", "routeKey", "path", "status", "responseLatency",
                "integrationLatency", "integrationStatus", "integrationErrorMessage", "eventType", "connectionId",
            )
        }
    (settings,) = stages["websocket"]["default_route_settings"]
    assert (settings["logging_level"], settings["data_trace_enabled"]) == ("OFF", False)


def test_websocket_access_logs_need_the_accounts_role_and_can_do_without(defaults, everything):
    assert defaults.all("aws_api_gateway_account")
    assert not everything.all("aws_api_gateway_account")
    assert not everything.one("aws_apigatewayv2_stage", "websocket")["access_log_settings"]


def test_both_apis_are_throttled(defaults):
    for stage in defaults.all("aws_apigatewayv2_stage").values():
        (settings,) = stage["default_route_settings"]
        assert (settings["throttling_rate_limit"], settings["throttling_burst_limit"]) == (500, 1000)


def test_a_certificate_turns_plain_http_into_a_redirect(defaults, everything):
    def public_action(state):
        return state.named("aws_lb_listener", "http")["frontend"]["default_action"][0]["type"]

    assert public_action(defaults) == "forward"
    assert public_action(everything) == "redirect"
    assert only(everything.named("aws_lb_listener", "https").values())["port"] == 443
