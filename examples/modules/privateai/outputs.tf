output "url" {
  description = "Where the service answers: the HTTP API, else the load balancer."
  value       = thatdot_privateai_deployment.this.url
}

output "load_balancer" {
  description = "The load balancer's name and hosted zone, for an alias record."
  value = {
    dns_name = thatdot_privateai_deployment.this.load_balancer_dns_name
    zone_id  = thatdot_privateai_deployment.this.load_balancer_zone_id
  }
}

output "vpc_id" {
  description = "The VPC that the service runs in."
  value       = local.network.vpc_id
}

output "image" {
  description = "The image that its tasks run."
  value       = local.image
}

output "service_arn" {
  description = "The service in ECS."
  value       = thatdot_privateai_deployment.this.service_arn
}

output "task_role_name" {
  description = "The role of the container, to attach policies to."
  value       = thatdot_privateai_deployment.this.task_role_name
}

output "log_group_name" {
  description = "Where the logs are."
  value       = thatdot_privateai_deployment.this.log_group_name
}

output "components" {
  description = "Every AWS object that the deployment is made of."
  value       = thatdot_privateai_deployment.this.components
}
