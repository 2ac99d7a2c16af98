# A role for each task, Lambda and instance, with what it does and nothing else; or the given lab_role for all.
# Names are put together instead of referenced where that saves waiting for the resource.

locals {
  creates_roles = var.lab_role == ""
  lab_role_arn  = startswith(var.lab_role, "arn:") ? var.lab_role : "arn:${local.partition}:iam::${var.aws_account_id}:role/${var.lab_role}"
  partition     = data.aws_partition.current.partition

  role_arns = {
    for name in keys(local.roles) : name => local.creates_roles ? aws_iam_role.this[name].arn : local.lab_role_arn
  }

  arn_suffix = "${var.region}:${var.aws_account_id}"
  table_arn  = "arn:${local.partition}:dynamodb:${local.arn_suffix}:table/${var.connections_table}"
  ws_arn     = "arn:${local.partition}:lambda:${local.arn_suffix}:function:${var.cluster_name}-ws"

  # ECS asks for many at once, a Lambda for one after the other.
  secrets_of = merge(
    { for name, secrets in local.service_secrets : name => { action = "ssm:GetParameters", names = values(secrets) } },
    {
      ws      = { action = "ssm:GetParameter", names = ["jwt-secret", "internal-api-key"] }
      db-init = { action = "ssm:GetParameter", names = ["db-password", "auth-db-password", "chat-db-password"] }
    },
  )
  read_secrets = {
    for role, secrets in local.secrets_of : role => [for name in secrets.names : {
      Effect   = "Allow"
      Action   = [secrets.action]
      Resource = ["arn:${local.partition}:ssm:${local.arn_suffix}:parameter/${var.cluster_name}/${name}"]
    }]
  }

  keep_connections = {
    Effect   = "Allow"
    Action   = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    Resource = [local.table_arn, "${local.table_arn}/index/connectionId-index"]
  }

  # Posts to connections and ends them.
  manage_connections = {
    Effect   = "Allow"
    Action   = ["execute-api:ManageConnections"]
    Resource = [for method in ["POST", "DELETE"] : "${aws_apigatewayv2_api.websocket.execution_arn}/${local.websocket_stage}/${method}/@connections/*"]
  }

  # Lambda's service makes network interfaces in the role's name; the code itself must not.
  deny_network_interfaces = {
    for name in ["ws", "db-init"] : name => {
      Effect = "Deny"
      Action = [
        "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
        "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
      ]
      Resource  = ["*"]
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = ["arn:${local.partition}:lambda:${local.arn_suffix}:function:${var.cluster_name}-${name}"] } }
    }
  }

  roles = merge(
    {
      for name in keys(local.service_secrets) : "${name}-execution" => {
        principal = "ecs-tasks.amazonaws.com"
        managed   = []
        statements = concat(local.read_secrets[name], [
          # It has no resource to name.
          { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
          {
            Effect   = "Allow"
            Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
            Resource = ["arn:${local.partition}:ecr:${local.arn_suffix}:repository/${var.cluster_name}/${name}"]
          },
          {
            Effect   = "Allow"
            Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
            Resource = ["arn:${local.partition}:logs:${local.arn_suffix}:log-group:/aws/ecs/${var.cluster_name}/${name}:*"]
          },
        ])
      }
    },
    {
      chat-service-task = {
        principal = "ecs-tasks.amazonaws.com"
        managed   = []
        statements = [
          local.manage_connections,
          local.keep_connections,
        ]
      }
      ws = {
        principal = "lambda.amazonaws.com"
        managed   = ["service-role/AWSLambdaVPCAccessExecutionRole"]
        statements = concat(local.read_secrets["ws"], [
          local.manage_connections,
          local.keep_connections,
          { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = [local.ws_arn, "${local.ws_arn}:live"] },
          local.deny_network_interfaces["ws"],
        ])
      }
      db-init = {
        principal  = "lambda.amazonaws.com"
        managed    = ["service-role/AWSLambdaVPCAccessExecutionRole"]
        statements = concat(local.read_secrets["db-init"], [local.deny_network_interfaces["db-init"]])
      }
      instance = {
        principal  = "ec2.amazonaws.com"
        managed    = ["service-role/AmazonEC2ContainerServiceforEC2Role"]
        statements = []
      }
      api-gateway-logs = {
        principal  = "apigateway.amazonaws.com"
        managed    = ["service-role/AmazonAPIGatewayPushToCloudWatchLogs"]
        statements = []
      }
    },
  )

  own_roles = { for name, role in local.roles : name => role if local.creates_roles }
  attachments = merge([
    for name, role in local.own_roles : { for policy in role.managed : "${name} ${policy}" => { role = name, policy = policy } }
  ]...)
}

resource "aws_iam_role" "this" {
  for_each = local.own_roles

  name = "${var.cluster_name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value.principal } },
      each.value.principal == "ecs-tasks.amazonaws.com" ? { Condition = { StringEquals = { "aws:SourceAccount" = var.aws_account_id } } } : null,
    )]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = { for name, role in local.own_roles : name => role if length(role.statements) > 0 }

  name   = "what-it-does"
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_instance_profile" "this" {
  count = local.creates_roles ? 1 : 0

  name = "${var.cluster_name}-instance"
  role = aws_iam_role.this["instance"].name
}
