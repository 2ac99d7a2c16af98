# Every log group is made here, with a retention, before anything writes to it: what AWS makes by itself stays for ever.

resource "aws_cloudwatch_log_group" "service" {
  # checkov:skip=CKV_AWS_158:Encrypted with AWS's key; a key of our own costs a dollar a month and a lab account may not make one.
  # checkov:skip=CKV_AWS_338:Kept as long as log_retention_days says.
  for_each = local.services

  name              = "/aws/ecs/${var.cluster_name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "lambda" {
  # checkov:skip=CKV_AWS_158:As above.
  # checkov:skip=CKV_AWS_338:As above.
  for_each = toset(["ws", "db-init"])

  name              = "/aws/lambda/${var.cluster_name}-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "api" {
  # checkov:skip=CKV_AWS_158:As above.
  # checkov:skip=CKV_AWS_338:As above.
  for_each = toset(["http", "websocket"])

  name              = "/aws/apigateway/${var.cluster_name}-${each.key}"
  retention_in_days = var.log_retention_days
}
