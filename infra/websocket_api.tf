# The WebSocket API. API Gateway holds the connections and calls the Lambda for each of their events; `$connect` is
# where the Lambda checks the token.

locals {
  websocket_stage        = "prod"
  answered_routes        = ["$default", "sendMessage", "ping"]
  ws_endpoint            = aws_apigatewayv2_stage.websocket.invoke_url
  ws_management_endpoint = replace(local.ws_endpoint, "/^wss:/", "https:")
}

resource "aws_apigatewayv2_api" "websocket" {
  name                       = "${var.cluster_name}-websocket"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_integration" "websocket" {
  api_id               = aws_apigatewayv2_api.websocket.id
  integration_type     = "AWS_PROXY"
  integration_method   = "POST"
  integration_uri      = aws_lambda_alias.live.invoke_arn
  timeout_milliseconds = 29000
}

resource "aws_apigatewayv2_route" "websocket" {
  # checkov:skip=CKV_AWS_309:The Lambda checks the token at $connect; later frames come on a connection that has passed.
  for_each = toset(concat(["$connect", "$disconnect"], local.answered_routes))

  api_id                              = aws_apigatewayv2_api.websocket.id
  route_key                           = each.key
  target                              = "integrations/${aws_apigatewayv2_integration.websocket.id}"
  route_response_selection_expression = contains(local.answered_routes, each.key) ? "$default" : null
}

# What the Lambda answers goes to the client: `ack`, `pong`, `error`.
resource "aws_apigatewayv2_route_response" "websocket" {
  for_each = toset(local.answered_routes)

  api_id             = aws_apigatewayv2_api.websocket.id
  route_id           = aws_apigatewayv2_route.websocket[each.key].id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_stage" "websocket" {
  # checkov:skip=CKV_AWS_76:On by default, by the variable api_gateway_account_logging: it needs a setting of the whole account.
  # checkov:skip=CKV2_AWS_51:Browsers have no certificates; the Lambda checks tokens.
  api_id      = aws_apigatewayv2_api.websocket.id
  name        = local.websocket_stage
  auto_deploy = true

  # Execution logs and data traces would hold query strings and messages.
  default_route_settings {
    logging_level          = "OFF"
    data_trace_enabled     = false
    throttling_rate_limit  = var.api_rate
    throttling_burst_limit = var.api_rate * 2
  }

  dynamic "access_log_settings" {
    for_each = var.api_gateway_account_logging ? [true] : []

    content {
      destination_arn = aws_cloudwatch_log_group.api["websocket"].arn
      format = jsonencode({
        requestId    = "$context.requestId"
        time         = "$context.requestTime"
        ip           = "$context.identity.sourceIp"
        routeKey     = "$context.routeKey"
        eventType    = "$context.eventType"
        connectionId = "$context.connectionId"
        status       = "$context.status"
        error        = "$context.integrationErrorMessage"
      })
    }
  }

  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_account" "this" {
  count = var.api_gateway_account_logging ? 1 : 0

  cloudwatch_role_arn = local.role_arns["api-gateway-logs"]

  depends_on = [aws_iam_role_policy_attachment.this]
}
