# What a variable cannot be is said before anything is made.

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

run "short_secrets_are_refused" {
  command = plan
  variables {
    db_password      = "short"
    jwt_secret       = "too-short-too-short-too-short"
    internal_api_key = "change me"
  }
  expect_failures = [var.db_password, var.jwt_secret, var.internal_api_key]
}

run "characters_that_the_database_refuses_are_refused" {
  command = plan
  variables { db_password = "with@and/with@and/with@and/with" }
  expect_failures = [var.db_password]
}

run "malformed_names_are_refused" {
  command = plan
  variables {
    aws_account_id = "12345"
    region         = "virginia"
    cluster_name   = "Chat Cluster"
    db_username    = "chat_service"
    auth_db_name   = "auth-db"
    lab_role       = "no role"
  }
  expect_failures = [var.aws_account_id, var.region, var.cluster_name, var.db_username, var.auth_db_name, var.lab_role]
}

run "one_database_for_both_is_refused" {
  command = plan
  variables {
    auth_db_name = "chat"
    chat_db_name = "chat"
  }
  expect_failures = [var.chat_db_name]
}

run "a_lab_role_needs_its_instance_profile" {
  command = plan
  variables { lab_role = "LabRole" }
  expect_failures = [var.lab_instance_profile]
}

run "a_certificate_needs_its_domain" {
  command = plan
  variables { certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0123" }
  expect_failures = [var.frontend_domain]
}

run "sizes_that_cannot_be_are_refused" {
  command = plan
  variables {
    vpc_cidr           = "10.0.0.0/28"
    availability_zones = ["us-east-1a"]
    architecture       = "sparc"
    max_instances      = 0
    max_tasks          = 0
    task_memory        = 8
    log_retention_days = 31
    allowed_cidrs      = ["everywhere"]
  }
  expect_failures = [
    var.vpc_cidr, var.availability_zones, var.architecture, var.max_instances, var.max_tasks, var.task_memory,
    var.log_retention_days, var.allowed_cidrs,
  ]
}
