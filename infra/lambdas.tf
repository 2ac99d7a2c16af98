# The WebSocket Lambda and the one that prepares the databases. They are given the ARNs of their secrets and read them
# at their start. deploy-aws.sh updates their code; API Gateway calls what
# the alias `live` points at, so that a deployment is one switch and a rollback the switch back.

locals {
  lambdas = {
    ws = {
      timeout = 29
      environment = {
        CHAT_SERVICE_INTERNAL  = local.chat_service_url
        DYNAMODB_TABLE         = aws_dynamodb_table.connections.name
        WS_MANAGEMENT_ENDPOINT = local.ws_management_endpoint
        JWT_EXPIRES_IN         = var.jwt_expires_in
        JWT_SECRET             = aws_ssm_parameter.secret["jwt-secret"].arn
        INTERNAL_API_KEY       = aws_ssm_parameter.secret["internal-api-key"].arn
      }
    }
    db-init = {
      timeout = 300
      environment = {
        DB_HOST          = aws_db_instance.this.address
        DB_PORT          = tostring(local.mysql.from)
        DB_TLS           = "required"
        DB_USER          = var.db_username
        DB_PASSWORD      = aws_ssm_parameter.secret["db-password"].arn
        AUTH_DB_NAME     = var.auth_db_name
        AUTH_DB_USER     = "auth_service"
        AUTH_DB_PASSWORD = aws_ssm_parameter.secret["auth-db-password"].arn
        CHAT_DB_NAME     = var.chat_db_name
        CHAT_DB_USER     = "chat_service"
        CHAT_DB_PASSWORD = aws_ssm_parameter.secret["chat-db-password"].arn
      }
    }
  }
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50:X-Ray costs by the request; the logs carry request ids.
  # checkov:skip=CKV_AWS_115:Limited by the API's own rate; reserved concurrency would need a higher limit than new accounts have.
  # checkov:skip=CKV_AWS_116:What is called asynchronously is `connected`, which nobody wants later; failures are counted and alarmed.
  # checkov:skip=CKV_AWS_173:No secrets in the environment, only their ARNs.
  # checkov:skip=CKV_AWS_272:The code comes from the operator's own build.
  for_each = local.lambdas

  function_name    = "${var.cluster_name}-${each.key}"
  role             = local.role_arns[each.key]
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  memory_size      = 256
  timeout          = each.value.timeout
  filename         = "${var.lambda_packages}/${each.key}.zip"
  source_code_hash = filebase64sha256("${var.lambda_packages}/${each.key}.zip")
  publish          = true

  environment {
    # Another version of the secrets makes another version of the function, which reads them anew.
    variables = merge(each.value.environment, { SECRETS_VERSION = tostring(var.secrets_version) })
  }

  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.this[each.key].id]
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.lambda[each.key].name
  }

  depends_on = [aws_iam_role_policy.this, aws_iam_role_policy_attachment.this, aws_route_table_association.private]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.this["ws"].function_name
  function_version = aws_lambda_function.this["ws"].version

  # deploy-aws.sh moves it.
  lifecycle {
    ignore_changes = [function_version]
  }
}

resource "aws_lambda_permission" "websocket" {
  statement_id  = "websocket-api"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  function_name = aws_lambda_function.this["ws"].function_name
  qualifier     = aws_lambda_alias.live.name
  source_arn    = "${aws_apigatewayv2_api.websocket.execution_arn}/${local.websocket_stage}/*"
}

# `connected` follows `$connect` by a call of the Lambda to itself; a minute later it is no use any more.
resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.this["ws"].function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 2
}
