# One public load balancer for the frontend; one internal one for each of auth and chat, which API Gateway, the
# WebSocket Lambda and the other service come through.

locals {
  frontend_url = var.certificate_arn == "" ? "http://${lower(aws_lb.this["frontend"].dns_name)}" : "https://${var.frontend_domain}"

  load_balancers = {
    frontend = { service = "frontend", internal = false }
    auth     = { service = "auth-service", internal = true }
    chat     = { service = "chat-service", internal = true }
  }
}

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_91:Its access logs hold query strings, and with them the tokens of reset links. The services log without.
  # checkov:skip=CKV2_AWS_28:A firewall costs more than the rest of a small installation; the services limit logins, signups and messages themselves.
  # checkov:skip=CKV2_AWS_20:With a certificate the http listener redirects; without one there is nothing to redirect to.
  # checkov:skip=CKV_AWS_150:On by default, by the variable deletion_protection.
  # checkov:skip=CKV2_AWS_76:See CKV2_AWS_28; nothing here is written in Java.
  for_each = local.load_balancers

  name                       = "${var.cluster_name}-${each.key}"
  internal                   = each.value.internal
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.this["${each.key}-alb"].id]
  subnets                    = [for subnet in each.value.internal ? aws_subnet.private : aws_subnet.public : subnet.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378:Within the VPC, from a load balancer to the instances that admit no one else.
  for_each = local.load_balancers

  name                 = "${var.cluster_name}-${each.key}"
  vpc_id               = aws_vpc.this.id
  target_type          = "instance"
  port                 = 80
  protocol             = "HTTP"
  deregistration_delay = 15

  # A service answers 503 while its database is away. It must outlive a standby's taking over (one to two minutes):
  # replacing tasks would not bring the database back. A task that ends is replaced at once in any case.
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 10
  }
}

resource "aws_lb_listener" "http" {
  # checkov:skip=CKV_AWS_2:Internal ones are reached within the VPC only, by peers that the security groups name; the public one redirects where there is a certificate.
  # checkov:skip=CKV_AWS_103:See CKV_AWS_2.
  for_each = local.load_balancers

  load_balancer_arn = aws_lb.this[each.key].arn
  port              = 80
  protocol          = "HTTP"

  dynamic "default_action" {
    for_each = each.value.internal || var.certificate_arn == "" ? [true] : []

    content {
      type             = "forward"
      target_group_arn = aws_lb_target_group.this[each.key].arn
    }
  }

  dynamic "default_action" {
    for_each = each.value.internal || var.certificate_arn == "" ? [] : [true]

    content {
      type = "redirect"

      redirect {
        port        = "443"
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count = var.certificate_arn == "" ? 0 : 1

  load_balancer_arn = aws_lb.this["frontend"].arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["frontend"].arn
  }
}
