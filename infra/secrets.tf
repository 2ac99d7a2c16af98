# Secrets as encrypted SSM parameters. Tasks and Lambdas name them and read them at their start; neither the state nor
# an environment holds a value.

locals {
  has_mail         = nonsensitive(var.smtp_url != "")
  has_previous_key = nonsensitive(var.internal_api_key_previous != "")

  secrets = merge(
    {
      jwt-secret       = var.jwt_secret
      internal-api-key = var.internal_api_key
      db-password      = var.db_password
      # Derived, so that nobody has to keep them; they tell nothing about a random db_password.
      auth-db-password = sha256("${var.db_password}/auth_service")
      chat-db-password = sha256("${var.db_password}/chat_service")
    },
    local.has_mail ? { smtp-url = var.smtp_url } : {},
    local.has_previous_key ? { previous-api-key = var.internal_api_key_previous } : {},
  )

  secret_names = toset(concat(
    ["jwt-secret", "internal-api-key", "db-password", "auth-db-password", "chat-db-password"],
    local.has_mail ? ["smtp-url"] : [],
    local.has_previous_key ? ["previous-api-key"] : [],
  ))
}

resource "aws_ssm_parameter" "secret" {
  # checkov:skip=CKV_AWS_337:Encrypted with the account's key for SSM; a key of our own costs a dollar a month and a lab account may not make one.
  for_each = local.secret_names

  name             = "/${var.cluster_name}/${each.key}"
  description      = "Cloud Chat: ${each.key}"
  type             = "SecureString"
  value_wo         = local.secrets[each.key]
  value_wo_version = var.secrets_version
}
