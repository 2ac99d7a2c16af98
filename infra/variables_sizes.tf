# Sizes, and with them the costs (docs/aws.md has the arithmetic). The defaults are the smallest that work.

variable "vpc_cidr" {
  description = "Addresses of the VPC; a /16 to a /20 that overlaps with nothing it will be connected to."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 15)) && try(tonumber(split("/", var.vpc_cidr)[1]) <= 20, false)
    error_message = "vpc_cidr must be an IPv4 range from /16 to /20, such as 10.0.0.0/16."
  }
}

variable "availability_zones" {
  description = "The two zones to use. Empty: the first two that have everything."
  type        = list(string)
  default     = []

  validation {
    condition     = contains([0, 2], length(distinct(var.availability_zones))) && length(var.availability_zones) <= 2
    error_message = "availability_zones must be two different zones, such as [\"us-east-1a\", \"us-east-1b\"], or empty."
  }
}

variable "nat_gateway_per_zone" {
  description = "A NAT gateway in each zone: the loss of a zone then leaves the other one its way out, for about 33 dollars a month more."
  type        = bool
  default     = false
}

variable "architecture" {
  description = "Processors of the instances and the Lambdas: x86_64, or arm64, which is cheaper and needs images built for it."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "instance_type" {
  description = "Type of the cluster's instances. Empty: t2.nano, or t4g.nano with arm64."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^$|^[a-z0-9-]+\\.[a-z0-9]+$", var.instance_type))
    error_message = "instance_type must be a type such as t3.micro, or empty."
  }
}

variable "min_instances" {
  description = "Instances that always run; 2 survive the loss of a zone."
  type        = number
  default     = 1

  validation {
    condition     = var.min_instances >= 1
    error_message = "min_instances must be at least 1."
  }
}

variable "max_instances" {
  description = "Instances that may run at most."
  type        = number
  default     = 4

  validation {
    condition     = var.max_instances >= var.min_instances && var.max_instances <= 50
    error_message = "max_instances must be at least min_instances, and at most 50."
  }
}

variable "min_tasks" {
  description = "Tasks of each service that always run, once the first deployment has started them."
  type        = number
  default     = 1

  validation {
    condition     = var.min_tasks >= 1
    error_message = "min_tasks must be at least 1."
  }
}

variable "max_tasks" {
  description = "Tasks of each service that may run at most. Each of auth and chat holds up to 16 connections to the database."
  type        = number
  default     = 3

  validation {
    condition     = var.max_tasks >= var.min_tasks && var.max_tasks <= 50
    error_message = "max_tasks must be at least min_tasks, and at most 50."
  }
}

variable "task_memory" {
  description = "Memory of a task in MiB, a hard limit."
  type        = number
  default     = 64

  validation {
    condition     = var.task_memory >= 64 && var.task_memory <= 4096
    error_message = "task_memory must be from 64 to 4096 MiB."
  }
}

variable "db_instance_class" {
  description = "Size of the database server."
  type        = string
  default     = "db.t4g.micro"

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.db_instance_class))
    error_message = "db_instance_class must be a class such as db.t4g.micro."
  }
}

variable "db_storage_gb" {
  description = "Storage of the database server at first, in GB; it grows by itself up to five times that."
  type        = number
  default     = 20

  validation {
    condition     = var.db_storage_gb >= 20 && var.db_storage_gb <= 10000
    error_message = "db_storage_gb must be from 20 to 10000."
  }
}

variable "db_multi_az" {
  description = "A standby of the database server in the other zone, which takes over within a minute or two, for the same price again."
  type        = bool
  default     = false
}

variable "db_backup_days" {
  description = "Days that backups are kept, to restore to any second of them; 0 switches them off."
  type        = number
  default     = 7

  validation {
    condition     = var.db_backup_days >= 0 && var.db_backup_days <= 35
    error_message = "db_backup_days must be from 0 to 35."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database, the load balancers and images. Apply with false before `terraform destroy`, which then leaves nothing, backups included."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}

variable "api_rate" {
  description = "Requests a second that each of the two APIs takes in all, with bursts of twice as many; more are answered 429."
  type        = number
  default     = 500

  validation {
    condition     = var.api_rate >= 1 && var.api_rate <= 10000
    error_message = "api_rate must be from 1 to 10000."
  }
}

variable "lambda_packages" {
  description = "Folder of ws.zip and db-init.zip, which `./deploy-aws.sh package` makes."
  type        = string
  default     = "../target/lambda"
}
