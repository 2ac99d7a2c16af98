# Applies everything to a made-up account; the tests beside this read the resulting state.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  aws_account_id   = "123456789012"
  db_password      = "password-password-password-password"
  jwt_secret       = "token-token-token-token-token-token-token"
  internal_api_key = "inside-inside-inside-inside-inside-inside"
  lambda_packages  = "tests/packages"
}

run "defaults" {}

run "everything_given" {
  variables {
    region                      = "eu-west-3"
    cluster_name                = "team"
    lab_role                    = "LabRole"
    lab_instance_profile        = "LabInstanceProfile"
    certificate_arn             = "arn:aws:acm:eu-west-3:123456789012:certificate/0123"
    frontend_domain             = "chat.example.org"
    allowed_cidrs               = ["203.0.113.0/24"]
    smtp_url                    = "smtps://mailer:mailer-mailer@mail.example.org"
    smtp_from                   = "chat@example.org"
    internal_api_key_previous   = "before-before-before-before-before-before"
    architecture                = "arm64"
    nat_gateway_per_zone        = true
    db_multi_az                 = true
    deletion_protection         = false
    alarm_email                 = "operator@example.org"
    api_gateway_account_logging = false
    extra_environment           = { auth-service = { SIGNUPS = "closed" } }
  }
}
