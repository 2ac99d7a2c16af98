# MySQL with the two databases that db-init makes in it. It takes TLS connections only, from the instances and db-init.

resource "aws_db_subnet_group" "this" {
  name       = var.cluster_name
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.cluster_name}-mysql84-"
  family      = "mysql8.4"
  description = "TLS required; room for connections"

  parameter {
    name  = "require_secure_transport"
    value = "1"
  }

  # A deployment runs old and new tasks together, 16 connections each; a micro's own limit is about 60.
  parameter {
    name  = "max_connections"
    value = "150"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Made here so that it has a retention and goes with the rest; the server would make one that stays.
resource "aws_cloudwatch_log_group" "database" {
  # checkov:skip=CKV_AWS_158:Encrypted with AWS's key; a key of our own costs a dollar a month and a lab account may not make one.
  # checkov:skip=CKV_AWS_338:Kept as long as log_retention_days says.
  name              = "/aws/rds/instance/${var.cluster_name}/error"
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_161:The services log in with passwords from SSM; IAM's tokens live 15 minutes and are limited to some 200 new connections a second.
  # checkov:skip=CKV_AWS_118:Needs a role that a lab account may not make; the alarms watch the standard metrics.
  # checkov:skip=CKV_AWS_353:Not available for the small classes.
  # checkov:skip=CKV_AWS_157:By the variable db_multi_az.
  # checkov:skip=CKV_AWS_293:On by default, by the variable deletion_protection.
  # checkov:skip=CKV_AWS_129:The error log is exported; the general and slow logs would hold what people write.
  identifier = var.cluster_name

  engine                      = "mysql"
  engine_version              = "8.4"
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  instance_class              = var.db_instance_class
  parameter_group_name        = aws_db_parameter_group.this.name
  ca_cert_identifier          = "rds-ca-rsa2048-g1"

  username            = var.db_username
  password_wo         = var.db_password
  password_wo_version = var.secrets_version

  storage_type          = "gp3"
  storage_encrypted     = true
  allocated_storage     = var.db_storage_gb
  max_allocated_storage = var.db_storage_gb * 5

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this["database"].id]
  publicly_accessible    = false
  multi_az               = var.db_multi_az

  backup_retention_period         = var.db_backup_days
  copy_tags_to_snapshot           = true
  delete_automated_backups        = !var.deletion_protection
  enabled_cloudwatch_logs_exports = ["error"]

  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.deletion_protection
  final_snapshot_identifier = "${var.cluster_name}-final"

  depends_on = [aws_cloudwatch_log_group.database]
}
