# Secrets, and what belongs to them. None has a default, none is kept in the state: they go into SSM parameters and the
# database by write-only arguments. Make each with `openssl rand -hex 32` (db_password: `openssl rand -hex 20`).

variable "db_username" {
  description = "Administrator of the database server; only db-init uses it."
  type        = string
  default     = "admin"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_]{0,15}$", var.db_username)) && !contains(["rdsadmin", "auth_service", "chat_service"], var.db_username)
    error_message = "db_username must be up to 16 letters, digits and underscores, beginning with a letter, and not rdsadmin, auth_service or chat_service."
  }
}

variable "db_password" {
  description = "Password of the administrator. The services' own passwords are derived from it, so it must be random."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[!#-.0-?A-~]{24,41}$", var.db_password))
    error_message = "db_password must be 24 to 41 printable characters without spaces, /, @ and \", such as the output of `openssl rand -hex 20`."
  }
}

variable "jwt_secret" {
  description = "Key of the access tokens."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[!-~]{32,512}$", var.jwt_secret))
    error_message = "jwt_secret must be at least 32 printable characters without spaces, such as the output of `openssl rand -hex 32`."
  }
}

variable "internal_api_key" {
  description = "Key that services show each other."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[!-~]{32,512}$", var.internal_api_key))
    error_message = "internal_api_key must be at least 32 printable characters without spaces, such as the output of `openssl rand -hex 32`."
  }
}

variable "internal_api_key_previous" {
  description = "A second key that is accepted while keys rotate; empty otherwise."
  type        = string
  default     = ""
  sensitive   = true
}

variable "smtp_url" {
  description = "Mail server for reset links, such as smtps://user:password@mail.example.org. Empty: the links go to auth-service's log."
  type        = string
  default     = ""
  sensitive   = true

  validation {
    condition     = can(regex("^$|^smtps?://", var.smtp_url))
    error_message = "smtp_url must begin with smtps:// or smtp://, or be empty."
  }
}

variable "secrets_version" {
  description = "Raise it when a secret changes: it is what tells Terraform to write the secrets anew, since it keeps none to compare with."
  type        = number
  default     = 1

  validation {
    condition     = var.secrets_version >= 1 && floor(var.secrets_version) == var.secrets_version
    error_message = "secrets_version must be a whole number, and only ever rise."
  }
}
