# auth-service, chat-service and frontend. Terraform makes each with no task, from a template without an image;
# deploy-aws.sh registers the template with an image, by digest, and decides how many run.

locals {
  registry = "${var.aws_account_id}.dkr.ecr.${var.region}.amazonaws.com"

  shared_environment = {
    PORT           = "5000"
    FRONTEND_URL   = local.frontend_url
    JWT_EXPIRES_IN = var.jwt_expires_in
    DB_HOST        = aws_db_instance.this.address
    DB_PORT        = tostring(local.mysql.from)
    DB_TLS         = "required"
  }

  # Variable -> name of the secret; apart from the rest, since the roles are made of them.
  shared_secrets = merge(
    { JWT_SECRET = "jwt-secret", INTERNAL_API_KEY = "internal-api-key" },
    local.has_previous_key ? { INTERNAL_API_KEY_PREVIOUS = "previous-api-key" } : {},
  )
  service_secrets = {
    auth-service = merge(local.shared_secrets, { DB_PASSWORD = "auth-db-password" }, local.has_mail ? { SMTP_URL = "smtp-url" } : {})
    chat-service = merge(local.shared_secrets, { DB_PASSWORD = "chat-db-password" }) # checkov:skip=CKV_SECRET_6:The name of a secret.
    frontend     = {}
  }

  services = {
    auth-service = {
      load_balancer = "auth"
      port          = 5000
      environment = merge(local.shared_environment, {
        DB_NAME         = var.auth_db_name
        DB_USER         = "auth_service"
        TRUSTED_PROXIES = var.vpc_cidr
        # X-Forwarded-For names the VPC link; http_api.tf fills this one.
        CLIENT_ADDRESS_HEADER = "x-real-ip"
        # There is no bus: chat-service asks for what it must know.
        NATS_URL = "off"
      }, var.smtp_from == "" ? {} : { SMTP_FROM = var.smtp_from })
    }
    chat-service = {
      load_balancer = "chat"
      port          = 5000
      environment = merge(local.shared_environment, {
        DB_NAME                = var.chat_db_name
        DB_USER                = "chat_service"
        AUTH_SERVICE_URL       = local.auth_service_url
        DYNAMODB_TABLE         = aws_dynamodb_table.connections.name
        WS_MANAGEMENT_ENDPOINT = local.ws_management_endpoint
        AWS_REGION             = var.region
      })
    }
    frontend = {
      load_balancer = "frontend"
      port          = 80
      environment = {
        PORT            = "80"
        TRUSTED_PROXIES = var.vpc_cidr
        API_BASE_URL    = local.api_gateway_url
        WS_ENDPOINT     = local.ws_endpoint
      }
    }
  }

  auth_service_url = "http://${aws_lb.this["auth"].dns_name}"
  chat_service_url = "http://${aws_lb.this["chat"].dns_name}"
}

resource "aws_ecs_task_definition" "template" {
  for_each = local.services

  family                   = "${var.cluster_name}-${each.key}"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  execution_role_arn       = local.role_arns["${each.key}-execution"]
  task_role_arn            = try(local.role_arns["${each.key}-task"], null)

  container_definitions = jsonencode([{
    name                   = each.key
    image                  = "${local.registry}/${var.cluster_name}/${each.key}:not-deployed-yet"
    essential              = true
    cpu                    = 128
    memory                 = var.task_memory
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = each.value.port, hostPort = 0, protocol = "tcp" }]
    environment = [
      for name, value in merge(each.value.environment, lookup(var.extra_environment, each.key, {})) : { name = name, value = value }
    ]
    secrets = [
      for name, secret in local.service_secrets[each.key] : { name = name, valueFrom = aws_ssm_parameter.secret[secret].arn }
    ]
    linuxParameters = {
      initProcessEnabled = false
      capabilities       = { drop = ["ALL"] }
      # nginx writes its configuration and its buffers there.
      tmpfs = each.key == "frontend" ? [{ containerPath = "/tmp", size = 16 }] : []
    }
    dockerSecurityOptions = ["no-new-privileges"]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.service[each.key].name
        awslogs-region        = var.region
        awslogs-stream-prefix = "task"
        # A service must not wait for its log.
        mode            = "non-blocking"
        max-buffer-size = "1m"
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  # checkov:skip=CKV_AWS_332:Concerns Fargate only.
  for_each = local.services

  name                              = each.key
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.template[each.key].arn
  desired_count                     = 0
  health_check_grace_period_seconds = 60
  propagate_tags                    = "SERVICE"
  force_delete                      = true

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.this.name
    weight            = 1
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this[each.value.load_balancer].arn
    container_name   = each.key
    container_port   = each.value.port
  }

  # deploy-aws.sh decides both, and autoscaling how many.
  lifecycle {
    ignore_changes = [task_definition, desired_count]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_lb_listener.http, aws_iam_role_policy.this]
}

# From 0, since there is no image yet: the first deployment raises it to min_tasks.
resource "aws_appautoscaling_target" "this" {
  for_each = local.services

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this[each.key].name}"
  min_capacity       = 0
  max_capacity       = var.max_tasks

  lifecycle {
    ignore_changes = [min_capacity]
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  for_each = local.services

  name               = "${var.cluster_name}-${each.key}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
