output "frontend_url" {
  description = "Where people open the chat."
  value       = local.frontend_url
}

output "frontend_load_balancer" {
  description = "Name of the public load balancer, for the CNAME or alias of frontend_domain."
  value       = aws_lb.this["frontend"].dns_name
}

output "api_gateway_url" {
  description = "The HTTP API."
  value       = local.api_gateway_url
}

output "ws_endpoint" {
  description = "The WebSocket API."
  value       = local.ws_endpoint
}

output "chat_db_endpoint" {
  description = "Address and port of the database server, reachable within the VPC only."
  value       = aws_db_instance.this.endpoint
}

output "ecr_urls" {
  description = "Repository of each service's images."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "deployment" {
  description = "What deploy-aws.sh needs to know."
  value = {
    region       = var.region
    cluster      = aws_ecs_cluster.this.name
    architecture = var.architecture
    registry     = local.registry
    min_tasks    = var.min_tasks
    functions    = { for name, function in aws_lambda_function.this : name => function.function_name }
    services = {
      for name in keys(local.services) : name => {
        repository = aws_ecr_repository.this[name].repository_url
        template   = aws_ecs_task_definition.template[name].arn
        log_group  = aws_cloudwatch_log_group.service[name].name
      }
    }
  }
}
