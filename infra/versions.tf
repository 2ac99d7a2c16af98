# Write-only arguments (Terraform 1.11) keep the secrets out of the state.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.aws_account_id]

  default_tags {
    tags = {
      Application = "cloud-chat"
      Cluster     = var.cluster_name
      ManagedBy   = "terraform"
    }
  }
}

data "aws_partition" "current" {}
