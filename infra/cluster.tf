# The ECS cluster on EC2 instances that come and go with the tasks. Tasks share the instance's network (bridge mode, a
# free port each): a nano has network interfaces for one task of its own only.

locals {
  instance_type = var.instance_type != "" ? var.instance_type : var.architecture == "arm64" ? "t4g.nano" : "t2.nano"
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/${var.architecture == "arm64" ? "arm64/" : ""}recommended/image_id"
}

resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs more than a nano; the alarms watch the metrics that are free.
  name = var.cluster_name
}

resource "aws_launch_template" "this" {
  name_prefix            = "${var.cluster_name}-"
  image_id               = nonsensitive(data.aws_ssm_parameter.image.value)
  instance_type          = local.instance_type
  vpc_security_group_ids = [aws_security_group.this["instances"].id]
  update_default_version = true

  # The rest is for the tasks: room for old and new ones together during a deployment.
  user_data = base64encode(<<-EOT
    #!/bin/bash
    cat >> /etc/ecs/ecs.config <<'CONFIG'
    ECS_CLUSTER=${var.cluster_name}
    ECS_RESERVED_MEMORY=64
    ECS_IMAGE_CLEANUP_INTERVAL=10m
    ECS_IMAGE_MINIMUM_CLEANUP_AGE=10m
    CONFIG
  EOT
  )

  iam_instance_profile {
    name = local.creates_roles ? aws_iam_instance_profile.this[0].name : var.lab_instance_profile
  }

  # One hop ends at the instance: no task reaches the instance's own credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 30
      encrypted   = true
    }
  }

  credit_specification {
    cpu_credits = "standard"
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = var.cluster_name }
  }
}

resource "aws_autoscaling_group" "this" {
  name                = var.cluster_name
  vpc_zone_identifier = [for subnet in aws_subnet.private : subnet.id]
  min_size            = var.min_instances
  max_size            = var.max_instances
  force_delete        = true

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # A new image or type is rolled out one by one, after the tasks of an instance have moved.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 200
    }
  }

  dynamic "tag" {
    for_each = { AmazonECSManaged = "true", Name = var.cluster_name }

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  # The capacity provider decides how many.
  lifecycle {
    ignore_changes = [desired_capacity]
  }

  depends_on = [aws_ecs_cluster.this, aws_route_table_association.private]
}

resource "aws_ecs_capacity_provider" "this" {
  name = "${var.cluster_name}-ec2"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.this.arn
    managed_draining               = "ENABLED"
    managed_termination_protection = "DISABLED"

    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 100
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 2
      instance_warmup_period    = 120
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = [aws_ecs_capacity_provider.this.name]

  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.this.name
    weight            = 1
  }
}
