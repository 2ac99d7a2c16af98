# The HTTP API: public routes one by one, through the VPC link to the internal load balancers. What is not listed does
# not exist, /internal and /auth/introspect before all.

locals {
  api_gateway_url = aws_apigatewayv2_api.http.api_endpoint

  routes_by_service = {
    auth = [
      "POST /auth/signup",
      "POST /auth/login",
      "POST /auth/refresh",
      "POST /auth/logout",
      "POST /auth/forgot-password",
      "POST /auth/reset-password",
      "GET /auth/health",
      "GET /users",
      "GET /users/me",
      "GET /users/by-username/{username}",
      "GET /users/{id}",
      "PATCH /users/{id}",
      "DELETE /users/{id}",
    ]
    chat = [
      "GET /rooms/general",
      "GET /rooms/my-rooms",
      "POST /rooms/create",
      "GET /rooms/{id}",
      "PATCH /rooms/{id}",
      "DELETE /rooms/{id}",
      "POST /rooms/{id}/add-member",
      "DELETE /rooms/{id}/members/{userId}",
      "POST /rooms/{id}/read",
      "GET /messages/{roomId}",
      "POST /messages/{roomId}",
      "GET /health",
    ]
  }

  routes = merge([for service, routes in local.routes_by_service : { for route in routes : route => service }]...)
}

resource "aws_apigatewayv2_api" "http" {
  name          = "${var.cluster_name}-http"
  protocol_type = "HTTP"

  # API Gateway answers preflights itself and puts these in place of what the services say.
  cors_configuration {
    allow_origins  = [local.frontend_url]
    allow_methods  = ["GET", "POST", "PATCH", "DELETE"]
    allow_headers  = ["authorization", "content-type"]
    expose_headers = ["x-has-more", "x-request-id", "retry-after"]
    max_age        = 3600
  }
}

resource "aws_apigatewayv2_vpc_link" "this" {
  name               = var.cluster_name
  subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids = [aws_security_group.this["vpc-link"].id]
}

resource "aws_apigatewayv2_integration" "http" {
  for_each = local.routes_by_service

  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "ANY"
  integration_uri        = aws_lb_listener.http[each.key].arn
  connection_type        = "VPC_LINK"
  connection_id          = aws_apigatewayv2_vpc_link.this.id
  payload_format_version = "1.0"
  timeout_milliseconds   = 29000

  # API Gateway turns X-Forwarded-For into Forwarded, which a client can begin, and lets no mapping write either; the load
  # balancer then says who called it, which is the VPC link. Rate limits by address need a header of our own.
  # Nobody outside has a use for the internal key: a stolen one opens nothing here.
  request_parameters = {
    "overwrite:header.x-real-ip"       = "$context.identity.sourceIp"
    "remove:header.x-internal-api-key" = "''"
  }
}

resource "aws_apigatewayv2_route" "http" {
  # checkov:skip=CKV_AWS_309:The services check the tokens themselves, so that every shape has the same rules.
  for_each = local.routes

  api_id    = aws_apigatewayv2_api.http.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.http[each.value].id}"
}

resource "aws_apigatewayv2_stage" "http" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.api_rate
    throttling_burst_limit = var.api_rate * 2
  }

  # `path` is without the query string.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api["http"].arn
    format = jsonencode({
      requestId          = "$context.requestId"
      time               = "$context.requestTime"
      ip                 = "$context.identity.sourceIp"
      routeKey           = "$context.routeKey"
      path               = "$context.path"
      status             = "$context.status"
      responseLatency    = "$context.responseLatency"
      integrationLatency = "$context.integrationLatency"
      integrationStatus  = "$context.integrationStatus"
      error              = "$context.integrationErrorMessage"
    })
  }
}
