# What somebody should look at. Each is on a metric that costs nothing; the topic sends them where alarm_email says.

locals {
  alarm_defaults = { statistic = "Sum", percentile = null, comparison = "GreaterThanThreshold", minutes = 5 }

  websocket_lambda = { FunctionName = "${var.cluster_name}-ws" }
  http_api         = { ApiId = aws_apigatewayv2_api.http.id }
  database         = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  table            = { TableName = aws_dynamodb_table.connections.name }

  alarms = merge(
    {
      "ws-errors"          = { namespace = "AWS/Lambda", metric = "Errors", dimensions = local.websocket_lambda, threshold = 5, says = "The WebSocket Lambda fails." }
      "ws-throttles"       = { namespace = "AWS/Lambda", metric = "Throttles", dimensions = local.websocket_lambda, threshold = 0, says = "The WebSocket Lambda is throttled: the account's concurrency is used up." }
      "ws-latency"         = { namespace = "AWS/Lambda", metric = "Duration", dimensions = local.websocket_lambda, percentile = "p95", threshold = 2000, says = "The WebSocket Lambda is slow: look at chat-service." }
      "api-5xx"            = { namespace = "AWS/ApiGateway", metric = "5xx", dimensions = local.http_api, threshold = 10, says = "The HTTP API answers with errors." }
      "api-latency"        = { namespace = "AWS/ApiGateway", metric = "Latency", dimensions = local.http_api, percentile = "p95", threshold = 1500, says = "The HTTP API is slow." }
      "api-throttles"      = { namespace = "AWS/ApiGateway", metric = "4xx", dimensions = local.http_api, threshold = 1000, says = "The HTTP API refuses much: throttling, or somebody tries passwords." }
      "frontend-5xx"       = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = { LoadBalancer = aws_lb.this["frontend"].arn_suffix }, threshold = 10, says = "The frontend's load balancer has no healthy task." }
      "database-cpu"       = { namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database, statistic = "Average", threshold = 80, minutes = 15, says = "The database server is busy." }
      "database-memory"    = { namespace = "AWS/RDS", metric = "FreeableMemory", dimensions = local.database, statistic = "Minimum", comparison = "LessThanThreshold", threshold = 64 * 1024 * 1024, says = "The database server is short of memory." }
      "database-storage"   = { namespace = "AWS/RDS", metric = "FreeStorageSpace", dimensions = local.database, statistic = "Minimum", comparison = "LessThanThreshold", threshold = 2 * 1024 * 1024 * 1024, says = "The database server's disk is nearly full." }
      "connections-reads"  = { namespace = "AWS/DynamoDB", metric = "ReadThrottleEvents", dimensions = local.table, threshold = 0, says = "Reads of the connections are throttled." }
      "connections-writes" = { namespace = "AWS/DynamoDB", metric = "WriteThrottleEvents", dimensions = local.table, threshold = 0, says = "Writes of the connections are throttled." }
    },
    {
      for name in keys(local.services) : "${name}-memory" => {
        namespace  = "AWS/ECS"
        metric     = "MemoryUtilization"
        dimensions = { ClusterName = var.cluster_name, ServiceName = name }
        statistic  = "Maximum"
        threshold  = 90
        says       = "${name} is near its memory limit; raise task_memory."
      }
    },
    {
      for name in keys(local.logged_services) : "${name}-errors" => {
        namespace  = local.log_metrics
        metric     = "${name}-errors"
        dimensions = {}
        threshold  = 5
        says       = "${name} logs errors."
      }
    },
    {
      for name in ["auth", "chat"] : "${name}-unhealthy" => {
        namespace  = "AWS/ApplicationELB"
        metric     = "UnHealthyHostCount"
        dimensions = { LoadBalancer = aws_lb.this[name].arn_suffix, TargetGroup = aws_lb_target_group.this[name].arn_suffix }
        statistic  = "Maximum"
        threshold  = 0
        says       = "${name}-service has tasks that are not well: look at its log and at the database."
      }
    },
  )

  log_metrics = "CloudChat/${var.cluster_name}"
  # The frontend's log has requests only.
  logged_services = { for name in ["auth-service", "chat-service"] : name => aws_cloudwatch_log_group.service[name].name }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each = local.logged_services

  name           = "${var.cluster_name}-${each.key}-errors"
  log_group_name = each.value
  pattern        = "{ $.level = \"ERROR\" }"

  metric_transformation {
    namespace = local.log_metrics
    name      = "${each.key}-errors"
    value     = "1"
  }
}

resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26:CloudWatch cannot publish to a topic under AWS's key; the messages name an alarm and nothing else.
  count = var.alarm_email == "" ? 0 : 1

  name = "${var.cluster_name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => merge(local.alarm_defaults, alarm) }

  alarm_name          = "${var.cluster_name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.percentile == null ? each.value.statistic : null
  extended_statistic  = each.value.percentile
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 60 * each.value.minutes
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}
