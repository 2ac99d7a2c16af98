# What every installation says. Sizes and costs are in variables_sizes.tf, secrets in variables_secrets.tf.

variable "aws_account_id" {
  description = "Account that everything is made in; another account's credentials are refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id must be 12 digits, as `aws sts get-caller-identity --query Account` prints them."
  }
}

variable "region" {
  description = "Region that everything is made in."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of a region, such as us-east-1."
  }
}

variable "cluster_name" {
  description = "Name of the ECS cluster, and the beginning of every other name."
  type        = string
  default     = "chat-cluster"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.cluster_name)) && !can(regex("^(aws|ecs|fargate|internal-)", var.cluster_name))
    error_message = "cluster_name must be 3 to 20 lower-case letters, digits and hyphens, begin with a letter, end with none of the hyphens, and not begin with aws, ecs, fargate or internal-."
  }
}

variable "lab_role" {
  description = "Name or ARN of a given role that everything runs as, where the account may not create roles (AWS Academy: LabRole). Empty: roles of their own, each with what it needs."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[A-Za-z0-9+=,.@_-]{1,64}$|^arn:[^:]+:iam::[0-9]{12}:role/", var.lab_role))
    error_message = "lab_role must be the name or the ARN of a role, such as LabRole, or empty."
  }
}

variable "lab_instance_profile" {
  description = "Name of the given instance profile of the cluster's instances (AWS Academy: LabInstanceProfile); needed with lab_role."
  type        = string
  default     = ""

  validation {
    condition     = (var.lab_instance_profile == "") == (var.lab_role == "")
    error_message = "lab_role and lab_instance_profile are given together or not at all."
  }
}

variable "certificate_arn" {
  description = "Certificate (ACM, same region) that the frontend is served with over https. Empty: plain http."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^arn:[^:]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of an ACM certificate, or empty."
  }
}

variable "frontend_domain" {
  description = "Name that the certificate is for and that people open, such as chat.example.org; point it at the output frontend_load_balancer."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.frontend_domain))
    error_message = "frontend_domain must be a domain name such as chat.example.org, without https://, or empty."
  }

  validation {
    condition     = var.certificate_arn == "" || var.frontend_domain != ""
    error_message = "With certificate_arn, frontend_domain must be the name that the certificate is for."
  }
}

variable "allowed_cidrs" {
  description = "Address ranges that may open the frontend. The two APIs are open to the internet and check tokens."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for range in var.allowed_cidrs : can(cidrnetmask(range))])
    error_message = "allowed_cidrs must be IPv4 ranges such as 203.0.113.0/24."
  }
}

variable "auth_db_name" {
  description = "Database of the auth-service; made by db-init."
  type        = string
  default     = "auth_db"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,31}$", var.auth_db_name))
    error_message = "auth_db_name must be up to 32 lower-case letters, digits and underscores."
  }
}

variable "chat_db_name" {
  description = "Database of the chat-service; made by db-init."
  type        = string
  default     = "chat_db"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,31}$", var.chat_db_name)) && var.chat_db_name != var.auth_db_name
    error_message = "chat_db_name must be up to 32 lower-case letters, digits and underscores, and not auth_db_name."
  }
}

variable "jwt_expires_in" {
  description = "How long an access token lives: 900, 15m, 2h, 7d."
  type        = string
  default     = "15m"

  validation {
    condition     = can(regex("^[0-9]+[smhd]?$", var.jwt_expires_in))
    error_message = "jwt_expires_in must be a time such as 900, 90s, 15m, 2h or 7d."
  }
}

variable "smtp_from" {
  description = "Sender of mails, such as Cloud Chat <chat@example.org>; used with smtp_url."
  type        = string
  default     = ""

  validation {
    condition     = var.smtp_from == "" || strcontains(var.smtp_from, "@")
    error_message = "smtp_from must hold an address, such as Cloud Chat <chat@example.org>."
  }
}

variable "extra_environment" {
  description = "More settings of a service (docs/operations.md), such as { auth-service = { SIGNUPS = \"closed\" } }. No secrets: they are plain in the console and the state."
  type        = map(map(string))
  default     = {}

  validation {
    condition     = alltrue([for service in keys(var.extra_environment) : contains(["auth-service", "chat-service", "frontend"], service)])
    error_message = "extra_environment knows auth-service, chat-service and frontend."
  }
}

variable "alarm_email" {
  description = "Address that alarms are sent to; it must confirm the subscription once. Empty: alarms are only shown."
  type        = string
  default     = ""

  validation {
    condition     = var.alarm_email == "" || can(regex("^[^@ ]+@[^@ ]+$", var.alarm_email))
    error_message = "alarm_email must be a mail address, or empty."
  }
}

variable "api_gateway_account_logging" {
  description = "Let this installation set the account's role with which API Gateway writes WebSocket access logs: one setting per account and region. False where it belongs to somebody else."
  type        = bool
  default     = true
}

variable "connections_table" {
  description = "DynamoDB table of the open WebSocket connections; another name for a second installation in the same region."
  type        = string
  default     = "ws-connections"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.connections_table))
    error_message = "connections_table must be 3 to 255 letters, digits, _, . and -."
  }
}
