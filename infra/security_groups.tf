# Who may talk to whom, as a table; both ends of each line become rules. What is not here is refused.

locals {
  security_groups = {
    frontend-alb = "The public load balancer"
    auth-alb     = "The internal load balancer of the auth-service"
    chat-alb     = "The internal load balancer of the chat-service"
    vpc-link     = "API Gateway's way into the VPC"
    instances    = "The cluster's instances, which all services run on"
    ws           = "The WebSocket Lambda"
    db-init      = "The Lambda that prepares the databases"
    database     = "The database server"
  }

  # Docker gives each task a free port of the instance from this range.
  task_ports = { from = 32768, to = 65535 }
  http       = { from = 80, to = 80 }
  https      = { from = 443, to = 443 }
  mysql      = { from = 3306, to = 3306 }

  peers = {
    "frontend-alb to instances" = { from = "frontend-alb", to = "instances", ports = local.task_ports }
    "auth-alb to instances"     = { from = "auth-alb", to = "instances", ports = local.task_ports }
    "chat-alb to instances"     = { from = "chat-alb", to = "instances", ports = local.task_ports }
    "vpc-link to auth-alb"      = { from = "vpc-link", to = "auth-alb", ports = local.http }
    "vpc-link to chat-alb"      = { from = "vpc-link", to = "chat-alb", ports = local.http }
    "instances to auth-alb"     = { from = "instances", to = "auth-alb", ports = local.http }
    "ws to chat-alb"            = { from = "ws", to = "chat-alb", ports = local.http }
    "instances to database"     = { from = "instances", to = "database", ports = local.mysql }
    "db-init to database"       = { from = "db-init", to = "database", ports = local.mysql }
  }

  frontend_ports = var.certificate_arn == "" ? { http = local.http } : { http = local.http, https = local.https }

  from_internet = merge([
    for name, ports in local.frontend_ports : {
      for range in var.allowed_cidrs : "${name} from ${range}" => { ports = ports, range = range }
    }
  ]...)

  # AWS's own services have no addresses of their own to name: ECS, ECR, SSM, Lambda, API Gateway.
  to_internet = merge(
    { for group in ["instances", "ws", "db-init"] : "${group} to https" => { from = group, ports = local.https } },
    local.has_mail ? {
      "instances to smtps"      = { from = "instances", ports = { from = 465, to = 465 } }
      "instances to submission" = { from = "instances", ports = { from = 587, to = 587 } }
    } : {},
  )
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:Each is attached where it is used; the scanner does not follow for_each.
  for_each = local.security_groups

  name        = "${var.cluster_name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.cluster_name}-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "peer" {
  for_each = local.peers

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  description                  = each.key
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports.from
  to_port                      = each.value.ports.to
}

resource "aws_vpc_security_group_ingress_rule" "peer" {
  for_each = local.peers

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  description                  = each.key
  ip_protocol                  = "tcp"
  from_port                    = each.value.ports.from
  to_port                      = each.value.ports.to
}

resource "aws_vpc_security_group_ingress_rule" "internet" {
  # checkov:skip=CKV_AWS_260:A chat's front door is open to the world; allowed_cidrs narrows it.
  for_each = local.from_internet

  security_group_id = aws_security_group.this["frontend-alb"].id
  description       = each.key
  cidr_ipv4         = each.value.range
  ip_protocol       = "tcp"
  from_port         = each.value.ports.from
  to_port           = each.value.ports.to
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = local.to_internet

  security_group_id = aws_security_group.this[each.value.from].id
  description       = each.key
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value.ports.from
  to_port           = each.value.ports.to
}
